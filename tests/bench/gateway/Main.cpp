// bench_gateway [--only SECTION]… [--soak SECONDS] [--quick]: what the gateway costs, beside nginx as a plain
// reverse proxy in the same run, and what the programs weigh when idle. Loopback only, some minutes. The
// programs are those beside it unless --exobrain, --upstream, --desktop name others.

#include "tests/bench/gateway/Bench.h"
#include "tests/bench/gateway/Machine.h"
#include "tests/support/TempHome.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <span>
#include <thread>

namespace exo::bench {

std::uint64_t measureStarts(const Bench& bench) {
    const int times = bench.quick ? 1 : 5;
    const StartUp server = measureServerStart(
        {bench.exobrain, bench.folder / "start", "http://127.0.0.1:9", false, 50, {}}, times);
    std::printf(
        "\nserver:  exec to listening %6.0f ms, idle resident %6.1f MB, %.1f MB without pages of files\n",
        server.time.count(), server.residentMegabytes, server.ownMegabytes);
    if (bench.quick) return 0;
    if (const auto desktop = measureDesktopStart(bench.desktop, bench.folder, times))
        std::printf(
            "desktop: exec to window    %6.0f ms, idle resident %6.1f MB, %.1f MB without pages of files\n",
            desktop->time.count(), desktop->residentMegabytes, desktop->ownMegabytes);
    else
        std::printf("desktop: not measured (not built, no Xvfb, or no window came within 15 s)\n");
    return 0;
}

} // namespace exo::bench

namespace {

using namespace exo::bench;

struct Section {
    const char* name;
    std::uint64_t (*measure)(const Bench&);
};
constexpr Section k_sections[] = {
    {"start", measureStarts},        {"proxying", measureProxying}, {"cache", measureCacheHits},
    {"streams", measureManyStreams}, {"tls", measureTlsBurst},      {"overload", measureOverload},
    {"soak", measureSoak},
};

bool readArguments(std::span<char*> values, Bench& bench, std::vector<std::string>& only) {
    std::map<std::string, std::filesystem::path*> paths{
        {"--exobrain", &bench.exobrain}, {"--upstream", &bench.upstream}, {"--desktop", &bench.desktop}};
    for (std::size_t i = 1; i < values.size(); ++i) {
        const std::string name = values[i];
        const bool more = i + 1 < values.size();
        if (name == "--quick")
            bench.quick = true;
        else if (name == "--only" && more)
            only.emplace_back(values[++i]);
        else if (name == "--soak" && more)
            bench.soak = std::chrono::seconds(std::atoi(values[++i]));
        else if (paths.contains(name) && more)
            *paths[name] = values[++i];
        else
            return false;
    }
    return std::all_of(only.begin(), only.end(), [](const std::string& wanted) {
        return std::any_of(std::begin(k_sections), std::end(k_sections),
                           [&](const Section& section) { return wanted == section.name; });
    });
}

int run(std::span<char*> values) {
    Bench bench;
    std::vector<std::string> only;
    const auto beside = std::filesystem::canonical("/proc/self/exe").parent_path();
    bench.exobrain = beside / "exobrain";
    bench.upstream = beside / "upstream";
    bench.desktop = beside / "exobrain-desktop";
    if (!readArguments(values, bench, only)) {
        std::fprintf(stderr,
                     "bench_gateway [--only SECTION]... [--soak SECONDS] [--quick] [--exobrain PROGRAM] "
                     "[--upstream PROGRAM] [--desktop PROGRAM]\nsections:");
        for (const Section& section : k_sections)
            std::fprintf(stderr, " %s", section.name);
        std::fprintf(stderr, "\n");
        return 64;
    }
    exo::test::TempHome folder;
    bench.folder = folder.path();
    std::printf("%u cores, %s\n", std::thread::hardware_concurrency(), processorName().c_str());
    std::uint64_t failures = 0;
    for (const Section& section : k_sections)
        if (only.empty() || std::find(only.begin(), only.end(), section.name) != only.end())
            failures += section.measure(bench);
    if (failures > 0) std::printf("\n%llu requests failed\n", static_cast<unsigned long long>(failures));
    if (failures > 0)
        for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.folder))
            if (entry.path().filename() == "server.log" && entry.file_size() > 0)
                std::cerr << entry.path() << ":\n" << std::ifstream(entry.path()).rdbuf();
    return failures == 0 ? 0 : 1;
}

// Thousands of sockets, here and in the programs it starts.
void raiseDescriptorLimit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int count, char** values) {
    std::signal(SIGPIPE, SIG_IGN);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    raiseDescriptorLimit();
    try {
        return run(std::span(values, static_cast<std::size_t>(count)));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_gateway: %s\n", failure.what());
        return 1;
    }
}
