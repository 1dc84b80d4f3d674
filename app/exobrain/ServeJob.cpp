#include "app/exobrain/ServeJob.h"

#include "app/exobrain/ServiceManager.h"
#include "core/base/LogFile.h"
#include "core/base/Text.h"
#include "core/net/Address.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace exo::cli {

namespace {

Result<net::HostPort> listenAddress(const Settings& settings) {
    auto address = net::parseHostPort(settings.server.listen);
    if (address.ok()) return address;
    return fail(ErrorCode::ConfigError,
                "server.listen: \"" + settings.server.listen + "\": " + address.error().detail);
}

net::ServerLimits limitsOf(const Settings& settings) {
    net::ServerLimits limits;
    limits.maxBody = settings.server.maxBodySize;
    limits.trustedProxies = settings.server.trustedProxies;
    return limits;
}

Error openDoor(const std::string& listen) {
    return fail(ErrorCode::ConfigError, "refusing to listen on " + listen +
                                            " without an API key: everybody on the network could use it.\n"
                                            "Make a key first: exobrain keys create --name NAME");
}

// Whether the log file could be opened; makes it, like the log would.
Result<void> checkLogFile(const std::string& file) {
    if (file.empty()) return {};
    const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return fail(ErrorCode::ConfigError,
                    "logging.file: cannot open " + file + ": " + std::strerror(errno));
    ::close(fd);
    return {};
}

void logProblems(const Error& error) { // one line each, a file may have several
    for (const auto line : split(error.detail, '\n'))
        log::error("configuration not reloaded, the old one stays: {}", line);
}

} // namespace

Result<void> checkAddresses(const Settings& settings) {
    EXO_CHECK(listenAddress(settings));
    EXO_CHECK(Database::checkUrl(settings.storage.url));
    for (const ProviderSettings& provider : settings.providers) {
        if (provider.baseUrl.empty()) continue;
        const auto url = Core::previewEndpoint(provider.baseUrl, provider.type);
        if (!url.ok())
            return fail(ErrorCode::ConfigError,
                        "provider \"" + provider.name + "\": baseUrl: " + url.error().detail);
    }
    return {};
}

Result<void> applyLogging(const Settings& settings) {
    log::Options options;
    log::parseLevel(settings.logging.level, options.level);
    options.format = settings.logging.format == "json" ? log::Format::Json : log::Format::Text;
    const auto done =
        log::setUp(options, {settings.logging.file, settings.logging.size, settings.logging.keep});
    if (!done.ok()) return fail(ErrorCode::ConfigError, done.error().detail);
    return {};
}

ServeJob::ServeJob(Core& core, std::vector<int> sockets)
    : m_core(core)
    , m_sockets(std::move(sockets))
    , m_keySource(core.database(), core.clock())
    , m_keys(m_keySource, core.clock())
    , m_authenticator(m_keys,
                      [this] {
                          return server::HostPolicy{m_listenHost, m_core.settings().server.allowedHosts};
                      })
    , m_server(core.io(), services(), m_authenticator, limitsOf(core.settings())) {}

server::Services ServeJob::services() {
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

Result<void> ServeJob::listen() {
    if (m_sockets.empty()) return m_server.listen(m_core.settings().server.listen);
    for (const int fd : m_sockets)
        EXO_CHECK(m_server.adopt(fd));
    return {};
}

Task<std::string> ServeJob::start() {
    EXO_CO_TRY(auto address, listenAddress(m_core.settings()));
    EXO_CO_CHECK(co_await m_keys.load());
    if (m_sockets.empty() && !net::isLoopbackHost(address.host) && !m_keys.hasKeys())
        co_return openDoor(m_core.settings().server.listen);
    EXO_CO_CHECK(listen());
    const std::string url = m_server.url();
    if (!m_sockets.empty()) {
        EXO_CO_TRY(address, net::parseHostPort(std::string_view(url).substr(url.find("//") + 2)));
        if (!net::isLoopbackHost(address.host) && !m_keys.hasKeys()) co_return openDoor(url);
    }
    m_listenHost = address.host;
    EXO_CO_CHECK(m_core.publishUrl(url));
    m_server.ready();
    notifyServiceManager("READY=1\nSTATUS=serving on " + url);
    // Twice as often as advised: the database's thread may have to wait some seconds for another process's
    // lock.
    if (const auto interval = watchdogInterval())
        m_heartbeat = std::make_unique<Heartbeat>(
            Heartbeat::Parts{m_core.timers(), m_core.io().get_executor(), *interval / 2,
                             [this] { return askDatabase(); }, [] { notifyServiceManager("WATCHDOG=1"); }});
    co_return url;
}

// An empty job: it waits its turn like any other. A PostgreSQL that does not answer is no fault of this
// process, and another would be no better off.
Task<void> ServeJob::askDatabase() {
    if (m_core.database().isShared()) co_return Result<void>();
    std::function<Result<void>(Connection&)> job = [](Connection&) { return Result<void>(); };
    co_return co_await m_core.database().write<void>(std::move(job));
}

void ServeJob::reload() {
    notifyReloading();
    const std::string before = m_core.settings().server.listen;
    const Secret storage = m_core.settings().storage.url;
    const auto done = m_core.reload([](const Settings& settings) -> Result<void> {
        EXO_CHECK(checkAddresses(settings));
        return checkLogFile(settings.logging.file);
    });
    if (!done.ok()) {
        logProblems(done.error());
        notifyServiceManager("READY=1\nSTATUS=serving; the last reload failed, the old configuration stays");
        return;
    }
    m_server.setLimits(limitsOf(m_core.settings()));
    if (const auto logging = applyLogging(m_core.settings()); !logging.ok())
        log::error("{}", logging.error().detail);
    log::info("configuration reloaded");
    if (m_core.settings().server.listen != before)
        log::warn("a new server.listen takes effect at the next start");
    if (!storage.equals(m_core.settings().storage.url.reveal()))
        log::warn("a new storage.url takes effect at the next start");
    notifyServiceManager("READY=1\nSTATUS=serving on " + m_server.url());
}

asio::awaitable<void> ServeJob::drain() {
    notifyServiceManager("STOPPING=1\nSTATUS=running streams may finish");
    return m_server.drain(k_drainGrace);
}

} // namespace exo::cli
