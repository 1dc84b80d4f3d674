// bench_retrieve EXOBRAIN TREE: how long questions about an analysed tree take, once its indexes are made.
#include "core/analysis/engine/AnalysisRun.h"
#include "core/analysis/retrieve/RepoMap.h"
#include "core/analysis/retrieve/TextSearch.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <sys/resource.h>

namespace {

using namespace exo;
using namespace exo::analysis;

double msOf(const std::function<void()>& job) {
    const auto start = std::chrono::steady_clock::now();
    job();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

long residentMegabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

// Names of symbols, the same ones in every run.
std::vector<std::string> sample(const AnalysisResult& result, std::size_t count) {
    std::vector<std::string> all;
    for (const auto& file : result.report().files)
        for (const auto& symbol : file.symbols)
            if (symbol.kind == "function" || symbol.kind == "method" || symbol.kind == "class")
                all.push_back(symbol.name);
    std::mt19937 random(1);
    std::shuffle(all.begin(), all.end(), random);
    all.resize(std::min(all.size(), count));
    return all;
}

void measure(const char* what, const std::vector<std::string>& names,
             const std::function<void(const std::string&)>& ask) {
    std::vector<double> times;
    for (const std::string& name : names)
        times.push_back(msOf([&] { ask(name); }));
    std::sort(times.begin(), times.end());
    if (times.empty()) return;
    std::printf("%-28s p50 %8.3f ms   p95 %8.3f ms   max %8.3f ms\n", what, times[times.size() / 2],
                times[times.size() * 95 / 100], times.back());
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench_retrieve EXOBRAIN TREE\n", stderr);
        return 64;
    }
    RunOptions options;
    options.path = argv[2];
    options.worker = {argv[1], {"analysis-worker"}};
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
    std::printf("%lld files, %lld lines of code, analysed in %.0f ms, %ld MB\n",
                static_cast<long long>(summary.files), static_cast<long long>(summary.code), analysing,
                residentMegabytes());
    const auto root = SafeRoot::open(result->root());
    if (!root.ok()) return 1;
    std::unique_ptr<SymbolSearch> symbols;
    std::unique_ptr<FileGraph> graph;
    std::printf("symbol index %.0f ms, ",
                msOf([&] { symbols = std::make_unique<SymbolSearch>(result, &*root); }));
    std::printf("file graph %.0f ms, ", msOf([&] { graph = std::make_unique<FileGraph>(*result); }));
    std::printf("%zu edges, %ld MB\n", graph->edges(), residentMegabytes());

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
    measure("text search, whole tree", few, [&](const std::string& name) {
        TextQuery query;
        query.pattern = name + "~nowhere";
        query.maxTime = std::chrono::seconds(60);
        (void)searchText(*result, *root, query);
    });
    measure("repository map", few, [&](const std::string& name) {
        RepoMapQuery query;
        query.question = name;
        (void)repoMap(*symbols, *graph, query);
    });
    return 0;
}
