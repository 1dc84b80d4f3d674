#include "tests/support/upstream/Connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace upstream {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return out;
}

} // namespace

Connection::Connection(Server& server, Tcp::socket socket, std::uint64_t id)
    : m_server(server)
    , m_socket(std::move(socket))
    , m_timer(m_socket.get_executor())
    , m_id(id) {
    boost::system::error_code ignored;
    m_socket.set_option(Tcp::no_delay(true), ignored);
    m_server.opened();
}

Connection::~Connection() {
    m_server.closed();
}

void Connection::start() {
    read();
}

// A read is always under way, also while answering: that is how a client that hangs up is noticed.
void Connection::read() {
    m_socket.async_read_some(
        asio::buffer(m_chunk),
        [self = shared_from_this()](const auto& error, std::size_t bytes) { self->onRead(error, bytes); });
}

void Connection::onRead(const boost::system::error_code& error, std::size_t bytes) {
    if (m_closed) return;
    if (error) return fail("client-closed");
    m_input.append(m_chunk.data(), bytes);
    handleInput();
    if (!m_closed) read();
}

void Connection::handleInput() {
    if (m_plan) return;
    const Parsed parsed = parse();
    if (parsed == Parsed::NeedMore) return;
    if (parsed == Parsed::Bad) return fail("bad-request");
    m_step = m_dripped = m_sent = 0;
    m_repeats = 0;
    m_plan = m_server.respond(m_request, m_id, m_logIndex);
    m_model = Server::modelOf(m_request);
    nextStep();
}

Connection::Parsed Connection::parse() {
    if (!m_haveHead) {
        const auto end = m_input.find("\r\n\r\n");
        if (end == std::string::npos) return m_input.size() > 65536 ? Parsed::Bad : Parsed::NeedMore;
        if (!parseHead(std::string_view(m_input).substr(0, end + 2))) return Parsed::Bad;
        m_input.erase(0, end + 4);
        m_haveHead = true;
        if (const std::string* expect = m_request.header("expect");
            expect && lower(*expect) == "100-continue") {
            boost::system::error_code ignored;
            asio::write(m_socket, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
        }
    }
    if (m_chunkedBody) {
        if (!takeChunkedBody()) return Parsed::NeedMore;
    } else {
        if (m_input.size() < m_bodyLength) return Parsed::NeedMore;
        m_request.body.assign(m_input, 0, m_bodyLength);
        m_input.erase(0, m_bodyLength);
    }
    m_haveHead = false;
    return Parsed::Ready;
}

bool Connection::parseHead(std::string_view head) {
    m_request.headers.clear();
    m_bodyLength = 0;
    m_chunkedBody = false;
    const auto lineEnd = head.find("\r\n");
    const std::string_view line = head.substr(0, lineEnd);
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || last <= first) return false;
    m_request.method = line.substr(0, first);
    m_request.target = line.substr(first + 1, last - first - 1);
    m_request.keepAlive = line.substr(last + 1) == "HTTP/1.1";
    for (head.remove_prefix(lineEnd + 2); !head.empty();) {
        const std::string_view field = head.substr(0, head.find("\r\n"));
        head.remove_prefix(field.size() + 2);
        const auto colon = field.find(':');
        if (colon == std::string_view::npos) return false;
        std::string name = lower(field.substr(0, colon));
        std::string_view value = field.substr(colon + 1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        if (name == "content-length")
            std::from_chars(value.data(), value.data() + value.size(), m_bodyLength);
        if (name == "transfer-encoding") m_chunkedBody = lower(value) == "chunked";
        if (name == "connection" && lower(value) == "close") m_request.keepAlive = false;
        m_request.headers.emplace_back(std::move(name), value);
    }
    return true;
}

bool Connection::takeChunkedBody() {
    std::string body;
    std::size_t at = 0;
    while (true) {
        const auto end = m_input.find("\r\n", at);
        if (end == std::string::npos) return false;
        std::size_t size = 0;
        std::from_chars(m_input.data() + at, m_input.data() + end, size, 16);
        at = end + 2;
        if (m_input.size() < at + size + 2) return false;
        body.append(m_input, at, size);
        at += size + 2;
        if (size == 0) break;
    }
    m_request.body = std::move(body);
    m_input.erase(0, at);
    return true;
}

void Connection::nextStep() {
    if (m_step == m_plan->steps.size()) return finish();
    const Step& step = m_plan->steps[m_step];
    if (step.held && !m_server.released()) {
        return m_server.whenReleased([weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self && !self->m_closed) self->nextStep();
        });
    }
    if (step.delay.count() == 0 || m_dripped > 0) return sendStep();
    m_timer.expires_after(step.delay);
    m_timer.async_wait([self = shared_from_this()](const auto& error) {
        if (!error && !self->m_closed) self->sendStep();
    });
}

void Connection::sendStep() {
    const Step& step = m_plan->steps[m_step];
    if (step.drip.count() == 0) {
        const bool again = ++m_repeats < step.repeat;
        if (!again) m_repeats = 0;
        return write(step.bytes, again ? m_step : m_step + 1);
    }
    m_timer.expires_after(step.drip);
    m_timer.async_wait([self = shared_from_this()](const auto& error) {
        if (error || self->m_closed) return;
        const std::string& bytes = self->m_plan->steps[self->m_step].bytes;
        const std::size_t at = self->m_dripped++;
        const bool last = self->m_dripped == bytes.size();
        if (last) self->m_dripped = 0;
        self->write(std::string_view(bytes).substr(at, 1), last ? self->m_step + 1 : self->m_step);
    });
}

void Connection::write(std::string_view bytes, std::size_t next) {
    asio::async_write(m_socket, asio::buffer(bytes),
                      [self = shared_from_this(), next](const auto& error, std::size_t sent) {
                          if (self->m_closed) return;
                          self->m_sent += sent;
                          if (error) return self->fail("client-closed");
                          self->m_step = next;
                          self->nextStep();
                      });
}

void Connection::finish() {
    switch (m_plan->ending) {
    case Ending::Hang: return; // until the client closes
    case Ending::Close: return fail("closed");
    case Ending::Reset: {
        boost::system::error_code ignored;
        m_socket.set_option(asio::socket_base::linger(true, 0), ignored);
        return fail("reset");
    }
    case Ending::KeepAlive: break;
    }
    m_server.ended(std::exchange(m_logIndex, Server::k_uncounted), m_model, "completed", m_sent);
    m_plan.reset();
    if (!m_request.keepAlive) return fail("closed");
    if (!m_input.empty()) handleInput();
}

void Connection::fail(std::string_view how) {
    m_server.ended(std::exchange(m_logIndex, Server::k_uncounted), m_model, how, m_sent);
    m_closed = true;
    m_timer.cancel();
    boost::system::error_code ignored;
    m_socket.close(ignored);
}

} // namespace upstream
