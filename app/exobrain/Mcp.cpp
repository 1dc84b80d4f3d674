// exobrain mcp: the project tools over stdio, for programs that speak the Model Context Protocol. Opens
// neither the home nor the database, so any number may run beside a server; only the analysis' cache is
// shared.
#include "app/exobrain/Command.h"
#include "app/exobrain/Signals.h"
#include "app/exobrain/Terminal.h"
#include "core/analysis/tools/ProjectToolBox.h"
#include "core/base/Text.h"
#include "core/mcp/McpSession.h"

#include <CLI/CLI.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace exo::cli {

namespace {

namespace fs = std::filesystem;

Result<std::vector<mcp::ProjectRoot>> rootsFrom(std::vector<std::string> projects) {
    if (projects.empty()) projects.emplace_back(".");
    std::vector<mcp::ProjectRoot> roots;
    for (const std::string& project : projects) {
        std::error_code error;
        const fs::path path = fs::canonical(project, error);
        if (error) return fail(ErrorCode::NotFound, project + ": " + error.message());
        if (!fs::is_directory(path, error))
            return fail(ErrorCode::InvalidRequest, project + " is not a folder");
        const std::string base = sanitizeUtf8(path.filename().string());
        std::string name = base.empty() ? "root" : base;
        const auto taken = [&] {
            for (const auto& root : roots)
                if (root.name == name) return true;
            return false;
        };
        for (int n = 2; taken(); ++n)
            name = base + "-" + std::to_string(n);
        roots.push_back({name, path.string()});
    }
    return roots;
}

// Messages read and not yet answered: who sends without reading the answers waits, instead of filling our
// memory.
class Backlog {
  public:
    void add() {
        const std::scoped_lock lock(m_mutex);
        ++m_count;
    }
    void done() {
        const std::scoped_lock lock(m_mutex);
        if (--m_count == k_most / 2) m_room.notify_one();
    }
    void close() {
        const std::scoped_lock lock(m_mutex);
        m_closed = true;
        m_room.notify_one();
    }
    void waitForRoom() {
        std::unique_lock lock(m_mutex);
        if (m_count < k_most) return;
        m_room.wait(lock, [this] { return m_closed || m_count <= k_most / 2; });
    }

  private:
    static constexpr std::size_t k_most = 1000;
    std::mutex m_mutex;
    std::condition_variable m_room;
    std::size_t m_count = 0;
    bool m_closed = false;
};

class StdioServer {
  public:
    StdioServer(const Settings& settings, const Paths& paths, std::vector<mcp::ProjectRoot> roots,
                Signals& signals)
        : m_signals(signals) {
        KnowledgeOptions options;
        options.cacheFolder = paths.cache / "analysis";
        options.worker = analysis::productWorker(analysis::RunningProgram::Exobrain);
        options.limits = [limits = KnowledgeOptions::Limits{
                              settings.analysis.workers, settings.analysis.maxFileSize}] { return limits; };
        m_knowledge = makeProjectKnowledge(m_clock, std::move(options));
        m_tools = std::make_unique<ProjectToolBox>(*m_knowledge);
        mcp::McpOptions session;
        session.roots = std::move(roots);
        session.executor = m_io.get_executor();
        session.send = [this](const Json& message) {
            if (!write(dumpJson(message) + "\n")) m_signals.wake(); // the client has gone
        };
        m_session = std::make_unique<mcp::McpSession>(*m_tools, std::move(session));
    }

    // Until the input ends and all is answered, the client is gone, or a signal comes.
    int run() {
        m_wake = ::eventfd(0, EFD_CLOEXEC);
        std::thread io([this] { m_io.run(); });
        std::thread reader([this] { read(); });
        const int number = m_signals.wait();
        m_stopping = true;
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(m_wake, &one, sizeof one);
        m_backlog.close();
        reader.join();
        asio::post(m_io, [this] { m_session.reset(); }); // cancels what runs
        m_work.reset();
        io.join();
        ::close(m_wake);
        return number == Signals::k_woken ? k_ok : 128 + number;
    }

  private:
    // All of it, or false when nobody reads any more. io thread; a client that does not read holds it, but
    // not our end.
    bool write(std::string_view bytes) {
        constexpr std::size_t k_atOnce = 4096; // a pipe that is ready takes as much without waiting
        if (m_stopping) return false;
        while (!bytes.empty()) {
            pollfd fds[] = {{STDOUT_FILENO, POLLOUT, 0}, {m_wake, POLLIN, 0}};
            if (::poll(fds, 2, -1) < 0) continue;
            if (fds[0].revents == 0) return false; // woken
            const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), std::min(bytes.size(), k_atOnce));
            if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

    void read() {
        mcp::RpcReader rpc({[this](mcp::RpcMessage message) {
                                m_backlog.add();
                                asio::post(m_io, [this, message = std::move(message)]() mutable {
                                    if (m_session) m_session->onMessage(std::move(message));
                                    m_backlog.done();
                                });
                            },
                            [this](Json error) {
                                m_backlog.add();
                                asio::post(m_io, [this, error = std::move(error)] {
                                    if (m_session && !write(dumpJson(error) + "\n")) m_signals.wake();
                                    m_backlog.done();
                                });
                            }});
        char buffer[65536];
        for (;;) {
            pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {m_wake, POLLIN, 0}};
            if (::poll(fds, 2, -1) < 0) continue;
            if (fds[1].revents != 0) return;
            const ssize_t n = ::read(STDIN_FILENO, buffer, sizeof buffer);
            if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
            if (n <= 0) break;
            rpc.feed({buffer, static_cast<std::size_t>(n)});
            m_backlog.waitForRoom();
        }
        rpc.end();
        asio::post(m_io, [this] {
            if (m_session) m_session->onEnd([this] { m_signals.wake(); });
        });
    }

    Signals& m_signals;
    SystemClock m_clock;
    asio::io_context m_io{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> m_work{m_io.get_executor()};
    std::unique_ptr<ProjectKnowledge> m_knowledge;
    std::unique_ptr<ToolBox> m_tools;
    std::unique_ptr<mcp::McpSession> m_session; // io thread
    Backlog m_backlog;
    std::atomic<bool> m_stopping = false;
    int m_wake = -1;
};

int runMcp(const Globals& globals, const std::vector<std::string>& projects) {
    Signals signals{SIGINT, SIGTERM};
    globals.setUpLog(log::Level::Warn);
    auto roots = rootsFrom(projects);
    if (!roots.ok()) return report(roots.error());
    const auto config = loadConfig(globals.sources());
    if (!config.ok()) return report(config.error());
    StdioServer server(config->settings, globals.paths(), std::move(*roots), signals);
    return server.run();
}

} // namespace

void addMcp(Commands& commands) {
    CLI::App* command =
        commands.add("mcp", "Serve the analysis of a project as tools over stdio (Model Context Protocol)");
    const auto projects = std::make_shared<std::vector<std::string>>();
    command->add_option("--project", *projects,
                        "Folder the tools may read; may be given more than once (default: here)");
    commands.onRun(command, [&globals = commands.globals, projects] { return runMcp(globals, *projects); });
}

} // namespace exo::cli
