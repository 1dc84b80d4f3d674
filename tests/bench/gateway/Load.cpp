#include "tests/bench/gateway/Load.h"

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

bool sameName(std::string_view field, std::string_view name) {
    return field.size() >= name.size() && std::equal(name.begin(), name.end(), field.begin(),
                                                     [](char a, char b) { return (b | 0x20) == a; });
}

class Client {
  public:
    Client(asio::io_context& io, const Tcp::endpoint& server, const std::string& request, LoadResult& result)
        : m_socket(io)
        , m_request(request)
        , m_serial(request.find(Request::k_serial))
        , m_result(result) {
        m_socket.connect(server);
        m_socket.set_option(Tcp::no_delay(true));
        send();
    }

  private:
    void send() {
        number(m_request, m_serial);
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
    std::string m_request;
    std::size_t m_serial;
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

std::string Request::bytes(std::uint16_t port) const {
    std::string text = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
    if (!key.empty()) text += "Authorization: Bearer " + key + "\r\n";
    if (!store) text += "Cache-Control: no-store\r\n";
    if (!body.empty())
        text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

Request question(std::string_view model, bool stream, const std::string& key) {
    Request request;
    request.key = key;
    request.body = R"({"model":")" + std::string(model) + R"(","messages":[{"role":"user","content":")" +
                   std::string(Request::k_serial) + std::string(900, 'q') +
                   (stream ? R"("}],"stream":true})" : R"("}]})");
    return request;
}

Request sameQuestion(std::string_view model, const std::string& key) {
    Request request = question(model, false, key);
    request.body.replace(request.body.find(Request::k_serial), Request::k_serial.size(), "again");
    return request;
}

void number(std::string& bytes, std::size_t place) {
    static std::uint64_t next = 0;
    if (place == std::string::npos) return;
    std::uint64_t rest = ++next;
    for (std::size_t at = place + Request::k_serial.size(); rest > 0; rest /= 10)
        bytes[--at] = static_cast<char>('0' + rest % 10);
}

std::size_t completeResponse(std::string_view bytes) {
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    for (std::size_t line = bytes.find("\r\n"); line < head; line = bytes.find("\r\n", line + 2)) {
        const std::string_view field = bytes.substr(line + 2, head - line - 2);
        if (sameName(field, "transfer-encoding:")) {
            constexpr std::string_view last = "\r\n0\r\n\r\n";
            const auto end = bytes.find(last, head);
            return end == std::string_view::npos ? 0 : end + last.size();
        }
        if (!sameName(field, "content-length:")) continue;
        std::size_t at = line + 2 + std::string_view("content-length:").size();
        while (bytes[at] == ' ')
            ++at;
        std::size_t length = 0;
        std::from_chars(bytes.data() + at, bytes.data() + head, length);
        const std::size_t whole = head + 4 + length;
        return bytes.size() >= whole ? whole : 0;
    }
    return 0;
}

LoadResult runLoad(const LoadOrder& order) {
    LoadResult result;
    result.latencies.reserve(200'000);
    asio::io_context io(1);
    const Tcp::endpoint server(asio::ip::address_v4::loopback(), order.port);
    const std::string request = order.request.bytes(order.port);
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

std::vector<Micros> firstTokenTimes(std::uint16_t port, const Request& request, const std::string& mark,
                                    int times) {
    std::vector<Micros> result;
    test::HttpCall call;
    call.method = request.method;
    call.url = "http://127.0.0.1:" + std::to_string(port) + request.path;
    call.headers = {{"Content-Type", "application/json"}};
    if (!request.key.empty()) call.headers.emplace_back("Authorization", "Bearer " + request.key);
    for (int i = 0; i < times; ++i) {
        call.body = request.body;
        number(call.body, call.body.find(Request::k_serial));
        const auto started = Clock::now();
        std::string seen;
        bool found = false;
        test::callStreaming(call, [&](std::string_view bytes) {
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
