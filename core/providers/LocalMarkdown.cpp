#include "core/base/Text.h"
#include "core/providers/LocalAnswer.h"

#include <algorithm>

namespace exo {

namespace {

std::size_t longestRun(std::string_view text, char wanted) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == wanted ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

} // namespace

std::string fencedBlock(std::string_view text, std::string_view info) {
    const std::string fence(std::max<std::size_t>(3, longestRun(text, '`') + 1), '`');
    const std::string block = fence + std::string(info) + "\n" + std::string(text);
    return block + "\n" + fence + "\n\n";
}

std::string inlineCode(std::string_view text) {
    const std::string ticks(longestRun(text, '`') + 1, '`');
    const bool pad = text.starts_with('`') || text.ends_with('`');
    const std::string space = pad ? " " : "";
    return ticks + space + std::string(text) + space + ticks;
}

std::string plainLine(std::string_view text) {
    constexpr std::string_view k_special = "\\`*_{}[]<>#|~&!";
    std::string out;
    bool blank = false;
    for (const char c : trim(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7F) {
            blank = true;
            continue;
        }
        if (blank && !out.empty()) out += ' ';
        blank = false;
        if (k_special.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

} // namespace exo
