#include "core/analysis/report/TextSummary.h"
#include "core/base/Text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace exo::analysis {

namespace {

struct Range {
    char32_t first, last;
};

// East Asian Width W and F (UAX #11), coarsely.
constexpr Range k_wide[]{{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
                         {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
                         {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                         {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
constexpr Range k_none[]{
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

template <std::size_t N>
bool in(const Range (&ranges)[N], char32_t c) {
    return std::any_of(ranges, ranges + N,
                       [c](const Range& range) { return c >= range.first && c <= range.last; });
}

std::size_t widthOf(char32_t c) {
    if (in(k_none, c)) return 0;
    return in(k_wide, c) ? 2 : 1;
}

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

} // namespace

std::size_t displayWidth(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size();)
        width += widthOf(nextCodePoint(text, i));
    return width;
}

std::string fitted(std::string_view text, std::size_t width) {
    std::string out;
    std::size_t used = 0, cutAt = 0; // cutAt: where "…" would still fit
    for (std::size_t i = 0; i < text.size();) {
        char32_t c = nextCodePoint(text, i);
        // C1 controls and the marks that reorder text can change what a terminal shows.
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
            (c >= 0x2066 && c <= 0x2069))
            c = '?';
        const std::size_t columns = widthOf(c);
        if (used + columns > width) {
            out.resize(cutAt);
            return width == 0 ? out : out + "…";
        }
        appendUtf8(out, c);
        used += columns;
        if (used + 1 <= width) cutAt = out.size();
    }
    return out;
}

TextOptions textOptionsOfTerminal() {
    TextOptions options;
    winsize size{};
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        options.width = size.ws_col;
    options.width = std::clamp<std::size_t>(options.width, 40, 200);
    if (!terminal) options.width = 120;
    if (terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb")
        options.colours = TextColours::On;
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const std::string_view value = environment(name);
        if (value.empty()) continue;
        if (value.starts_with("zh")) options.language = TextLanguage::Chinese;
        break;
    }
    return options;
}

} // namespace exo::analysis
