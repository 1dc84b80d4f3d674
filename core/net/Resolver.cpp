#include "core/net/Resolver.h"

#include "core/base/Text.h"
#include "core/net/Address.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <netdb.h>

#include <mutex>
#include <system_error>
#include <thread>

namespace exo::net {

namespace {

constexpr std::chrono::seconds k_keep{60};
constexpr std::size_t k_maxKnown = 256;

// Families take turns, so that a broken one costs one attempt (RFC 8305, 4).
std::vector<asio::ip::address> interleave(const std::vector<asio::ip::address>& sorted) {
    std::vector<asio::ip::address> result;
    std::vector<asio::ip::address> others;
    for (const asio::ip::address& address : sorted) {
        if (address.is_v6() != sorted.front().is_v6()) others.push_back(address);
    }
    std::size_t taken = 0;
    for (const asio::ip::address& address : sorted) {
        if (address.is_v6() != sorted.front().is_v6()) continue;
        result.push_back(address);
        if (taken < others.size()) result.push_back(others[taken++]);
    }
    for (; taken < others.size(); ++taken)
        result.push_back(others[taken]);
    return result;
}

struct Answer {
    std::vector<asio::ip::address> addresses;
    std::string error;
};

Answer askSystem(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    Answer answer;
    const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (code != 0) {
        answer.error = ::gai_strerror(code);
        return answer;
    }
    for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        answer.addresses.push_back(endpoint.address());
    }
    ::freeaddrinfo(list);
    answer.addresses = interleave(answer.addresses);
    if (answer.addresses.empty()) answer.error = "the name has no address";
    return answer;
}

} // namespace

// What a look-up's thread holds: the way back, cut when the resolver ends.
struct Resolver::Link {
    std::mutex mutex;
    asio::io_context* io = nullptr;

    void deliver(std::shared_ptr<Lookup> lookup, Answer answer) {
        const std::lock_guard lock(mutex);
        if (!io) return;
        asio::post(*io, [lookup = std::move(lookup), answer = std::move(answer)]() mutable {
            lookup->addresses = std::move(answer.addresses);
            lookup->error = std::move(answer.error);
            lookup->doneAt = std::chrono::steady_clock::now();
            lookup->done = true;
            lookup->event.notify();
        });
    }
};

Resolver::Resolver(asio::io_context& io)
    : m_link(std::make_shared<Link>()) {
    m_link->io = &io;
}

// Waits for look-ups under way, which the system bounds (resolv.conf(5), timeout and attempts).
Resolver::~Resolver() {
    {
        const std::lock_guard lock(m_link->mutex);
        m_link->io = nullptr;
    }
    for (Asking& asking : m_threads)
        asking.thread.join();
}

std::shared_ptr<Resolver::Lookup> Resolver::lookUp(const std::string& host) {
    auto lookup = std::make_shared<Lookup>();
    lookup->done = true;
    if (const auto address = parseAddress(host)) {
        lookup->addresses = {*address};
        return lookup;
    }
    if (equalsIgnoreCase(host, "localhost")) { // RFC 6761, 6.3: never asked of the network
        lookup->addresses = {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
        return lookup;
    }
    forgetOld();
    std::shared_ptr<Lookup>& known = m_known[host];
    if (known) return known;
    known = lookup;
    lookup->done = false;
    try {
        std::thread thread([link = m_link, lookup, host] { link->deliver(lookup, askSystem(host)); });
        m_threads.push_back({std::move(thread), lookup});
    } catch (const std::system_error&) {
        lookup->done = true;
        lookup->error = "no thread for the look-up";
    }
    return lookup;
}

// Failures are not kept: the network may be back.
void Resolver::forgetOld() {
    std::erase_if(m_threads, [](Asking& asking) {
        if (!asking.lookup->done) return false;
        asking.thread.join(); // it has delivered
        return true;
    });
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(m_known, [now](const auto& entry) {
        const Lookup& lookup = *entry.second;
        return lookup.done && (lookup.addresses.empty() || now - lookup.doneAt > k_keep);
    });
    if (m_known.size() >= k_maxKnown)
        std::erase_if(m_known, [](const auto& entry) { return entry.second->done; });
}

} // namespace exo::net
