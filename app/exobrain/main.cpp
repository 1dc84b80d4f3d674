// The headless binary: global flags, then one subcommand. Links no Qt.
#include "app/exobrain/Command.h"
#include "app/exobrain/Terminal.h"
#include "core/analysis/engine/Worker.h"
#include "core/base/Text.h"
#include "core/base/Version.h"

#include <CLI/CLI.hpp>

#include <clocale>
#include <csignal>
#include <exception>
#include <string_view>
#include <unistd.h>

namespace {

using namespace exo;
using namespace exo::cli;

void addGlobals(CLI::App& app, Globals& globals) {
    app.add_option("--config", globals.configFile, "Configuration file (default: config.json of the home)");
    app.add_option("--home", globals.home,
                   "Folder of all state (default: EXOBRAIN_HOME, else the XDG folders)")
        ->check([](const std::string& folder) {
            return std::string(folder.empty() ? "the name of a folder is missing" : "");
        });
    app.add_option("--log-level", globals.logLevel, "trace, debug, info, warn or error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
    app.add_option("--log-format", globals.logFormat, "text or json")->check(CLI::IsMember({"text", "json"}));
    app.set_version_flag("--version", "exobrain " + std::string(k_version));
}

// The first word that is neither a flag nor the value of one, when it names no command.
std::string unknownCommand(const CLI::App& app, int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with("--")) {
            if (word.find('=') == std::string_view::npos && word != "--help" && word != "--version") ++i;
            continue;
        }
        if (word.starts_with('-')) return {};
        const auto known = app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
        return known.empty() ? std::string(word) : std::string();
    }
    return {};
}

int usageError(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    std::string text = error.what();
    if (const std::string word = unknownCommand(app, argc, argv); !word.empty()) {
        text = "unknown command \"" + word + "\"";
        for (const CLI::App* sub :
             app.get_subcommands([](const CLI::App* known) { return !known->get_group().empty(); }))
            if (editDistance(word, sub->get_name()) <= 2)
                text += "; did you mean \"" + sub->get_name() + "\"?";
    }
    say(text + "\nRun 'exobrain --help' for the commands and 'exobrain COMMAND --help' for their flags.");
    return k_usage;
}

int runCommand(int argc, char** argv) {
    CLI::App app("ExoBrain: chat, sessions and an OpenAI-compatible gateway on your own machine", "exobrain");
    Globals globals;
    Commands commands{app, globals, {}};
    addGlobals(app, globals);
    app.require_subcommand(1);
    for (auto* add : {addServe, addAsk, addAnalyze, addMcp, addSessions, addImport, addKeys, addProviders,
                      addMonitor, addBackup, addMigrate, addDoctor, addDiag, addVersion, addHelpTree})
        add(commands);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error); // --help, --version
        return usageError(app, error, argc, argv);
    }
    const int code = commands.run();
    if (flushOutput()) return code;
    sayIfNotWritten();
    return code != k_ok ? code : k_failed;
}

} // namespace

int main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
    std::signal(SIGPIPE,
                SIG_IGN); // a closed pipe is an error of the write, not the end of a half-kept answer
    try {
        // A worker of the analysis, started by us alone: before anything is read or opened.
        if (argc == 2 && std::string_view(argv[1]) == "analysis-worker")
            return analysis::runWorker(STDIN_FILENO, analysis::makeProductWork);
        return runCommand(argc, argv);
    } catch (const std::exception& error) {
        say(std::string("internal error: ") + error.what());
        return k_internal;
    }
}
