#include "core/monitor/Histogram.h"
#include "core/monitor/CallMetrics.h"
#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace exo;
using namespace exo::test;
using std::chrono::nanoseconds;

namespace {

double exactMs(std::vector<std::int64_t> sorted, double q) {
    std::ranges::sort(sorted);
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
    return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]) * 1e-6;
}

} // namespace

TEST_CASE("quantiles are within one per cent of the exact ones, whatever the distribution") {
    std::mt19937 random(7);
    std::lognormal_distribution<double> answers(std::log(800e6), 1.2); // around 0.8 s
    std::exponential_distribution<double> overheads(1.0 / 60e3);       // around 60 µs
    std::uniform_real_distribution<double> even(1e6, 5e9);
    for (int kind = 0; kind < 3; ++kind) {
        Histogram histogram;
        std::vector<std::int64_t> times;
        double sum = 0;
        for (int i = 0; i < 20'000; ++i) {
            const double ns = kind == 0   ? answers(random)
                              : kind == 1 ? overheads(random) + 20e3
                                          : even(random);
            times.push_back(static_cast<std::int64_t>(ns));
            sum += static_cast<double>(times.back()) * 1e-6;
            histogram.record(nanoseconds(times.back()));
        }
        const HistogramCounts counts = histogram.counts();
        CHECK(counts.count == times.size());
        CHECK(counts.meanMs() == doctest::Approx(sum / 20'000));
        for (const double q : {0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
            CAPTURE(kind);
            CAPTURE(q);
            CHECK(counts.quantileMs(q) == doctest::Approx(exactMs(times, q)).epsilon(0.01));
        }
    }
}

TEST_CASE("times out of range are counted at its ends") {
    Histogram histogram;
    CHECK(histogram.counts().quantileMs(0.95) == 0);
    CHECK(histogram.counts().meanMs() == 0);
    histogram.record(nanoseconds(-5));
    histogram.record(nanoseconds(0));
    CHECK(histogram.counts().quantileMs(1) < 0.001);
    histogram.record(std::chrono::hours(1000));
    CHECK(histogram.counts().quantileMs(1) > 6'000'000);
    CHECK(histogram.counts().count == 3);
}

TEST_CASE("no recording of several threads is lost") {
    Histogram histogram;
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&histogram] {
            for (int i = 0; i < 20'000; ++i)
                histogram.record(std::chrono::microseconds(i));
        });
    for (auto& thread : threads)
        thread.join();
    const HistogramCounts counts = histogram.counts();
    CHECK(counts.count == 120'000);
    std::uint64_t cells = 0;
    for (const std::uint64_t cell : counts.cells)
        cells += cell;
    CHECK(cells == 120'000);
    CHECK(counts.quantileMs(0.5) == doctest::Approx(10).epsilon(0.01));
}

TEST_CASE("counts up to a limit, for Prometheus") {
    Histogram histogram;
    for (const int ms : {1, 2, 3, 40, 500})
        histogram.record(Millis(ms));
    const HistogramCounts counts = histogram.counts();
    CHECK(counts.countUpTo(std::chrono::microseconds(500)) == 0);
    CHECK(counts.countUpTo(std::chrono::microseconds(2500)) == 2);
    CHECK(counts.countUpTo(Millis(100)) == 4);
    CHECK(counts.countUpTo(std::chrono::hours(1)) == 5);
}

TEST_CASE("a window forgets what is older than five minutes and keeps what is newer") {
    FakeClock clock;
    Histogram histogram;
    HistogramWindow window(histogram, clock);
    histogram.record(Millis(900));
    clock.advance(Millis(100'000));
    CHECK(window.recent().count == 1);
    histogram.record(Millis(10));
    histogram.record(Millis(10));
    clock.advance(Millis(100'000));
    CHECK(window.recent().count == 3);
    CHECK(window.recent().quantileMs(1) == doctest::Approx(900).epsilon(0.01));
    clock.advance(Millis(210'000)); // the first slot ended 310 s ago, the second 210 s
    CHECK(window.recent().count == 2);
    CHECK(window.recent().quantileMs(1) == doctest::Approx(10).epsilon(0.01));
    CHECK(window.recent().meanMs() == doctest::Approx(10));
    clock.advance(Millis(3600'000));
    CHECK(window.recent().count == 0);
}

TEST_CASE("a counter's window") {
    FakeClock clock;
    CountWindow window(clock);
    CHECK(window.recent(0) == 0);
    clock.advance(Millis(10'000));
    CHECK(window.recent(4) == 4);
    clock.advance(Millis(200'000));
    CHECK(window.recent(6) == 6);
    clock.advance(Millis(150'000));
    CHECK(window.recent(6) == 2); // 4 of them were there 350 s ago
    clock.advance(Millis(600'000));
    CHECK(window.recent(6) == 0);
}

TEST_CASE("labels beyond the bound are counted together") {
    LabelledCounter counter;
    for (int round = 0; round < 2; ++round)
        for (int i = 0; i < 2000; ++i)
            counter.add({"/v1/chat/completions", "model-" + std::to_string(i), "200", "none"});
    const auto values = counter.values();
    CHECK(values.size() == LabelledCounter::k_most + 1);
    std::uint64_t all = 0;
    for (const auto& value : values)
        all += value.count;
    CHECK(all == 4000);
    CHECK(values.front().count == 2);
    CHECK(values.back().labels[1] == "other");
    LabelledCounter long1;
    long1.add({std::string(100'000, 'x')});
    CHECK(long1.values().front().labels[0].size() <= 128);
}

TEST_CASE("the same label from many threads is one counter") {
    LabelledCounter counter;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&counter] {
            for (int i = 0; i < 10'000; ++i)
                counter.add({"a", i % 2 == 0 ? "x" : "y"});
        });
    for (auto& thread : threads)
        thread.join();
    const auto values = counter.values();
    REQUIRE(values.size() == 2);
    CHECK(values[0].count + values[1].count == 40'000);
}
