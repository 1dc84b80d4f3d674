#include "core/analysis/QueryTerms.h"

#include "core/analysis/CodeTokens.h"
#include "core/analysis/QueryWords.h"
#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxTerms = 16;
constexpr std::size_t k_maxQuestion = 4000; // bytes looked at

template <class Phrases>
std::string withoutPhrases(std::string text, const Phrases& phrases) {
    for (const char* phrase : phrases) {
        const std::string_view word = phrase;
        for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
            text.replace(at, word.size(), " ");
    }
    return text;
}

// The words of the trade inside, taken out of `text`.
std::vector<QueryTerm> takeBridges(std::string& text) {
    std::vector<QueryTerm> terms;
    for (const Bridge& bridge : bridges()) {
        const std::size_t at = text.find(bridge.chinese);
        if (at == std::string::npos) continue;
        QueryTerm term;
        term.exact = tokensOf(bridge.chinese);
        for (const std::string_view word : split(bridge.english, ' ')) {
            if (word.size() <= 3)
                term.exact.emplace_back(word);
            else
                term.prefixes.emplace_back(word);
        }
        terms.push_back(std::move(term));
        text.replace(at, bridge.chinese.size(), " ");
    }
    return terms;
}

// The part of an English word that its other forms share; a light hand, since identifiers are words as well.
std::string stemOf(std::string_view word) {
    constexpr std::array<std::string_view, 16> k_endings{"ations", "ation", "ments", "ment", "ities", "ings",
                                                         "ions",   "ing",   "ion",   "ies",  "ers",   "ed",
                                                         "es",     "er",    "e",     "s"};
    for (const std::string_view ending : k_endings)
        if (word.ends_with(ending) && word.size() >= ending.size() + 4)
            return std::string(word.substr(0, word.size() - ending.size()));
    if (word.ends_with("ed") && !word.ends_with("eed"))
        return std::string(word.substr(0, word.size() - 2)); // saved
    return std::string(word);
}

bool isPlainWord(std::string_view token) {
    return std::all_of(token.begin(), token.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool isPartOfWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '#';
}

bool isCjkToken(std::string_view token) {
    std::size_t pos = 0;
    return isCjk(nextCodePoint(token, pos));
}

QueryTerm termOf(std::string_view token) {
    QueryTerm term;
    term.exact.emplace_back(token);
    if (isCjkToken(token)) {
        std::size_t pos = 0;
        nextCodePoint(token, pos);
        if (pos == token.size())
            term.prefixes.emplace_back(token); // one character: any pair that begins with it
        term.weight = 0.5;
    } else if (isPlainWord(token) && token.size() >= 5) {
        term.prefixes.push_back(stemOf(token));
    } else if (token.size() >= 3 && token.ends_with('s') && isPlainWord(token)) {
        term.exact.emplace_back(token.substr(0, token.size() - 1));
    } else if (token.size() >= 3 && isPlainWord(token)) {
        term.exact.push_back(std::string(token) + "s");
    }
    return term;
}

std::string inQuotes(std::string_view token) {
    std::string out = "\"";
    for (const char c : token) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

} // namespace

bool QueryTerm::matches(std::string_view token) const {
    const auto begins = [&](const std::string& prefix) { return token.starts_with(prefix); };
    return std::find(exact.begin(), exact.end(), token) != exact.end() ||
           std::any_of(prefixes.begin(), prefixes.end(), begins);
}

std::string QueryTerm::matchExpression() const {
    std::string out;
    const auto add = [&](const std::string& form) { out += (out.empty() ? "" : " OR ") + form; };
    for (const std::string& token : exact)
        add(inQuotes(token));
    for (const std::string& prefix : prefixes)
        add(inQuotes(prefix) + " *");
    return out;
}

std::vector<QueryTerm> queryTerms(std::string_view question) {
    std::string text(utf8Prefix(question, k_maxQuestion));
    std::vector<QueryTerm> terms = takeBridges(text);
    text = withoutPhrases(std::move(text), stopPhrases());
    std::unordered_set<std::string> seen;
    std::size_t identifierEnd = 0;
    forEachToken(text, [&](const CodeToken& token) {
        // Of an identifier in the question its parts help to find it, the whole decides; the parts of a plain
        // word are none.
        if (!token.part) identifierEnd = token.end;
        const std::string word(token.text);
        const bool tooShort = word.size() < 2 && !isCjkToken(word);
        if (tooShort || stopWords().contains(word) || !seen.insert(word).second) return true;
        QueryTerm term = termOf(word);
        if (token.part && token.end <= identifierEnd) term.weight = 0.4;
        terms.push_back(std::move(term));
        return terms.size() < k_maxTerms;
    });
    return terms;
}

std::vector<std::string> spokenWords(std::string_view question) {
    std::string text(utf8Prefix(question, k_maxQuestion));
    text = withoutPhrases(std::move(text), talkPhrases());
    text = withoutPhrases(std::move(text), stopPhrases());
    std::vector<std::string> words;
    const auto isBreak = [](char32_t c) {
        return c < 0x80 ? !isPartOfWord(static_cast<char>(c))
                        : !isCjk(c) && (c >= 0x3000 || (c >= 0x2000 && c < 0x2070));
    };
    std::string word;
    const auto flush = [&] {
        const std::string lower = toLowerAscii(word);
        const bool counts = lower.size() >= 2 && !stopWords().contains(lower) && !talkWords().contains(lower);
        if (counts && words.size() < k_maxTerms) words.push_back(word);
        word.clear();
    };
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        if (isBreak(c))
            flush();
        else
            appendUtf8(word, c);
    }
    flush();
    return words;
}

std::string matchExpression(const std::vector<QueryTerm>& terms) {
    std::string out;
    for (const QueryTerm& term : terms)
        out += (out.empty() ? "" : " OR ") + term.matchExpression();
    return out;
}

} // namespace exo::analysis
