// bench_gateway --exobrain PROGRAM --upstream PROGRAM [--desktop PROGRAM] [--quick]: what the gateway costs,
// beside nginx as a plain reverse proxy in the same run, and what the programs weigh when idle. Loopback
// only, about a minute.

#include "tests/bench/Contenders.h"
#include "tests/bench/Load.h"
#include "tests/bench/Machine.h"
#include "tests/support/TempHome.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <span>
#include <thread>

namespace {

using namespace exo::bench;

struct Options {
    std::filesystem::path exobrain, upstream, desktop;
    bool quick = false;
};

struct Row {
    std::string name;
    double perSecond = 0;
    double cpuPerThousand = 0; // CPU seconds of the program for 1000 requests
    Micros p50{0}, p99{0};     // at one connection
    Micros firstP50{0}, firstP99{0};
    double residentAfter = 0; // after the load
    std::uint64_t failures = 0;
};

// A question and an answer of about 1 KB each.
std::string question(const char* model, bool stream) {
    return std::string(R"({"model":")") + model + R"(","messages":[{"role":"user","content":")" +
           std::string(900, 'q') + (stream ? R"("}],"stream":true})" : R"("}]})");
}

void measureThroughput(const Contender& contender, std::chrono::milliseconds duration, Row& row) {
    const double before = cpuSeconds(contender.process->pid());
    const LoadResult load = runLoad({contender.port, 50, duration, question("text:100", false)});
    const double used = cpuSeconds(contender.process->pid()) - before;
    // The best of the rounds: what disturbs only ever slows.
    if (load.perSecond() > row.perSecond) {
        row.perSecond = load.perSecond();
        row.cpuPerThousand = load.requests ? used * 1000 / static_cast<double>(load.requests) : 0;
    }
    row.failures += load.failures;
}

void measureLatency(const Contender& contender, const Options& options, Row& row) {
    const std::chrono::milliseconds duration(options.quick ? 300 : 2000);
    const LoadResult load = runLoad({contender.port, 1, duration, question("text:100", false)});
    row.p50 = load.percentile(0.5);
    row.p99 = load.percentile(0.99);
    row.failures += load.failures;
    const auto first =
        firstTokenTimes(contender.port, question("text:3:20", true), "word1", options.quick ? 5 : 40);
    row.firstP50 = percentile(first, 0.5);
    row.firstP99 = percentile(first, 0.99);
}

void print(const std::vector<Row>& rows) {
    std::printf("\n%-10s %12s %10s %12s %10s %10s %12s %12s %10s %8s\n", "", "requests/s", "x nginx",
                "CPU s/1000", "p50 us", "p99 us", "1st tok p50", "1st tok p99", "MB after", "failed");
    const auto nginx =
        std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.name == "nginx"; });
    for (const Row& row : rows) {
        const double ratio = nginx == rows.end() ? 0 : row.perSecond / nginx->perSecond;
        std::printf("%-10s %12.0f %10.2f %12.3f %10.0f %10.0f %12.0f %12.0f %10.1f %8llu\n", row.name.c_str(),
                    row.perSecond, ratio, row.cpuPerThousand, row.p50.count(), row.p99.count(),
                    row.firstP50.count(), row.firstP99.count(), row.residentAfter,
                    static_cast<unsigned long long>(row.failures));
    }
    const Row& direct = rows.front();
    std::printf("\nadded to a direct call, microseconds:\n");
    for (const Row& row : std::span(rows).subspan(1))
        std::printf("  %-10s p50 %+6.0f   p99 %+6.0f   first token p50 %+6.0f   p99 %+6.0f\n",
                    row.name.c_str(), (row.p50 - direct.p50).count(), (row.p99 - direct.p99).count(),
                    (row.firstP50 - direct.firstP50).count(), (row.firstP99 - direct.firstP99).count());
}

// Status 1 when a request failed: a number that stands on failures is worth nothing.
int measureGateway(const Options& options, const std::filesystem::path& folder) {
    std::vector<Contender> contenders;
    contenders.push_back(startUpstream(options.upstream));
    const std::uint16_t upstreamPort = contenders.front().port;
    if (auto nginx = startNginx(folder, upstreamPort)) contenders.push_back(std::move(*nginx));
    contenders.push_back(startServer(options.exobrain, folder, upstreamPort));

    std::vector<Row> rows(contenders.size());
    const int rounds = options.quick ? 1 : 3;
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < contenders.size(); ++i)
            measureThroughput(contenders[i], std::chrono::milliseconds(options.quick ? 500 : 3000), rows[i]);
    std::uint64_t failures = 0;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        measureLatency(contenders[i], options, rows[i]);
        rows[i].name = contenders[i].name;
        rows[i].residentAfter = residentMegabytes(contenders[i].process->pid());
        failures += rows[i].failures;
    }
    std::printf("proxying, 50 connections, about 1 KB each way, no stream; latencies at one connection\n");
    print(rows);
    return failures == 0 ? 0 : 1;
}

void measureStarts(const Options& options, const std::filesystem::path& folder) {
    const int times = options.quick ? 1 : 5;
    const StartUp server = measureServerStart(options.exobrain, folder, times);
    std::printf("\nserver:  exec to listening %6.0f ms, idle resident %6.1f MB\n", server.time.count(),
                server.residentMegabytes);
    if (options.desktop.empty()) return;
    if (const auto desktop = measureDesktopStart(options.desktop, folder, times))
        std::printf("desktop: exec to window    %6.0f ms, idle resident %6.1f MB\n", desktop->time.count(),
                    desktop->residentMegabytes);
    else
        std::printf("desktop: not measured (no Xvfb, or no window came within 15 s)\n");
}

bool readArguments(std::span<char*> values, Options& options) {
    std::map<std::string, std::filesystem::path*> paths{{"--exobrain", &options.exobrain},
                                                        {"--upstream", &options.upstream},
                                                        {"--desktop", &options.desktop}};
    for (std::size_t i = 1; i < values.size(); ++i) {
        const std::string name = values[i];
        if (name == "--quick")
            options.quick = true;
        else if (paths.contains(name) && i + 1 < values.size())
            *paths[name] = values[++i];
        else
            return false;
    }
    return !options.exobrain.empty() && !options.upstream.empty();
}

int run(std::span<char*> values) {
    Options options;
    if (!readArguments(values, options)) {
        std::fprintf(stderr,
                     "bench_gateway --exobrain PROGRAM --upstream PROGRAM [--desktop PROGRAM] [--quick]\n");
        return 64;
    }
    exo::test::TempHome folder;
    std::printf("%u cores, %s\n", std::thread::hardware_concurrency(), processorName().c_str());
    try {
        measureStarts(options, folder.path());
        std::printf("\n");
        return measureGateway(options, folder.path());
    } catch (const std::exception&) {
        std::ifstream log(folder / "server.log");
        std::cerr << log.rdbuf();
        throw;
    }
}

} // namespace

int main(int count, char** values) {
    std::signal(SIGPIPE, SIG_IGN);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    try {
        return run(std::span(values, static_cast<std::size_t>(count)));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_gateway: %s\n", failure.what());
        return 1;
    }
}
