#pragma once
// libcurl's multi interface on the io context (curl_multi_socket_action). Sockets live in an epoll set of
// their own that Asio watches as one descriptor: a busy loop costs one wake-up for many sockets, and a
// kept-alive connection that goes idle and busy again costs one system call. Lives on the io thread; shared
// by the client and its transfers.

#include "core/net/AsioTimers.h"
#include "core/net/Watchdog.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace exo::net {

class CurlTransfer;

class CurlEngine : public std::enable_shared_from_this<CurlEngine> {
  public:
    explicit CurlEngine(asio::io_context& io);
    CurlEngine(const CurlEngine&) = delete;
    CurlEngine& operator=(const CurlEngine&) = delete;
    ~CurlEngine();

    bool closed() const { return m_multi == nullptr; }
    Timers& timers() { return *m_timers; }

    // A handle with everything set that is the same for every request; nullptr when libcurl has no memory.
    CURL* acquire();
    void release(CURL* easy);
    bool add(CurlTransfer& transfer, CURL* easy);
    // In the middle of a transfer this closes its connection (HTTP/1) or resets its stream (HTTP/2).
    void remove(CurlTransfer& transfer, CURL* easy);
    // Lets libcurl do what is due now.
    void kick();
    // Ends every transfer with Cancelled and closes all connections.
    void close();

  private:
    struct Watch {
        std::uint32_t registered = 0; // what epoll has
        std::uint32_t wanted = 0;     // what libcurl wants
        bool ours = false;            // opened by openSocket: closing it is seen by closeSocket
    };

    static int onSocket(CURL* easy, curl_socket_t fd, int what, void* self, void* unused);
    static int onTimer(CURLM* multi, long delay, void* self);
    static curl_socket_t openSocket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int closeSocket(void* self, curl_socket_t fd);

    Watch& watch(int fd);
    void want(int fd, std::uint32_t events);
    void forget(int fd);
    void arm();
    void onReady();
    void applyTimer();
    void takeResults();

    std::unique_ptr<Timers> m_timers;
    asio::posix::stream_descriptor m_epoll;
    Watchdog m_timer;
    CURLM* m_multi = nullptr;
    CURLSH* m_share = nullptr;
    std::vector<Watch> m_watches; // by descriptor
    std::vector<CURL*> m_spare;
    std::unordered_set<CurlTransfer*> m_active;
    std::optional<SteadyTime> m_due;
    bool m_armed = false;
    bool m_inside = false;
};

} // namespace exo::net
