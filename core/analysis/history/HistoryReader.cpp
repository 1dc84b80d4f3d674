#include "core/analysis/history/HistoryReader.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cstring>
#include <queue>
#include <utility>

namespace exo::analysis {

namespace {

constexpr int k_maxDepth = 128;               // of folders
constexpr std::size_t k_maxChanges = 100'000; // of one commit
constexpr std::size_t k_maxFiles = 1'000'000; // of HEAD
constexpr std::size_t k_maxAuthors = 100'000;
constexpr std::size_t k_maxPath = 4096;
constexpr std::size_t k_maxRecent = 400'000; // changes remembered by content, of all files: 16 MB

struct Waiting {
    git_time_t time;
    std::uint64_t turn; // among equal times, the one found first
    GitCommit commit;
};
struct Older {
    bool operator()(const Waiting& a, const Waiting& b) const {
        return a.time != b.time ? a.time < b.time : a.turn > b.turn;
    }
};

bool isFolder(const git_tree_entry* entry) {
    return entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}
bool isFile(const git_tree_entry* entry) {
    return entry && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
}

// The order of entries in a tree object: folders as if their name ended in '/'.
int compareNames(const git_tree_entry* a, const git_tree_entry* b) {
    const std::string_view x = git_tree_entry_name(a), y = git_tree_entry_name(b);
    const std::size_t common = std::min(x.size(), y.size());
    if (const int order = std::memcmp(x.data(), y.data(), common)) return order;
    const auto next = [common](std::string_view name, bool folder) {
        if (name.size() > common) return static_cast<int>(static_cast<unsigned char>(name[common]));
        return folder ? '/' : 0;
    };
    return next(x, isFolder(a)) - next(y, isFolder(b));
}

BlobId blobId(const git_oid& id) {
    BlobId bytes;
    std::copy(std::begin(id.id), std::end(id.id), bytes.begin());
    return bytes;
}

std::string_view baseName(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

} // namespace

HistoryReader::HistoryReader(OpenedRepository& opened, const HistoryOptions& options)
    : m_opened(opened)
    , m_options(options)
    , m_end(std::chrono::steady_clock::now() + options.limit)
    , m_shallow(opened.shallow.begin(), opened.shallow.end()) {
    m_report.state = HistoryState::Ok;
    m_report.shallow = !opened.shallow.empty();
}

bool HistoryReader::damaged() {
    m_report.state = HistoryState::Damaged;
    m_report.detail = lastGitError();
    return false;
}

HistoryReader::Step HistoryReader::pause() {
    if (m_options.cancelled && *m_options.cancelled) return Step::Cancelled;
    if (++m_work % 64 == 0 && std::chrono::steady_clock::now() >= m_end) {
        m_report.truncated = true;
        return Step::Stop;
    }
    return Step::Go;
}

bool HistoryReader::listHead(const git_tree* tree, const std::string& prefix, int depth) {
    const std::size_t count = git_tree_entrycount(tree);
    for (std::size_t i = 0; i < count && m_paths.size() < k_maxFiles; ++i) {
        const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
        const std::string path = prefix + git_tree_entry_name(entry);
        if (isFile(entry)) {
            if (!path.starts_with(m_opened.prefix)) continue;
            m_nameToFile.emplace(path, static_cast<FileId>(m_paths.size()));
            m_paths.push_back(path.substr(m_opened.prefix.size()));
        } else if (isFolder(entry) && depth < k_maxDepth && path.size() < k_maxPath) {
            const std::string inner = path + '/';
            if (!inner.starts_with(m_opened.prefix) && !m_opened.prefix.starts_with(inner)) continue;
            git_tree* child = nullptr;
            if (git_tree_lookup(&child, m_opened.handle.get(), git_tree_entry_id(entry)) != 0)
                return damaged();
            const GitTree owner(child);
            if (!listHead(child, inner, depth + 1)) return false;
        }
    }
    return true;
}

bool HistoryReader::run() {
    git_tree* tree = nullptr;
    if (git_commit_tree(&tree, m_opened.head.get()) != 0) return damaged(), true;
    const GitTree owner(tree);
    if (!listHead(tree, "", 0)) return true;
    m_counts.resize(m_paths.size());
    std::priority_queue<Waiting, std::vector<Waiting>, Older> waiting;
    std::unordered_set<git_oid, OidHash, OidEqual> seen{*git_commit_id(m_opened.head.get())};
    std::uint64_t turn = 0;
    const git_time_t headTime = git_commit_time(m_opened.head.get());
    waiting.push({headTime, turn++, std::move(m_opened.head)});
    while (!waiting.empty()) {
        const Step step = pause();
        if (step == Step::Cancelled) return false;
        if (step == Step::Stop) return true;
        // priority_queue gives no way to move out of it; the order does not look at `commit`.
        const GitCommit commit = std::move(const_cast<Waiting&>(waiting.top()).commit);
        waiting.pop();
        if (++m_report.commits > static_cast<std::int64_t>(m_options.maxCommits)) {
            m_report.truncated = true;
            --m_report.commits;
            return true;
        }
        if (!visit(commit.get())) return m_report.state == HistoryState::Damaged || m_report.truncated;
        if (m_shallow.contains(*git_commit_id(commit.get()))) continue;
        const unsigned parents = git_commit_parentcount(commit.get());
        for (unsigned i = 0; i < parents; ++i) {
            if (!seen.insert(*git_commit_parent_id(commit.get(), i)).second) continue;
            git_commit* parent = nullptr;
            if (git_commit_parent(&parent, commit.get(), i) != 0) return damaged(), true;
            waiting.push({git_commit_time(parent), turn++, GitCommit(parent)});
        }
    }
    return true;
}

// False: stop the walk (cancelled, damaged or out of time).
bool HistoryReader::visit(const git_commit* commit) {
    const unsigned parents = git_commit_parentcount(commit);
    if (parents > 1 || m_shallow.contains(*git_commit_id(commit))) return true;
    m_changes.clear();
    m_tooMany = false;
    git_oid before{};
    if (parents == 1) {
        git_commit* parent = nullptr;
        if (git_commit_parent(&parent, commit, 0) != 0) return damaged();
        before = *git_commit_tree_id(GitCommit(parent).get());
    }
    if (!compare(parents == 1 ? &before : nullptr, git_commit_tree_id(commit), "", 0)) return false;
    count(commit);
    followRenames();
    return true;
}

bool HistoryReader::compare(const git_oid* before, const git_oid* after, const std::string& prefix,
                            int depth) {
    if (before && after && git_oid_equal(before, after)) return true;
    if (depth > k_maxDepth || prefix.size() > k_maxPath || m_tooMany) return true;
    if (pause() != Step::Go) return false;
    git_tree *oldTree = nullptr, *newTree = nullptr;
    if (before && git_tree_lookup(&oldTree, m_opened.handle.get(), before) != 0) return damaged();
    const GitTree oldOwner(oldTree);
    if (after && git_tree_lookup(&newTree, m_opened.handle.get(), after) != 0) return damaged();
    const GitTree newOwner(newTree);
    return compareEntries(oldTree, newTree, prefix, depth);
}

bool HistoryReader::compareEntries(const git_tree* before, const git_tree* after, const std::string& prefix,
                                   int depth) {
    const std::size_t oldCount = before ? git_tree_entrycount(before) : 0;
    const std::size_t newCount = after ? git_tree_entrycount(after) : 0;
    for (std::size_t o = 0, n = 0; o < oldCount || n < newCount;) {
        const git_tree_entry* oldEntry = o < oldCount ? git_tree_entry_byindex(before, o) : nullptr;
        const git_tree_entry* newEntry = n < newCount ? git_tree_entry_byindex(after, n) : nullptr;
        const int order = !oldEntry ? 1 : !newEntry ? -1 : compareNames(oldEntry, newEntry);
        if (order < 0) newEntry = nullptr;
        if (order > 0) oldEntry = nullptr;
        o += order <= 0 ? 1 : 0;
        n += order >= 0 ? 1 : 0;
        if (oldEntry && newEntry && git_oid_equal(git_tree_entry_id(oldEntry), git_tree_entry_id(newEntry)))
            continue;
        if (!entryChanged(oldEntry, newEntry, prefix, depth)) return false;
    }
    return true;
}

bool HistoryReader::entryChanged(const git_tree_entry* before, const git_tree_entry* after,
                                 const std::string& prefix, int depth) {
    const std::string path = prefix + git_tree_entry_name(before ? before : after);
    if (isFolder(before) || isFolder(after)) {
        const git_oid* oldTree = isFolder(before) ? git_tree_entry_id(before) : nullptr;
        const git_oid* newTree = isFolder(after) ? git_tree_entry_id(after) : nullptr;
        if (!compare(oldTree, newTree, path + '/', depth + 1)) return false;
    }
    if (!isFile(before) && !isFile(after)) return true;
    Change change{path};
    if (isFile(before)) change.before = *git_tree_entry_id(before);
    if (isFile(after)) change.after = *git_tree_entry_id(after);
    m_changes.push_back(std::move(change));
    m_tooMany = m_changes.size() >= k_maxChanges;
    return true;
}

void HistoryReader::count(const git_commit* commit) {
    const std::uint32_t author = authorOf(commit);
    const std::int64_t time = git_commit_time(commit);
    std::vector<FileId> files;
    for (const Change& change : m_changes) {
        if (git_oid_is_zero(&change.after)) continue; // it went
        const auto file = m_nameToFile.find(change.path);
        if (file == m_nameToFile.end()) continue;
        Counts& counts = m_counts[file->second];
        ++counts.byAuthor[author];
        counts.last = std::max(counts.last, time);
        counts.first = counts.first == 0 ? time : std::min(counts.first, time);
        if (counts.recent.size() < m_options.maxRecent && m_recent < k_maxRecent) {
            counts.recent.push_back({blobId(change.before), blobId(change.after)});
            ++m_recent;
        }
        files.push_back(file->second);
    }
    if (m_changes.size() <= m_options.maxFilesForCoupling) couple(std::move(files));
}

// Seen from now backwards: what came under a new name was known under the old one before. A name that came
// with this commit was nobody's before it.
void HistoryReader::followRenames() {
    std::unordered_map<git_oid, const Change*, OidHash, OidEqual> goneByContent;
    std::unordered_map<std::string_view, std::pair<const Change*, int>> goneByName;
    std::unordered_map<std::string_view, int> cameByName;
    for (const Change& change : m_changes) {
        if (git_oid_is_zero(&change.after)) {
            goneByContent.emplace(change.before, &change);
            auto& gone = goneByName[baseName(change.path)];
            gone.first = &change;
            ++gone.second;
        } else if (git_oid_is_zero(&change.before)) {
            ++cameByName[baseName(change.path)];
        }
    }
    std::vector<std::pair<std::string, FileId>> older;
    for (const Change& change : m_changes) {
        if (!git_oid_is_zero(&change.before)) continue;
        const auto file = m_nameToFile.find(change.path);
        if (file == m_nameToFile.end()) continue;
        const Change* source = nullptr;
        const std::string_view name = baseName(change.path);
        if (const auto same = goneByContent.find(change.after); same != goneByContent.end()) {
            source = same->second;
            goneByContent.erase(same);
        } else if (const auto named = goneByName.find(name);
                   named != goneByName.end() && named->second.second == 1 && cameByName[name] == 1) {
            source = named->second.first;
        }
        if (source) older.emplace_back(source->path, file->second);
        m_nameToFile.erase(file);
    }
    for (auto& [path, file] : older)
        m_nameToFile.emplace(std::move(path), file);
}

void HistoryReader::couple(std::vector<FileId> files) {
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    for (std::size_t i = 0; i < files.size(); ++i)
        for (std::size_t j = i + 1; j < files.size(); ++j)
            ++m_pairs[(std::uint64_t{files[i]} << 32) | files[j]];
    if (m_pairs.size() > m_options.maxPairs) dropRarePairs();
}

// Lossy counting (Manku, Motwani 2002): frequent pairs survive.
void HistoryReader::dropRarePairs() {
    for (std::uint32_t rare = 1; m_pairs.size() > m_options.maxPairs / 2; ++rare)
        std::erase_if(m_pairs, [rare](const auto& pair) { return pair.second <= rare; });
}

std::uint32_t HistoryReader::authorOf(const git_commit* commit) {
    const git_signature* author = git_commit_author(commit);
    std::string address = author && author->email ? toLowerAscii(author->email) : std::string();
    std::string name = author && author->name ? sanitizeUtf8(author->name) : std::string();
    if (address.empty()) address = name;
    if (const auto known = m_authorIds.find(address); known != m_authorIds.end()) return known->second;
    if (m_authors.size() >= k_maxAuthors) return static_cast<std::uint32_t>(k_maxAuthors - 1);
    const auto id = static_cast<std::uint32_t>(m_authors.size());
    m_authors.push_back(name.empty() ? sanitizeUtf8(address) : std::move(name));
    m_authorIds.emplace(std::move(address), id);
    return id;
}

} // namespace exo::analysis
