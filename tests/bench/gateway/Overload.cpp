#include "tests/bench/gateway/Overload.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <memory>

namespace exo::bench {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

// A keep-alive connection that waits for its next request when it has none.
struct Lane {
    explicit Lane(asio::io_context& io)
        : socket(io) {}
    Tcp::socket socket;
    Clock::time_point sentAt;
    std::array<char, 4096> chunk{};
    std::string input;
    std::string request;
};

class Run {
  public:
    explicit Run(const OpenLoadOrder& order)
        : m_order(order)
        , m_server(asio::ip::address_v4::loopback(), order.port)
        , m_request(order.request.bytes(order.port))
        , m_timer(m_io) {}

    OpenLoadResult run() {
        m_started = Clock::now();
        tick();
        m_io.run();
        m_result.seconds = std::chrono::duration<double>(Clock::now() - m_started).count();
        return std::move(m_result);
    }

  private:
    // Sends what is due by now.
    void tick() {
        const auto passed = Clock::now() - m_started;
        const auto due = static_cast<int>(std::chrono::duration<double>(passed).count() * m_order.perSecond);
        for (; m_sent < due; ++m_sent)
            send();
        if (passed >= m_order.duration) {
            m_over = true;
            m_idle.clear();
            return;
        }
        m_timer.expires_after(std::chrono::milliseconds(1));
        m_timer.async_wait([this](const auto&) { tick(); });
    }
    void send() {
        if (m_idle.empty()) {
            auto lane = std::make_shared<Lane>(m_io);
            lane->sentAt = Clock::now();
            lane->socket.async_connect(m_server, [this, lane](const auto& error) {
                if (error) return end(lane, 0, false);
                lane->socket.set_option(Tcp::no_delay(true));
                write(lane);
            });
            return;
        }
        const auto lane = std::move(m_idle.back());
        m_idle.pop_back();
        lane->sentAt = Clock::now();
        write(lane);
    }
    void write(const std::shared_ptr<Lane>& lane) {
        lane->request = m_request;
        number(lane->request, lane->request.find(Request::k_serial));
        asio::async_write(lane->socket, asio::buffer(lane->request),
                          [this, lane](const auto& error, std::size_t) {
                              if (error) return end(lane, 0, false);
                              read(lane);
                          });
    }
    void read(const std::shared_ptr<Lane>& lane) {
        lane->socket.async_read_some(
            asio::buffer(lane->chunk), [this, lane](const auto& error, std::size_t count) {
                if (error) return end(lane, 0, false);
                lane->input.append(lane->chunk.data(), count);
                const std::size_t whole = completeResponse(lane->input);
                if (whole == 0) return read(lane);
                int status = 0;
                std::from_chars(lane->input.data() + 9, lane->input.data() + 12, status);
                lane->input.erase(0, whole);
                end(lane, status, true);
            });
    }
    void end(const std::shared_ptr<Lane>& lane, int status, bool alive) {
        ++m_result.statuses[status];
        auto& times = status == 200 ? m_result.accepted : m_result.refused;
        times.emplace_back(Clock::now() - lane->sentAt);
        if (alive && !m_over) m_idle.push_back(lane);
    }

    const OpenLoadOrder& m_order;
    asio::io_context m_io{1};
    Tcp::endpoint m_server;
    std::string m_request;
    asio::steady_timer m_timer;
    Clock::time_point m_started;
    std::vector<std::shared_ptr<Lane>> m_idle;
    int m_sent = 0;
    bool m_over = false;
    OpenLoadResult m_result;
};

} // namespace

OpenLoadResult runOpenLoad(const OpenLoadOrder& order) {
    return Run(order).run();
}

} // namespace exo::bench
