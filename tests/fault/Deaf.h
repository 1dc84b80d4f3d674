#pragma once
// Servers that only a kernel is behind: one that never lets a connection come about, and one that takes
// connections and reads nothing. IPv4 loopback. One thread.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace exo::test {

// Its queue of connections is full: who connects stays in the handshake.
class NeverConnects {
  public:
    NeverConnects();
    NeverConnects(const NeverConnects&) = delete;
    NeverConnects& operator=(const NeverConnects&) = delete;
    ~NeverConnects();
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    int connecting() const; // besides its own

  private:
    int handshakes() const;

    std::vector<int> m_sockets;
    std::uint16_t m_port = 0;
    int m_own = 0;
};

class NeverReads {
  public:
    NeverReads();
    NeverReads(const NeverReads&) = delete;
    NeverReads& operator=(const NeverReads&) = delete;
    ~NeverReads();
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    // Waits for a connection and until its buffers are full; the bytes that lie there unread.
    std::size_t waitUntilFull();
    // Reads after all, to the end or the reset of the connection; the bytes, and when that was.
    std::size_t drain(std::chrono::steady_clock::time_point& end) const;

  private:
    std::uint16_t m_port = 0; // before the listener, which sets it
    int m_listener = -1;
    int m_connection = -1;
};

} // namespace exo::test
