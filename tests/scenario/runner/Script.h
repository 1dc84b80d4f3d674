#pragma once
// A scenario file: statements and what each must print. The format is described in tests/scenario/README.md.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace exo::test {

struct Statement {
    int line = 0;
    std::string source; // as written
    std::string command;
    std::vector<std::string> words;             // positional arguments
    std::map<std::string, std::string> options; // name=value
    std::optional<std::vector<std::string>> expected;

    const std::string& word(std::size_t index) const; // throws when absent
    std::string option(const std::string& name, const std::string& fallback = {}) const;
};

// Throws std::runtime_error naming the line.
std::vector<Statement> parseScript(const std::filesystem::path& file);

// Empty when `actual` is what was expected, else a readable difference. An expected line "~ PATTERN" is a
// regular expression for the whole line.
std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

// Line ends written as \n, so that a text is one line of output.
std::string oneLine(std::string_view text);

} // namespace exo::test
