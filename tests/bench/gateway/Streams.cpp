#include "tests/bench/gateway/Streams.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace exo::bench {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

class Stream : public std::enable_shared_from_this<Stream> {
  public:
    using Done = std::function<void(bool complete)>;

    Stream(asio::io_context& io, const std::string& request, std::function<void(Micros)> onFirst, Done onDone)
        : m_socket(io)
        , m_request(request) // a copy with a number of its own
        , m_onFirst(std::move(onFirst))
        , m_onDone(std::move(onDone)) {
        number(m_request, m_request.find(Request::k_serial));
    }

    void start(const Tcp::endpoint& server) {
        m_started = Clock::now();
        m_socket.async_connect(server, [self = shared_from_this()](const auto& error) {
            if (error) return self->end(false);
            self->m_socket.set_option(Tcp::no_delay(true));
            asio::async_write(self->m_socket, asio::buffer(self->m_request),
                              [self](const auto& failed, std::size_t) {
                                  if (failed) return self->end(false);
                                  self->receive();
                              });
        });
    }

  private:
    void receive() {
        m_socket.async_read_some(asio::buffer(m_chunk),
                                 [self = shared_from_this()](const auto& error, std::size_t count) {
                                     if (error) return self->end(false);
                                     self->take(std::string_view(self->m_chunk.data(), count));
                                 });
    }
    void take(std::string_view bytes) {
        m_recent.append(bytes);
        if (!m_first && m_recent.find("word1") != std::string::npos) {
            m_first = true;
            m_onFirst(Clock::now() - m_started);
        }
        if (m_recent.find("[DONE]") != std::string::npos) m_done = true;
        if (m_recent.ends_with("\r\n0\r\n\r\n")) return end(m_done && m_first);
        // Only as much stays as a mark that is cut by the next read needs.
        if (m_first && m_recent.size() > 16) m_recent.erase(0, m_recent.size() - 16);
        receive();
    }
    void end(bool complete) {
        boost::system::error_code ignored;
        m_socket.close(ignored);
        m_onDone(complete);
    }

    Tcp::socket m_socket;
    std::string m_request;
    std::function<void(Micros)> m_onFirst;
    Done m_onDone;
    Clock::time_point m_started;
    std::array<char, 2048> m_chunk{};
    std::string m_recent;
    bool m_first = false;
    bool m_done = false;
};

class Run {
  public:
    explicit Run(const StreamOrder& order)
        : m_order(order)
        , m_server(asio::ip::address_v4::loopback(), order.port)
        , m_request(order.request.bytes(order.port))
        , m_probe(order.probe.bytes(order.port))
        , m_limit(m_io, order.timeout) {}

    StreamsResult run() {
        m_limit.async_wait([this](const auto& error) {
            if (!error) m_io.stop();
        });
        for (int i = 0; i < m_order.streams; ++i)
            stream(m_request, m_result.firstToken, [this](bool complete) { ended(complete); });
        m_io.run();
        m_result.broken = m_order.streams - m_result.complete;
        return std::move(m_result);
    }

  private:
    void stream(const std::string& request, std::vector<Micros>& times, Stream::Done onDone) {
        const auto one = std::make_shared<Stream>(
            m_io, request,
            [this, &times](Micros time) {
                times.push_back(time);
                if (&times == &m_result.firstToken) started();
            },
            std::move(onDone));
        one->start(m_server);
    }
    void started() {
        if (static_cast<int>(m_result.firstToken.size()) < m_order.streams) return;
        if (m_order.onAllStreaming) m_order.onAllStreaming();
        probe(m_order.probes);
    }
    void probe(int left) {
        if (left == 0) {
            if (m_order.onProbed) m_order.onProbed();
            return;
        }
        stream(m_probe, m_result.probeFirstToken, [this, left](bool) { probe(left - 1); });
    }
    void ended(bool complete) {
        m_result.complete += complete ? 1 : 0;
        if (++m_ended == m_order.streams) m_limit.cancel();
    }

    const StreamOrder& m_order;
    asio::io_context m_io{1};
    Tcp::endpoint m_server;
    std::string m_request, m_probe;
    asio::steady_timer m_limit;
    StreamsResult m_result;
    int m_ended = 0;
};

} // namespace

StreamsResult runStreams(const StreamOrder& order) {
    return Run(order).run();
}

} // namespace exo::bench
