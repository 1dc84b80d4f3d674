#pragma once
// How many tokens a text will cost, without a tokenizer: code points counted by script class with rates that
// fit the common byte-pair vocabularies. Pure: any thread.

#include <cstdint>
#include <string_view>

namespace exo {

// Han ≈ 0.75 a code point, kana and hangul ≈ 1, Latin words ≈ 1 per 4.2 letters, digits 1 per 2.5, marks and
// other ≈ 0.5 to 1.
std::int64_t estimateTokens(std::string_view text);

} // namespace exo
