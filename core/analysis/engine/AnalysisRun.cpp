#include "core/analysis/engine/AnalysisRun.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/clones/Clones.h"
#include "core/analysis/engine/DuplicateCache.h"
#include "core/analysis/engine/HotFunctions.h"
#include "core/analysis/engine/Merger.h"
#include "core/analysis/engine/ProjectFiles.h"
#include "core/analysis/engine/RecordCodec.h"
#include "core/analysis/engine/RecordStore.h"
#include "core/analysis/engine/WorkerPool.h"
#include "core/analysis/history/History.h"
#include "core/analysis/rules/RuleSet.h"
#include "core/base/Log.h"
#include "core/base/Text.h"

#include <algorithm>
#include <future>
#include <map>

namespace exo::analysis {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_maxGoMod = 64 * 1024;
constexpr std::size_t k_unfolded = 128; // records at once

// The module a go.mod names: https://go.dev/ref/mod#go-mod-file-module
std::string moduleIn(std::string_view text) {
    for (const std::string_view raw : linesOf(text)) {
        const std::string_view line = trim(raw);
        if (!line.starts_with("module ")) continue;
        std::string_view name = trim(line.substr(7));
        name = trim(name.substr(0, name.find("//")));
        if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
        return std::string(name);
    }
    return {};
}

class Run {
  public:
    Run(const RunOptions& options, const RunControl& control)
        : m_options(options)
        , m_control(control) {}

    Result<RunReport> run() {
        const auto start = std::chrono::steady_clock::now();
        EXO_CHECK(findFiles());
        std::vector<api::AnalysisSkip> skipped = m_found.skipped();
        const std::string rules = projectRulesHash(*m_found.root);
        if (!rules.empty())
            for (const RuleProblem& problem : projectRuleProblems(*m_found.root))
                skip(problem.file, "rule left out: " + problem.what);
        auto history = startHistory();
        const std::string variant = m_options.clocCounting ? "cloc" : "";
        m_store = RecordStore::open(m_found.onlyFile.empty() ? m_options.cacheFolder : fs::path(),
                                    m_found.root->path(), variant, rules);
        const auto parsed = parse();
        if (parsed.ok()) m_store->keepOnly(m_paths);
        if (!parsed.ok()) m_store->save(); // what was done is not done again
        if (!parsed.ok()) return parsed.error();
        EXO_TRY(auto result, link(history, start));
        m_store->save();
        return RunReport{
            std::move(result), {std::move(m_found.files), sorted(std::move(skipped)), rules}, m_analysed};
    }

  private:
    bool cancelled() const { return m_control.cancelled && m_control.cancelled->load(); }
    void tell(const char* stage, std::int64_t done, std::int64_t total) {
        if (m_control.progress) m_control.progress({stage, done, total});
    }
    void skip(const std::string& path, std::string_view reason) { m_found.skip(path, reason); }

    Result<void> findFiles() {
        tell("scanning", 0, 0);
        FindOptions options;
        options.maxFileSize = m_options.maxFileSize;
        options.cancelled = m_control.cancelled;
        options.watch = m_control.watch;
        options.progress = [this](std::size_t files) {
            tell("scanning", static_cast<std::int64_t>(files), 0);
        };
        EXO_TRY(m_found, findProjectFiles(m_options.path, options));
        return {};
    }

    std::future<Result<HistoryReport>> startHistory() {
        if (!m_options.history || m_control.wholesFrom || !m_found.onlyFile.empty()) return {};
        return std::async(std::launch::async, [root = m_found.root->path(), flag = m_control.cancelled] {
            HistoryOptions options;
            options.cancelled = flag;
            return readHistory(root, options);
        });
    }

    Result<void> parse() {
        std::vector<WorkItem> items;
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < m_found.files.size(); ++i) {
            const StoredFile* known = m_store->find(m_found.files[i].path);
            if (known && known->stamp == m_found.files[i].stamp)
                m_paths.push_back(m_found.files[i].path);
            else
                order.push_back(i);
        }
        // The largest first, so that none of them is the last.
        std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
            return m_found.files[a].stamp.size > m_found.files[b].stamp.size;
        });
        std::vector<std::int64_t> weights;
        for (const std::size_t index : order) {
            const StoredFile* known = m_store->find(m_found.files[index].path);
            items.push_back({static_cast<std::uint32_t>(items.size()), m_found.files[index].path,
                             known ? known->hash : std::string()});
            weights.push_back(m_found.files[index].stamp.size);
        }
        EXO_CHECK(work(std::move(items), weights));
        std::sort(m_paths.begin(), m_paths.end());
        return {};
    }

    Result<void> work(std::vector<WorkItem> items, const std::vector<std::int64_t>& weights) {
        const auto total = static_cast<std::int64_t>(m_found.files.size());
        const auto known = static_cast<std::int64_t>(m_paths.size());
        tell("parsing", known, total);
        if (items.empty()) return {};
        PoolOptions pool;
        pool.command = m_options.worker;
        pool.jobs = m_options.jobs;
        pool.stallLimit = m_options.stallLimit;
        pool.setUp.root = m_found.root->path();
        pool.setUp.maxFileSize = m_options.maxFileSize;
        pool.setUp.clocCounting = m_options.clocCounting;
        PoolHandlers handlers;
        handlers.cancelled = m_control.cancelled;
        handlers.done = [this](const WorkItem& item, WorkDone&& done) { take(item, std::move(done)); };
        handlers.same = [this](const WorkItem& item, const WorkSame& same) {
            m_store->touch(item.path, {same.size, same.changedNs, same.inode});
            m_paths.push_back(item.path);
        };
        handlers.skipped = [this](const WorkItem& item, WorkSkip reason) { skip(item.path, nameOf(reason)); };
        handlers.progress = [&](std::size_t finished) {
            tell("parsing", known + static_cast<std::int64_t>(finished), total);
        };
        return runWorkers(pool, std::move(items), weights, handlers);
    }

    void take(const WorkItem& item, WorkDone&& done) {
        const auto record = decodeRecord(done.record);
        if (!record.ok() || record->path != item.path) return skip(item.path, "crash");
        ++m_analysed;
        if (m_store->put(item.path, record->hash, std::move(done)))
            m_paths.push_back(item.path);
        else
            skip(item.path, "unreadable"); // neither disk nor memory has room
    }

    std::map<std::string, std::string> goModules() const {
        std::map<std::string, std::string> modules;
        for (const std::string& path : m_paths) {
            if (path != "go.mod" && !path.ends_with("/go.mod")) continue;
            const auto file = m_found.root->read(path, k_maxGoMod);
            const std::string module = file.ok() ? moduleIn(file->bytes) : std::string();
            if (!module.empty()) modules.emplace(std::string(folderOf(path)), module);
        }
        return modules;
    }

    // Records that no longer read back are told as crashed; the next run makes them anew.
    std::vector<std::string> readable() {
        std::vector<std::string> good;
        for (const std::string& path : m_paths) {
            const StoredFile* file = m_store->find(path);
            if (file && !m_store->record(*file).empty())
                good.push_back(path);
            else
                m_damaged.push_back(path);
            if ((good.size() + m_damaged.size()) % 256 == 0) m_store->release();
        }
        return good;
    }

    Result<std::shared_ptr<const AnalysisResult>> link(std::future<Result<HistoryReport>>& history,
                                                       std::chrono::steady_clock::time_point start) {
        if (!m_store->map()) return fail(ErrorCode::IoError, "the index cannot be mapped");
        EXO_CHECK(repair());
        const auto total = static_cast<std::int64_t>(m_paths.size());
        Merger merger(m_found.root->path(), m_paths, goModules());
        // While no record is unfolded: each takes its memory in turn.
        if (m_control.wholesFrom) {
            merger.takeWholes(*m_control.wholesFrom);
        } else {
            EXO_CHECK(addDuplicates(merger));
        }
        auto next = unfoldBeside(0);
        for (std::size_t i = 0; i < m_paths.size(); i += k_unfolded) {
            auto records = next.get();
            if (cancelled()) return fail(ErrorCode::Cancelled);
            next = unfoldBeside(i + k_unfolded);
            tell("linking", static_cast<std::int64_t>(i), total);
            for (Result<FileRecord>& record : records) {
                if (!record) return std::move(record).error();
                merger.add(std::move(*record));
            }
        }
        m_store->release();
        if (history.valid()) {
            tell("history", 0, 0);
            EXO_CHECK(addHistory(merger, history.get()));
        }
        merger.report().skipped = m_found.takeSkipped();
        return merger.finish(m_control.cancelled, start, m_options.jobs > 1);
    }

    // The next records, while those before are merged.
    std::future<std::vector<Result<FileRecord>>> unfoldBeside(std::size_t from) const {
        const auto unfold = [this, from] {
            std::vector<Result<FileRecord>> records;
            m_store->release();
            for (std::size_t i = from; i < std::min(from + k_unfolded, m_paths.size()) && !cancelled(); ++i)
                records.push_back(decodeRecord(m_store->record(*m_store->find(m_paths[i]))));
            return records;
        };
        return std::async(m_options.jobs > 1 ? std::launch::async : std::launch::deferred, unfold);
    }

    // What the index no longer gives back as it was is read again.
    Result<void> repair() {
        std::vector<std::string> good = readable();
        if (m_damaged.empty()) return {};
        log::warn("{} records of the analysis index were damaged and are made anew", m_damaged.size());
        m_paths = std::move(good);
        std::vector<WorkItem> items;
        for (const std::string& path : m_damaged)
            items.push_back({static_cast<std::uint32_t>(items.size()), path, {}});
        const std::vector<std::int64_t> weights(items.size(), 0);
        EXO_CHECK(work(std::move(items), weights));
        std::sort(m_paths.begin(), m_paths.end());
        if (!m_store->map()) return fail(ErrorCode::IoError, "the index cannot be mapped");
        return {};
    }

    Result<void> addDuplicates(Merger& merger) {
        std::string contents;
        for (const std::string& path : m_paths)
            contents += path + '\0' + m_store->find(path)->hash + '\n';
        const std::string key = contentHash(contents);
        if (const std::string* kept = m_store->extra(key))
            if (readDuplicates(*kept, merger.report())) return {};
        std::vector<CloneSource> sources;
        for (const std::string& path : m_paths) {
            const StoredFile* file = m_store->find(path);
            if (sources.size() % 256 == 0) m_store->release();
            if (file->tokens > 0) sources.push_back(m_store->columns(path, *file));
        }
        CloneOptions options;
        options.cancelled = m_control.cancelled;
        options.together = m_options.jobs > 1;
        options.passed = [this] { m_store->release(); };
        auto found = findDuplicates(sources, options);
        if (!found.ok() && found.error().code == ErrorCode::Cancelled) return found.error();
        if (!found.ok()) {
            log::warn("duplicates are not told: {}", found.error().toLogString());
            return {};
        }
        merger.report().duplicates = std::move(found->classes);
        merger.report().summary.duplicatedLines = found->duplicatedLines;
        m_store->setExtra(key, keepDuplicates(merger.report()));
        return {};
    }

    Result<void> addHistory(Merger& merger, Result<HistoryReport> history) {
        if (!history.ok()) {
            if (history.error().code == ErrorCode::Cancelled) return history.error();
            log::warn("the history is not told: {}", history.error().toLogString());
            return {};
        }
        merger.report().hotspots = hotspotsOf(*history, merger.complexity());
        if (!addHotFunctions(merger.report(), *history, *m_found.root, m_control.cancelled))
            return fail(ErrorCode::Cancelled);
        merger.report().coupling = std::move(history->coupling);
        return {};
    }

    const RunOptions& m_options;
    const RunControl& m_control;
    ProjectFiles m_found;
    std::vector<std::string> m_paths; // of the files that have a record
    std::vector<std::string> m_damaged;
    std::unique_ptr<RecordStore> m_store;
    std::int64_t m_analysed = 0;
};

} // namespace

Result<RunReport> runAnalysis(const RunOptions& options, const RunControl& control) {
    return Run(options, control).run();
}

} // namespace exo::analysis
