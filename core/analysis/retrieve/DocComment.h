#pragma once
// The words people wrote about a symbol: the comment above it, the docstring below its first line, the
// comment at the head of a file. Judged by lines, without a parser. Pure functions; results are at most 2 KB.

#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// Lines count from 1.
std::string docCommentOf(const std::vector<std::string_view>& lines, int line, int endLine);
std::string headCommentOf(const std::vector<std::string_view>& lines);
// The first line of the comment above `line`, or `line` itself.
int startWithComment(const std::vector<std::string_view>& lines, int line);

} // namespace exo::analysis
