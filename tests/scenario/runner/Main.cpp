// scenario_runner --face core|http --exobrain PROGRAM --upstream PROGRAM --data DIR FILE: runs one scenario;
// see README.md.

#include "tests/scenario/runner/World.h"

#include <csignal>
#include <exception>
#include <iostream>
#include <span>

namespace {

using namespace exo::test;

// 0 when every statement did what was expected.
int runScript(const std::string& file, Programs programs) {
    const std::vector<Statement> statements = parseScript(file);
    World world(std::move(programs));
    for (const Statement& statement : statements) {
        std::string complaint;
        try {
            const Lines actual = world.execute(statement);
            if (statement.expected)
                complaint = difference(*statement.expected, actual);
            else if (std::ranges::any_of(actual, [](const std::string& line) {
                         return line.starts_with("error: ") || line.starts_with("broken: ");
                     }))
                complaint = difference({}, actual);
        } catch (const std::exception& failure) {
            complaint = std::string("  ") + failure.what() + '\n';
        }
        if (complaint.empty()) continue;
        std::cout << file << ':' << statement.line << ": " << statement.source << '\n' << complaint;
        const std::string log = world.serverLog();
        if (!log.empty())
            std::cout << "  log of the server:\n" << log.substr(log.size() > 4000 ? log.size() - 4000 : 0);
        return 1;
    }
    std::cout << statements.size() << " statements as expected\n";
    return statements.empty() ? 1 : 0;
}

int run(std::span<char*> values) {
    std::vector<std::string> arguments(values.begin() + 1, values.end());
    if (!arguments.empty() && arguments.front() == "--turn")
        return runTurnChild({arguments.begin() + 1, arguments.end()});
    Programs programs;
    programs.runner = std::filesystem::canonical("/proc/self/exe");
    std::string file;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const bool hasValue = i + 1 < arguments.size();
        if (arguments[i] == "--face" && hasValue)
            programs.face = arguments[++i];
        else if (arguments[i] == "--exobrain" && hasValue)
            programs.exobrain = arguments[++i];
        else if (arguments[i] == "--upstream" && hasValue)
            programs.upstream = arguments[++i];
        else if (arguments[i] == "--data" && hasValue)
            programs.data = arguments[++i];
        else
            file = arguments[i];
    }
    if (file.empty() || (programs.face != "core" && programs.face != "http")) {
        std::cerr
            << "scenario_runner --face core|http --exobrain PROGRAM --upstream PROGRAM --data DIR FILE\n";
        return 64;
    }
    return runScript(file, std::move(programs));
}

} // namespace

int main(int count, char** values) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return run(std::span(values, static_cast<std::size_t>(count)));
    } catch (const std::exception& failure) {
        std::cerr << "scenario_runner: " << failure.what() << '\n';
        return 1;
    }
}
