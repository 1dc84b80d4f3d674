#include "core/base/TokenEstimate.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cmath>

namespace exo {

namespace {

bool isHan(char32_t c) {
    return isCjk(c) && !(c >= 0x3040 && c <= 0x30FF) && !(c >= 0xAC00 && c <= 0xD7AF);
}
bool isLetter(char32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(char32_t c) {
    return c >= '0' && c <= '9';
}

} // namespace

std::int64_t estimateTokens(std::string_view text) {
    double tokens = 0;
    std::size_t letters = 0; // of the word under way
    const auto endWord = [&] {
        if (letters > 0) tokens += std::max(1.0, static_cast<double>(letters) / 4.2);
        letters = 0;
    };
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        if (isLetter(c)) {
            ++letters;
            continue;
        }
        endWord();
        if (isDigit(c)) {
            tokens += 0.4;
        } else if (c == ' ') {
            continue; // belongs to the word that follows
        } else if (c < 0x80) {
            tokens += 0.6;
        } else if (isHan(c)) {
            tokens += 0.75;
        } else if (c < 0x800) {
            tokens += 0.5; // accented Latin, Cyrillic, Greek, Arabic, Hebrew
        } else {
            tokens += 1;
        }
    }
    endWord();
    return static_cast<std::int64_t>(std::ceil(tokens));
}

} // namespace exo
