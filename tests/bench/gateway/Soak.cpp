// The same for a long time: does the server keep anything of what has passed? Its anonymous memory and its
// open descriptors are followed while whole answers, streams, cut ones, refusals and clients that hang up
// alternate. First the measure proves itself on a program that keeps a known amount of each request.

#include "tests/bench/gateway/Bench.h"
#include "tests/bench/gateway/Load.h"
#include "tests/bench/gateway/Machine.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

namespace exo::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Point {
    double seconds, value;
};

double slope(const std::vector<Point>& points) { // least squares, value per second
    double x = 0, y = 0, xx = 0, xy = 0;
    const auto n = static_cast<double>(points.size());
    for (const auto& [seconds, value] : points) {
        x += seconds;
        y += value;
        xx += seconds * seconds;
        xy += seconds * value;
    }
    const double below = n * xx - x * x;
    return below == 0 ? 0 : (n * xy - x * y) / below;
}

struct Round {
    const char* model;
    bool stream;
    bool fails; // what the client gets is an error, or a stream that says it was cut
};
// Each ends with forty clients that hang up in the middle.
constexpr Round k_rounds[] = {
    {"text:100", false, false},     {"text:20", true, false},    {"text:20:2", true, false},
    {"text:20+cut:10", true, true}, {"status:500", false, true}, {"status:400", false, true},
};

struct Trend {
    std::uint64_t requests = 0, failures = 0;
    std::vector<Point> memory; // anonymous, MB, over seconds; one for each run through the rounds
    double perSecond = 0;      // requests

    double megabytesPerHour() const { return slope(memory) * 3600; }
};

// The first third warms pools and caches up; its points do not count.
Trend follow(const Contender& contender, std::chrono::seconds whole, std::span<const Round> rounds) {
    Trend trend;
    const auto started = Clock::now();
    const auto passed = [&] { return Seconds(Clock::now() - started); };
    std::uint64_t counted = 0;
    const auto slice = std::clamp(std::chrono::milliseconds(whole) / 60, std::chrono::milliseconds(50),
                                  std::chrono::milliseconds(900));
    while (passed() < whole) {
        for (const Round& round : rounds) {
            const auto load =
                runLoad({contender.port, 40, slice, question(round.model, round.stream, contender.key)});
            trend.requests += load.requests;
            if (!round.fails) trend.failures += load.failures;
        }
        if (passed() < Seconds(whole) / 3) {
            counted = trend.requests;
            continue;
        }
        trend.memory.push_back({passed().count(), ownMegabytes(contender.process->pid())});
    }
    trend.perSecond = static_cast<double>(trend.requests - counted) / (passed().count() * 2 / 3);
    return trend;
}

// A program that keeps 1 KB of each request, and no more: the slope that is found must be that.
bool provesItself(const Bench& bench, std::chrono::seconds whole) {
    constexpr Round keeps[] = {{"text:3+keep:1024", false, false}};
    const Contender leaking = startUpstream(bench.upstream);
    const Trend trend = follow(leaking, whole, keeps);
    const double planted = trend.perSecond * 1024 * 3600 / (1 << 20);
    const double ratio = planted > 0 ? trend.megabytesPerHour() / planted : 0;
    std::printf("\nsoak, planted: a program that keeps 1 KB a request, %.0f MB/h; found %.0f MB/h (x %.2f)\n",
                planted, trend.megabytesPerHour(), ratio);
    return ratio > 0.7 && ratio < 1.4;
}

} // namespace

std::uint64_t measureSoak(const Bench& bench) {
    if (bench.soak.count() == 0) return 0;
    if (!provesItself(bench,
                      std::clamp(bench.soak / 10, std::chrono::seconds(2), std::chrono::seconds(20)))) {
        std::printf("soak: the planted leak was not found, so nothing is worth measuring\n");
        return 1;
    }
    const Contender upstream = startUpstream(bench.upstream);
    ServerOrder order{bench.exobrain, bench.folder / "soak", urlOf(upstream.port), true, 50, {}};
    order.cacheSize = "4MB"; // full within seconds: what comes then must push out as much
    const Contender server = startServer(order);
    const int descriptors = openDescriptors(server.process->pid());
    const Trend trend = follow(server, bench.soak, k_rounds);
    const auto [least, most] =
        std::minmax_element(trend.memory.begin(), trend.memory.end(),
                            [](const Point& a, const Point& b) { return a.value < b.value; });
    std::printf("soak: %lld s, %llu requests, %llu failed that should not; anonymous memory %.1f-%.1f MB, "
                "slope %+.2f "
                "MB/h (%+.2f bytes a request) after the first third; descriptors %d before, %d after\n",
                static_cast<long long>(bench.soak.count()), static_cast<unsigned long long>(trend.requests),
                static_cast<unsigned long long>(trend.failures), trend.memory.empty() ? 0 : least->value,
                trend.memory.empty() ? 0 : most->value, trend.megabytesPerHour(),
                trend.megabytesPerHour() / 3600 * (1 << 20) / std::max(trend.perSecond, 1.0), descriptors,
                openDescriptors(server.process->pid()));
    return trend.failures;
}

} // namespace exo::bench
