#include "core/api/Metrics.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::api;

namespace {

MetricsSnapshot sample() {
    MetricsSnapshot snapshot;
    snapshot.system.cpu = {0.25, 1.5};
    snapshot.system.memory = {300, 100, 50};
    snapshot.system.disk = {7ull << 40, 1ull << 40};
    snapshot.system.process = {123, 45.5};
    snapshot.business.requests = {10, 2, 1};
    snapshot.business.performance = {12.5, 40, 0.125};
    snapshot.gateway.overheadP50 = 0.1;
    snapshot.gateway.rejected = {{"queue_full", 3}};
    snapshot.gateway.disconnects = {{"queued", 4}};
    snapshot.gateway.outputTokens = 99;
    snapshot.service.level = AlertLevel::Warning;
    Alert alert;
    alert.metric = "cpu";
    alert.value = 0.8;
    alert.threshold = 0.7;
    alert.unit = "fraction";
    alert.since = WallTime(Millis(1'700'000'000'000));
    snapshot.service.alerts = {alert};
    BreakerRow row;
    row.provider = "deepseek";
    row.model = "deepseek-chat";
    row.state = "open";
    row.reason = "refused";
    row.retryAt = WallTime(Millis(1'700'000'030'000));
    row.concurrency = {{"stream", {12, 3, 1}}};
    snapshot.service.breakers = {row};
    snapshot.service.badKeys = {{"openai", "its account has no credit left"}};
    snapshot.service.cache.localHits = 3;
    snapshot.service.redis = "down";
    snapshot.service.resident = 1 << 20;
    return snapshot;
}

} // namespace

TEST_CASE("the metrics have the contract's members and survive the way through JSON") {
    const Json json = toJson(sample());
    CHECK(json["system"] ==
          Json::parse(R"({"cpu":{"usage":0.25,"load":1.5},"memory":{"used":300,"available":100,"cached":50},
               "disk":{"used":7696581394432,"available":1099511627776},"process":{"count":123,"uptime":45.5}})"));
    CHECK(json["business"] == Json::parse(R"({"requests":{"total":10,"active":2,"queued":1},
               "performance":{"avgResponseTime":12.5,"p95ResponseTime":40.0,"errorRate":0.125}})"));
    for (const char* name :
         {"overheadP50", "overheadP99", "timeToFirstTokenP95", "cacheHitRate", "coalesced", "rejected"})
        CHECK(json["gateway"].contains(name));
    CHECK(json["service"]["level"] == "warning");
    CHECK(json["service"]["breakers"]["deepseek/deepseek-chat"]["state"] == "open");
    CHECK(json["service"]["breakers"]["deepseek/deepseek-chat"]["concurrency"] ==
          Json::parse(R"({"stream":{"limit":12,"active":3,"queued":1}})"));
    CHECK(json["service"]["badKeys"]["openai"] == "its account has no credit left");
    CHECK(json["service"]["redis"] == "down");

    CHECK(json["service"]["backupAge"].is_null());

    auto back = metricsSnapshotFromJson(json);
    REQUIRE(back.ok());
    CHECK(toJson(*back) == json);
    back->service.backupAge = 3600.5;
    CHECK(metricsSnapshotFromJson(toJson(*back))->service.backupAge == 3600.5);
    CHECK(back->system.memoryUsage() == doctest::Approx(0.75));
}

TEST_CASE("metrics of a hostile server are bounded and never throw") {
    CHECK_FALSE(metricsSnapshotFromJson(Json::array()).ok());
    const Json odd = Json::parse(R"({"system":{"cpu":7,"memory":{"used":-5,"available":"x"}},"business":[],
        "gateway":{"rejected":{"a":"b","c":2}},"service":{"alerts":[1,{"level":"worse"}],"breakers":{"x":3},"badKeys":{"x":3}}})");
    const auto snapshot = metricsSnapshotFromJson(odd);
    REQUIRE(snapshot.ok());
    CHECK(snapshot->system.memory.used == 0);
    CHECK(snapshot->gateway.rejected == std::map<std::string, std::int64_t>{{"c", 2}});
    CHECK(snapshot->service.alerts.size() == 1);
    CHECK(snapshot->service.breakers.empty());
    CHECK(snapshot->service.badKeys.empty());
}

TEST_CASE("a history survives the way through JSON, with gaps") {
    MetricsHistory history;
    history.from = WallTime(Millis(1'700'000'000'000));
    history.step = Millis(10'000);
    history.series = {{"cpu", "fraction", {0.5, std::nullopt}, {0.75, std::nullopt}}};
    const Json json = toJson(history);
    CHECK(json["to"] == "2023-11-14T22:13:40.000Z");
    const auto back = metricsHistoryFromJson(json);
    REQUIRE(back.ok());
    CHECK(toJson(*back) == json);
    const auto uneven = metricsHistoryFromJson(Json::parse(
        R"({"stepSeconds":1,"series":{"a":{"values":[1,2,3]},"b":{"values":["x"],"peaks":[1]}}})"));
    REQUIRE(uneven.ok());
    for (const auto& series : uneven->series) {
        CHECK(series.values.size() == 3);
        CHECK(series.peaks.size() == 3);
    }
}

TEST_CASE("thresholds survive the way through JSON, and what is no number is none") {
    AlertList list;
    list.thresholds = {{"cpu", "fraction", 0.6, 0.8}, {"latency", "ms", 200, {}}};
    const Json json = toJson(list);
    CHECK(json["thresholds"] == Json::parse(R"({"cpu":{"unit":"fraction","warning":0.6,"critical":0.8},
               "latency":{"unit":"ms","warning":200.0}})"));
    const auto back = alertListFromJson(json);
    REQUIRE(back.ok());
    CHECK(back->thresholds == list.thresholds);
    const auto odd = alertListFromJson(Json::parse(
        R"({"thresholds":{"cpu":{"warning":"high"},"memory":7,"disk":{"warning":0.8,"critical":"never"}}})"));
    REQUIRE(odd.ok());
    REQUIRE(odd->thresholds.size() == 1);
    CHECK(odd->thresholds[0].metric == "disk");
    CHECK(!odd->thresholds[0].critical);
    CHECK(alertListFromJson(Json::parse(R"({"thresholds":[1,2]})"))->thresholds.empty());
}

TEST_CASE("a history with more points than can be shown is refused before room is made for them") {
    Json history = Json::object();
    Json& series = history["series"] = Json::object();
    series["long"]["values"] = Json::array();
    for (int i = 0; i < 100'000; ++i)
        series["long"]["values"].push_back(1);
    CHECK(metricsHistoryFromJson(history).ok());
    for (int i = 0; i < 4000; ++i)
        series[std::to_string(i)] = Json::object();
    CHECK_FALSE(metricsHistoryFromJson(history).ok());
}

TEST_CASE(
    "a target without a limit of its own has no member for it, and an odd one is read as far as it goes") {
    CHECK_FALSE(toJson(BreakerRow()).contains("concurrency"));
    Json json = toJson(BreakerRow());
    json["concurrency"] = Json::parse(R"({"stream":{"limit":"many","active":2},"whole":7})");
    for (int i = 0; i < 100; ++i)
        json["concurrency"]["kind" + std::to_string(i)] = Json::object();
    const auto row = breakerRowFromJson(json);
    REQUIRE(row.ok());
    CHECK(row->concurrency.size() == 8);
    json["concurrency"] = Json::parse(R"({"stream":{"limit":"many","active":2},"whole":7})");
    CHECK(breakerRowFromJson(json)->concurrency ==
          std::map<std::string, ConcurrencyRow>{{"stream", {0, 2, 0}}, {"whole", {}}});
}
