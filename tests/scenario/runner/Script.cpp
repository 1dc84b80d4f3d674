#include "tests/scenario/runner/Script.h"

#include <fstream>
#include <regex>
#include <span>
#include <stdexcept>

namespace exo::test {

namespace {

// Reads one word: bare text and "quoted text" with \n, \" and \\ may follow each other (name="a b").
std::string takeWord(std::string_view& rest) {
    std::string word;
    bool quoted = false;
    while (!rest.empty()) {
        const char c = rest.front();
        if (!quoted && c == ' ') break;
        rest.remove_prefix(1);
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted && c == '\\' && !rest.empty()) {
            word += rest.front() == 'n' ? '\n' : rest.front();
            rest.remove_prefix(1);
        } else {
            word += c;
        }
    }
    if (quoted) throw std::runtime_error("a quotation mark is missing");
    return word;
}

bool isOptionName(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

Statement parseStatement(const std::string& text, int line) {
    Statement statement;
    statement.line = line;
    statement.source = text;
    std::string_view rest = text;
    while (!rest.empty()) {
        if (rest.front() == ' ') {
            rest.remove_prefix(1);
            continue;
        }
        const bool startsQuoted = rest.front() == '"';
        const std::string word = takeWord(rest);
        const auto equals = word.find('=');
        if (statement.command.empty())
            statement.command = word;
        else if (!startsQuoted && equals != std::string::npos && isOptionName(word.substr(0, equals)))
            statement.options[word.substr(0, equals)] = word.substr(equals + 1);
        else
            statement.words.push_back(word);
    }
    return statement;
}

} // namespace

const std::string& Statement::word(std::size_t index) const {
    if (index >= words.size()) throw std::runtime_error(command + " needs more arguments");
    return words[index];
}

std::string Statement::option(const std::string& name, const std::string& fallback) const {
    const auto found = options.find(name);
    return found == options.end() ? fallback : found->second;
}

std::vector<Statement> parseScript(const std::filesystem::path& file) {
    std::ifstream input(file);
    if (!input) throw std::runtime_error("cannot read " + file.string());
    std::vector<Statement> statements;
    bool expecting = false;
    int number = 0;
    for (std::string line; std::getline(input, line);) {
        ++number;
        if (line.empty()) {
            expecting = false;
        } else if (expecting) {
            statements.back().expected->push_back(line);
        } else if (line == "----") {
            if (statements.empty()) throw std::runtime_error("an expectation without a statement");
            statements.back().expected.emplace();
            expecting = true;
        } else if (!line.starts_with('#')) {
            try {
                statements.push_back(parseStatement(line, number));
            } catch (const std::runtime_error& failure) {
                throw std::runtime_error("line " + std::to_string(number) + ": " + failure.what());
            }
        }
    }
    return statements;
}

namespace {

using Lines = std::vector<std::string>;

bool lineMatches(const std::string& want, const std::string& have) {
    return want.starts_with("~ ") ? std::regex_match(have, std::regex(want.substr(2))) : want == have;
}

// "..." stands for any number of lines.
bool linesMatch(std::span<const std::string> want, std::span<const std::string> have) {
    if (want.empty()) return have.empty();
    if (want.front() == "...") {
        for (std::size_t skipped = 0; skipped <= have.size(); ++skipped)
            if (linesMatch(want.subspan(1), have.subspan(skipped))) return true;
        return false;
    }
    return !have.empty() && lineMatches(want.front(), have.front()) &&
           linesMatch(want.subspan(1), have.subspan(1));
}

} // namespace

std::string difference(const Lines& expected, const Lines& actual) {
    if (linesMatch(expected, actual)) return {};
    std::string report = "  expected:\n";
    for (const std::string& line : expected)
        report += "    " + line + '\n';
    report += "  got:\n";
    for (const std::string& line : actual)
        report += "    " + line + '\n';
    return report;
}

std::string oneLine(std::string_view text) {
    std::string line;
    for (const char c : text)
        line += c == '\n' ? std::string("\\n") : std::string(1, c);
    return line;
}

} // namespace exo::test
