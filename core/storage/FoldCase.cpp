// Simple case folding (Unicode CaseFolding.txt, status C and S) of the scripts people write words in, by
// ranges.
#include "core/storage/SearchText.h"

namespace exo {

namespace {

enum class Rule { Add, EvenUpper, OddUpper };
struct Range {
    char32_t first;
    char32_t last;
    Rule rule;
    int add;
};

constexpr Range k_ranges[] = {
    {'A', 'Z', Rule::Add, 32},
    {0x00C0, 0x00D6, Rule::Add, 32},
    {0x00D8, 0x00DE, Rule::Add, 32},
    {0x0100, 0x012F, Rule::EvenUpper, 0},
    {0x0132, 0x0137, Rule::EvenUpper, 0},
    {0x0139, 0x0148, Rule::OddUpper, 0},
    {0x014A, 0x0177, Rule::EvenUpper, 0},
    {0x0178, 0x0178, Rule::Add, -121},
    {0x0179, 0x017E, Rule::OddUpper, 0},
    {0x017F, 0x017F, Rule::Add, -268},
    {0x01CD, 0x01DC, Rule::OddUpper, 0},
    {0x01DE, 0x01EF, Rule::EvenUpper, 0},
    {0x01F8, 0x021F, Rule::EvenUpper, 0},
    {0x0222, 0x0233, Rule::EvenUpper, 0},
    {0x0386, 0x0386, Rule::Add, 38},
    {0x0388, 0x038A, Rule::Add, 37},
    {0x038C, 0x038C, Rule::Add, 64},
    {0x038E, 0x038F, Rule::Add, 63},
    {0x0391, 0x03A1, Rule::Add, 32},
    {0x03A3, 0x03AB, Rule::Add, 32},
    {0x03C2, 0x03C2, Rule::Add, 1}, // final sigma
    {0x03D8, 0x03EF, Rule::EvenUpper, 0},
    {0x0400, 0x040F, Rule::Add, 80},
    {0x0410, 0x042F, Rule::Add, 32},
    {0x0460, 0x0481, Rule::EvenUpper, 0},
    {0x048A, 0x04BF, Rule::EvenUpper, 0},
    {0x04C0, 0x04C0, Rule::Add, 15},
    {0x04C1, 0x04CE, Rule::OddUpper, 0},
    {0x04D0, 0x052F, Rule::EvenUpper, 0},
    {0x0531, 0x0556, Rule::Add, 48},
    {0x1E00, 0x1E95, Rule::EvenUpper, 0},
    {0x1EA0, 0x1EFF, Rule::EvenUpper, 0},
    {0xFF01, 0xFF20, Rule::Add, -0xFEE0},
    {0xFF21, 0xFF3A, Rule::Add, -0xFEC0},
    {0xFF3B, 0xFF5E, Rule::Add, -0xFEE0},
};

} // namespace

char32_t foldCase(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    for (const Range& range : k_ranges) {
        if (c < range.first) return c;
        if (c > range.last) continue;
        switch (range.rule) {
        case Rule::Add: return static_cast<char32_t>(static_cast<int>(c) + range.add);
        case Rule::EvenUpper: return c | 1U;
        case Rule::OddUpper: return (c & 1U) != 0 ? c + 1 : c;
        }
    }
    return c;
}

} // namespace exo
