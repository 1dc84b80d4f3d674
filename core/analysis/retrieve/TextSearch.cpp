#include "core/analysis/retrieve/TextSearch.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/Trigrams.h"
#include "core/base/Text.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fnmatch.h>
#include <future>
#include <span>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxSource = 4u << 20;
constexpr std::size_t k_maxPattern = 1000;
constexpr std::size_t k_maxLine = 300;
constexpr int k_leastPiece = 2;
constexpr std::int64_t k_memory = 8 << 20; // of the compiled expression

re2::RE2::Options optionsOf(const TextQuery& query) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(k_memory);
    options.set_literal(query.syntax == TextQuery::Syntax::Literal);
    options.set_case_sensitive(query.letters == TextQuery::Case::Match);
    return options;
}

// An expression, and what RE2 says a text must hold to match it: https://github.com/google/re2/wiki
// (FilteredRE2)
class Pattern {
  public:
    Result<void> compile(const TextQuery& query) {
        if (query.pattern.empty()) return fail(ErrorCode::InvalidRequest, "the pattern is empty", "pattern");
        if (query.pattern.size() > k_maxPattern)
            return fail(ErrorCode::InvalidRequest, "the pattern is longer than 1000 bytes", "pattern");
        const bool regex = query.syntax == TextQuery::Syntax::Regex;
        const std::string text = regex ? "(?m:" + query.pattern + ")" : query.pattern;
        int id = 0;
        if (m_filter.Add(text, optionsOf(query), &id) == re2::RE2::NoError) return {};
        const re2::RE2 refused(text, optionsOf(query));
        return fail(ErrorCode::InvalidRequest, "not a regular expression of RE2: " + refused.error(),
                    "pattern");
    }
    const re2::RE2& expression() const { return m_filter.GetRE2(0); }

    std::vector<bool> candidates(const TextQuery& query, const TextIndex& index) {
        TextIndex::Wanted wanted;
        if (query.syntax == TextQuery::Syntax::Literal && query.letters == TextQuery::Case::Match) {
            const std::string folded = foldedText(query.pattern);
            if (folded.size() >= k_leastPiece) wanted.atoms = {{folded}};
            wanted.passes = [](const std::vector<int>& atoms) { return !atoms.empty(); };
            return index.candidates(wanted);
        }
        std::vector<std::string> atoms;
        m_filter.Compile(&atoms);
        for (const std::string& atom : atoms)
            wanted.atoms.push_back(certainPieces(atom));
        wanted.passes = [this](const std::vector<int>& present) {
            std::vector<int> passed;
            m_filter.AllPotentials(present, &passed);
            return !passed.empty();
        };
        return index.candidates(wanted);
    }

  private:
    re2::FilteredRE2 m_filter{k_leastPiece}; // shorter strings are everywhere
};

class LineFinder {
  public:
    LineFinder(const re2::RE2& pattern, std::string_view text)
        : m_pattern(pattern)
        , m_text(text) {}

    // The next line with a match.
    bool next(int& line, int& column, std::string_view& found) {
        re2::StringPiece match;
        const re2::StringPiece all(m_text.data(), m_text.size());
        if (m_at > m_text.size() ||
            !m_pattern.Match(all, m_at, m_text.size(), re2::RE2::UNANCHORED, &match, 1))
            return false;
        const auto place = static_cast<std::size_t>(match.data() - m_text.data());
        m_line += static_cast<int>(std::count(m_text.begin() + static_cast<std::ptrdiff_t>(m_counted),
                                              m_text.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
        m_counted = place;
        const std::size_t before = place == 0 ? std::string_view::npos : m_text.rfind('\n', place - 1);
        const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t end = std::min(m_text.find('\n', place), m_text.size());
        if (start >= m_text.size() && !m_text.empty()) return false; // behind the last line
        line = m_line;
        column = static_cast<int>(place - start) + 1;
        found = m_text.substr(start, end - start);
        m_at = end + 1;
        return true;
    }

  private:
    const re2::RE2& m_pattern;
    std::string_view m_text;
    std::size_t m_at = 0, m_counted = 0;
    int m_line = 1;
};

// What one file has of what is looked for.
struct FileHits {
    enum class State : std::uint8_t { NotRead, Read, Late, Cancelled } state = State::NotRead;
    std::vector<TextHit> hits;
    bool more = false; // than may be told of one file
};

// Looks through files, a few at a time on two threads, and puts together what they found in their order.
class Searcher {
  public:
    Searcher(const SafeRoot& root, const TextQuery& query, const re2::RE2& pattern)
        : m_root(root)
        , m_query(query)
        , m_pattern(pattern)
        , m_until(std::chrono::steady_clock::now() + query.maxTime)
        , m_plain(query.syntax == TextQuery::Syntax::Literal && query.letters == TextQuery::Case::Match &&
                  std::none_of(query.pattern.begin(), query.pattern.end(), [](char c) { return c < 0; })) {}

    // Adds to `out` and gives the number of files it got through; Cancelled.
    Result<std::size_t> search(const std::vector<const std::string*>& paths, TextHits& out) const {
        // The more there was to read without an end, the more is read at once.
        for (std::size_t from = 0, count = k_firstWave; from < paths.size(); from += count) {
            if (from > 0) count = std::min(count * 2, k_largestWave);
            count = std::min(count, paths.size() - from);
            std::vector<FileHits> found = wave({paths.data() + from, count});
            for (std::size_t i = 0; i < count; ++i) {
                if (found[i].state == FileHits::State::Cancelled) return fail(ErrorCode::Cancelled);
                if (found[i].state == FileHits::State::Late) out.cut = true;
                if (found[i].state == FileHits::State::Late || !add(std::move(found[i]), out))
                    return from + i;
            }
        }
        return paths.size();
    }

  private:
    static constexpr std::size_t k_firstWave = 8, k_largestWave = 64;

    std::vector<FileHits> wave(std::span<const std::string* const> paths) const {
        std::vector<FileHits> found(paths.size());
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < paths.size(); i = next++)
                found[i] = searchFile(*paths[i]);
        };
        std::future<void> helper;
        if (paths.size() >= k_firstWave) helper = std::async(std::launch::async, work);
        work();
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

    // A text of ASCII that the undecoded bytes have not, the file has not.
    bool isRuledOut(std::string_view bytes) const {
        const bool utf16 = !bytes.empty() && static_cast<unsigned char>(bytes[0]) >= 0xFE;
        return m_plain && !utf16 &&
               ::memmem(bytes.data(), bytes.size(), m_query.pattern.data(), m_query.pattern.size()) ==
                   nullptr;
    }

    FileHits searchFile(const std::string& path) const {
        FileHits out;
        out.state = FileHits::State::Cancelled;
        if (m_query.cancelled && m_query.cancelled->load()) return out;
        out.state = FileHits::State::Late;
        if (std::chrono::steady_clock::now() > m_until) return out;
        out.state = FileHits::State::NotRead;
        auto read = m_root.read(path, k_maxSource);
        if (!read.ok()) return out; // gone meanwhile, or too large to be searched
        out.state = FileHits::State::Read;
        if (isRuledOut(read->bytes)) return out;
        const auto text = decodeText(read->bytes);
        if (!text) return out;
        LineFinder finder(m_pattern, *text);
        std::string hash;
        int line = 0, column = 0;
        std::string_view found;
        while (!out.more && finder.next(line, column, found)) {
            out.more = out.hits.size() == m_query.maxHitsOfFile;
            if (out.more) break;
            if (hash.empty()) hash = contentHash(read->bytes);
            out.hits.push_back({path, hash, line, column, std::string(utf8Prefix(found, k_maxLine))});
        }
        return out;
    }

    const SafeRoot& m_root;
    const TextQuery& m_query;
    const re2::RE2& m_pattern;
    const std::chrono::steady_clock::time_point m_until;
    const bool m_plain;
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
    Pattern pattern;
    EXO_CHECK(pattern.compile(query));
    const auto& files = result.report().files;
    const auto candidates = index ? pattern.candidates(query, *index) : std::vector<bool>(files.size(), true);
    TextHits out;
    std::vector<const std::string*> paths;
    std::vector<std::size_t> looked; // files, with each of these
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string& path = files[i].path;
        if (!globMatches(query.glob, path)) continue;
        ++out.files;
        if (!candidates[i]) continue;
        if (rankOf(path) == FileRank::Private) {
            --out.files;
            continue;
        }
        paths.push_back(&path);
        looked.push_back(out.files);
    }
    EXO_TRY(const std::size_t through, Searcher(root, query, pattern.expression()).search(paths, out));
    if (through < paths.size()) out.files = looked[through];
    return out;
}

} // namespace exo::analysis
