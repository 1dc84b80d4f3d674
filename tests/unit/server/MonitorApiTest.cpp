#include "core/monitor/CallMetrics.h"
#include "core/monitor/HttpMetrics.h"
#include "core/server/PrometheusPage.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

#include <list>

using namespace exo;
using namespace exo::test;

namespace {

class FakeMonitoring final : public Monitoring {
  public:
    explicit FakeMonitoring(const Clock& clock)
        : m_http(clock) {}
    api::MetricsSnapshot now;
    api::AlertList alertList;
    Millis asked{0};
    std::vector<api::LogLine> lines;

    api::MetricsSnapshot snapshot() override { return now; }
    Task<api::MetricsHistory> history(Millis range) override {
        asked = range;
        co_return api::MetricsHistory{};
    }
    api::AlertList alerts() const override { return alertList; }
    std::vector<api::LogLine> logTail(std::uint64_t, std::size_t) const override { return lines; }
    HttpMetrics& http() override { return m_http; }
    std::unique_ptr<MonitorSubscription>
    subscribe(std::function<void(const api::MetricsSnapshot&)> onTick) override {
        ticks.push_back(std::move(onTick));
        return std::make_unique<MonitorSubscription>();
    }
    std::list<std::function<void(const api::MetricsSnapshot&)>> ticks;

  private:
    HttpMetrics m_http;
};

struct MonitorRig : ServerRig {
    FakeMonitoring monitoring{clock};
    server::Services services{gateway,
                              sessions,
                              chat,
                              clock,
                              [this]() -> const Settings& { return settings; },
                              [] { return api::ServiceStatus{}; },
                              [this] { return storageTrouble; },
                              &monitoring};
    server::Server watched{io, services, authenticator, net::ServerLimits{}};

    Captured ask(net::ServerRequest request, bool broken = false) {
        Captured captured;
        captured.broken = broken;
        CapturingWriter writer(captured);
        run(io, watched.handle(request, writer));
        return captured;
    }
    Captured get(std::string target) { return ask(request("GET", std::move(target))); }
};

std::uint64_t countOf(const LabelledCounter& counter, std::string_view first, std::string_view third) {
    for (const auto& value : counter.values())
        if (value.labels[0] == first && value.labels[2] == third) return value.count;
    return 0;
}

} // namespace

TEST_CASE("the metrics, alerts, history and log over HTTP") {
    MonitorRig rig;
    rig.monitoring.now.business.requests.total = 42;
    rig.monitoring.alertList.level = api::AlertLevel::Critical;
    rig.monitoring.lines = {{7, WallTime(Millis(1'700'000'000'000)), "info", "hello"}};
    CHECK(rig.get("/api/v1/metrics").json()["business"]["requests"]["total"] == 42);
    CHECK(rig.get("/api/v1/alerts").json()["level"] == "critical");
    CHECK(rig.get("/api/v1/log?limit=5").json()["lines"][0]["message"] == "hello");
    CHECK(rig.get("/api/v1/log?limit=0").status == 400);

    CHECK(rig.get("/api/v1/metrics/history").status == 200);
    CHECK(rig.monitoring.asked == std::chrono::hours(1));
    CHECK(rig.get("/api/v1/metrics/history?range=30d").status == 200);
    CHECK(rig.monitoring.asked == std::chrono::hours(24 * 30));
    const auto bad = rig.get("/api/v1/metrics/history?range=soon");
    CHECK(bad.status == 400);
    CHECK(bad.json()["error"]["param"] == "range");
}

TEST_CASE("/metrics needs no key, the rest does as soon as there is one") {
    MonitorRig rig;
    rig.keys.add("exo_secret", server::KnownKey{});
    rig.clock.advance(std::chrono::minutes(1));
    const auto page = rig.get("/metrics");
    CHECK(page.status == 200);
    CHECK(page.header("Content-Type").starts_with("text/plain; version=0.0.4"));
    CHECK(rig.get("/api/v1/metrics").status == 401);
    CHECK(rig.get("/api/v1/log").status == 401);
}

TEST_CASE("every exchange is counted by route, status and origin") {
    MonitorRig rig;
    for (int i = 0; i < 3; ++i)
        (void)rig.get("/healthz");
    (void)rig.get("/no/such/page");
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"x"}]})";
    (void)rig.ask(rig.request("POST", "/v1/chat/completions", body));
    rig.gateway.failure = Error(ErrorCode::UpstreamTimeout);
    (void)rig.ask(rig.request("POST", "/v1/chat/completions", body));
    rig.gateway.failure = Error(ErrorCode::QueueFull);
    (void)rig.ask(rig.request("POST", "/v1/chat/completions", body));

    const HttpMetrics& http = rig.monitoring.http();
    CHECK(countOf(http.requests, "/healthz", "200") == 3);
    CHECK(countOf(http.requests, "-", "404") == 1);
    CHECK(countOf(http.requests, "/v1/chat/completions", "200") == 1);
    for (const auto& value : http.requests.values()) {
        if (value.labels[2] == "504") CHECK(value.labels[3] == "upstream");
        if (value.labels[2] == "503") CHECK(value.labels[3] == "gateway");
        if (value.labels[2] == "404") CHECK(value.labels[3] == "client");
    }
    CHECK(http.modelCalls.count() == 3);
    CHECK(http.routes.count() == 4);
}

TEST_CASE("a client that left is counted by the phase it left in") {
    MonitorRig rig;
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"x"}]})";
    rig.gateway.report.phase = CallPhase::Queued;
    CancelSource source;
    auto request = rig.request("POST", "/v1/chat/completions", body);
    request.disconnected = source.token();
    rig.gateway.onCall = [&] { source.cancel(CancelReason::ClientGone); };
    rig.gateway.failure = Error(ErrorCode::Cancelled);
    (void)rig.ask(std::move(request));
    const auto values = rig.monitoring.http().disconnects.values();
    REQUIRE(values.size() == 1);
    CHECK(values[0].labels[0] == "queued");
    CHECK(countOf(rig.monitoring.http().requests, "/v1/chat/completions", "499") == 1);
}

TEST_CASE("the stream sends the state at once and ends with its client") {
    MonitorRig rig;
    CancelSource source;
    auto request = rig.request("GET", "/api/v1/metrics/stream");
    request.disconnected = source.token();
    source.cancel(CancelReason::ClientGone);
    const auto gone = rig.ask(std::move(request));
    CHECK(gone.ended);

    const auto broken = rig.ask(rig.request("GET", "/api/v1/metrics/stream"), true); // its write fails
    CHECK(broken.streaming);
}

TEST_CASE("the Prometheus page names what the design names") {
    FakeClock clock;
    CallMetrics calls(clock);
    HttpMetrics http(clock);
    calls.answer.record(Millis(5));
    calls.upstreamErrors.add({"deepseek", "upstream_timeout"});
    calls.fallbacks.add({"deepseek/m", "other/n"});
    http.record({"/v1/chat/completions", "m", 200, "none", true, false, Millis(5)});
    http.disconnects.add({"queued"});
    api::MetricsSnapshot now;
    now.gateway.rejected["queue_full"] = 3;
    now.service.redis = "down";
    api::BreakerRow row;
    row.provider = "deepseek";
    row.model = "m";
    row.state = "open";
    now.service.breakers = {row};
    CHECK(server::prometheusPage(now, &calls, http).find("exobrain_target_") == std::string::npos);
    now.service.breakers[0].concurrency["stream"] = {12, 3, 1};
    const std::string page = server::prometheusPage(now, &calls, http);
    for (const char* line :
         {"exobrain_requests_total{route=\"/v1/chat/"
          "completions\",model=\"m\",status=\"200\",origin=\"none\"} 1",
          "exobrain_active 0", "exobrain_queued 0", "exobrain_queue_wait_seconds_count 0",
          "exobrain_latency_seconds_count{kind=\"model\"} 1", "exobrain_ttft_seconds_count 0",
          "exobrain_overhead_seconds_count 0", "exobrain_tokens_total{type=\"input\"} 0",
          "exobrain_cache_lookups_total{tier=\"local\",result=\"hit\"} 0",
          "exobrain_breaker_state{provider=\"deepseek\",model=\"m\"} 2",
          "exobrain_target_limit{provider=\"deepseek\",model=\"m\",kind=\"stream\"} 12",
          "exobrain_target_active{provider=\"deepseek\",model=\"m\",kind=\"stream\"} 3",
          "exobrain_target_queued{provider=\"deepseek\",model=\"m\",kind=\"stream\"} 1",
          "exobrain_upstream_errors_total{provider=\"deepseek\",code=\"upstream_timeout\"} 1",
          "exobrain_fallbacks_total{from=\"deepseek/m\",to=\"other/n\"} 1",
          "exobrain_client_disconnects_total{phase=\"queued\"} 1",
          "exobrain_rejected_total{reason=\"queue_full\"} 3", "exobrain_redis_up 0"})
        CHECK_MESSAGE(page.find(std::string(line) + "\n") != std::string::npos, line);
}
