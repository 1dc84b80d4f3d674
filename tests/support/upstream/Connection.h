#pragma once
// One client of the upstream: reads requests, sends plans, and notices when the client goes away meanwhile.

#include "tests/support/upstream/Server.h"

#include <boost/asio/steady_timer.hpp>

#include <array>

namespace upstream {

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(Server& server, Tcp::socket socket, std::uint64_t id);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    void start();

  private:
    enum class Parsed { NeedMore, Ready, Bad };

    void read();
    void onRead(const boost::system::error_code& error, std::size_t bytes);
    void handleInput();
    Parsed parse();
    bool parseHead(std::string_view head);
    bool takeChunkedBody();
    void nextStep();
    void sendStep();
    void write(std::string_view bytes, std::size_t next);
    void finish();
    void fail(std::string_view how);

    Server& m_server;
    Tcp::socket m_socket;
    asio::steady_timer m_timer;
    const std::uint64_t m_id;
    std::array<char, 16384> m_chunk;
    std::string m_input;
    Request m_request;
    bool m_haveHead = false;
    bool m_chunkedBody = false;
    std::size_t m_bodyLength = 0;
    std::shared_ptr<const Plan> m_plan; // set while answering
    std::size_t m_step = 0;
    std::int64_t m_repeats = 0;
    std::size_t m_dripped = 0;
    std::size_t m_sent = 0;
    std::size_t m_logIndex = Server::k_uncounted; // set while answering
    std::string m_model;                          // of the request that is answered
    bool m_closed = false;
};

} // namespace upstream
