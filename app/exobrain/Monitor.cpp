// exobrain monitor: a process of its own that samples the machine, looks at a server from outside, evaluates
// alerts, keeps history and notifies.
#include "app/exobrain/Command.h"
#include "app/exobrain/MonitorView.h"
#include "app/exobrain/ServiceManager.h"
#include "app/exobrain/Signals.h"
#include "app/exobrain/Terminal.h"
#include "core/HistoryKeeper.h"
#include "core/Webhook.h"
#include "core/base/Spawn.h"
#include "core/base/Text.h"
#include "core/base/Units.h"
#include "core/base/Version.h"
#include "core/monitor/AlertRules.h"
#include "core/monitor/ProcessSampler.h"
#include "core/monitor/SystemSampler.h"
#include "core/net/AsioTimers.h"
#include "core/storage/HomeLock.h"

#include <CLI/CLI.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace exo::cli {

namespace {

constexpr int k_failuresToBeUnreachable = 2;
constexpr Millis k_betweenTwoSamples{250}; // of --once: CPU use needs two
constexpr Millis k_shortestInterval{100}, k_longestInterval{3600'000};
constexpr std::chrono::hours k_pruneEvery{1};
constexpr double k_unreachable = 2;
constexpr int k_turnsToEnd = 100'000;

struct MonitorOptions {
    std::string server;
    std::string keyFile;
    std::string interval = "1s";
    bool once = false;
    bool json = false;
};

// What the job is made from.
struct MonitorSetup {
    std::string server; // empty: whoever holds the home
    Secret key;
    Millis interval{1000};
    bool once = false;
    bool json = false;
    Paths paths;
    Settings settings;
};

// Lives on the io thread.
class MonitorJob {
  public:
    MonitorJob(asio::io_context& io, MonitorSetup setup)
        : m_io(io)
        , m_setup(std::move(setup))
        , m_sampler(m_clock, {"/proc", "/sys/fs/cgroup", m_setup.paths.data})
        , m_alerts(m_clock)
        , m_webhook(io.get_executor(), *m_http, m_clock, *m_timers,
                    {m_setup.settings.alerts.webhook, m_setup.settings.alerts.webhookSecret}) {
        setRules();
    }

    void begin() {
        m_history = HistoryKeeper::open(m_setup.paths.data / "monitor.db", m_clock);
        if (const auto interval = watchdogInterval()) pet(*interval);
        tick();
        notifyServiceManager("READY=1");
    }

    asio::awaitable<void> end() {
        notifyServiceManager("STOPPING=1");
        m_ended = true;
        m_timers->cancel(m_tick);
        m_timers->cancel(m_pet);
        m_cancel.cancel(CancelReason::Shutdown);
        m_webhook.stop();
        // What was cancelled still has to run to its end: it uses this object.
        for (int turns = 0; turns < k_turnsToEnd && (m_looking || m_webhook.busy()); ++turns)
            co_await asio::post(asio::use_awaitable);
        if (m_history) (void)co_await m_history->flush();
    }

    // One look; whether the server answered.
    asio::awaitable<bool> once() {
        sample();
        (void)co_await net::sleepFor(*m_timers, k_betweenTwoSamples, m_cancel.token());
        sample();
        m_failures = k_failuresToBeUnreachable;
        take(co_await lookAtServer(*m_http, m_clock, url(), m_setup.key, m_cancel.token()));
        evaluate();
        show();
        co_return m_state.server.state == ServerView::State::Up ||
            m_state.server.state == ServerView::State::Denied;
    }

  private:
    void setRules() {
        const auto& alerts = m_setup.settings.alerts;
        for (AlertRule rule :
             alertRules({alerts.cpu.warning, alerts.cpu.critical, alerts.memory.warning,
                         alerts.memory.critical, alerts.disk.warning, alerts.disk.critical})) {
            if (m_setup.once) rule.forDuration = Millis(0); // there is only this moment
            m_alerts.setRule(std::move(rule));
        }
    }

    // A server on another port after a restart is found again.
    std::string url() {
        std::string found = m_setup.server;
        if (found.empty())
            if (const auto holder = HomeLock::holder(m_setup.paths.run)) found = holder->url;
        if (found.empty()) found = "http://" + m_setup.settings.server.listen;
        m_state.url = found;
        return found;
    }

    void pet(Millis interval) {
        notifyServiceManager("WATCHDOG=1");
        m_pet = m_timers->schedule(interval, [this, interval] { pet(interval); });
    }

    void tick() {
        m_tick = m_timers->schedule(m_setup.interval, [this] { tick(); });
        sample();
        if (!m_looking) look();
        if (m_state.server.state == ServerView::State::Unknown) return; // nothing to say yet
        evaluate();
        show();
        keep();
    }

    void look() {
        m_looking = true;
        auto looked = [](asio::awaitable<ServerView> view) -> Task<ServerView> {
            co_return co_await std::move(view);
        };
        spawnTask(m_io.get_executor(),
                  looked(lookAtServer(*m_http, m_clock, url(), m_setup.key, m_cancel.token())),
                  [this](Result<ServerView> view) {
                      m_looking = false;
                      if (!m_ended && view.ok()) take(std::move(view).value());
                  });
    }

    void take(ServerView view) {
        const bool down = view.state == ServerView::State::Unreachable;
        m_failures = down ? m_failures + 1 : 0;
        if (down && m_failures < k_failuresToBeUnreachable) {
            m_state.server.latencyMs = view.latencyMs; // one failure is no outage: a restart, a lost packet
            m_state.server.error = view.error;
            return;
        }
        m_state.server = std::move(view);
    }

    void sample() {
        if (const auto system = m_sampler.sample()) m_system = *system;
    }

    void evaluate() {
        m_state.time = m_clock.wallNow();
        api::MetricsSnapshot now = m_state.server.metrics.value_or(api::MetricsSnapshot{});
        const double uptime = now.system.process.uptime;
        now.system.cpu = {m_system.cpuUsage, m_system.load};
        now.system.memory = {m_system.memoryUsed, m_system.memoryAvailable, m_system.memoryCached};
        now.system.disk = {m_system.diskUsed, m_system.diskAvailable};
        now.system.process = {m_system.processes, uptime};
        if (now.service.version.empty()) now.service.version = std::string(k_version);
        for (const AlertEvent& event : m_alerts.evaluate(readings(now))) {
            if (!m_setup.once) logAlert(event);
            m_webhook.tell(event, m_state.url);
        }
        m_state.alerts = m_alerts.list();
        now.service.level = m_state.alerts.level;
        now.service.alerts = m_state.alerts.active;
        m_state.metrics = std::move(now);
    }

    std::vector<Reading> readings(const api::MetricsSnapshot& now) const {
        std::vector<Reading> out = readingsOf(now);
        // What only the server can know, as it says.
        for (const api::Alert& alert : now.service.alerts)
            for (const char* metric : {"backup-age", "resident-growth", "storage"})
                if (alert.metric == metric)
                    out.push_back({alert.metric, alert.subject, alert.value, alert.message});
        const bool down = m_state.server.state == ServerView::State::Unreachable;
        out.push_back(
            {"server", m_state.url, down ? k_unreachable : 0,
             down ? m_state.url + " does not answer: " + m_state.server.error : m_state.url + " answers"});
        return out;
    }

    void show() {
        if (m_setup.json) {
            // A line each time, so that a pipe can read it; once, for a person, indented.
            if (m_setup.once)
                printJson(toJson(m_state));
            else
                print(dumpJson(toJson(m_state)) + "\n");
        } else if (stdoutIsTerminal() && !m_setup.once) {
            const std::string page = m_page.draw(m_state);
            std::fwrite(page.data(), 1, page.size(), stdout);
        } else {
            print(plainLine(m_state));
        }
        std::fflush(stdout);
    }

    void keep() {
        m_history->setWriting(m_state.metrics.system.diskUsage() >= m_setup.settings.alerts.disk.critical
                                  ? HistoryKeeper::Writing::Paused
                                  : HistoryKeeper::Writing::On);
        m_history->add(m_rows.make(m_state.metrics, m_state.time, m_clock.now()));
        if (m_history->due()) spawnTask(m_io.get_executor(), m_history->flush(), [](const Result<void>&) {});
        if (m_clock.now() - m_pruned < k_pruneEvery) return;
        m_pruned = m_clock.now();
        spawnTask(m_io.get_executor(), m_history->prune(m_setup.settings.cleanup.metricsRetention),
                  [](const Result<std::int64_t>&) {});
    }

    asio::io_context& m_io;
    MonitorSetup m_setup;
    SystemClock m_clock;
    std::unique_ptr<Timers> m_timers = net::makeTimers(m_io);
    std::unique_ptr<net::HttpClient> m_http = net::makeHttpClient(m_io);
    SystemSampler m_sampler;
    AlertEngine m_alerts;
    Webhook m_webhook;
    std::unique_ptr<HistoryKeeper> m_history;
    RowMaker m_rows;
    MonitorPage m_page;
    MonitorState m_state;
    SystemSample m_system;
    CancelSource m_cancel;
    Timers::Id m_tick = 0, m_pet = 0;
    SteadyTime m_pruned{};
    int m_failures = 0;
    bool m_looking = false;
    bool m_ended = false;
};

Result<Secret> keyOf(const MonitorOptions& options) {
    if (!options.keyFile.empty()) {
        EXO_TRY(const std::string text, readFile(options.keyFile, 4096));
        return Secret(std::string(trim(text)));
    }
    const char* key = std::getenv("EXOBRAIN_API_KEY");
    return Secret(key ? key : "");
}

Result<MonitorSetup> setUp(const Globals& globals, const MonitorOptions& options) {
    MonitorSetup setup;
    EXO_TRY(const LoadedConfig config, loadConfig(globals.sources()));
    for (const auto& warning : config.warnings)
        log::warn("{}", warning);
    EXO_TRY(setup.key, keyOf(options));
    EXO_TRY(setup.interval, parseDuration(options.interval, Millis(1000)));
    if (setup.interval < k_shortestInterval || setup.interval > k_longestInterval)
        return fail(ErrorCode::InvalidRequest, "--interval must be between 100ms and 1h");
    setup.server = options.server;
    setup.once = options.once;
    setup.json = options.json;
    setup.paths = globals.paths();
    setup.settings = config.settings;
    return setup;
}

int runOnce(MonitorSetup setup) {
    asio::io_context io(1);
    MonitorJob job(io, std::move(setup));
    bool answered = false;
    asio::co_spawn(io, job.once(), [&](std::exception_ptr, bool up) {
        answered = up;
        io.stop();
    });
    io.run();
    return answered ? k_ok : k_failed;
}

int runUntilToldToEnd(MonitorSetup setup) {
    Signals signals{SIGINT, SIGTERM};
    const auto created = setup.paths.create();
    if (!created.ok()) return report(created.error());
    const auto folder = setup.paths.run / "monitor"; // a lock beside that of the home's owner
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    const auto lock = HomeLock::acquire(folder, "monitor");
    if (!lock.ok()) return report(lock.error());

    asio::io_context io(1);
    auto work = asio::make_work_guard(io);
    std::thread thread([&io] { io.run(); });
    auto job = std::make_unique<MonitorJob>(io, std::move(setup));
    asio::post(io, [&job] { job->begin(); });
    (void)signals.wait();
    asio::co_spawn(io, job->end(), [&io](std::exception_ptr) { io.stop(); });
    thread.join();
    if (stdoutIsTerminal()) std::fputs("\n", stdout);
    job.reset();
    return k_ok;
}

int runMonitor(const Globals& globals, const MonitorOptions& options) {
    const bool page = stdoutIsTerminal() && !options.once && !options.json; // it shows the alerts itself
    globals.setUpLog(page ? log::Level::Error : options.once ? log::Level::Warn : log::Level::Info);
    auto setup = setUp(globals, options);
    if (!setup.ok() && setup.error().code == ErrorCode::InvalidRequest) {
        say(setup.error().detail);
        return k_usage;
    }
    if (!setup.ok()) return report(setup.error());
    if (options.once) return runOnce(std::move(setup).value());
    return runUntilToldToEnd(std::move(setup).value());
}

} // namespace

void addMonitor(Commands& commands) {
    CLI::App* command = commands.add("monitor", "Watch this machine and a server, alert, keep history");
    const auto options = std::make_shared<MonitorOptions>();
    command->add_option("--server", options->server,
                        "URL of the server (default: the one of this home, else server.listen)");
    command->add_option("--key-file", options->keyFile,
                        "File with an API key of the server (default: EXOBRAIN_API_KEY)");
    command->add_option("--interval", options->interval, "Time between two looks (default 1s)");
    command->add_flag("--once", options->once, "Look once and end; fails when the server does not answer");
    command->add_flag("--json", options->json, "Print JSON, one object a line");
    commands.onRun(command, [&globals = commands.globals, options] { return runMonitor(globals, *options); });
}

} // namespace exo::cli
