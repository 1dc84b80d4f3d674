#include "core/monitor/AlertEngine.h"
#include "core/monitor/AlertRules.h"
#include "core/monitor/ResidentTrend.h"
#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace exo;
using namespace exo::test;
using api::AlertLevel;

namespace {

// Feeds one metric second by second.
struct Feed {
    Feed() {
        for (const AlertRule& rule : alertRules({}))
            engine.setRule(rule);
    }
    std::vector<AlertEvent> second(const char* metric, double value) {
        clock.advance(Millis(1000));
        return engine.evaluate({{metric, "", value, "now"}});
    }
    // How many changes were told within so many seconds.
    int seconds(int count, const char* metric, double value) {
        int told = 0;
        for (int i = 0; i < count; ++i)
            told += static_cast<int>(second(metric, value).size());
        return told;
    }
    AlertLevel level() const { return engine.list().level; }

    FakeClock clock;
    AlertEngine engine{clock};
};

} // namespace

TEST_CASE("the levels of the plan: what holds for long enough is warning or critical") {
    struct Row {
        const char* metric;
        double value;
        AlertLevel level;
    };
    constexpr Row k_table[] = {{"cpu", 0.69, AlertLevel::Ok},
                               {"cpu", 0.70, AlertLevel::Warning},
                               {"cpu", 0.84, AlertLevel::Warning},
                               {"cpu", 0.85, AlertLevel::Critical},
                               {"memory", 0.74, AlertLevel::Ok},
                               {"memory", 0.75, AlertLevel::Warning},
                               {"memory", 0.89, AlertLevel::Warning},
                               {"memory", 0.90, AlertLevel::Critical},
                               {"disk", 0.79, AlertLevel::Ok},
                               {"disk", 0.80, AlertLevel::Warning},
                               {"disk", 0.89, AlertLevel::Warning},
                               {"disk", 0.90, AlertLevel::Critical},
                               {"latency", 199, AlertLevel::Ok},
                               {"latency", 200, AlertLevel::Warning},
                               {"latency", 1e9, AlertLevel::Warning},
                               {"backup-age", 25 * 3600, AlertLevel::Ok},
                               {"backup-age", 26 * 3600, AlertLevel::Warning},
                               {"breaker", 1, AlertLevel::Warning},
                               {"key", 1, AlertLevel::Warning},
                               {"redis", 1, AlertLevel::Warning},
                               {"storage", 2, AlertLevel::Critical},
                               {"server", 2, AlertLevel::Critical},
                               {"resident-growth", 63e6, AlertLevel::Ok},
                               {"resident-growth", 70e6, AlertLevel::Warning},
                               {"unheard-of", 1e9, AlertLevel::Ok}};
    for (const Row& row : k_table) {
        CAPTURE(row.metric);
        CAPTURE(row.value);
        Feed feed;
        feed.seconds(120, row.metric, row.value);
        CHECK(feed.level() == row.level);
    }
}

TEST_CASE("a peak is no alert, what lasts is told once, the end is told once") {
    Feed feed;
    CHECK(feed.seconds(9, "cpu", 0.75) == 0);
    CHECK(feed.seconds(1, "cpu", 0.10) == 0); // starts over
    CHECK(feed.seconds(9, "cpu", 0.75) == 0);
    CHECK(feed.level() == AlertLevel::Ok);
    CHECK(feed.seconds(60, "cpu", 0.75) == 1);
    CHECK(feed.level() == AlertLevel::Warning);
    const api::Alert alert = feed.engine.list().active.at(0);
    CHECK(alert.threshold == 0.70);
    CHECK(alert.value == 0.75);
    CHECK(alert.unit == "fraction");

    CHECK(feed.seconds(60, "cpu", 0.68) == 0); // below the threshold, not well below
    CHECK(feed.level() == AlertLevel::Warning);
    CHECK(feed.seconds(14, "cpu", 0.50) == 0);
    const auto events = [&] {
        std::vector<AlertEvent> all;
        for (int i = 0; i < 30; ++i)
            for (auto& event : feed.second("cpu", 0.50))
                all.push_back(event);
        return all;
    }();
    REQUIRE(events.size() == 1);
    CHECK(events[0].endedAt.has_value());
    CHECK(*events[0].endedAt > events[0].since);
    CHECK(feed.level() == AlertLevel::Ok);
    CHECK(feed.engine.list().active.empty());
    CHECK(feed.engine.list().recent.size() == 1);
}

TEST_CASE("worse and better are told, each once") {
    Feed feed;
    CHECK(feed.seconds(30, "memory", 0.80) == 1);
    CHECK(feed.seconds(30, "memory", 0.95) == 1);
    CHECK(feed.level() == AlertLevel::Critical);
    CHECK(feed.engine.list().active.at(0).threshold == 0.90);
    CHECK(feed.seconds(30, "memory", 0.89) == 0); // critical goes on until well below
    CHECK(feed.seconds(30, "memory", 0.80) == 1);
    CHECK(feed.level() == AlertLevel::Warning);
    CHECK(feed.seconds(30, "memory", 0.10) == 1);
    CHECK(feed.engine.list().recent.size() == 1);
}

TEST_CASE("straight to critical: one alert") {
    Feed feed;
    CHECK(feed.seconds(5, "cpu", 0.75) == 0);
    CHECK(feed.seconds(30, "cpu", 0.95) == 1);
    CHECK(feed.level() == AlertLevel::Critical);
}

TEST_CASE("values that waver around a threshold do not flap") {
    Feed feed;
    int told = 0;
    for (int i = 0; i < 300; ++i)
        told += feed.seconds(1, "cpu", i % 2 == 0 ? 0.71 : 0.69);
    CHECK(told <= 1);
}

TEST_CASE("states are told at once, subjects apart, and end when their subject is gone") {
    Feed feed;
    const auto evaluate = [&](std::vector<Reading> readings) {
        feed.clock.advance(Millis(1000));
        return feed.engine.evaluate(readings);
    };
    CHECK(evaluate({{"breaker", "a/m", 1, "a pauses"}, {"breaker", "b/m", 0, "b answers"}}).size() == 1);
    CHECK(evaluate({{"breaker", "a/m", 1, "a pauses"}, {"breaker", "b/m", 1, "b pauses"}}).size() == 1);
    CHECK(feed.engine.list().active.size() == 2);
    const auto over = evaluate({{"breaker", "a/m", 0, "a answers"}, {"breaker", "b/m", 1, "b pauses"}});
    REQUIRE(over.size() == 1);
    CHECK(over[0].subject == "a/m");
    const auto gone = evaluate({});
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].subject == "b/m");
    CHECK(gone[0].endedAt.has_value());
    CHECK(evaluate({}).empty());
    CHECK(feed.level() == AlertLevel::Ok);
}

TEST_CASE("the worst alert stands first, and the list of past ones is bounded") {
    Feed feed;
    feed.clock.advance(Millis(1000));
    (void)feed.engine.evaluate({{"breaker", "a/m", 1, ""}, {"storage", "", 2, ""}});
    CHECK(feed.engine.list().active.at(0).metric == "storage");
    for (int i = 0; i < 500; ++i) {
        (void)feed.engine.evaluate({{"breaker", "a/m", 1, ""}});
        (void)feed.engine.evaluate({{"breaker", "a/m", 0, ""}});
    }
    CHECK(feed.engine.list().recent.size() == 100);
}

TEST_CASE("memory that grows steadily is a trend, noise is none") {
    const SteadyTime start{std::chrono::hours(5)};
    ResidentTrend grows;
    ResidentTrend noise;
    ResidentTrend young;
    for (int i = 0; i < 90; ++i) {
        const SteadyTime now = start + std::chrono::minutes(i);
        grows.add(now, static_cast<std::uint64_t>(100'000'000 + i * 2'000'000));
        noise.add(now, static_cast<std::uint64_t>(100'000'000 + (i % 2) * 5'000'000));
        if (i < 20) young.add(now, static_cast<std::uint64_t>(i) * 100'000'000);
        grows.add(now + std::chrono::seconds(1), 1); // too soon: left out
    }
    CHECK(grows.bytesPerHour() == doctest::Approx(120e6).epsilon(0.01));
    CHECK(std::abs(noise.bytesPerHour()) < 2e6);
    CHECK(young.bytesPerHour() == 0);
}

TEST_CASE("the list tells the thresholds of what is measured, the changed ones after a reload") {
    Feed feed;
    const auto of = [&](std::string_view metric) -> std::optional<api::AlertThreshold> {
        for (const auto& threshold : feed.engine.list().thresholds)
            if (threshold.metric == metric) return threshold;
        return std::nullopt;
    };
    REQUIRE(of("cpu"));
    CHECK(of("cpu")->warning == 0.70);
    CHECK(of("cpu")->critical == 0.85);
    CHECK(of("latency")->unit == "ms");
    CHECK(!of("latency")->critical);
    CHECK(!of("redis")); // a state
    AlertThresholds changed;
    changed.cpuWarning = 0.5;
    for (const AlertRule& rule : alertRules(changed))
        feed.engine.setRule(rule);
    CHECK(of("cpu")->warning == 0.5);
    CHECK(feed.seconds(12, "cpu", 0.55) == 1);
}

TEST_CASE("a provider whose key is no good is an alert until it answers again") {
    Feed feed;
    api::MetricsSnapshot now;
    now.service.badKeys = {{"deepseek", "its key is refused with status 401"}};
    const auto told = feed.engine.evaluate(readingsOf(now));
    REQUIRE(told.size() == 1);
    CHECK(told[0].metric == "key");
    CHECK(told[0].subject == "deepseek");
    CHECK(told[0].message == "deepseek is left out: its key is refused with status 401");
    now.service.badKeys.clear();
    feed.clock.advance(Millis(1000));
    const auto over = feed.engine.evaluate(readingsOf(now));
    REQUIRE(over.size() == 1);
    CHECK(over[0].endedAt.has_value());
}
