#pragma once
// A question in words as a search: what to look for, without the words that only make it a question. Pure
// functions.

#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// One thing asked about. Any of its forms is a match: the word, its stem, and for Chinese words of the trade
// the English ones source code uses for them.
struct QueryTerm {
    std::vector<std::string> exact;    // tokens
    std::vector<std::string> prefixes; // beginnings of tokens
    double weight = 1;

    bool matches(std::string_view token) const;
    std::string matchExpression() const; // FTS5
};

std::vector<QueryTerm> queryTerms(std::string_view question);
// The same words as people write them, for a search in conversations; words about talking ("last time",
// "说过") do not count.
std::vector<std::string> spokenWords(std::string_view question);
// All terms, any of which may occur.
std::string matchExpression(const std::vector<QueryTerm>& terms);

} // namespace exo::analysis
