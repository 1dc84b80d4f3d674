#pragma once
// One request on its way through a route: who asks, what the path named, and where the answer goes. Lives on
// the io thread, in the coroutine of its request.

#include "core/base/Json.h"
#include "core/base/Task.h"
#include "core/gateway/Gateway.h"
#include "core/limits/RateLimiter.h"
#include "core/net/HttpServer.h"
#include "core/sessions/Owner.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::server {

// Who asks.
struct Principal {
    Owner owner;
    std::string tenant; // key id, "" for the local user
    Priority priority = Priority::Normal;
    std::optional<Rate> rate; // its own instead of the general one
};

// Counts what was answered, for the access log.
class RecordingWriter final : public net::ResponseWriter {
  public:
    explicit RecordingWriter(net::ResponseWriter& inner)
        : m_inner(inner) {}

    Task<void> send(net::ServerResponse response) override;
    Task<std::unique_ptr<net::SseStream>> startSse(std::vector<net::Header> headers) override;
    void keepAliveWith(std::string_view event) override { m_inner.keepAliveWith(event); }
    bool committed() const override { return m_inner.committed(); }

    int status() const { return m_status; } // 0 = nothing answered
    bool streamed() const { return m_streamed; }
    std::uint64_t bytes() const { return *m_bytes; }

  private:
    net::ResponseWriter& m_inner;
    int m_status = 0;
    bool m_streamed = false;
    std::shared_ptr<std::uint64_t> m_bytes =
        std::make_shared<std::uint64_t>(0); // a stream may outlive the writer
};

struct Exchange {
    net::ServerRequest& request;
    net::ResponseWriter& writer;
    Principal principal;
    std::vector<std::string> params;         // what the {…} of the pattern stood for, in order
    std::vector<net::Header> headers;        // for every answer of this exchange, errors included
    std::function<void(Exchange&)> finalise; // fills late headers (call report) just before the answer
    std::shared_ptr<const CallReport> report = nullptr; // of a model call
    bool answerBroken = false;                          // a stream that was ended with a failure told in it

    const std::string& param(std::size_t index) const { return params.at(index); }
    // The body as a JSON object; InvalidJson, InvalidRequest. An empty body is {} when `empty` allows it.
    enum class EmptyBody : std::uint8_t { Refuse, IsObject };
    Result<Json> jsonBody(EmptyBody empty = EmptyBody::Refuse) const;
    // A whole number of the query; `fallback` when it is missing.
    Result<std::int64_t> queryInt(std::string_view key, std::int64_t min, std::int64_t max,
                                  std::int64_t fallback) const;

    // Runs `finalise` if it has not run yet; the replies below do so themselves.
    void finaliseOnce();
    Task<void> reply(net::ServerResponse response);
    Task<void> replyJson(int status, const Json& body);
    Task<void> replyJsonText(int status, std::string body);
    Task<std::unique_ptr<net::SseStream>> startSse();
};

} // namespace exo::server
