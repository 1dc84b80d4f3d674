#include "core/net/Connector.h"

#include <sys/socket.h>

namespace exo::net {

namespace {

using Tcp = asio::ip::tcp;

constexpr Millis k_besideAfter{250};

// Children must not inherit connections, and Asio has no way to ask for that.
boost::system::error_code open(Tcp::socket& socket, const Tcp& protocol) {
    const int fd = ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (fd < 0) return {errno, boost::system::system_category()};
    boost::system::error_code error;
    socket.assign(protocol, fd, error);
    if (error) ::close(fd);
    return error;
}

} // namespace

Connector::Connector(asio::io_context& io, std::shared_ptr<Timers> timers,
                     std::vector<Tcp::endpoint> endpoints)
    : m_io(io)
    , m_timers(std::move(timers))
    , m_endpoints(std::move(endpoints)) {}

Connector::~Connector() {
    stopTimer();
}

Task<Tcp::socket> Connector::run(std::shared_ptr<Connector> self) {
    self->startNext();
    while (!self->m_winner && !self->m_cancelled && self->m_failed < self->m_endpoints.size())
        co_await self->m_event.wait();
    self->stopTimer();
    self->m_attempts.clear();
    if (self->m_cancelled) co_return fail(ErrorCode::Cancelled);
    if (!self->m_winner) {
        Error error(ErrorCode::UpstreamConnection, "cannot connect: " + self->m_error.message());
        error.retryable = true;
        co_return error;
    }
    boost::system::error_code ignored;
    self->m_winner->set_option(Tcp::no_delay(true), ignored);
    self->m_winner->set_option(asio::socket_base::keep_alive(true), ignored);
    co_return std::move(*self->m_winner);
}

void Connector::cancel() {
    m_cancelled = true;
    stopTimer();
    m_attempts.clear();
    m_event.notify();
}

void Connector::stopTimer() {
    if (m_timer) m_timers->cancel(std::exchange(m_timer, 0));
}

void Connector::startNext() {
    stopTimer();
    if (m_winner || m_cancelled || m_attempts.size() >= m_endpoints.size()) return;
    const std::size_t attempt = m_attempts.size();
    const Tcp::endpoint& endpoint = m_endpoints[attempt];
    auto& socket = *m_attempts.emplace_back(std::make_unique<Tcp::socket>(m_io));
    if (const auto error = open(socket, endpoint.protocol())) {
        asio::post(m_io, [self = shared_from_this(), attempt, error] { self->onConnected(attempt, error); });
        return;
    }
    socket.async_connect(endpoint, [self = shared_from_this(), attempt](boost::system::error_code error) {
        self->onConnected(attempt, error);
    });
    if (attempt + 1 == m_endpoints.size()) return;
    m_timer = m_timers->schedule(k_besideAfter, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->m_timer = 0;
        self->startNext();
    });
}

void Connector::onConnected(std::size_t attempt, boost::system::error_code error) {
    if (m_winner || m_cancelled || attempt >= m_attempts.size()) return;
    if (!error) {
        m_winner = std::move(m_attempts[attempt]);
        m_event.notify();
        return;
    }
    if (!m_error) m_error = error;
    if (++m_failed == m_endpoints.size())
        m_event.notify();
    else
        startNext();
}

} // namespace exo::net
