#pragma once
// Finds what is wrong with the citations of a Markdown answer: every `path:line` must exist, and a block
// quoted below it must be those very lines.

#include "tests/support/FileTree.h"

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

namespace exo::test {

struct CitationReport {
    int citations = 0;
    int quotations = 0; // with a block that was compared
    std::vector<std::string> problems;
};

inline std::vector<std::string> splitLines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

// A quoted line may be cut when it is very long; it then ends in "…".
inline bool sameLine(const std::string& quoted, const std::string& real) {
    const std::string cut = "…";
    if (quoted == real) return true;
    return quoted.size() > 500 && quoted.ends_with(cut) &&
           real.starts_with(quoted.substr(0, quoted.size() - cut.size()));
}

inline CitationReport checkCitations(const std::string& answer, const std::filesystem::path& root) {
    CitationReport report;
    const std::vector<std::string> lines = splitLines(answer);
    static const std::regex pattern("`([^`]+):([0-9]+)(?:-([0-9]+))?`");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].starts_with("```")) { // a block nobody announced: pass over it
            const std::string fence = lines[i].substr(0, lines[i].find_first_not_of('`'));
            while (++i < lines.size() && lines[i] != fence) {
            }
            continue;
        }
        std::smatch match;
        if (!std::regex_search(lines[i], match, pattern)) continue;
        const std::string where = match[0];
        ++report.citations;
        const std::filesystem::path file = root / match[1].str();
        const int first = std::stoi(match[2]);
        const int last = match[3].matched ? std::stoi(match[3]) : first;
        const std::vector<std::string> real = linesOfFile(file);
        if (!std::filesystem::is_regular_file(file)) {
            report.problems.push_back(where + ": no such file");
            continue;
        }
        if (first < 1 || last < first || last > static_cast<int>(real.size())) {
            report.problems.push_back(where + ": no such lines");
            continue;
        }
        if (i + 2 >= lines.size() || !lines[i + 2].starts_with("```")) continue;
        const std::size_t ticks = std::min(lines[i + 2].find_first_not_of('`'), lines[i + 2].size());
        const std::string fence(ticks, '`');
        std::size_t at = i + 3;
        int number = first;
        for (; at < lines.size() && lines[at] != fence; ++at, ++number)
            if (number > last || !sameLine(lines[at], real[static_cast<std::size_t>(number - 1)]))
                report.problems.push_back(where + ": line " + std::to_string(number) +
                                          " is not what is quoted");
        if (number != last + 1) report.problems.push_back(where + ": quotes another number of lines");
        ++report.quotations;
        i = at;
    }
    return report;
}

} // namespace exo::test
