#include "core/analysis/ProjectIndex.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/TextFile.h"
#include "core/base/Log.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>

namespace exo::analysis {

namespace {

constexpr std::int64_t k_batchBytes = 16 << 20; // of one transaction: others who share the index wait for it
constexpr std::int64_t k_batchFiles = 1000;
constexpr std::int64_t k_timeGrain = 100'000'000; // ns; two writes this close may leave the same time
constexpr std::size_t k_maxLine = 2000;           // bytes of a line that are indexed
constexpr std::size_t k_maxHeading = 4000;
constexpr std::size_t k_maxEntries = 4; // per file

std::int64_t wallNs() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool isCurrent(const KnownFile& known, const FileStamp& stamp) {
    return known.stamp == stamp && stamp.changedNs + k_timeGrain < known.indexedNs;
}

// The lines of a chunk as one view when they are short, which they nearly always are.
std::string_view bodyOf(const std::vector<std::string_view>& lines, Chunk chunk,
                        std::vector<std::unique_ptr<std::string>>& keep) {
    const std::string_view first = lines[static_cast<std::size_t>(chunk.start - 1)];
    const std::string_view last = lines[static_cast<std::size_t>(chunk.end - 1)];
    const auto isLong = [](std::string_view line) { return line.size() > k_maxLine; };
    const auto begin = lines.begin() + (chunk.start - 1);
    const auto end = lines.begin() + chunk.end;
    if (std::none_of(begin, end, isLong))
        return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
    auto joined = std::make_unique<std::string>();
    for (auto line = begin; line != end; ++line) {
        *joined += line->substr(0, k_maxLine);
        *joined += '\n';
    }
    keep.push_back(std::move(joined));
    return *keep.back();
}

void addChunks(IndexedFile& file, const std::vector<std::string_view>& lines,
               std::vector<std::unique_ptr<std::string>>& keep) {
    std::string above;
    for (const Chunk chunk : chunksOf(lines, file.language)) {
        IndexedChunk entry{chunk, above, bodyOf(lines, chunk, keep)};
        for (int i = chunk.start; i <= chunk.end; ++i) {
            const std::string_view line = lines[static_cast<std::size_t>(i - 1)];
            const auto definition = definitionOn(line, file.language);
            if (definition) {
                above = definition->name;
                if (entry.heading.size() < k_maxHeading) entry.heading += "\n" + above;
            }
            if (file.entryLines.size() < k_maxEntries && isEntryPoint(line, file.language))
                file.entryLines.push_back(i);
        }
        file.chunks.push_back(std::move(entry));
    }
}

} // namespace

Result<std::unique_ptr<ProjectIndex>>
ProjectIndex::open(const std::string& project, const std::filesystem::path& file, ScanOptions options) {
    EXO_TRY(SafeRoot root, SafeRoot::open(project));
    std::unique_ptr<ProjectIndex> index(new ProjectIndex(std::move(root), options));
    EXO_CHECK(index->openStore(file));
    return index;
}

Result<void> ProjectIndex::openStore(const std::filesystem::path& file) {
    m_known.clear();
    auto store = IndexStore::open(file);
    if (!store.ok() && !file.empty()) {
        log::warn("the project index stays in memory: {}", store.error().detail);
        store = IndexStore::open({});
        m_file.clear();
    } else {
        m_file = file;
    }
    if (!store.ok()) return std::move(store).error();
    m_store = std::move(store).value();
    return {};
}

Result<UpdateReport> ProjectIndex::update(const UpdateControl& control) {
    auto report = updateOnce(control);
    if (report.ok() || report.error().code == ErrorCode::Cancelled || m_file.empty()) return report;
    EXO_CHECK(recover(report.error()));
    return updateOnce(control);
}

Result<void> ProjectIndex::recover(const Error& error) {
    if (error.code != ErrorCode::StorageCorrupt) {
        log::warn("the project index goes on in memory: {}", error.detail);
        return openStore({});
    }
    log::warn("the project index is damaged and made anew: {}", error.detail);
    const std::filesystem::path file = m_file;
    m_store.reset();
    removeIndexFiles(file);
    return openStore(file);
}

Result<void> ProjectIndex::loadKnown() {
    EXO_TRY(const bool changed, m_store->changedElsewhere());
    if (!changed && !m_known.empty()) return {};
    EXO_TRY(m_known, m_store->files());
    return {};
}

Result<UpdateReport> ProjectIndex::updateOnce(const UpdateControl& control) {
    ScanControl scanControl;
    scanControl.cancelled = control.cancelled;
    EXO_TRY(m_scan, scanProject(m_root, m_options, scanControl));
    EXO_CHECK(loadKnown());

    UpdateReport report;
    report.files = static_cast<std::int64_t>(m_scan.files.size());
    std::vector<Pending> pending;
    std::size_t kept = 0;
    for (const ScannedFile& file : m_scan.files) {
        const auto known = m_known.find(file.path);
        if (known != m_known.end()) ++kept;
        if (known != m_known.end() && isCurrent(known->second, file.stamp)) continue;
        pending.push_back({&file, known == m_known.end()});
    }
    if (kept < m_known.size()) {
        std::unordered_set<std::string_view> present;
        for (const ScannedFile& file : m_scan.files)
            present.insert(file.path);
        std::vector<std::string> missing;
        for (const auto& [path, known] : m_known)
            if (!present.contains(path)) missing.push_back(path);
        EXO_CHECK(forget(missing));
        report.removed = static_cast<std::int64_t>(missing.size());
    }
    if (!pending.empty()) EXO_CHECK(readChanged(pending, control, report));
    return report;
}

Result<void> ProjectIndex::forget(const std::vector<std::string>& paths) {
    EXO_CHECK(m_store->inTransaction([&]() -> Result<void> {
        for (const std::string& path : paths) {
            EXO_TRY(const auto row, m_store->find(path));
            if (row) EXO_CHECK(m_store->remove(row->id));
        }
        return {};
    }));
    for (const std::string& path : paths)
        m_known.erase(path);
    return {};
}

Result<void> ProjectIndex::readChanged(const std::vector<Pending>& pending, const UpdateControl& control,
                                       UpdateReport& report) {
    const auto total = static_cast<std::int64_t>(pending.size());
    std::size_t next = 0;
    while (next < pending.size()) {
        const std::size_t first = next;
        UpdateReport batch = report;
        EXO_CHECK(m_store->inTransaction([&]() -> Result<void> {
            std::int64_t bytes = 0;
            std::int64_t files = 0;
            while (next < pending.size() && bytes < k_batchBytes && files < k_batchFiles) {
                if (control.cancelled && control.cancelled->load()) return {}; // keep what is done
                EXO_TRY(const std::int64_t read, indexFile(*pending[next].file, batch));
                bytes += read;
                ++files;
                ++next;
            }
            return {};
        }));
        report = batch;
        if (control.progress) control.progress(static_cast<std::int64_t>(next), total);
        if (control.cancelled && control.cancelled->load()) return fail(ErrorCode::Cancelled);
        if (next == first) return fail(ErrorCode::Internal, "the index makes no progress");
    }
    return {};
}

// Gives the number of bytes read.
Result<std::int64_t> ProjectIndex::indexFile(const ScannedFile& scanned, UpdateReport& report) {
    const std::int64_t now = m_wallNs ? m_wallNs() : wallNs();
    EXO_TRY(auto known, m_store->find(scanned.path));
    if (known && isCurrent(*known, scanned.stamp)) { // another process was here first
        m_known[scanned.path] = *known;
        return std::int64_t{0};
    }
    ++report.read;
    IndexedFile file;
    file.path = scanned.path;
    file.stamp = scanned.stamp;
    file.indexedNs = now;
    file.language = languageOf(scanned.path);
    file.lowRank = rankOf(scanned.path) == FileRank::Low;

    std::vector<std::unique_ptr<std::string>> keep;
    std::optional<std::string> text;
    auto content = m_root.read(scanned.path, m_options.maxFileSize);
    if (content.ok()) {
        file.stamp = content->stamp;
        file.hash = contentHash(content->bytes);
        if (known && known->hash == file.hash) {
            EXO_CHECK(m_store->touch(known->id, file.stamp, now));
            m_known[file.path] = {known->id, file.stamp, now, file.hash};
            return file.stamp.size;
        }
        text = decodeText(std::move(content->bytes));
    }
    if (text) {
        const std::vector<std::string_view> lines = linesOf(*text);
        file.lines = static_cast<std::int64_t>(lines.size());
        file.skipped = looksMinified(*text, lines.size());
        file.language = languageOf(scanned.path, *text);
        file.lowRank = file.lowRank || looksGenerated(lines);
        if (!file.skipped) addChunks(file, lines, keep);
    } else {
        file.skipped = true;
    }
    EXO_TRY(const std::int64_t id, m_store->put(file));
    m_known[file.path] = {id, file.stamp, now, file.hash};
    ++(known ? report.changed : report.added);
    return std::max<std::int64_t>(file.stamp.size, 1);
}

} // namespace exo::analysis
