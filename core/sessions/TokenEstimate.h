#pragma once
// How many tokens a text will cost, without a tokenizer: code points counted by script class with rates that
// fit the common byte-pair vocabularies, then corrected per model by what its provider reported. io thread.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace exo {

// Han ≈ 0.75 a code point, kana and hangul ≈ 1, Latin words ≈ 1 per 4.2 letters, digits 1 per 2.5, marks and
// other ≈ 0.5 to 1.
std::int64_t estimateTokens(std::string_view text);

class TokenCalibration {
  public:
    // A provider reported `reported` input tokens for what was estimated as `estimated`.
    void learn(const std::string& model, std::int64_t estimated, std::int64_t reported);
    double factor(const std::string& model) const; // 1 while nothing is known; 0.5–2

  private:
    std::map<std::string, double> m_factors;
};

} // namespace exo
