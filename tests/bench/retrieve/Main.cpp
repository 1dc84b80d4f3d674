// bench_retrieve EXOBRAIN TREE [CACHE [edit]]: how long questions about an analysed tree take, once its
// indexes are made; with "edit" also how long an edit takes until they see it (sources of TREE are changed
// and put back).
#include "core/analysis/engine/AnalysisRun.h"
#include "core/analysis/retrieve/KnownProject.h"
#include "core/analysis/retrieve/RepoMap.h"
#include "core/analysis/retrieve/TextSearch.h"
#include "tests/bench/retrieve/Edits.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <sys/resource.h>
#include <time.h>

namespace {

using namespace exo;
using namespace exo::analysis;

double msOf(const std::function<void()>& job) {
    const auto start = std::chrono::steady_clock::now();
    job();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Of this thread: what a busy machine does not change.
double cpuMs() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// Now, and the most so far.
std::string resident() {
    std::ifstream status("/proc/self/status");
    long now = 0;
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) now = std::atol(line.c_str() + 6) / 1024;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::to_string(now) + " MB (at most " + std::to_string(usage.ru_maxrss / 1024) + ")";
}

// Names of symbols, the same ones in every run.
std::vector<std::string> sample(const AnalysisResult& result, std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t file = 0; file < result.report().files.size(); ++file)
        for (const auto& symbol : result.wholeFile(file).symbols)
            if (symbol.kind == "function" || symbol.kind == "method" || symbol.kind == "class")
                all.push_back(symbol.name);
    std::mt19937 random(1);
    std::shuffle(all.begin(), all.end(), random);
    all.resize(std::min(all.size(), count));
    return all;
}

// Names of symbols that stand on the most lines.
std::vector<std::string> frequent(const AnalysisResult& result, std::vector<std::string> names,
                                  std::size_t count) {
    std::vector<std::pair<std::size_t, std::string>> all;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::string& name : names) {
        std::size_t lines = 0;
        if (const auto id = result.nameId(name))
            result.eachUse(*id, [&](std::uint32_t, int) { return ++lines > 0; });
        all.emplace_back(lines, name);
    }
    std::sort(all.rbegin(), all.rend());
    names.clear();
    for (std::size_t i = 0; i < std::min(count, all.size()); ++i)
        names.push_back(all[i].second);
    return names;
}

void measure(const char* what, const std::vector<std::string>& names,
             const std::function<void(const std::string&)>& ask) {
    std::vector<double> times, cpu;
    for (const std::string& name : names) {
        const double before = cpuMs();
        times.push_back(msOf([&] { ask(name); }));
        cpu.push_back(cpuMs() - before);
    }
    std::sort(times.begin(), times.end());
    std::sort(cpu.begin(), cpu.end());
    if (times.empty()) return;
    const std::size_t half = times.size() / 2, most = times.size() * 95 / 100;
    std::printf("%-28s p50 %8.3f ms   p95 %8.3f ms   max %8.3f ms   CPU p50 %8.3f p95 %8.3f\n", what,
                times[half], times[most], times.back(), cpu[half], cpu[most]);
}

} // namespace

int main(int argc, char** argv) {
    const bool edit = argc == 5 && std::string_view(argv[4]) == "edit";
    if (argc != 3 && argc != 4 && !edit) {
        std::fputs("usage: bench_retrieve EXOBRAIN TREE [CACHE [edit]]\n", stderr);
        return 64;
    }
    RunOptions options;
    options.path = argv[2];
    options.worker = {argv[1], {"analysis-worker"}};
    if (argc >= 4) options.cacheFolder = argv[3];
    std::shared_ptr<const AnalysisResult> result;
    const double analysing = msOf([&] {
        auto run = runAnalysis(options, {});
        if (run.ok()) result = run->result;
    });
    if (!result) {
        std::fputs("the tree could not be analysed\n", stderr);
        return 1;
    }
    const auto& summary = result->report().summary;
    std::printf("%lld files, %lld lines of code, analysed in %.0f ms, %s\n",
                static_cast<long long>(summary.files), static_cast<long long>(summary.code), analysing,
                resident().c_str());
    const auto root = SafeRoot::open(result->root());
    if (!root.ok()) return 1;
    std::unique_ptr<SymbolSearch> symbols;
    std::unique_ptr<FileGraph> graph;
    std::printf("symbol index %.0f ms, ",
                msOf([&] { symbols = std::make_unique<SymbolSearch>(result, &*root); }));
    std::printf("file graph %.0f ms, ", msOf([&] { graph = std::make_unique<FileGraph>(*result); }));
    std::printf("%zu edges, %s\n", graph->edges(), resident().c_str());
    const KnownProject project(result, SafeRoot::open(result->root()).value(), options.cacheFolder);
    std::shared_ptr<const TextIndex> texts;
    std::printf("text index %.0f ms, ", msOf([&] {
                    while (!texts || !texts->complete())
                        texts = project.texts();
                }));
    std::printf("%zu segments, %.1f MB on disk, %s\n", texts->segments(),
                static_cast<double>(texts->bytes()) / 1e6, resident().c_str());

    const auto names = sample(*result, 200);
    measure("symbol by part of its name", names, [&](const std::string& name) {
        (void)result->symbols(name.substr(0, std::max<std::size_t>(4, name.size() / 2)), Page{0, 50});
    });
    measure("ranked search, one name", names,
            [&](const std::string& name) { (void)symbols->find(name, 20); });
    measure("ranked search, a question", names, [&](const std::string& name) {
        (void)symbols->find("where is the buffer of " + name + " released when reading fails", 20);
    });
    measure("callers", names, [&](const std::string& name) { (void)result->callers({}, name, Page{0, 60}); });
    measure("callees", names, [&](const std::string& name) { (void)result->callees({}, name, Page{0, 60}); });
    measure("references", names, [&](const std::string& name) {
        (void)result->references(name, Page{0, 60});
    });
    const std::vector<std::string> few(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(20, names.size())));
    const auto searchFor = [&](const std::string& pattern, const TextIndex* index) {
        TextQuery query;
        query.pattern = pattern;
        query.maxTime = std::chrono::seconds(60);
        return searchText(*result, *root, query, index);
    };
    measure("text search, nowhere, scan", few,
            [&](const std::string& name) { (void)searchFor(name + "~nowhere", nullptr); });
    measure("text search, nowhere", names,
            [&](const std::string& name) { (void)searchFor(name + "~nowhere", texts.get()); });
    measure("text search, a name", names,
            [&](const std::string& name) { (void)searchFor(name, texts.get()); });
    const auto most = frequent(*result, sample(*result, SIZE_MAX), 200);
    measure("text search, a frequent name", most,
            [&](const std::string& name) { (void)searchFor(name, texts.get()); });
    std::size_t different = 0, read = 0, asked = 0;
    for (const auto* list : {&few, &most})
        for (const std::string& name : *list) {
            const auto with = searchFor(name, texts.get()), without = searchFor(name, nullptr);
            bool same = with->hits.size() == without->hits.size() && with->cut == without->cut;
            for (std::size_t i = 0; same && i < with->hits.size(); ++i) {
                const TextHit &a = with->hits[i], &b = without->hits[i];
                same = a.path == b.path && a.line == b.line && a.column == b.column && a.text == b.text &&
                       a.hash == b.hash;
            }
            different += same ? 0 : 1;
            read += with->filesRead;
            ++asked;
        }
    std::printf("%zu of %zu searches differ from the scan; %.1f files read for one\n", different, asked,
                static_cast<double>(read) / static_cast<double>(asked));
    measure("repository map", few, [&](const std::string& name) {
        RepoMapQuery query;
        query.question = name;
        (void)repoMap(*symbols, *graph, query);
    });
    if (!edit || bench::measureEdits(argv[1], argv[2], options.cacheFolder)) return 0;
    std::fputs("an edit was not seen\n", stderr);
    return 1;
}
