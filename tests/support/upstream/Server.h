#pragma once
// The scripted upstream: accepts connections, answers by plan, remembers what was asked and who hung up. One
// thread.

#include "tests/support/upstream/Dialect.h"
#include "tests/support/upstream/Plan.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace upstream {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

struct Options {
    std::uint16_t port = 0;
    std::string defaultBehaviour = "echo"; // for models that are no behaviour
    std::vector<std::string> models{"echo", "text:20", "deepseek-chat"};
    std::string key; // when set, requests need it
    bool log = true; // off for benchmarks
    int loading = 0; // so many GET /health are answered as by a llama-server that loads
};

struct Request {
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;
    bool keepAlive = true;

    const std::string* header(std::string_view name) const;
};

class Server {
  public:
    Server(asio::io_context& io, Options options);
    std::uint16_t port() const { return m_acceptor.local_endpoint().port(); }

    // For connections. The shared plan stays valid while it is being sent.
    std::shared_ptr<const Plan> respond(const Request& request, std::uint64_t connection,
                                        std::size_t& logIndex);
    // What is no exchange with a model, or has ended; an exchange that is not in the log.
    static constexpr std::size_t k_uncounted = static_cast<std::size_t>(-1);
    static constexpr std::size_t k_unlogged = k_uncounted - 1;
    // How the exchange ended, once: "completed", "client-closed", "reset", …
    void ended(std::size_t logIndex, const std::string& model, std::string_view how, std::size_t bytesSent);
    static std::string modelOf(const Request& request);
    bool released() const { return m_released; }
    void whenReleased(std::function<void()> go) { m_held.push_back(std::move(go)); }
    void opened() { ++m_open; }
    void closed() { --m_open; }

  private:
    struct Entry;
    void accept();
    Plan route(const Request& request);
    Plan model(const Request& request, const Dialect& dialect);
    Plan control(const Request& request);
    Plan health();
    bool authorised(const Request& request) const;
    std::string nextBehaviour(const std::string& modelName);
    std::size_t remember(const Request& request, std::uint64_t connection);
    Json logJson() const;
    std::int64_t sinceStart() const;
    static std::int64_t steadyMicros(); // the same in every process of the machine

    asio::io_context& m_io;
    Options m_options;
    Tcp::acceptor m_acceptor;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::deque<std::string> m_script;
    std::deque<std::string> m_kept; // what "keep" never lets go of
    std::vector<Json> m_log;
    std::map<std::string, std::shared_ptr<const Plan>>
        m_remembered;  // plans by request, when nothing else matters
    std::string m_key; // reused buffer of its keys
    std::uint64_t m_connections = 0;
    std::uint64_t m_requests = 0;
    std::map<std::string, std::map<std::string, std::int64_t>> m_outcomes; // by model
    std::int64_t m_lastStart = 0;                                          // steadyMicros()
    int m_open = 0;
    int m_running = 0;
    bool m_released = false;
    std::vector<std::function<void()>> m_held;
};

} // namespace upstream
