#include "core/analysis/retrieve/Trigrams.h"

#include "core/base/Text.h"

#include <array>

namespace exo::analysis {

namespace {

constexpr std::size_t k_trigrams = 1u << 24;
constexpr std::string_view k_longS = "\xC5\xBF", k_kelvin = "\xE2\x84\xAA";

constexpr std::array<unsigned char, 256> lowerTable() {
    std::array<unsigned char, 256> table{};
    for (unsigned i = 0; i < 256; ++i)
        table[i] = static_cast<unsigned char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
    return table;
}
constexpr std::array<unsigned char, 256> k_lower = lowerTable();

void replaceAll(std::string& text, std::string_view what, char with) {
    std::size_t to = 0;
    for (std::size_t at = 0; at < text.size();) {
        const bool here = std::string_view(text).substr(at).starts_with(what);
        text[to++] = here ? with : text[at];
        at += here ? what.size() : 1;
    }
    text.resize(to);
}

// Scripts that know no upper and lower case.
bool isCaseless(char32_t c) {
    return c < 0x80 || (c >= 0x2E80 && c < 0xA640) || (c >= 0xAC00 && c < 0xFB00) ||
           (c >= 0x20000 && c < 0x40000);
}

bool hasOdd(std::string_view text) {
    return text.find(k_longS) != std::string_view::npos || text.find(k_kelvin) != std::string_view::npos;
}

} // namespace

std::string foldedText(std::string_view text) {
    std::string folded = toLowerAscii(text);
    replaceAll(folded, k_longS, 's');
    replaceAll(folded, k_kelvin, 'k');
    return folded;
}

TrigramSet::TrigramSet()
    : m_seen(k_trigrams / 64) {}

void TrigramSet::add(std::uint32_t trigram) {
    std::uint64_t& word = m_seen[trigram / 64];
    const std::uint64_t bit = std::uint64_t{1} << (trigram % 64);
    if (word & bit) return;
    word |= bit;
    m_found.push_back(trigram);
}

const std::vector<std::uint32_t>& TrigramSet::of(std::string_view text) {
    for (const std::uint32_t trigram : m_found)
        m_seen[trigram / 64] = 0;
    m_found.clear();
    if (hasOdd(text)) text = m_folded = foldedText(text);
    std::uint32_t last = 0;
    std::size_t count = 0;
    for (const char c : text) {
        last = (last << 8 | k_lower[static_cast<unsigned char>(c)]) & 0xFFFFFF;
        if (++count >= 3) add(last);
    }
    if (count >= 2) add(last << 8 & 0xFFFFFF);
    if (count >= 1) add(last << 16 & 0xFFFFFF);
    return m_found;
}

std::vector<std::string> certainPieces(std::string_view atom) {
    std::vector<std::string> pieces;
    std::string piece;
    const auto flush = [&] {
        if (piece.size() >= 2) pieces.push_back(piece);
        piece.clear();
    };
    for (std::size_t at = 0; at < atom.size();) {
        const std::size_t start = at;
        if (isCaseless(nextCodePoint(atom, at)))
            piece += toLowerAscii(atom.substr(start, at - start));
        else
            flush();
    }
    flush();
    return pieces;
}

} // namespace exo::analysis
