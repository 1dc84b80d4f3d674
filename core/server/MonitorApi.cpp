#include "core/server/MonitorApi.h"

#include "core/base/Units.h"
#include "core/net/Event.h"
#include "core/net/Sse.h"
#include "core/server/PrometheusPage.h"

#include <optional>
#include <utility>

namespace exo::server {

namespace {

constexpr Millis k_usualRange{3600'000};
constexpr std::int64_t k_mostLogLines = 500, k_usualLogLines = 200;

} // namespace

void MonitorApi::addRoutes(Router& router) {
    using Member = Task<void> (MonitorApi::*)(Exchange&);
    const auto add = [&](const char* pattern, Access access, Member handler) {
        router.add({"GET", pattern, access, [this, handler](Exchange& e) { return call(e, handler); }});
    };
    add("/api/v1/metrics", Access::Key, &MonitorApi::snapshot);
    add("/api/v1/metrics/history", Access::Key, &MonitorApi::history);
    add("/api/v1/metrics/stream", Access::Key, &MonitorApi::stream);
    add("/api/v1/alerts", Access::Key, &MonitorApi::alerts);
    add("/api/v1/log", Access::Key, &MonitorApi::log);
    add("/metrics", Access::Open, &MonitorApi::prometheus);
}

Task<void> MonitorApi::call(Exchange& exchange, Task<void> (MonitorApi::*handler)(Exchange&)) {
    if (!m_services.monitoring) co_return fail(ErrorCode::NotFound, "nothing is watched here");
    co_return co_await (this->*handler)(exchange);
}

Task<void> MonitorApi::snapshot(Exchange& exchange) {
    const Json json = api::toJson(m_services.monitoring->snapshot());
    co_return co_await exchange.replyJson(200, json);
}

Task<void> MonitorApi::history(Exchange& exchange) {
    const std::string text = exchange.request.queryValue("range");
    Millis range = k_usualRange;
    if (!text.empty()) {
        const auto parsed = parseDuration(text, Millis(1000));
        if (!parsed.ok())
            co_return fail(ErrorCode::InvalidRequest, "'range' must be a time like 1h or 30d", "range");
        range = *parsed;
    }
    EXO_CO_TRY(const auto history, co_await m_services.monitoring->history(range));
    const Json json = api::toJson(history);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> MonitorApi::stream(Exchange& exchange) {
    const auto changed = std::make_shared<net::Event>();
    std::optional<api::MetricsSnapshot> latest = m_services.monitoring->snapshot();
    const auto subscription =
        m_services.monitoring->subscribe([&latest, changed](const api::MetricsSnapshot& now) {
            latest = now;
            changed->notify();
        });
    const CancelToken gone = exchange.request.disconnected;
    const CancelRegistration registration = gone.onCancel([changed](CancelReason) { changed->notify(); });
    EXO_CO_TRY(const auto sse, co_await exchange.startSse());
    // A drain waits for streams; this one has no end of its own.
    while (!gone.cancelled() && m_services.notReady() != "draining") {
        if (latest) {
            const std::string data = dumpJson(api::toJson(*std::exchange(latest, std::nullopt)));
            EXO_CO_CHECK(co_await sse->write(net::formatSse("metrics", data)));
            continue;
        }
        changed->reset();
        co_await changed->wait();
    }
    co_return co_await sse->end({});
}

Task<void> MonitorApi::alerts(Exchange& exchange) {
    const Json json = api::toJson(m_services.monitoring->alerts());
    co_return co_await exchange.replyJson(200, json);
}

Task<void> MonitorApi::log(Exchange& exchange) {
    EXO_CO_TRY(const auto after, exchange.queryInt("after", 0, INT64_MAX, 0));
    EXO_CO_TRY(const auto limit, exchange.queryInt("limit", 1, k_mostLogLines, k_usualLogLines));
    Json json = {{"lines", Json::array()}};
    for (const auto& line :
         m_services.monitoring->logTail(static_cast<std::uint64_t>(after), static_cast<std::size_t>(limit)))
        json["lines"].push_back(api::toJson(line));
    co_return co_await exchange.replyJson(200, json);
}

Task<void> MonitorApi::prometheus(Exchange& exchange) {
    net::ServerResponse response;
    response.headers.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
    response.body = prometheusPage(m_services.monitoring->snapshot(), m_services.gateway.callMetrics(),
                                   m_services.monitoring->http());
    co_return co_await exchange.reply(std::move(response));
}

} // namespace exo::server
