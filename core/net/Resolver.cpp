#include "core/net/Resolver.h"

#include "core/base/Text.h"
#include "core/net/Address.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <cstring>
#include <mutex>
#include <netdb.h>

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

Answer readAnswer(int code, const addrinfo* list) {
    Answer answer;
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
    answer.addresses = interleave(answer.addresses);
    if (answer.addresses.empty()) answer.error = "the name has no address";
    return answer;
}

} // namespace

// The way back from a thread of glibc, cut when the resolver ends.
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

// Belongs to glibc while it works, then to the call that it makes.
struct Resolver::Question {
    std::string host;
    std::shared_ptr<Link> link;
    std::shared_ptr<Lookup> lookup;
    addrinfo hints{};
    gaicb control{};

    ~Question() {
        if (control.ar_result) ::freeaddrinfo(control.ar_result);
    }
    static void answered(sigval value) {
        const std::unique_ptr<Question> question(static_cast<Question*>(value.sival_ptr));
        const int code = ::gai_error(&question->control);
        question->link->deliver(question->lookup, readAnswer(code, question->control.ar_result));
    }
};

Resolver::Resolver(asio::io_context& io)
    : m_link(std::make_shared<Link>()) {
    m_link->io = &io;
}

Resolver::~Resolver() {
    const std::lock_guard lock(m_link->mutex);
    m_link->io = nullptr;
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
    ask(host, lookup);
    return lookup;
}

// With glibc's own asynchronous look-up: its threads need no joining, so that a dead name server holds up
// neither a caller nor the end of the program.
void Resolver::ask(const std::string& host, const std::shared_ptr<Lookup>& lookup) {
    auto question = std::make_unique<Question>();
    question->host = host;
    question->link = m_link;
    question->lookup = lookup;
    question->hints.ai_socktype = SOCK_STREAM;
    question->hints.ai_flags = AI_ADDRCONFIG;
    question->control.ar_name = question->host.c_str();
    question->control.ar_request = &question->hints;
    gaicb* list = &question->control;
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD;
    event.sigev_notify_function = &Question::answered;
    event.sigev_value.sival_ptr = question.get();
    if (const int code = ::getaddrinfo_a(GAI_NOWAIT, &list, 1, &event); code != 0) {
        lookup->done = true;
        lookup->error = ::gai_strerror(code);
        return;
    }
    question.release(); // answered() takes it
}

// Failures are not kept: the network may be back.
void Resolver::forgetOld() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(m_known, [now](const auto& entry) {
        const Lookup& lookup = *entry.second;
        return lookup.done && (lookup.addresses.empty() || now - lookup.doneAt > k_keep);
    });
    if (m_known.size() >= k_maxKnown)
        std::erase_if(m_known, [](const auto& entry) { return entry.second->done; });
}

} // namespace exo::net
