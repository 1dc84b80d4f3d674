#pragma once
// Credentials in text: what providers' keys look like (prefix, alphabet, length), passwords in URLs, private
// keys, and quoted values assigned to names like "password". Hand-written scanners: linear in the text,
// whatever it is. Values never leave here whole. Pure functions.

#include "core/analysis/parse/FileRecord.h"
#include "core/analysis/rules/RuleInfo.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct SecretMatch {
    std::string_view rule; // "secret/aws-access-key"
    std::size_t begin = 0, end = 0;
    FindingRecord::Severity severity = FindingRecord::Severity::Error;
};

enum class SecretDepth : std::uint8_t {
    ProvidersOnly, // for tests and fixtures, whose invented passwords are no news
    Everything
};

// In order; they do not overlap. At most `limit`.
std::vector<SecretMatch> findSecrets(std::string_view text, SecretDepth depth, std::size_t limit = 1000);

// "AKIA… (20)": the first characters and the length.
std::string maskSecret(std::string_view value);

std::vector<RuleInfo> secretRules();

} // namespace exo::analysis
