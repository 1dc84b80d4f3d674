#include "tests/bench/Load.h"

#include "tests/support/process/PlainHttp.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace exo::bench {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

std::string requestBytes(std::uint16_t port, const std::string& body) {
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

// Length of the first complete response in `bytes`, 0 when there is none yet. All contenders send a length.
std::size_t completeResponse(std::string_view bytes) {
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    for (std::size_t line = bytes.find("\r\n"); line < head; line = bytes.find("\r\n", line + 2)) {
        constexpr std::string_view name = "content-length:";
        const std::string_view field = bytes.substr(line + 2, name.size());
        const bool same = std::equal(field.begin(), field.end(), name.begin(), name.end(),
                                     [](char a, char b) { return (a | 0x20) == b || a == b; });
        if (!same) continue;
        std::size_t at = line + 2 + name.size();
        while (bytes[at] == ' ')
            ++at;
        std::size_t length = 0;
        std::from_chars(bytes.data() + at, bytes.data() + head, length);
        const std::size_t whole = head + 4 + length;
        return bytes.size() >= whole ? whole : 0;
    }
    return 0;
}

class Client {
  public:
    Client(asio::io_context& io, const Tcp::endpoint& server, const std::string& request, LoadResult& result)
        : m_socket(io)
        , m_request(request)
        , m_result(result) {
        m_socket.connect(server);
        m_socket.set_option(Tcp::no_delay(true));
        send();
    }

  private:
    void send() {
        m_sentAt = Clock::now();
        asio::async_write(m_socket, asio::buffer(m_request), [this](const auto& error, std::size_t) {
            if (error) return fail();
            receive();
        });
    }
    void receive() {
        m_socket.async_read_some(asio::buffer(m_chunk), [this](const auto& error, std::size_t count) {
            if (error) return fail();
            m_input.append(m_chunk.data(), count);
            const std::size_t whole = completeResponse(m_input);
            if (whole == 0) return receive();
            if (m_input.compare(9, 3, "200") != 0) ++m_result.failures;
            m_input.erase(0, whole);
            ++m_result.requests;
            m_result.latencies.emplace_back(Clock::now() - m_sentAt);
            send();
        });
    }
    void fail() {
        if (m_socket.is_open()) ++m_result.failures;
    }

    Tcp::socket m_socket;
    const std::string& m_request;
    LoadResult& m_result;
    Clock::time_point m_sentAt;
    std::array<char, 16384> m_chunk{};
    std::string m_input;
};

} // namespace

Micros percentile(std::vector<Micros> values, double part) {
    if (values.empty()) return Micros(0);
    const auto place = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
    return values[place];
}

Micros LoadResult::percentile(double part) const {
    return bench::percentile(latencies, part);
}

LoadResult runLoad(const LoadOrder& order) {
    LoadResult result;
    result.latencies.reserve(200'000);
    asio::io_context io(1);
    const Tcp::endpoint server(asio::ip::address_v4::loopback(), order.port);
    const std::string request = requestBytes(order.port, order.body);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < order.connections; ++i)
        clients.push_back(std::make_unique<Client>(io, server, request, result));
    asio::steady_timer end(io, order.duration);
    end.async_wait([&](const auto&) { io.stop(); });
    const auto started = Clock::now();
    io.run();
    result.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return result;
}

std::vector<Micros> firstTokenTimes(std::uint16_t port, const std::string& body, const std::string& mark,
                                    int times) {
    std::vector<Micros> result;
    test::HttpCall request;
    request.method = "POST";
    request.url = "http://127.0.0.1:" + std::to_string(port) + "/v1/chat/completions";
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    for (int i = 0; i < times; ++i) {
        const auto started = Clock::now();
        std::string seen;
        bool found = false;
        test::callStreaming(request, [&](std::string_view bytes) {
            seen += bytes;
            if (!found && seen.find(mark) != std::string::npos) {
                found = true;
                result.emplace_back(Clock::now() - started);
            }
            return true;
        });
    }
    return result;
}

} // namespace exo::bench
