#pragma once
// How text becomes search tokens for FTS5 and queries become MATCH expressions; one function for messages,
// titles and project files. Pure functions, any thread.
//
// A run of Chinese, Japanese or Korean of n characters gives its n-1 overlapping bigrams and its last
// character alone, so that each character begins exactly one token: one character is found by prefix, two are
// one token, more are a phrase. Other words are folded (case; full-width forms); an identifier gives its
// parts (case, `_`, digits) and then the whole without `_`, so getUserName and get_user_name meet. "c++" and
// "c#" are words. Tokens hold no space and no quote; the FTS5 table must use tokenize="ascii tokenchars
// '+#'".

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

inline constexpr char32_t k_markBegin = 0xE000; // around a match in a snippet
inline constexpr char32_t k_markEnd = 0xE001;

// Tokens in order, separated by spaces.
std::string searchTokens(std::string_view text);

enum class MatchMode {
    All, // every word of the query, for a person who searches
    Any  // some of them, ranked by bm25, for retrieval
};

// An FTS5 expression, or "" when the query holds no word. The last word also matches as a prefix. At most 32
// words of the first 1,000 code points count; nothing in the query can be an operator.
std::string searchExpression(std::string_view query, MatchMode mode = MatchMode::All);

// The same query taken apart, for engines without FTS5: every term must be met, by any of its phrases; a
// phrase is consecutive tokens, the last one a prefix when it says so. searchExpression() is made from these.
struct SearchPhrase {
    std::vector<std::string> tokens;
    bool prefix = false;
};
using SearchTerm = std::vector<SearchPhrase>;
std::vector<SearchTerm> searchTerms(std::string_view query);
// A tsquery of PostgreSQL that finds at least what the terms find: phrases become all of their tokens.
std::string searchTsquery(const std::vector<SearchTerm>& terms);
// How well a text meets the terms, 0 for not at all: bm25 with an average text of `average` tokens and
// without the rarity of words, which is the same for every text that has them all.
double searchScore(const std::vector<SearchTerm>& terms, std::string_view text, double average = 200);

// A piece of `text` of about `maxCodePoints` around the first match, on one line, matches between U+E000 and
// U+E001. Without a match the beginning.
std::string searchSnippet(std::string_view text, std::string_view query, std::size_t maxCodePoints = 160);

// Simple case folding of Latin, Greek, Cyrillic, Armenian and full-width ASCII.
char32_t foldCase(char32_t codePoint);

} // namespace exo
