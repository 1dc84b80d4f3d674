#include "core/analysis/retrieve/TextPattern.h"

#include "core/analysis/retrieve/Trigrams.h"
#include "core/base/Text.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxPattern = 1000;
constexpr std::int64_t k_memory = 8 << 20; // of the compiled expression

re2::RE2::Options optionsOf(const TextQuery& query) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(k_memory);
    options.set_literal(query.syntax == TextQuery::Syntax::Literal);
    options.set_case_sensitive(query.letters == TextQuery::Case::Match);
    return options;
}

bool isAscii(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c < 0; });
}

} // namespace

Result<void> TextPattern::compile(const TextQuery& query) {
    if (query.pattern.empty()) return fail(ErrorCode::InvalidRequest, "the pattern is empty", "pattern");
    if (query.pattern.size() > k_maxPattern)
        return fail(ErrorCode::InvalidRequest, "the pattern is longer than 1000 bytes", "pattern");
    const bool literal = query.syntax == TextQuery::Syntax::Literal;
    if (literal && query.letters == TextQuery::Case::Match && isValidUtf8(query.pattern)) {
        m_literal = query.pattern;
        m_plain = isAscii(m_literal);
        return {};
    }
    const std::string text = literal ? query.pattern : "(?m:" + query.pattern + ")";
    int id = 0;
    if (m_filter.Add(text, optionsOf(query), &id) == re2::RE2::NoError) return {};
    const re2::RE2 refused(text, optionsOf(query));
    return fail(ErrorCode::InvalidRequest, "not a regular expression of RE2: " + refused.error(), "pattern");
}

// What RE2 says a text must hold to match: https://github.com/google/re2/wiki (FilteredRE2)
std::vector<bool> TextPattern::candidates(const TextIndex& index) {
    TextIndex::Wanted wanted;
    if (!m_literal.empty()) {
        const std::string folded = foldedText(m_literal);
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

std::size_t TextPattern::find(std::string_view text, std::size_t from) const {
    if (from > text.size()) return std::string_view::npos;
    if (!m_literal.empty()) {
        const void* place =
            ::memmem(text.data() + from, text.size() - from, m_literal.data(), m_literal.size());
        return place ? static_cast<std::size_t>(static_cast<const char*>(place) - text.data())
                     : std::string_view::npos;
    }
    re2::StringPiece match;
    const re2::StringPiece all(text.data(), text.size());
    if (!m_filter.GetRE2(0).Match(all, from, text.size(), re2::RE2::UNANCHORED, &match, 1))
        return std::string_view::npos;
    return static_cast<std::size_t>(match.data() - text.data());
}

bool LineFinder::next() {
    const std::size_t place = m_pattern.find(m_text, m_at);
    if (place == std::string_view::npos) return false;
    m_line += static_cast<int>(std::count(m_text.begin() + static_cast<std::ptrdiff_t>(m_counted),
                                          m_text.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
    m_counted = place;
    const std::size_t before = place == 0 ? std::string_view::npos : m_text.rfind('\n', place - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(m_text.find('\n', place), m_text.size());
    if (start >= m_text.size() && !m_text.empty()) return false; // behind the last line
    m_column = static_cast<int>(place - start) + 1;
    m_found = m_text.substr(start, end - start);
    m_at = end + 1;
    return true;
}

} // namespace exo::analysis
