// exobrain serve: the HTTP server over a core of its own, until a signal ends it.
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/Signals.h"
#include "app/exobrain/Terminal.h"
#include "core/Core.h"
#include "core/net/Address.h"
#include "core/server/Server.h"
#include "core/server/StoreKeySource.h"

#include <CLI/CLI.hpp>
#include <boost/asio/post.hpp>

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <memory>

namespace exo::cli {

namespace {

constexpr Millis k_grace{30'000}; // for streams that run when the server is told to end

struct ServeOptions {
    std::string listen;
    bool checkConfig = false;
    bool printConfig = false;
    bool json = false;
};

Result<net::HostPort> listenAddress(const Settings& settings) {
    auto address = net::parseHostPort(settings.server.listen);
    if (address.ok()) return address;
    return fail(ErrorCode::ConfigError,
                "server.listen: \"" + settings.server.listen + "\": " + address.error().detail);
}

// What only the rows above the configuration understand.
Result<void> checkAddresses(const Settings& settings) {
    EXO_CHECK(listenAddress(settings));
    for (const ProviderSettings& provider : settings.providers) {
        if (provider.baseUrl.empty()) continue;
        const auto url = Core::previewEndpoint(provider.baseUrl, provider.type);
        if (!url.ok())
            return fail(ErrorCode::ConfigError,
                        "provider \"" + provider.name + "\": baseUrl: " + url.error().detail);
    }
    return {};
}

// The server and what it needs besides the core. Made, used and destroyed on the io thread.
class ServeJob {
  public:
    explicit ServeJob(Core& core)
        : m_core(core)
        , m_keySource(core.database(), core.clock())
        , m_keys(m_keySource, core.clock())
        , m_authenticator(m_keys, [this] { return hostPolicy(); })
        , m_server(core.io(), services(), m_authenticator, limits(core.settings())) {}

    // The address it listens on, as a URL.
    Task<std::string> start() {
        const std::string listen = m_core.settings().server.listen;
        EXO_CO_TRY(const auto address, listenAddress(m_core.settings()));
        m_listenHost = address.host;
        EXO_CO_CHECK(co_await m_keys.load());
        if (!net::isLoopbackHost(address.host) && !m_keys.hasKeys()) co_return openDoor(listen);
        EXO_CO_CHECK(m_server.listen(listen));
        const std::string url = m_server.url();
        EXO_CO_CHECK(m_core.publishUrl(url));
        m_server.ready();
        co_return url;
    }

    void reload() {
        const std::string before = m_core.settings().server.listen;
        if (const auto done = m_core.reload(); !done.ok()) {
            log::error("configuration not reloaded, the old one stays: {}", done.error().detail);
            return;
        }
        log::info("configuration reloaded");
        if (m_core.settings().server.listen != before)
            log::warn("a new server.listen takes effect at the next start");
    }

    asio::awaitable<void> drain() { return m_server.drain(k_grace); }

  private:
    static Error openDoor(const std::string& listen) {
        return fail(ErrorCode::ConfigError,
                    "refusing to listen on " + listen +
                        " without an API key: everybody on the network could use it.\n"
                        "Make a key first: exobrain keys create --name NAME");
    }
    static net::ServerLimits limits(const Settings& settings) {
        net::ServerLimits limits;
        limits.maxBody = settings.server.maxBodySize;
        limits.trustedProxies = settings.server.trustedProxies;
        return limits;
    }
    server::HostPolicy hostPolicy() const { return {m_listenHost, m_core.settings().server.allowedHosts}; }
    server::Services services() {
        return {m_core.gateway(),
                m_core.sessions(),
                m_core.chat(),
                m_core.clock(),
                [this]() -> const Settings& { return m_core.settings(); },
                [this] { return m_core.status(); },
                [this] { return m_core.notReady(); },
                &m_core.monitoring(),
                &m_core.analyses()};
    }

    Core& m_core;
    std::string m_listenHost;
    server::StoreKeySource m_keySource;
    server::KeyCache m_keys;
    server::Authenticator m_authenticator;
    server::Server m_server;
};

Task<std::string> startJob(Core& core, std::unique_ptr<ServeJob>& job) {
    job = std::make_unique<ServeJob>(core);
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
                  k_grace.count() / 1000);
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

    raiseDescriptorLimit();
    Signals signals{SIGINT, SIGTERM, SIGHUP};
    CoreOptions coreOptions;
    coreOptions.paths = globals.paths();
    coreOptions.sources = globals.sources();
    coreOptions.kind = "serve";
    const auto core = Core::create(std::move(coreOptions));
    if (!core.ok()) return report(core.error());
    std::unique_ptr<ServeJob> job;
    const auto url = runOn<std::string>(**core, startJob(**core, job));
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
