#pragma once
// UTF-8 and small string helpers.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

bool isValidUtf8(std::string_view text);
// Invalid sequences become U+FFFD.
std::string sanitizeUtf8(std::string_view text);
// Cuts at most `maxBytes` without splitting a code point.
std::string_view utf8Prefix(std::string_view text, std::size_t maxBytes);
// Decodes the code point at `pos` and moves past it; U+FFFD for an invalid byte (moves one byte).
char32_t nextCodePoint(std::string_view text, std::size_t& pos);
void appendUtf8(std::string& out, char32_t codePoint);
// Han, kana, hangul: scripts written without spaces between words (or searched as if so).
bool isCjk(char32_t codePoint);

std::string_view trim(std::string_view text);
std::string toLowerAscii(std::string_view text);
bool equalsIgnoreCase(std::string_view a, std::string_view b); // ASCII
std::vector<std::string_view> split(std::string_view text, char separator);
std::string hexEncode(std::string_view bytes);
// Edit distance, for "did you mean".
std::size_t editDistance(std::string_view a, std::string_view b);

} // namespace exo
