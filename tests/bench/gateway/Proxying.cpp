// One question, one answer: requests per second and latency beside a direct call and nginx, streamed or not;
// answers from the cache beside a file that nginx serves. nginx keeps no answers, so neither does "exobrain";
// "+ cache" does, and what it stores is never asked for again.

#include "tests/bench/gateway/Bench.h"
#include "tests/bench/gateway/Load.h"
#include "tests/bench/gateway/Machine.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

namespace exo::bench {

namespace {

struct Row {
    std::string name;
    double perSecond = 0;
    double streamsPerSecond = 0;
    double cpuPerThousand = 0; // CPU seconds of the program for 1000 requests
    Micros p50{0}, p99{0};     // at one connection
    Micros firstP50{0}, firstP99{0};
    double residentAfter = 0; // megabytes, after the load
    std::uint64_t failures = 0;
};

LoadResult load(const Contender& contender, int connections, std::chrono::milliseconds duration,
                const Request& request) {
    return runLoad({contender.port, connections, duration, request});
}

// One that is asked.
struct Lane {
    const Contender* contender;
    std::string name;
    bool store;

    Request question(const char* model, bool stream) const {
        Request request = bench::question(model, stream, contender->key);
        request.store = store;
        return request;
    }
};

void measureThroughput(const Lane& lane, const Bench& bench, Row& row) {
    const Contender& contender = *lane.contender;
    const double before = cpuSeconds(contender.process->pid());
    const auto whole = load(contender, 50, bench.span(3000), lane.question("text:100", false));
    const double used = cpuSeconds(contender.process->pid()) - before;
    // The best of the rounds: what disturbs only ever slows.
    if (whole.perSecond() > row.perSecond) {
        row.perSecond = whole.perSecond();
        row.cpuPerThousand = whole.requests ? used * 1000 / static_cast<double>(whole.requests) : 0;
    }
    const auto streamed = load(contender, 50, bench.span(3000), lane.question("text:20", true));
    row.streamsPerSecond = std::max(row.streamsPerSecond, streamed.perSecond());
    row.failures += whole.failures + streamed.failures;
}

void measureLatency(const Lane& lane, const Bench& bench, Row& row) {
    const Contender& contender = *lane.contender;
    const auto single = load(contender, 1, bench.span(3000), lane.question("text:100", false));
    row.p50 = single.percentile(0.5);
    row.p99 = single.percentile(0.99);
    row.failures += single.failures;
    const auto first =
        firstTokenTimes(contender.port, lane.question("text:3:20", true), "word1", bench.quick ? 5 : 100);
    row.firstP50 = percentile(first, 0.5);
    row.firstP99 = percentile(first, 0.99);
}

void print(const std::vector<Row>& rows) {
    std::printf("%-10s %11s %8s %11s %8s %11s %9s %9s %12s %12s %9s\n", "", "requests/s", "x nginx",
                "streams/s", "x nginx", "CPU s/1000", "p50 us", "p99 us", "1st tok p50", "1st tok p99",
                "MB after");
    const auto nginx =
        std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.name == "nginx"; });
    for (const Row& row : rows) {
        const double ratio = nginx == rows.end() ? 0 : row.perSecond / nginx->perSecond;
        const double streamRatio = nginx == rows.end() ? 0 : row.streamsPerSecond / nginx->streamsPerSecond;
        std::printf("%-10s %11.0f %8.2f %11.0f %8.2f %11.3f %9.0f %9.0f %12.0f %12.0f %9.1f\n",
                    row.name.c_str(), row.perSecond, ratio, row.streamsPerSecond, streamRatio,
                    row.cpuPerThousand, row.p50.count(), row.p99.count(), row.firstP50.count(),
                    row.firstP99.count(), row.residentAfter);
    }
    const Row& direct = rows.front();
    std::printf("added to a direct call, microseconds:\n");
    for (const Row& row : std::span(rows).subspan(1))
        std::printf("  %-10s p50 %+6.0f   p99 %+6.0f   first token p50 %+6.0f   p99 %+6.0f\n",
                    row.name.c_str(), (row.p50 - direct.p50).count(), (row.p99 - direct.p99).count(),
                    (row.firstP50 - direct.firstP50).count(), (row.firstP99 - direct.firstP99).count());
}

} // namespace

std::uint64_t measureProxying(const Bench& bench) {
    std::vector<Contender> contenders;
    contenders.push_back(startUpstream(bench.upstream));
    const std::string upstream = urlOf(contenders.front().port);
    if (auto nginx = startNginx({bench.folder / "nginx", upstream, {}, {}, {}, false}))
        contenders.push_back(std::move(*nginx));
    contenders.push_back(startServer({bench.exobrain, bench.folder / "proxying", upstream, false, 4000, {}}));

    std::vector<Lane> lanes;
    for (const Contender& contender : contenders)
        lanes.push_back({&contender, contender.name, false});
    lanes.push_back({&contenders.back(), "+ cache", true});

    std::vector<Row> rows(lanes.size());
    for (int round = 0; round < (bench.quick ? 1 : 3); ++round)
        for (std::size_t i = 0; i < lanes.size(); ++i)
            measureThroughput(lanes[i], bench, rows[i]);
    std::uint64_t failures = 0;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        measureLatency(lanes[i], bench, rows[i]);
        rows[i].name = lanes[i].name;
        rows[i].residentAfter = residentMegabytes(lanes[i].contender->process->pid());
        failures += rows[i].failures;
    }
    std::printf("\nproxying: 50 connections, 1 KB questions, answers of 1 KB or streams of 20 events; the "
                "latencies at one connection\n");
    print(rows);
    return failures;
}

std::uint64_t measureCacheHits(const Bench& bench) {
    const Contender upstream = startUpstream(bench.upstream);
    const auto server =
        startServer({bench.exobrain, bench.folder / "cached", urlOf(upstream.port), true, 4000, {}});
    const auto nginx =
        startNginx({bench.folder / "nginx-file", urlOf(upstream.port), std::string(900, 'a'), {}, {}, false});
    const Request request = sameQuestion("text:100", server.key);
    load(server, 1, std::chrono::milliseconds(50), request); // the first answer is asked for
    double hits = 0;
    double files = 0;
    std::uint64_t failures = 0;
    for (int round = 0; round < (bench.quick ? 1 : 3); ++round) {
        const auto hit = load(server, 50, bench.span(2000), request);
        hits = std::max(hits, hit.perSecond());
        failures += hit.failures;
        if (!nginx) continue;
        Request file;
        file.method = "GET";
        file.path = "/static";
        const auto served = load(*nginx, 50, bench.span(2000), file);
        files = std::max(files, served.perSecond());
        failures += served.failures;
    }
    const auto single = load(server, 1, bench.span(2000), request);
    std::printf("\ncache: 50 connections: %.0f hits/s; a file of nginx %.0f/s: x %.2f; hit at one connection "
                "p50 %.0f us, p99 %.0f us\n",
                hits, files, files > 0 ? hits / files : 0, single.percentile(0.5).count(),
                single.percentile(0.99).count());
    return failures + single.failures;
}

} // namespace exo::bench
