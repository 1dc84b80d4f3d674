#include "core/Core.h"

#include "core/Cleanup.h"
#include "core/CoreParts.h"
#include "core/base/Log.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SessionStore.h"
#include "core/storage/Sqlite.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>

namespace exo {

namespace {

// A command holds the home only for as long as it runs; a server or desktop that starts meanwhile waits for
// it.
constexpr Millis k_commandPatience{5000};
// A database elsewhere may be started later than a server. Long enough that the service manager, which tries
// again, does not give up.
constexpr Millis k_databasePatience{7000};

bool heldByCommand(const CoreOptions& options) {
    const auto holder = HomeLock::holder(options.paths.run);
    return holder && holder->kind != "serve" && holder->kind != "desktop";
}

Result<std::optional<HomeLock>> lockHome(const CoreOptions& options, const Clock& clock) {
    const SteadyTime until = clock.now() + k_commandPatience;
    for (;;) {
        auto lock = HomeLock::acquire(options.paths.run, options.kind);
        if (lock.ok()) return std::optional<HomeLock>(std::move(lock).value());
        if (lock.error().code != ErrorCode::Conflict) return std::move(lock).error();
        if (options.use == CoreOptions::HomeUse::OwnerOrGuest) return std::optional<HomeLock>();
        if (!heldByCommand(options) || clock.now() >= until) return std::move(lock).error();
        std::this_thread::sleep_for(Millis(50));
    }
}

Result<std::unique_ptr<Database>> openDatabase(const DatabaseOptions& options, Millis patience,
                                               const Clock& clock) {
    const SteadyTime until = clock.now() + patience;
    for (;;) {
        auto database = Database::open(options);
        if (database.ok() || !database.error().retryable || clock.now() >= until) return database;
        log::warn("waiting for the database: {}", database.error().detail);
    }
}

// What an earlier process could not finish.
Result<void> tidyUp(Database& database, WallTime now) {
    if (database.readOnly()) {
        log::warn("the database can only be read: {}", database.readOnlyReason());
        return {};
    }
    std::function<Result<void>(Connection&)> job = [now](Connection& db) -> Result<void> {
        EXO_TRY(const auto interrupted, MessageStore(db).interruptPending());
        if (interrupted > 0) log::info("{} answers were interrupted when ExoBrain last ended", interrupted);
        EXO_CHECK(SessionStore(db).discard(""));
        EXO_TRY(const auto purged, SessionStore(db).purge(now - k_restorable));
        EXO_CHECK(SessionStore(db).removeOrphans());
        if (purged > 0) log::info("{} deleted sessions were removed for good", purged);
        return {};
    };
    return database.writeBlocking<void>(std::move(job));
}

} // namespace

Core::Core(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts)) {}

Core::~Core() {
    shutDown();
}

Result<std::unique_ptr<Core>> Core::create(CoreOptions options) {
    EXO_TRY(LoadedConfig config, loadConfig(options.sources));
    for (const auto& warning : config.warnings)
        log::warn("{}", warning);
    EXO_CHECK(options.paths.create());
    EXO_TRY(auto lock, lockHome(options, SystemClock()));

    DatabaseOptions files;
    files.url = config.settings.storage.url;
    files.file = options.paths.database();
    files.role = lock ? DatabaseOptions::Role::Owner : DatabaseOptions::Role::Guest;
    files.backupFolder = options.paths.data / "backups";
    const bool waits = options.kind == "serve" && !files.url.empty();
    EXO_TRY(auto database, openDatabase(files, waits ? k_databasePatience : Millis(0), SystemClock()));

    auto parts =
        std::make_unique<Parts>(std::move(options), std::move(config), std::move(lock), std::move(database));
    if (parts->lock) EXO_CHECK(tidyUp(*parts->database, parts->clock.wallNow()));
    EXO_CHECK(parts->makeServices());
    parts->start();
    return std::unique_ptr<Core>(new Core(std::move(parts)));
}

void Core::shutDown() {
    if (!m_parts || !m_parts->thread.joinable()) return;
    std::promise<void> turnsEnded;
    asio::co_spawn(
        m_parts->io,
        [parts = m_parts.get()]() -> asio::awaitable<void> {
            parts->gateway->close();
            co_await parts->chat->shutDown(CancelReason::Shutdown);
            parts->monitor->stop();
            co_await parts->monitor->finish();
        },
        [&turnsEnded](std::exception_ptr) { turnsEnded.set_value(); });
    turnsEnded.get_future().wait();
    m_parts->stop();
}

asio::io_context& Core::io() {
    return m_parts->io;
}
Clock& Core::clock() {
    return m_parts->clock;
}
Timers& Core::timers() {
    return *m_parts->timers;
}
Database& Core::database() {
    return *m_parts->database;
}
net::HttpClient& Core::http() {
    return *m_parts->http;
}
Gateway& Core::gateway() {
    return *m_parts->gateway;
}
SessionService& Core::sessions() {
    return *m_parts->sessions;
}
ChatService& Core::chat() {
    return *m_parts->chat;
}
Retriever& Core::retriever() {
    return *m_parts->retriever;
}
Monitoring& Core::monitoring() {
    return *m_parts->monitor;
}
AnalysisService& Core::analyses() {
    return *m_parts->analyses;
}
const Paths& Core::paths() const {
    return m_parts->options.paths;
}
bool Core::isOwner() const {
    return m_parts->lock.has_value();
}
const Settings& Core::settings() const {
    return m_parts->config.settings;
}
const LoadedConfig& Core::config() const {
    return m_parts->config;
}

Result<void> Core::publishUrl(const std::string& url) {
    if (!m_parts->lock) return {};
    return m_parts->lock->setUrl(url);
}

std::optional<std::string> Core::notReady() {
    return m_parts->monitor->notReady();
}

api::ServiceStatus Core::status() {
    const api::MetricsSnapshot now = m_parts->monitor->snapshot();
    api::ServiceStatus status;
    status.level = api::toText(now.service.level);
    status.version = now.service.version;
    status.total = now.business.requests.total;
    status.active = now.business.requests.active;
    status.queued = now.business.requests.queued;
    status.p95Ms = now.business.performance.p95ResponseTime;
    status.errorRate = now.business.performance.errorRate;
    status.cpuUsage = now.system.cpu.usage;
    status.memoryUsage = now.system.memoryUsage();
    return status;
}

} // namespace exo
