#include "core/analysis/retrieve/TextSearch.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/TextFile.h"
#include "core/base/Text.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <fnmatch.h>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxSource = 4u << 20;
constexpr std::size_t k_maxPattern = 1000;
constexpr std::size_t k_maxLine = 300;
constexpr std::int64_t k_memory = 8 << 20; // of the compiled expression

Result<std::unique_ptr<re2::RE2>> compile(const TextQuery& query) {
    if (query.pattern.empty()) return fail(ErrorCode::InvalidRequest, "the pattern is empty", "pattern");
    if (query.pattern.size() > k_maxPattern)
        return fail(ErrorCode::InvalidRequest, "the pattern is longer than 1000 bytes", "pattern");
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(k_memory);
    options.set_literal(query.syntax == TextQuery::Syntax::Literal);
    options.set_case_sensitive(query.letters == TextQuery::Case::Match);
    const bool regex = query.syntax == TextQuery::Syntax::Regex;
    auto compiled = std::make_unique<re2::RE2>(regex ? "(?m:" + query.pattern + ")" : query.pattern, options);
    if (compiled->ok()) return compiled;
    return fail(ErrorCode::InvalidRequest, "not a regular expression of RE2: " + compiled->error(),
                "pattern");
}

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

} // namespace

bool globMatches(const std::string& glob, const std::string& path) {
    if (glob.empty()) return true;
    if (::fnmatch(glob.c_str(), path.c_str(), 0) == 0) return true;
    // "*.c" and "src" mean what they mean to a person: files below, and the folder.
    return ::fnmatch((glob + "/*").c_str(), path.c_str(), 0) == 0;
}

Result<TextHits> searchText(const AnalysisResult& result, const SafeRoot& root, const TextQuery& query) {
    EXO_TRY(const auto pattern, compile(query));
    const auto until = std::chrono::steady_clock::now() + query.maxTime;
    TextHits out;
    for (const api::AnalysisFile& file : result.report().files) {
        if (query.cancelled && query.cancelled->load()) return fail(ErrorCode::Cancelled);
        if (!globMatches(query.glob, file.path) || rankOf(file.path) == FileRank::Private) continue;
        if (std::chrono::steady_clock::now() > until) {
            out.cut = true;
            break;
        }
        auto read = root.read(file.path, k_maxSource);
        if (!read.ok()) continue; // gone meanwhile, or too large to be searched
        ++out.filesRead;
        const re2::StringPiece raw(read->bytes.data(), read->bytes.size());
        const bool ascii =
            std::none_of(query.pattern.begin(), query.pattern.end(), [](char c) { return c < 0; });
        const bool utf16 = read->bytes.size() > 1 && (read->bytes[0] == '\0' || read->bytes[1] == '\0' ||
                                                      static_cast<unsigned char>(read->bytes[0]) >= 0xFE);
        if (ascii && !utf16 && !re2::RE2::PartialMatch(raw, *pattern)) continue; // most files, undecoded
        const std::string hash = contentHash(read->bytes);
        const auto text = decodeText(std::move(read->bytes));
        if (!text) continue;
        LineFinder finder(*pattern, *text);
        int line = 0, column = 0;
        std::string_view found;
        for (std::size_t ofFile = 0; finder.next(line, column, found); ++ofFile) {
            if (ofFile == query.maxHitsOfFile || out.hits.size() == query.maxHits) {
                out.cut = true;
                break;
            }
            out.hits.push_back({file.path, hash, line, column, std::string(utf8Prefix(found, k_maxLine))});
        }
        if (out.hits.size() == query.maxHits && out.cut) break;
    }
    return out;
}

} // namespace exo::analysis
