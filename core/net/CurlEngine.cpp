#include "core/net/CurlEngine.h"

#include "core/net/CurlTransfer.h"

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdlib>
#include <mutex>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exo::net {

namespace {

constexpr std::size_t k_spareHandles = 64;
constexpr long k_pooledConnections = 256;

void initLibrary() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::uint32_t toEpoll(int what) {
    const bool in = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    const bool out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    return (in ? std::uint32_t(EPOLLIN) : 0u) | (out ? std::uint32_t(EPOLLOUT) : 0u);
}

int toCurl(std::uint32_t events) {
    return ((events & EPOLLIN) ? CURL_CSELECT_IN : 0) | ((events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
           ((events & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);
}

} // namespace

CurlEngine::CurlEngine(asio::io_context& io)
    : m_timers(makeTimers(io))
    , m_epoll(io)
    , m_timer(*m_timers, [this] { kick(); }) {
    initLibrary();
    m_epoll.assign(::epoll_create1(EPOLL_CLOEXEC));
    m_share = curl_share_init();
    curl_share_setopt(m_share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    m_multi = curl_multi_init();
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &CurlEngine::onSocket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &CurlEngine::onTimer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, k_pooledConnections);
}

CurlEngine::~CurlEngine() {
    close();
}

void CurlEngine::close() {
    if (!m_multi) return;
    while (!m_active.empty())
        (*m_active.begin())->abort();
    m_timer.clear();
    for (CURL* easy : m_spare)
        curl_easy_cleanup(easy);
    m_spare.clear();
    curl_multi_cleanup(std::exchange(m_multi, nullptr));
    curl_share_cleanup(std::exchange(m_share, nullptr));
    boost::system::error_code ignored;
    m_epoll.close(ignored);
}

CURL* CurlEngine::acquire() {
    if (!m_spare.empty()) {
        CURL* easy = m_spare.back();
        m_spare.pop_back();
        return easy;
    }
    CURL* easy = curl_easy_init();
    if (!easy) return nullptr;
    curl_easy_setopt(easy, CURLOPT_SHARE, m_share);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Without it, removing a transfer waits for its getaddrinfo() thread, and a dead DNS server stops the io
    // thread.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // As OpenSSL and the curl program do: people with a certificate authority of their own set it.
    if (const char* bundle = std::getenv("SSL_CERT_FILE"); bundle && *bundle)
        curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlEngine::openSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlEngine::closeSocket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
    return easy;
}

void CurlEngine::release(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, nullptr);
    if (closed() || m_spare.size() >= k_spareHandles)
        curl_easy_cleanup(easy);
    else
        m_spare.push_back(easy);
}

bool CurlEngine::add(CurlTransfer& transfer, CURL* easy) {
    if (curl_multi_add_handle(m_multi, easy) != CURLM_OK) return false;
    m_active.insert(&transfer);
    if (!m_armed) arm();
    kick();
    return true;
}

void CurlEngine::remove(CurlTransfer& transfer, CURL* easy) {
    if (m_active.erase(&transfer) == 0) return;
    curl_multi_remove_handle(m_multi, easy);
}

void CurlEngine::kick() {
    m_inside = true;
    int running = 0;
    // Starting a request on a pooled connection takes a few steps, each of which asks for an immediate next
    // one.
    for (int round = 0; round < 8 && m_due && *m_due <= std::chrono::steady_clock::now(); ++round) {
        m_due.reset();
        curl_multi_socket_action(m_multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    m_inside = false;
    takeResults();
    applyTimer();
}

void CurlEngine::applyTimer() {
    if (m_due)
        m_timer.setAt(*m_due);
    else
        m_timer.clear();
}

void CurlEngine::takeResults() {
    int left = 0;
    while (const CURLMsg* message = m_multi ? curl_multi_info_read(m_multi, &left) : nullptr) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        CurlTransfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        if (transfer) transfer->onDone(code);
    }
}

void CurlEngine::arm() {
    m_armed = true;
    m_epoll.async_wait(asio::posix::descriptor_base::wait_read,
                       [weak = weak_from_this()](boost::system::error_code error) {
                           const auto self = weak.lock();
                           if (!self || error || self->closed()) return;
                           self->m_armed = false;
                           self->onReady();
                       });
}

void CurlEngine::onReady() {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(m_epoll.native_handle(), events.data(), int(events.size()), 0);
    m_inside = true;
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (watch(event.data.fd).wanted == 0) {
            forget(event.data.fd); // an idle connection in the pool was closed by its server
            continue;
        }
        int running = 0;
        curl_multi_socket_action(m_multi, event.data.fd, toCurl(event.events), &running);
    }
    kick();
    if (!m_active.empty()) arm();
}

CurlEngine::Watch& CurlEngine::watch(int fd) {
    const auto index = static_cast<std::size_t>(fd);
    if (index >= m_watches.size()) m_watches.resize(index + 64);
    return m_watches[index];
}

void CurlEngine::want(int fd, std::uint32_t events) {
    Watch& entry = watch(fd);
    entry.wanted = events;
    if (entry.ours && entry.registered == events) return; // a pooled connection that is used again
    epoll_event change{};
    change.events = events;
    change.data.fd = fd;
    // The kernel drops closed sockets by itself, so what we believe to be registered may be gone.
    const bool modified =
        entry.registered != 0 && ::epoll_ctl(m_epoll.native_handle(), EPOLL_CTL_MOD, fd, &change) == 0;
    if (!modified) ::epoll_ctl(m_epoll.native_handle(), EPOLL_CTL_ADD, fd, &change);
    entry.registered = events;
}

void CurlEngine::forget(int fd) {
    Watch& entry = watch(fd);
    entry.wanted = 0;
    if (entry.registered == 0) return;
    entry.registered = 0;
    epoll_event unused{};
    ::epoll_ctl(m_epoll.native_handle(), EPOLL_CTL_DEL, fd, &unused);
}

int CurlEngine::onSocket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    auto& engine = *static_cast<CurlEngine*>(self);
    if (what != CURL_POLL_REMOVE) {
        engine.want(fd, toEpoll(what));
        return 0;
    }
    // A pooled connection stays in the set: most are wanted again before anything happens on them.
    Watch& entry = engine.watch(fd);
    if (entry.ours)
        entry.wanted = 0;
    else
        engine.forget(fd);
    return 0;
}

int CurlEngine::onTimer(CURLM*, long delay, void* self) {
    auto& engine = *static_cast<CurlEngine*>(self);
    engine.m_due.reset();
    if (delay >= 0) engine.m_due = std::chrono::steady_clock::now() + Millis(delay);
    if (!engine.m_inside) engine.applyTimer();
    return 0;
}

curl_socket_t CurlEngine::openSocket(void* self, curlsocktype, curl_sockaddr* address) {
    const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    static_cast<CurlEngine*>(self)->watch(fd) = Watch{0, 0, true};
    return fd;
}

int CurlEngine::closeSocket(void* self, curl_socket_t fd) {
    static_cast<CurlEngine*>(self)->watch(fd) = Watch{};
    return ::close(fd);
}

} // namespace exo::net
