#pragma once
// Host names to addresses, without ever blocking the io thread. Answers are kept for a short time, callers
// for the same name share one look-up. Lives on the io thread.

#include "core/net/Event.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace exo::net {

class Resolver {
  public:
    struct Lookup {
        std::vector<asio::ip::address> addresses; // in the order to try them; empty: it failed
        std::string error;
        std::chrono::steady_clock::time_point doneAt{};
        bool done = false;
        Event event; // also wakes those who were cancelled: look whether it is done
    };

    explicit Resolver(asio::io_context& io);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver();

    // Addresses and "localhost" are done at once.
    std::shared_ptr<Lookup> lookUp(const std::string& host);

  private:
    struct Link;
    struct Question;

    void ask(const std::string& host, const std::shared_ptr<Lookup>& lookup);
    void forgetOld();

    std::shared_ptr<Link> m_link;
    std::unordered_map<std::string, std::shared_ptr<Lookup>> m_known;
};

} // namespace exo::net
