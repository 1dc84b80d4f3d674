#include "core/providers/LlamaServer.h"

#include "core/base/Log.h"
#include "core/config/Config.h"
#include "core/net/AsioTimers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace exo {

namespace {

constexpr Millis k_healthInterval{200};
constexpr Millis k_firstPause{1000};
constexpr Millis k_longestPause{60'000};
constexpr Millis k_stableAfter{60'000}; // a child that lived this long was no failed start
constexpr std::size_t k_tailBytes = 4096;

// A port nobody listens on now. Another program may take it before the child does; then the child ends and
// the next start asks again.
Result<std::uint16_t> freePort(const asio::any_io_executor& executor) {
    using asio::ip::tcp;
    boost::system::error_code error;
    tcp::acceptor probe(executor);
    probe.open(tcp::v4(), error);
    if (!error) probe.bind({asio::ip::address_v4::loopback(), 0}, error);
    const auto place = error ? tcp::endpoint() : probe.local_endpoint(error);
    if (error) return fail(ErrorCode::IoError, "no free port: " + error.message());
    return place.port();
}

std::string searchPath() {
    const auto environment = processEnvironment();
    const auto path = environment.find("PATH");
    return path == environment.end() ? std::string() : path->second;
}

} // namespace

struct LlamaServer::Tail {
    asio::posix::stream_descriptor output;
    std::array<char, 4096> buffer{};
    std::string text;

    Tail(const asio::any_io_executor& executor, int descriptor)
        : output(executor, descriptor) {
        boost::system::error_code ignored;
        output.non_blocking(true, ignored);
    }

    void add(std::size_t bytes) {
        text.append(buffer.data(), bytes);
        if (text.size() > k_tailBytes) text.erase(0, text.size() - k_tailBytes);
    }

    // What a child that has ended left in the pipe.
    void drain() {
        boost::system::error_code error;
        while (!error)
            add(output.read_some(asio::buffer(buffer), error));
    }

    std::string lastLine() const {
        const auto end = text.find_last_not_of(" \r\n");
        if (end == std::string::npos) return {};
        const auto before = text.find_last_of("\r\n", end);
        const auto begin = before == std::string::npos ? 0 : before + 1;
        return text.substr(begin, end - begin + 1);
    }

    // Reads what the child says until it ends, so that it never blocks on a full pipe.
    static asio::awaitable<void> follow(std::shared_ptr<Tail> tail) {
        for (;;) {
            boost::system::error_code error;
            co_await tail->output.async_wait(asio::posix::descriptor_base::wait_read,
                                             asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            const std::size_t got = tail->output.read_some(asio::buffer(tail->buffer), error);
            if (error == asio::error::would_block) continue;
            if (error) co_return;
            tail->add(got);
        }
    }
};

Task<std::string> LlamaServer::ready(CancelToken cancel) {
    EXO_CO_CHECK(co_await ensureStarted());
    while (!m_loaded) {
        if (!m_child || !m_child->running()) co_return ended();
        EXO_CO_TRY(const bool healthy, co_await isHealthy(cancel));
        if (healthy && m_child && m_child->running() && !m_loaded) {
            m_loaded = true;
            log::info("provider \"{}\": llama-server is ready", m_settings.name);
        }
        if (!m_loaded) EXO_CO_CHECK(co_await net::sleepFor(m_timers, k_healthInterval, cancel));
    }
    co_return m_url;
}

Task<void> LlamaServer::ensureStarted() {
    const auto executor = co_await asio::this_coro::executor;
    if (m_child && m_child->running()) co_return Result<void>();
    if (m_child) (void)ended();
    const auto pause = std::chrono::ceil<Millis>(m_notBefore - m_clock.now());
    if (m_failures > 0 && pause.count() > 0) {
        Error error = fail(ErrorCode::UpstreamConnection, m_lastFailure);
        error.retryAfter = pause;
        co_return error;
    }
    auto started = start(executor);
    if (started.ok()) co_return Result<void>();
    m_lastFailure = started.error().detail;
    co_return fail(ErrorCode::UpstreamConnection, m_lastFailure);
}

Result<void> LlamaServer::start(const asio::any_io_executor& executor) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(m_settings.modelFile, error))
        return fail(ErrorCode::NotFound, "there is no model file " + m_settings.modelFile);
    EXO_TRY(const auto program, findProgram(m_settings.program, searchPath()));
    EXO_TRY(const std::uint16_t port, freePort(executor));
    std::vector<std::string> arguments{program.string(), "--model", m_settings.modelFile, "--host",
                                       "127.0.0.1",      "--port",  std::to_string(port)};
    if (!m_settings.models.empty()) arguments.insert(arguments.end(), {"--alias", m_settings.models.front()});
    arguments.insert(arguments.end(), m_settings.arguments.begin(), m_settings.arguments.end());
    EXO_TRY(auto child, ChildProcess::start(arguments, ChildProcess::Errors::WithOutput));
    m_tail = std::make_shared<Tail>(executor, child.takeOutput());
    asio::co_spawn(executor, Tail::follow(m_tail), asio::detached);
    m_child.emplace(std::move(child));
    m_startedAt = m_clock.now();
    m_loaded = false;
    m_url = "http://127.0.0.1:" + std::to_string(port);
    log::info("provider \"{}\": llama-server started on port {}", m_settings.name, port);
    return {};
}

Error LlamaServer::ended() {
    if (m_child) {
        if (m_clock.now() - m_startedAt >= k_stableAfter) m_failures = 0;
        const Millis pause = k_firstPause * (1 << std::min(m_failures, 6));
        m_notBefore = m_clock.now() + std::min(pause, k_longestPause);
        ++m_failures;
        m_tail->drain();
        const std::string words = m_tail->lastLine();
        m_lastFailure = "llama-server ended with status " + std::to_string(m_child->status()) +
                        (words.empty() ? "" : ": " + words);
        log::error("provider \"{}\": {}", m_settings.name, m_lastFailure);
        m_child.reset();
        m_loaded = false;
    }
    return fail(ErrorCode::UpstreamConnection, m_lastFailure);
}

// 503 while the model is being loaded; not even that before it listens.
Task<bool> LlamaServer::isHealthy(CancelToken cancel) {
    net::HttpRequest request;
    request.url = m_url + "/health";
    request.timeouts = {Millis(1000), Millis(2000), Millis(2000), Millis(3000)};
    request.proxy.mode = net::ProxySettings::Mode::None;
    request.maxBodyBytes = 64u << 10;
    auto response = co_await m_http.send(std::move(request), cancel);
    if (!response && response.error().code == ErrorCode::Cancelled) co_return std::move(response).error();
    co_return response && (*response)->status() == 200;
}

} // namespace exo
