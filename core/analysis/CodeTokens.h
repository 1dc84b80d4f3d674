#pragma once
// Words of source text and of questions about it. Identifiers give themselves and their parts (maxFileSize →
// maxfilesize, max, file, size), Chinese and its neighbours give pairs of characters, everything is lower
// case. Pure functions.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct CodeToken {
    std::string_view text; // valid during the call
    std::size_t start = 0; // bytes in the input
    std::size_t end = 0;
    bool part = false; // at the same position as the identifier before it
};

// Stops when `visit` returns false.
void forEachToken(std::string_view text, const std::function<bool(const CodeToken&)>& visit);

// Distinct tokens in order of appearance.
std::vector<std::string> tokensOf(std::string_view text);

} // namespace exo::analysis
