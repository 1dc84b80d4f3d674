#include "core/analysis/retrieve/TextSearch.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/KnownHashes.h"
#include "core/analysis/retrieve/TextPattern.h"
#include "core/base/Text.h"

#include <algorithm>
#include <atomic>
#include <fnmatch.h>
#include <future>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxSource = 4u << 20;
constexpr std::size_t k_maxLine = 300;

// What one file has of what is looked for.
struct FileHits {
    enum class State : std::uint8_t { NotRead, Read, Late, Cancelled } state = State::NotRead;
    std::vector<TextHit> hits;
    bool more = false; // than may be told of one file
};

// Looks through files in their order, on two threads when there are many, until enough was found.
class Searcher {
  public:
    // `hashes` may be nullptr.
    Searcher(const SafeRoot& root, const TextQuery& query, const TextPattern& pattern, KnownHashes* hashes)
        : m_root(root)
        , m_query(query)
        , m_pattern(pattern)
        , m_hashes(hashes)
        , m_startNs(wallTimeNs())
        , m_until(std::chrono::steady_clock::now() + query.maxTime) {}

    // Adds to `out` and gives the number of files it got through; Cancelled.
    Result<std::size_t> search(const std::vector<const std::string*>& paths, TextHits& out) {
        std::vector<FileHits> found = searchAll(paths);
        for (std::size_t i = 0; i < paths.size(); ++i) {
            if (found[i].state == FileHits::State::Cancelled) return fail(ErrorCode::Cancelled);
            if (found[i].state == FileHits::State::Late) out.cut = true;
            if (found[i].state == FileHits::State::Late || !add(std::move(found[i]), out)) return i;
        }
        return paths.size();
    }

  private:
    static constexpr std::size_t k_alone = 16; // files that are read before a second thread is worth it

    // Files are taken in order; so once more than enough was found in some, those behind them matter no more.
    std::vector<FileHits> searchAll(const std::vector<const std::string*>& paths) {
        std::vector<FileHits> found(paths.size());
        std::atomic<std::size_t> next{0}, hits{0};
        std::atomic<bool> enough{false};
        const auto work = [&](std::size_t end) {
            std::string buffer;
            while (!enough && next < end) {
                const std::size_t i = next++;
                if (i >= paths.size()) break;
                found[i] = searchFile(*paths[i], buffer);
                hits += found[i].hits.size();
                if (hits > m_query.maxHits || found[i].state >= FileHits::State::Late) enough = true;
            }
        };
        work(k_alone);
        std::future<void> helper;
        if (!enough && next + k_alone < paths.size())
            helper = std::async(std::launch::async, work, paths.size());
        work(paths.size());
        if (helper.valid()) helper.get();
        return found;
    }

    // False when that is enough.
    bool add(FileHits&& found, TextHits& out) const {
        if (found.state == FileHits::State::Read) ++out.filesRead;
        for (TextHit& hit : found.hits) {
            if (out.hits.size() == m_query.maxHits) {
                out.cut = true;
                return false;
            }
            out.hits.push_back(std::move(hit));
        }
        out.cut = out.cut || found.more;
        return !found.more || out.hits.size() < m_query.maxHits;
    }

    FileHits searchFile(const std::string& path, std::string& bytes) const {
        FileHits out;
        out.state = FileHits::State::Cancelled;
        if (m_query.cancelled && m_query.cancelled->load()) return out;
        out.state = FileHits::State::Late;
        if (std::chrono::steady_clock::now() > m_until) return out;
        out.state = FileHits::State::NotRead;
        const auto version = m_root.readInto(bytes, path, k_maxSource);
        if (!version.ok()) return out; // gone meanwhile, or too large to be searched
        out.state = FileHits::State::Read;
        std::size_t from = 0;
        const bool utf16 = !bytes.empty() && static_cast<unsigned char>(bytes[0]) >= 0xFE;
        if (m_pattern.isPlain() && !utf16) from = m_pattern.find(bytes, 0);
        if (from == std::string::npos) return out;
        if (isPlainText(bytes)) {
            collect(path, LineFinder(m_pattern, bytes, from), *version, bytes, out);
        } else if (const auto text = decodeText(bytes)) {
            collect(path, LineFinder(m_pattern, *text), *version, bytes, out);
        }
        return out;
    }

    void collect(const std::string& path, LineFinder lines, const FileVersion& version,
                 std::string_view bytes, FileHits& out) const {
        while (lines.next()) {
            out.more = out.hits.size() == m_query.maxHitsOfFile;
            if (out.more) break;
            out.hits.push_back(
                {path, {}, lines.line(), lines.column(), std::string(utf8Prefix(lines.found(), k_maxLine))});
        }
        if (out.hits.empty()) return;
        const std::string hash = hashOf(version, bytes);
        for (TextHit& hit : out.hits)
            hit.hash = hash;
    }

    std::string hashOf(const FileVersion& version, std::string_view bytes) const {
        return m_hashes ? m_hashes->hashOf(version, bytes, m_startNs) : contentHash(bytes);
    }

    const SafeRoot& m_root;
    const TextQuery& m_query;
    const TextPattern& m_pattern;
    KnownHashes* const m_hashes;
    const std::int64_t m_startNs;
    const std::chrono::steady_clock::time_point m_until;
};

} // namespace

bool globMatches(const std::string& glob, const std::string& path) {
    if (glob.empty()) return true;
    if (::fnmatch(glob.c_str(), path.c_str(), 0) == 0) return true;
    // "*.c" and "src" mean what they mean to a person: files below, and the folder.
    return ::fnmatch((glob + "/*").c_str(), path.c_str(), 0) == 0;
}

Result<TextHits> searchText(const AnalysisResult& result, const SafeRoot& root, const TextQuery& query,
                            const TextIndex* index) {
    TextPattern pattern;
    EXO_CHECK(pattern.compile(query));
    const auto& files = result.report().files;
    const auto candidates = index ? pattern.candidates(*index) : std::vector<bool>(files.size(), true);
    TextHits out;
    std::vector<const std::string*> paths;
    std::vector<std::size_t> looked; // files, with each of these
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string& path = files[i].path;
        if (!globMatches(query.glob, path)) continue;
        ++out.files;
        if (!candidates[i]) continue;
        if (isPrivate(path)) {
            --out.files;
            continue;
        }
        paths.push_back(&path);
        looked.push_back(out.files);
    }
    Searcher searcher(root, query, pattern, index ? &index->hashes() : nullptr);
    EXO_TRY(const std::size_t through, searcher.search(paths, out));
    if (through < paths.size()) out.files = looked[through];
    return out;
}

} // namespace exo::analysis
