#pragma once
// Tells a URL of alerts: one POST each, in order, signed, repeated with growing pauses until it is accepted;
// the queue is bounded, the oldest is dropped. io thread.

#include "core/api/Metrics.h"
#include "core/base/Cancel.h"
#include "core/net/HttpClient.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace exo {

// "sha256=" and the HMAC-SHA-256 in hex of `timestamp`.`body`: what x-exobrain-signature must say.
std::string webhookSignature(const Secret& secret, std::string_view timestamp, std::string_view body);

class Webhook {
  public:
    static constexpr std::size_t k_longestQueue = 100;
    static constexpr int k_attempts = 8; // pauses of 1, 2, 4 … 64 s between them

    struct Target {
        std::string url; // empty: tell nobody
        Secret secret;   // empty: not signed
    };
    Webhook(asio::any_io_executor executor, net::HttpClient& http, Clock& clock, Timers& timers,
            Target target);
    ~Webhook(); // stop(), and busy() must have become false if the event loop has ended

    // What waits is dropped, what is under way is cut off.
    void stop();
    bool busy() const { return m_state->running; }

    // `origin` names who speaks: the watched server's URL.
    void tell(const api::Alert& alert, std::string_view origin);

    std::int64_t delivered() const { return m_state->delivered; }
    std::int64_t dropped() const { return m_state->dropped; } // of a full queue, or refused to the last
    std::size_t waiting() const { return m_state->queue.size(); }

  private:
    struct State { // outlives this while a delivery is under way
        net::HttpClient& http;
        Clock& clock;
        Timers& timers;
        Target target;
        std::deque<std::string> queue;
        CancelSource cancel;
        bool running = false;
        std::int64_t delivered = 0, dropped = 0;
    };
    static asio::awaitable<void> work(std::shared_ptr<State> state);
    static Task<void> post(State& state, std::string body);

    asio::any_io_executor m_executor;
    std::shared_ptr<State> m_state;
};

} // namespace exo
