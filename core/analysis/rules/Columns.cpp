#include "core/analysis/rules/Passes.h"

#include "core/base/Text.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace exo::analysis {

namespace {

// A column (from 1) of a line counted in bytes, in UTF-16 code units.
std::int32_t inUtf16(std::string_view line, std::int32_t column) {
    if (column <= 1) return column;
    const std::size_t bytes = static_cast<std::size_t>(column) - 1;
    std::int32_t units = 1;
    std::size_t at = 0;
    while (at < std::min(bytes, line.size()))
        units += nextCodePoint(line, at) > 0xFFFF ? 2 : 1;
    // Behind the end of the line, as far as before.
    return units + static_cast<std::int32_t>(bytes > at ? bytes - at : 0);
}

void convertColumns(const ParsedFile& file, FileRecord& record) {
    if (record.findings.empty()) return;
    const bool plain = std::all_of(file.source.begin(), file.source.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (plain) return;
    const std::vector<std::string_view> lines = split(file.source, '\n');
    const auto convert = [&](std::int32_t line, std::int32_t& column) {
        if (line >= 1 && static_cast<std::size_t>(line) <= lines.size())
            column = inUtf16(lines[static_cast<std::size_t>(line) - 1], column);
    };
    for (FindingRecord& finding : record.findings) {
        convert(finding.line, finding.column);
        convert(finding.endLine, finding.endColumn);
    }
}

} // namespace

FileAnalyser::Pass makeColumnPass() {
    return convertColumns;
}

} // namespace exo::analysis
