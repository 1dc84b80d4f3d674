#pragma once
// The answer to one request with an Idempotency-Key, while it comes in and for a time after: its bytes, and
// who waits for them. The work behind it is cancelled when the last one has left. io thread; shared by the
// store of such answers and by the requests that wait.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/net/Event.h"
#include "core/net/HttpServer.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo::server {

using Fingerprint = std::array<std::uint8_t, 32>; // SHA-256 of a request

class KeptAnswer : public std::enable_shared_from_this<KeptAnswer> {
  public:
    enum class Kind : std::uint8_t { Whole, Stream };
    struct Head {
        Kind kind = Kind::Whole;
        int status = 200;
        std::vector<net::Header> headers; // without those that belong to one exchange
    };
    static constexpr std::size_t k_maxBytes = 8u << 20;

    explicit KeptAnswer(const Fingerprint& fingerprint)
        : m_fingerprint(fingerprint) {}

    const Fingerprint& fingerprint() const { return m_fingerprint; }
    CancelToken token() const { return m_cancel.token(); } // of the work
    bool running() const { return !m_done && !m_error; }
    bool joinable() const { return !m_tooLarge && !m_cancel.cancelled(); }

    // For whoever does the work.
    void begin(Head head);
    void add(std::string_view bytes);
    void finish();
    void fail(Error error, std::vector<net::Header> headers);

    // Until the head is there, or more than `seen` bytes, or the end; false when it went wrong or `cancel`
    // fired.
    asio::awaitable<bool> waitForHead(CancelToken cancel);
    asio::awaitable<bool> waitForMore(std::size_t seen, CancelToken cancel);
    const Head& head() const { return *m_head; }
    const std::string& bytes() const { return m_bytes; }
    bool done() const { return m_done; }
    Error error() const; // why there is nothing (more) to give out
    const std::vector<net::Header>& errorHeaders() const { return m_errorHeaders; }

    // One who waits, for as long as it lives or until its client is gone.
    class Waiter {
      public:
        Waiter(std::shared_ptr<KeptAnswer> answer, const CancelToken& client);
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        ~Waiter() { leave(CancelReason::ClientGone); }
        void leave(CancelReason reason);

      private:
        std::shared_ptr<KeptAnswer> m_answer;
        CancelRegistration m_gone;
    };

  private:
    Fingerprint m_fingerprint;
    std::optional<Head> m_head;
    std::string m_bytes;
    ErrorBox m_error;
    std::vector<net::Header> m_errorHeaders;
    bool m_done = false;
    bool m_tooLarge = false;
    int m_waiters = 0;
    CancelSource m_cancel;
    net::Event m_changed;
};

} // namespace exo::server
