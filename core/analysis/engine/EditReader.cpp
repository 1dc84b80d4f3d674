#include "core/analysis/engine/EditReader.h"

#include "core/analysis/engine/ProjectFiles.h"
#include "core/analysis/engine/RecordCodec.h"
#include "core/analysis/rules/RuleSet.h"
#include "core/base/Log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::uint32_t k_idleMs = 300'000; // a worker keeps some 20 MB

std::string_view nameOfPath(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

// What says which files count, or what the imports of others mean.
bool decidesAboutOthers(std::string_view path) {
    const std::string_view name = nameOfPath(path);
    return name == ".gitignore" || name == "go.mod";
}

std::pair<std::uint64_t, std::uint64_t> identityOf(const SafeRoot& root) {
    struct stat info {};
    if (::fstat(root.descriptor(), &info) != 0) return {};
    return {info.st_dev, info.st_ino};
}

bool isSame(const std::vector<api::AnalysisSkip>& a, const std::vector<api::AnalysisSkip>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.path == y.path && x.reason == y.reason; });
}

} // namespace

WorkerSetUp EditReader::setUp() const {
    WorkerSetUp setUp;
    setUp.root = m_root;
    setUp.maxFileSize = m_options.maxFileSize;
    setUp.clocCounting = m_options.clocCounting;
    setUp.tokens = false; // duplicates are not looked for
    setUp.idleLimitMs = k_idleMs;
    return setUp;
}

void EditReader::begin(const RunOptions& options, RunListing listing) {
    const auto root = SafeRoot::open(options.path);
    m_known = root.ok();
    if (!m_known) return m_worker.process.end();
    const bool same = m_listing.rules == listing.rules && m_options.maxFileSize == options.maxFileSize &&
                      m_folder == identityOf(*root);
    if (!same) m_worker.process.end(); // it was set up for another
    m_options = options;
    m_listing = std::move(listing);
    m_root = root->path();
    m_folder = identityOf(*root);
    if (m_worker.process.running()) return;
    const auto started = m_worker.start(m_options.worker, setUp());
    if (!started.ok()) log::debug("no worker is kept: {}", started.error().toLogString());
}

std::optional<std::vector<FileRecord>> EditReader::read(const AnalysisResult& result,
                                                        const FolderWatch::Changes& changes,
                                                        const RunOptions& options,
                                                        const RunControl& control) {
    if (!m_known || options.maxFileSize != m_options.maxFileSize) return std::nullopt;
    const FolderWatch::Changes noted = changes; // a new listing forgets them
    const auto edited = editedFiles(noted, control);
    if (!edited || edited->size() > k_maxFiles) return std::nullopt;
    return work(result, *edited, control);
}

ScannedFile* EditReader::find(const std::string& path) {
    const auto found =
        std::lower_bound(m_listing.files.begin(), m_listing.files.end(), path,
                         [](const ScannedFile& file, const std::string& p) { return file.path < p; });
    return found == m_listing.files.end() || found->path != path ? nullptr : &*found;
}

std::optional<std::set<std::string>> EditReader::editedFiles(const FolderWatch::Changes& changes,
                                                             const RunControl& control) {
    const auto root = SafeRoot::open(m_options.path);
    if (!root.ok() || root->path() != m_root || identityOf(*root) != m_folder ||
        projectRulesHash(*root) != m_listing.rules)
        return std::nullopt;
    std::set<std::string> edited;
    bool news = changes.more;
    for (const std::string& path : changes.paths) {
        if (decidesAboutOthers(path)) return std::nullopt;
        struct stat info {};
        const bool there = ::fstatat(root->descriptor(), path.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
        if (!find(path)) {
            news = news || there; // else an editor's own, gone already
            continue;
        }
        if (!there || !S_ISREG(info.st_mode) ||
            static_cast<std::uint64_t>(info.st_size) > m_options.maxFileSize)
            return std::nullopt;
        edited.insert(path);
    }
    if (news && !listAgain(edited, control)) return std::nullopt;
    return edited;
}

// What is new may be nothing that counts. False: it does.
bool EditReader::listAgain(std::set<std::string>& edited, const RunControl& control) {
    FindOptions options;
    options.maxFileSize = m_options.maxFileSize;
    options.cancelled = control.cancelled;
    options.watch = control.watch;
    auto found = findProjectFiles(m_options.path, options);
    if (!found.ok() || found->files.size() != m_listing.files.size()) return false;
    for (std::size_t i = 0; i < found->files.size(); ++i) {
        const ScannedFile& now = found->files[i];
        if (now.path != m_listing.files[i].path) return false;
        if (now.stamp == m_listing.files[i].stamp) continue;
        if (decidesAboutOthers(now.path)) return false;
        edited.insert(now.path);
    }
    return isSame(found->takeSkipped(), m_listing.skipped);
}

std::optional<std::vector<FileRecord>> EditReader::work(const AnalysisResult& result,
                                                        const std::set<std::string>& edited,
                                                        const RunControl& control) {
    std::vector<FileRecord> records;
    if (edited.empty()) return records;
    std::vector<WorkItem> items;
    for (const std::string& path : edited) {
        if (!result.file(path)) return std::nullopt; // it was left out, and may not be any longer
        items.push_back({static_cast<std::uint32_t>(items.size()), path, result.hashOf(path)});
    }
    PoolOptions pool;
    pool.command = m_options.worker;
    pool.setUp = setUp();
    pool.jobs = 1;
    pool.held = &m_worker;
    pool.stallLimit = m_options.stallLimit;
    bool all = true;
    PoolHandlers handlers;
    handlers.cancelled = control.cancelled;
    handlers.done = [&](const WorkItem& item, WorkDone&& done) {
        auto record = decodeRecord(done.record);
        all = all && record.ok() && record->path == item.path;
        if (!all) return;
        find(item.path)->stamp = {done.size, done.changedNs, done.inode};
        records.push_back(std::move(*record));
    };
    handlers.same = [&](const WorkItem& item, const WorkSame& same) {
        find(item.path)->stamp = {same.size, same.changedNs, same.inode};
    };
    handlers.skipped = [&](const WorkItem&, WorkSkip) { all = false; };
    const std::vector<std::int64_t> weights(items.size(), 0);
    if (!runWorkers(pool, std::move(items), weights, handlers).ok() || !all) return std::nullopt;
    return records;
}

} // namespace exo::analysis
