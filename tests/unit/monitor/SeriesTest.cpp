#include "core/monitor/Series.h"
#include "core/monitor/PrometheusText.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

constexpr std::int64_t k_now = 1'700'000'123;
WallTime now() {
    return WallTime(std::chrono::seconds(k_now));
}

} // namespace

TEST_CASE("the step of a history fits its range") {
    struct Row {
        Millis range;
        std::int64_t step, resolution;
    };
    using namespace std::chrono;
    const Row table[] = {{minutes(1), 1, 1},          {minutes(5), 1, 1},          {hours(1), 10, 1},
                         {hours(2), 60, 60},          {hours(24), 300, 60},        {hours(48), 1800, 60},
                         {hours(24 * 7), 3600, 3600}, {hours(24 * 30), 7200, 3600}};
    for (const Row& row : table) {
        CAPTURE(row.range.count());
        const auto plan = planHistory(row.range, now());
        REQUIRE(plan.ok());
        CHECK(plan->step == row.step);
        CHECK(plan->resolution == row.resolution);
        CHECK(plan->steps <= 400);
        CHECK(plan->from % plan->step == 0);
        const std::int64_t end = plan->from + plan->step * plan->steps;
        CHECK(end > k_now);
        CHECK(end <= k_now + plan->step);
    }
    CHECK_FALSE(planHistory(Millis(59'000), now()).ok());
    CHECK_FALSE(planHistory(hours(24 * 5000), now()).ok());
    CHECK(planHistory(hours(24 * 3653), now())->steps <= 401);
}

TEST_CASE("values come into their step as mean and peak, gaps stay gaps") {
    const auto plan = planHistory(std::chrono::hours(1), now());
    SeriesBuckets buckets(*plan);
    const std::int64_t at = plan->from + 20;
    buckets.add(at, Series::Cpu, {0.2, 1, 0.2});
    buckets.add(at + 9, Series::Cpu, {0.6, 1, 0.6});
    buckets.add(at + 10, Series::Cpu, {6, 60, 0.9}); // a minute's row
    buckets.add(plan->from - 1, Series::Cpu, {9, 1, 9});
    buckets.add(plan->from + 3600 + 10, Series::Cpu, {9, 1, 9});
    const api::MetricsHistory history = buckets.finish();
    const auto& cpu = history.series.at(0);
    CHECK(cpu.name == "cpu");
    CHECK_FALSE(cpu.values[1].has_value());
    CHECK(*cpu.values[2] == doctest::Approx(0.4));
    CHECK(*cpu.peaks[2] == 0.6);
    CHECK(*cpu.values[3] == doctest::Approx(0.1));
    CHECK(*cpu.peaks[3] == 0.9);
    CHECK(history.series.size() == k_seriesCount);
}

TEST_CASE("counters become rates, also across a restart of the server") {
    RowMaker maker;
    api::MetricsSnapshot snapshot;
    snapshot.business.requests.total = 100;
    const SteadyTime start{std::chrono::hours(1)};
    const auto requests = [](const MetricRow& row) {
        return row.values[static_cast<std::size_t>(Series::Requests)];
    };
    CHECK_FALSE(requests(maker.make(snapshot, now(), start)).has_value());
    snapshot.business.requests.total = 130;
    CHECK(*requests(maker.make(snapshot, now(), start + std::chrono::seconds(2))) == 15);
    snapshot.business.requests.total = 6;
    CHECK(*requests(maker.make(snapshot, now(), start + std::chrono::seconds(4))) == 3);
    CHECK_FALSE(maker.make(snapshot, now(), start + std::chrono::seconds(5))
                    .values[static_cast<std::size_t>(Series::P95)]
                    .has_value()); // no calls: a gap
}

TEST_CASE("label values cannot break out of a Prometheus line") {
    PrometheusText text;
    text.metric("exobrain_requests_total", PrometheusText::Type::Counter, "Requests.");
    text.sample(1, {{"model", "a\"b\\c\nd\xff"}});
    const std::string page = text.take();
    CHECK(page == "# HELP exobrain_requests_total Requests.\n# TYPE exobrain_requests_total counter\n"
                  "exobrain_requests_total{model=\"a\\\"b\\\\c\\nd\xEF\xBF\xBD\"} 1\n");
}

TEST_CASE("a Prometheus histogram is cumulative") {
    Histogram histogram;
    histogram.record(Millis(3));
    histogram.record(Millis(300));
    histogram.record(std::chrono::hours(1));
    PrometheusText text;
    text.metric("x_seconds", PrometheusText::Type::Histogram, "X.");
    text.histogram(histogram.counts(), {{"kind", "model"}});
    const std::string page = text.take();
    CHECK(page.find("x_seconds_bucket{kind=\"model\",le=\"0.0025\"} 0\n") != std::string::npos);
    CHECK(page.find("x_seconds_bucket{kind=\"model\",le=\"0.005\"} 1\n") != std::string::npos);
    CHECK(page.find("x_seconds_bucket{kind=\"model\",le=\"0.5\"} 2\n") != std::string::npos);
    CHECK(page.find("x_seconds_bucket{kind=\"model\",le=\"+Inf\"} 3\n") != std::string::npos);
    CHECK(page.find("x_seconds_count{kind=\"model\"} 3\n") != std::string::npos);
}
