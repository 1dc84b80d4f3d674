#pragma once
// Looks at a running server from outside, over HTTP. Lives on the io thread of whoever runs it.

#include "app/exobrain/doctor/PostDeploy.h"
#include "core/base/Secret.h"
#include "core/net/HttpClient.h"

namespace exo::doctor {

struct ProbeTarget {
    std::string url;
    std::string proxy; // URL; empty: port 80 of this machine, when somebody listens there
    Secret key;
    Millis sample{10'000}; // for the performance
};

class ServerProbe {
  public:
    ServerProbe(net::HttpClient& http, Timers& timers, const Clock& clock, ProbeTarget target)
        : m_http(http)
        , m_timers(timers)
        , m_clock(clock)
        , m_target(std::move(target)) {}

    asio::awaitable<ServerFacts> lookAtServer();
    // Calls routes that ask no model all the while, one after the other.
    asio::awaitable<LoadFacts> lookAtLoad();

  private:
    asio::awaitable<Answer> ask(std::string url, std::string body = {});
    asio::awaitable<std::optional<api::MetricsSnapshot>> metrics(std::string& error);
    asio::awaitable<std::int64_t> lastLogLine(Answer& answer);
    asio::awaitable<ServerFacts::Proxy> lookAtProxy(std::string url);
    asio::awaitable<std::optional<double>> firstEvent(std::string url);
    net::HttpRequest request(std::string url) const;

    net::HttpClient& m_http;
    Timers& m_timers;
    const Clock& m_clock;
    ProbeTarget m_target;
};

} // namespace exo::doctor
