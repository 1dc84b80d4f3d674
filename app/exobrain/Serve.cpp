// exobrain serve: the HTTP server over a core of its own, until a signal ends it.
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/ServeJob.h"
#include "app/exobrain/ServiceManager.h"
#include "app/exobrain/Signals.h"
#include "app/exobrain/Terminal.h"
#include "core/Core.h"

#include <CLI/CLI.hpp>
#include <boost/asio/post.hpp>

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <vector>

namespace exo::cli {

namespace {

struct ServeOptions {
    std::string listen;
    bool checkConfig = false;
    bool printConfig = false;
    bool json = false;
};

Task<std::string> startJob(Core& core, std::unique_ptr<ServeJob>& job, std::vector<int> sockets) {
    job = std::make_unique<ServeJob>(core, std::move(sockets));
    co_return co_await job->start();
}

// The server goes on the io thread, as soon as its last connection is gone.
void beginDrain(Core& core, std::unique_ptr<ServeJob>& job, Signals& signals) {
    asio::co_spawn(core.io(), job->drain(), [&core, &job, &signals](std::exception_ptr) {
        asio::post(core.io(), [&job, &signals] {
            job.reset();
            signals.wake();
        });
    });
}

// Until the drain after SIGTERM or SIGINT is over.
void serveUntilToldToEnd(Core& core, std::unique_ptr<ServeJob>& job, Signals& signals) {
    bool draining = false;
    for (int number = signals.wait(); number != Signals::k_woken; number = signals.wait()) {
        if (number == SIGHUP) {
            asio::post(core.io(), [&job] {
                if (job) job->reload();
            });
            continue;
        }
        if (draining) std::_Exit(k_failed); // told twice: now
        draining = true;
        log::info("ending: running streams may finish within {} s; a second signal ends at once",
                  k_drainGrace.count() / 1000);
        beginDrain(core, job, signals);
    }
}

int printConfig(const LoadedConfig& config, bool asJson) {
    Json json = Json::array();
    std::vector<std::vector<std::string>> cells;
    for (const auto& line : config.lines) {
        json.push_back(Json{{"path", line.path}, {"value", line.value}, {"origin", line.origin}});
        cells.push_back({line.path, "= " + line.value, "# " + line.origin});
    }
    if (asJson) printJson(json);
    if (!asJson) print(table(cells));
    return k_ok;
}

int inspectConfig(const Globals& globals, const ServeOptions& options) {
    const auto config = loadConfig(globals.sources());
    if (!config.ok()) return report(config.error());
    for (const auto& warning : config->warnings)
        say(warning);
    if (options.printConfig) return printConfig(*config, options.json);
    if (const auto good = checkAddresses(config->settings); !good.ok()) return report(good.error());
    if (options.json) printJson(Json{{"ok", true}, {"warnings", config->warnings}});
    if (!options.json) print("configuration ok\n");
    return k_ok;
}

// A stream takes two descriptors; the 1024 of a login shell would end at some 500 streams.
void raiseDescriptorLimit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warn("the limit of open files stays at its soft value");
}

int runServe(Globals& globals, const ServeOptions& options) {
    if (!options.listen.empty()) globals.settings["server.listen"] = options.listen;
    globals.setUpLog(log::Level::Info);
    if (options.checkConfig || options.printConfig) return inspectConfig(globals, options);
    auto sockets = takeListenSockets();
    if (!sockets.ok()) return report(sockets.error());
    const auto config = loadConfig(globals.sources());
    if (!config.ok()) return report(config.error());
    if (const auto logging = applyLogging(config->settings); !logging.ok()) return report(logging.error());

    raiseDescriptorLimit();
    Signals signals{SIGINT, SIGTERM, SIGHUP};
    CoreOptions coreOptions;
    coreOptions.paths = globals.paths();
    coreOptions.sources = globals.sources();
    coreOptions.kind = "serve";
    coreOptions.isExobrain = true;
    const auto core = Core::create(std::move(coreOptions));
    if (!core.ok()) return report(core.error());
    std::unique_ptr<ServeJob> job;
    const auto url = runOn<std::string>(**core, startJob(**core, job, std::move(sockets).value()));
    if (url.ok()) {
        print("listening on " + *url + "\n");
        std::fflush(stdout);
        serveUntilToldToEnd(**core, job, signals);
    }
    (*core)->shutDown(); // before a server that could not start goes
    if (url.ok()) return k_ok;
    if (url.error().code != ErrorCode::ConfigError) return report(url.error());
    say(url.error().detail); // the configuration is valid, only not safe
    return k_config;
}

} // namespace

void addServe(Commands& commands) {
    CLI::App* command = commands.add("serve", "Serve the HTTP API");
    const auto options = std::make_shared<ServeOptions>();
    command->add_option("--listen", options->listen, "HOST:PORT (default 127.0.0.1:8686; port 0 picks one)");
    command->add_flag("--check-config", options->checkConfig, "Check the configuration and end");
    command->add_flag("--print-config", options->printConfig, "Print each setting with its origin and end");
    command->add_flag("--json", options->json, "Print the configuration as JSON");
    commands.onRun(command, [&globals = commands.globals, options] { return runServe(globals, *options); });
}

} // namespace exo::cli
