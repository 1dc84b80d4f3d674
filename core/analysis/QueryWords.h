#pragma once
// The words that make a sentence a question and those that carry it from Chinese to English source text: data
// of QueryTerms.cpp.

#include <span>
#include <string_view>
#include <unordered_set>

namespace exo::analysis {

// Words of the trade. A Chinese question about English source finds nothing without them.
struct Bridge {
    std::string_view chinese;
    std::string_view english; // beginnings of words, blank-separated
};

const std::unordered_set<std::string_view>& stopWords();
std::span<const char* const> stopPhrases(); // to be cut out of a Chinese question, the long ones first
std::span<const Bridge> bridges();
// About the conversation itself, not what it was about.
const std::unordered_set<std::string_view>& talkWords();
std::span<const char* const> talkPhrases();

} // namespace exo::analysis
