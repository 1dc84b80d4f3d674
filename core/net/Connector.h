#pragma once
// One connection to the first of several addresses that answers: the next attempt starts when one fails, or
// after a moment beside it (RFC 8305). Lives on the io thread; kept alive by its callbacks.

#include "core/base/Clock.h"
#include "core/base/Task.h"
#include "core/net/Event.h"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <vector>

namespace exo::net {

class Connector : public std::enable_shared_from_this<Connector> {
  public:
    Connector(asio::io_context& io, std::shared_ptr<Timers> timers,
              std::vector<asio::ip::tcp::endpoint> endpoints);
    ~Connector();

    // Cancelled or UpstreamConnection (the first failure tells why).
    static Task<asio::ip::tcp::socket> run(std::shared_ptr<Connector> self);
    void cancel();

  private:
    void startNext();
    void onConnected(std::size_t attempt, boost::system::error_code error);
    void stopTimer();

    asio::io_context& m_io;
    std::shared_ptr<Timers> m_timers;
    std::vector<asio::ip::tcp::endpoint> m_endpoints;
    std::vector<std::unique_ptr<asio::ip::tcp::socket>> m_attempts;
    std::unique_ptr<asio::ip::tcp::socket> m_winner;
    boost::system::error_code m_error;
    Event m_event;
    Timers::Id m_timer = 0;
    std::size_t m_failed = 0;
    bool m_cancelled = false;
};

} // namespace exo::net
