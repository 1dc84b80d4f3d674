#pragma once
// Most rules are about a few names: strcpy, pickle, shell. A file without the name needs no query, and one
// with it only around the place. Pure functions over our own rules.

#include "core/analysis/rules/RuleSet.h"

#include <bitset>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

// The names one of which has to stand in a text for the rule to match: of each pattern, the words of its
// first #eq? or #any-of? with texts, which therefore has to be about a capture that is always there. Empty:
// it has none.
std::vector<std::string> triggersOf(std::string_view query);

struct TriggerHit {
    std::uint32_t rule = 0; // as given to add()
    std::uint32_t begin = 0, end = 0;
};

// Places where both sides of a comparison or of && and || begin alike: "a.b == a.b".
std::vector<TriggerHit> repeatedOperands(std::string_view text, std::uint32_t rule);

// Finds many names in one pass over the identifiers of a text.
class TriggerFinder {
  public:
    void add(std::string_view word, std::uint32_t rule);
    // By rule, then by place.
    std::vector<TriggerHit> find(std::string_view text) const;

  private:
    static constexpr std::size_t k_maxWord = 63;
    static std::size_t slot(std::string_view word) {
        return static_cast<std::size_t>(static_cast<unsigned char>(word[0])) * (k_maxWord + 1) + word.size();
    }

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> m_words;
    std::bitset<256 * (k_maxWord + 1)> m_possible; // by first byte and length
};

} // namespace exo::analysis
