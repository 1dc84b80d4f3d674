#include "core/net/PlainPool.h"

#include <sys/socket.h>

#include <cerrno>

namespace exo::net {

namespace {

constexpr Millis k_idleTime{60000};
constexpr std::size_t k_maxIdle = 256;
constexpr std::size_t k_keptBuffer = 4u << 10;

// Closed, or speaking without being asked (a late "408" would pass for the next answer).
bool isStale(asio::ip::tcp::socket& socket) {
    char byte = 0;
    const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

} // namespace

std::shared_ptr<PlainConnection> PlainPool::take(const std::string& authority) {
    const auto found = m_idle.find(authority);
    if (found == m_idle.end()) return nullptr;
    Idle& idle = found->second;
    std::shared_ptr<PlainConnection> fresh;
    while (!idle.empty() && !fresh) {
        auto connection = std::move(idle.back());
        idle.pop_back();
        --m_count;
        if (isStale(connection->socket))
            connection->close();
        else
            fresh = std::move(connection);
    }
    if (idle.empty()) m_idle.erase(found);
    return fresh;
}

void PlainPool::keep(const std::string& authority, std::shared_ptr<PlainConnection> connection) {
    if (m_count >= k_maxIdle) {
        connection->close();
        return;
    }
    if (connection->in.capacity() > k_keptBuffer) connection->in.shrink_to_fit();
    if (connection->authority.empty()) connection->authority = authority;
    connection->onDeadline = [this, raw = connection.get()] { drop(*raw); };
    connection->watchdog.set(k_idleTime);
    m_idle[authority].push_back(std::move(connection));
    ++m_count;
}

void PlainPool::drop(const PlainConnection& connection) {
    const auto found = m_idle.find(connection.authority);
    if (found == m_idle.end()) return;
    std::shared_ptr<PlainConnection> dropped;
    std::erase_if(found->second, [&](std::shared_ptr<PlainConnection>& entry) {
        if (entry.get() != &connection) return false;
        dropped = std::move(entry);
        return true;
    });
    if (found->second.empty()) m_idle.erase(found);
    if (!dropped) return;
    --m_count;
    dropped->close();
}

void PlainPool::clear() {
    for (const auto& [authority, idle] : m_idle) {
        for (const auto& connection : idle)
            connection->close();
    }
    m_idle.clear();
    m_count = 0;
}

} // namespace exo::net
