#pragma once
// What every subcommand shares: the global flags, exit codes, and how it registers itself. Main thread.

#include "core/base/Error.h"
#include "core/base/Log.h"
#include "core/base/Paths.h"
#include "core/config/Config.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace exo::cli {

// sysexits.h gives the numbers above 1.
enum ExitCode : int {
    k_ok = 0,
    k_failed = 1,
    k_usage = 64,
    k_internal = 70,
    k_temporary = 75,
    k_config = 78
};

struct Globals {
    std::string configFile;
    std::string home;
    std::string logLevel;
    std::string logFormat;
    std::map<std::string, std::string> settings; // flags that set a setting: "server.listen" → text

    Paths paths() const;
    ConfigSources sources() const;
    // Commands talk little unless asked; a server logs.
    void setUpLog(log::Level usual) const;
};

using Run = std::function<int()>;

struct Commands {
    CLI::App& app;
    Globals& globals;
    Run run; // of the subcommand that was named

    // A subcommand that accepts the global flags after its name too.
    CLI::App* add(const std::string& name, const std::string& description);
    CLI::App* addTo(CLI::App* parent, const std::string& name, const std::string& description);
    void onRun(CLI::App* command, Run action);
};

void addServe(Commands& commands);
void addAsk(Commands& commands);
void addAnalyze(Commands& commands);
void addMcp(Commands& commands);
void addSessions(Commands& commands);
void addImport(Commands& commands);
void addKeys(Commands& commands);
void addProviders(Commands& commands);
void addMonitor(Commands& commands);
void addBackup(Commands& commands); // and restore
void addMigrate(Commands& commands);
void addDoctor(Commands& commands);
void addDiag(Commands& commands);
void addVersion(Commands& commands);
void addHelpTree(Commands& commands);

// Tells the person on stderr, in his language, and gives the exit code.
int report(const Error& error);
int exitCodeOf(const Error& error);

} // namespace exo::cli
