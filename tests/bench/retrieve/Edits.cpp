#include "tests/bench/retrieve/Edits.h"

#include "core/analysis/retrieve/ProjectKnowledge.h"
#include "core/analysis/retrieve/TextSearch.h"
#include "core/base/Clock.h"

#include <boost/asio.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <vector>

namespace exo::bench {

namespace {

namespace fs = std::filesystem;
using namespace exo::analysis;

constexpr std::size_t k_edits = 100;
constexpr std::size_t k_comings = 5;
constexpr std::uintmax_t k_largest = 300'000; // bytes

class Asker {
  public:
    Asker(const std::string& program, const fs::path& tree, const fs::path& cacheFolder)
        : m_tree(tree.string()) {
        KnowledgeOptions options;
        options.cacheFolder = cacheFolder;
        options.worker = {program, {"analysis-worker"}};
        options.limits = [] { return KnowledgeOptions::Limits{}; };
        m_knowledge = makeProjectKnowledge(m_clock, std::move(options));
    }

    bool ask(KnowledgeJob job) {
        bool ok = false;
        asio::co_spawn(
            m_io, m_knowledge->ask(m_tree, std::move(job), CancelToken(), KnowledgeNeed::Code),
            [&ok](std::exception_ptr thrown, Result<void> outcome) { ok = !thrown && outcome.ok(); });
        m_io.restart();
        m_io.run();
        return ok;
    }

  private:
    const std::string m_tree;
    SystemClock m_clock;
    asio::io_context m_io;
    std::unique_ptr<ProjectKnowledge> m_knowledge;
};

// The file as it was, whatever ends its life here.
class Edited {
  public:
    explicit Edited(fs::path path)
        : m_path(std::move(path)) {
        std::ifstream in(m_path, std::ios::binary);
        m_before.assign(std::istreambuf_iterator<char>(in), {});
    }
    ~Edited() { write(m_before); }
    Edited(const Edited&) = delete;
    Edited& operator=(const Edited&) = delete;
    void append(const std::string& text) { write(m_before + text); }

  private:
    void write(const std::string& text) {
        std::ofstream out(m_path, std::ios::binary | std::ios::trunc);
        out << text;
    }
    const fs::path m_path;
    std::string m_before;
};

std::vector<fs::path> sources(const AnalysisResult& result) {
    std::vector<fs::path> all;
    for (const api::AnalysisFile& file : result.report().files)
        if ((file.language == "C" || file.language == "C++") && !file.path.ends_with(".h") &&
            static_cast<std::uintmax_t>(file.bytes) <= k_largest)
            all.push_back(fs::path(result.root()) / file.path);
    std::mt19937 random(1);
    std::shuffle(all.begin(), all.end(), random);
    all.resize(std::min(all.size(), k_edits));
    return all;
}

void tell(const char* what, std::vector<double> times) {
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    std::printf("%-28s p50 %8.1f ms   p95 %8.1f ms   max %8.1f ms\n", what, times[times.size() / 2],
                times[times.size() * 95 / 100], times.back());
}

// A source beside another, there for as long as this.
class NewFile {
  public:
    NewFile(const fs::path& beside, const std::string& text)
        : m_path(beside.parent_path() / "planted_by_the_bench.cpp") {
        std::ofstream(m_path) << text;
    }
    ~NewFile() {
        std::error_code ignored;
        fs::remove(m_path, ignored);
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

  private:
    const fs::path m_path;
};

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Files that come and go are seen by looking at everything again.
bool measureComings(Asker& asker, const std::vector<fs::path>& files) {
    std::vector<double> comes, searched, found, goes;
    for (std::size_t i = 0; i < std::min(files.size(), k_comings); ++i) {
        const std::string name = "planted_beside_" + std::to_string(i);
        bool known = false;
        auto start = std::chrono::steady_clock::now();
        const auto look = [&](const KnownProject& project, const std::atomic<bool>&) {
            known = !project.result().symbols(name, Page{0, 5}).items.empty();
            if (!known) return;
            comes.push_back(since(start));
            known = !project.symbols().find(name, 5).empty();
            searched.push_back(since(start));
            TextQuery query;
            query.pattern = name;
            const auto hits = searchText(project.result(), project.root(), query, project.texts().get());
            known = known && hits.ok() && !hits->hits.empty();
            found.push_back(since(start));
        };
        std::optional<NewFile> file(std::in_place, files[i], "int " + name + "(void) { return 1; }\n");
        start = std::chrono::steady_clock::now();
        if (!asker.ask(look) || !known) return false;
        file.reset();
        start = std::chrono::steady_clock::now();
        if (!asker.ask(look) || known) return false;
        goes.push_back(since(start));
    }
    tell("a file came", comes);
    tell("a file came, searched", searched);
    tell("a file came, found as text", found);
    tell("a file went", goes);
    return true;
}

} // namespace

bool measureEdits(const std::string& program, const fs::path& tree, const fs::path& cacheFolder) {
    Asker asker(program, tree, cacheFolder);
    std::vector<fs::path> files;
    const auto warm = [&](const KnownProject& project, const std::atomic<bool>&) {
        files = sources(project.result());
        (void)project.symbols();
        while (!project.texts()->complete()) {
        }
    };
    if (!asker.ask(warm)) return false;
    std::vector<double> symbols, texts;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string name = "planted_by_the_bench_" + std::to_string(i);
        {
            Edited file(files[i]);
            const auto start = std::chrono::steady_clock::now();
            file.append("\nint " + name + "(void) { return 1; }\n");
            bool symbol = false, text = false;
            const auto look = [&](const KnownProject& project, const std::atomic<bool>&) {
                symbol = !project.result().symbols(name, Page{0, 5}).items.empty();
                symbols.push_back(since(start));
                TextQuery query;
                query.pattern = name;
                const auto hits = searchText(project.result(), project.root(), query, project.texts().get());
                text = hits.ok() && !hits->hits.empty();
                texts.push_back(since(start));
            };
            if (!asker.ask(look) || !symbol || !text) return false;
        }
        if (!asker.ask([](const KnownProject&, const std::atomic<bool>&) {})) return false; // as it was
    }
    tell("an edit, seen as a symbol", symbols);
    tell("an edit, found as text too", texts);
    return measureComings(asker, files);
}

} // namespace exo::bench
