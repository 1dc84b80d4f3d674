#pragma once
// The table of providers' formats. Used by the secret scanner alone.

#include "core/analysis/parse/FileRecord.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace exo::analysis {

enum class Alphabet : std::uint8_t { Upper, Alnum, Hex, Url, Slack, Path, Base64 };
bool inAlphabet(Alphabet alphabet, char c);

struct SecretPattern {
    std::string_view rule;
    std::string_view prefix;
    Alphabet alphabet;
    std::size_t least, most; // characters after the prefix
};
std::span<const SecretPattern> secretPatterns();

struct SecretName {
    std::string_view rule, en, zh;
    FindingRecord::Severity severity;
};
std::span<const SecretName> secretNames();

} // namespace exo::analysis
