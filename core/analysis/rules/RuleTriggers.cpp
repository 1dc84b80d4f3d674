#include "core/analysis/rules/RuleTriggers.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace exo::analysis {

namespace {

constexpr std::array<bool, 256> makeWordTable() {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c)
        table[static_cast<std::size_t>(c)] =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    return table;
}
constexpr std::array<bool, 256> k_word = makeWordTable();

bool isWord(char c) {
    return k_word[static_cast<unsigned char>(c)];
}

// Where the expression that starts at `at` ends; strings hide brackets.
std::size_t endOfExpression(std::string_view query, std::size_t at) {
    int depth = 0;
    bool quoted = false;
    for (; at < query.size(); ++at) {
        const char c = query[at];
        if (quoted) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                quoted = false;
            continue;
        }
        if (c == '"') quoted = true;
        if (c == '(' || c == '[') ++depth;
        if ((c == ')' || c == ']') && --depth == 0) return at + 1;
    }
    return query.size();
}

// The texts of `(#eq? @x "a" …)` that starts at `at`; empty when it compares captures or texts that are no
// names.
std::vector<std::string> wordsOf(std::string_view predicate) {
    std::vector<std::string> words;
    for (std::size_t open; (open = predicate.find('"')) != std::string_view::npos;) {
        const std::size_t close = predicate.find('"', open + 1);
        if (close == std::string_view::npos) return {};
        const std::string_view word = predicate.substr(open + 1, close - open - 1);
        if (word.empty() || !std::all_of(word.begin(), word.end(), isWord)) return {};
        words.emplace_back(word);
        predicate.remove_prefix(close + 1);
    }
    return words;
}

std::vector<std::string> triggersOfPattern(std::string_view pattern) {
    for (std::size_t at = 0; (at = pattern.find("(#", at)) != std::string_view::npos; ++at) {
        const std::string_view rest = pattern.substr(at);
        if (!rest.starts_with("(#eq? ") && !rest.starts_with("(#any-of? ")) continue;
        auto words = wordsOf(rest.substr(0, endOfExpression(rest, 0)));
        if (!words.empty()) return words;
    }
    return {};
}

} // namespace

std::vector<std::string> triggersOf(std::string_view query) {
    std::vector<std::string> all;
    for (std::size_t at = 0; (at = query.find_first_of("([", at)) != std::string_view::npos;) {
        const std::size_t end = endOfExpression(query, at);
        auto words = triggersOfPattern(query.substr(at, end - at));
        if (words.empty()) return {};
        all.insert(all.end(), words.begin(), words.end());
        at = end;
    }
    return all;
}

std::vector<TriggerHit> repeatedOperands(std::string_view text, std::uint32_t rule) {
    constexpr std::size_t k_most = 120;
    constexpr std::string_view k_ends = ")&|;{}?,\n";
    const auto ofOperand = [](char c) {
        return isWord(c) || c == '.' || c == '-' || c == '>' || c == '[' || c == ']' || c == ':' ||
               c == '*' || c == '!';
    };
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    std::vector<TriggerHit> hits;
    for (std::size_t i = 0; (i = text.find_first_of("=<>&|", i)) != std::string_view::npos;) {
        const std::size_t sign = i;
        while (i < text.size() && i < sign + 2 &&
               std::string_view("=<>&|").find(text[i]) != std::string_view::npos)
            ++i;
        std::size_t left = sign, right = i;
        while (left > 0 && sign - left < k_most && blank(text[left - 1]))
            --left;
        while (right < text.size() && right - i < k_most && blank(text[right]))
            ++right;
        // The sides of && and || are comparisons themselves.
        const bool logical = text[sign] == '&' || text[sign] == '|';
        std::size_t length = 0;
        while (right + length < text.size() && length < k_most &&
               (logical ? k_ends.find(text[right + length]) == std::string_view::npos
                        : ofOperand(text[right + length])))
            ++length;
        while (length > 0 && blank(text[right + length - 1]))
            --length;
        if (length == 0 || left < length || text.substr(left - length, length) != text.substr(right, length))
            continue;
        hits.push_back({rule, static_cast<std::uint32_t>(sign), static_cast<std::uint32_t>(i)});
    }
    return hits;
}

void TriggerFinder::add(std::string_view word, std::uint32_t rule) {
    if (word.empty() || word.size() > k_maxWord) return;
    m_words[std::string(word)].push_back(rule);
    m_possible.set(slot(word));
}

std::vector<TriggerHit> TriggerFinder::find(std::string_view text) const {
    std::vector<TriggerHit> hits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isWord(text[i])) continue;
        const std::size_t begin = i;
        while (i < text.size() && isWord(text[i]))
            ++i;
        const std::string_view word = text.substr(begin, i - begin);
        if (word.size() > k_maxWord || !m_possible.test(slot(word))) continue;
        const auto known = m_words.find(word);
        if (known == m_words.end()) continue;
        for (const std::uint32_t rule : known->second)
            hits.push_back({rule, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(i)});
    }
    std::sort(hits.begin(), hits.end(), [](const TriggerHit& a, const TriggerHit& b) {
        return std::tie(a.rule, a.begin) < std::tie(b.rule, b.begin);
    });
    return hits;
}

} // namespace exo::analysis
