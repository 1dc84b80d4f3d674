#pragma once
// Lines that open something with a name: functions, types, sections, headings. Judged by one line at a time,
// without a parser; good enough to rank and to cut, not a symbol table. Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct Definition {
    std::string name; // identifier, or the text of a heading
    bool heading = false;
};

std::optional<Definition> definitionOn(std::string_view line, std::string_view language);

// A line where a program starts: main functions and their kin.
bool isEntryPoint(std::string_view line, std::string_view language);

bool isProse(std::string_view language); // Markdown and other documents

// Where the lines of a file are cut: each chunk is [start, end], 1-based, 60 lines at most, at blank lines
// and definitions where possible. Covers every line once.
struct Chunk {
    int start = 0;
    int end = 0;
};
std::vector<Chunk> chunksOf(const std::vector<std::string_view>& lines, std::string_view language);

} // namespace exo::analysis
