#include "core/net/PlainExchange.h"

#include "core/net/AsioTimers.h"
#include "core/net/ReadRest.h"
#include "core/net/ReadSome.h"

#include <boost/asio/write.hpp>

#include <array>

namespace exo::net {

namespace {

constexpr std::size_t k_headRead = 4u << 10;
constexpr std::size_t k_smallRead = 1u << 10; // what a stream holds while it waits
constexpr std::size_t k_largeRead = 64u << 10;
constexpr std::size_t k_maxHeadBytes = 64u << 10; // interim responses included

std::string_view viewOf(const boost::beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

// A reader of a long body gets large pieces; one that waits for small events holds little: of the framing
// between two of them mostly a rest is there already.
asio::mutable_buffer space(boost::beast::flat_buffer& in, bool plenty) {
    if (in.size() < k_smallRead && !plenty && in.capacity() > 2 * k_smallRead) in.shrink_to_fit();
    return in.prepare(plenty ? k_largeRead : k_smallRead);
}

Task<std::string> ready(Result<std::string> text) {
    co_return text;
}

class PlainResponse final : public HttpResponse {
  public:
    explicit PlainResponse(std::shared_ptr<PlainExchange> exchange)
        : m_exchange(std::move(exchange)) {}
    PlainResponse(const PlainResponse&) = delete;
    PlainResponse& operator=(const PlainResponse&) = delete;
    ~PlainResponse() override { m_exchange->abort(); }

    int status() const override { return m_exchange->status(); }
    const std::vector<Header>& headers() const override { return m_exchange->headers(); }
    Task<std::string> read() override { return PlainExchange::read(m_exchange); }
    Task<std::string> readAll() override { return PlainExchange::readAll(m_exchange); }

  private:
    std::shared_ptr<PlainExchange> m_exchange;
};

} // namespace

PlainEngine::PlainEngine(asio::io_context& context)
    : io(context)
    , timers(makeTimers(context))
    , resolver(context) {}

void PlainEngine::close() {
    closed = true;
    while (!active.empty())
        (*active.begin())->abort();
    pool.clear();
}

PlainExchange::PlainExchange(std::shared_ptr<PlainEngine> engine, HttpRequest request,
                             std::shared_ptr<const PlainTarget> target)
    : m_engine(std::move(engine))
    , m_request(std::move(request))
    , m_target(std::move(target))
    , m_scanner(responseHeadLimits())
    , m_body(m_request.maxBodyBytes) {}

PlainExchange::~PlainExchange() {
    leave();
}

// One coroutine for all of it: this is the way of nearly every call.
Task<std::unique_ptr<HttpResponse>> PlainExchange::send(std::shared_ptr<PlainExchange> self,
                                                        CancelToken cancel) {
    if (cancel.cancelled() || self->m_engine->closed) co_return fail(ErrorCode::Cancelled);
    std::unique_ptr<HttpResponse> response = std::make_unique<PlainResponse>(self);
    self->m_engine->active.insert(self.get());
    self->m_registration = cancel.onCancel([raw = self.get()](CancelReason) { raw->abort(); });
    self->m_started = std::chrono::steady_clock::now();
    self->m_head = formatRequestHead(self->m_request, *self->m_target);
    bool kept = self->takeKept();
    for (;;) {
        if (!kept) {
            auto connected = co_await self->connect();
            if (!connected.ok()) co_return self->failed(std::move(connected).error());
        }
        self->sendRequest();
        const auto connection = self->m_connection;
        std::size_t want = k_headRead;
        Result<bool> complete = false;
        while (complete.ok() && !*complete) {
            boost::system::error_code error;
            const auto room = connection->in.prepare(want);
            const std::size_t count = co_await readSome(connection->socket, room, error);
            connection->in.commit(count);
            complete = self->onHead(count, error);
            if (count == want) want = k_largeRead;
        }
        if (complete.ok()) break;
        if (!kept || !self->wasStale(complete.error())) co_return self->failed(std::move(complete).error());
        kept = false; // a connection of its own is needed
    }
    if (self->m_error) co_return *self->m_error;
    self->forgetRequest();
    co_return response;
}

bool PlainExchange::takeKept() {
    auto kept = m_engine->pool.take(m_target->authority);
    if (!kept) return false;
    use(std::move(kept));
    return true;
}

Error PlainExchange::failed(Error error) {
    finishWith(std::move(error));
    return *m_error;
}

// A stream may wait for long: what was sent need not wait with it. (Assigning an empty string would keep the
// memory.) An upstream that answers early may not have been given all of it yet.
void PlainExchange::forgetRequest() {
    if (m_done || (m_connection && m_connection->writing)) return;
    std::string().swap(m_request.body);
    std::string().swap(m_request.url);
    std::string().swap(m_head);
    std::vector<Header>().swap(m_request.headers);
    m_headers.shrink_to_fit();
}

// The kept connection had been closed before it took the request, so nothing can happen twice.
bool PlainExchange::wasStale(const Error& error) const {
    return !m_error && !m_received && error.code == ErrorCode::UpstreamConnection;
}

Task<void> PlainExchange::connect() {
    if (m_connection) m_connection->close();
    use(std::make_shared<PlainConnection>(m_engine->io, m_engine->timers));
    m_connecting = true;
    updateDeadline();
    m_lookup = m_engine->resolver.lookUp(m_target->host);
    while (!m_lookup->done && !m_error)
        co_await m_lookup->event.wait();
    if (m_error) co_return *m_error;
    if (m_lookup->addresses.empty()) {
        Error error(ErrorCode::UpstreamConnection, "cannot resolve the host name: " + m_lookup->error);
        error.retryable = true;
        co_return error;
    }
    std::vector<asio::ip::tcp::endpoint> endpoints;
    for (const asio::ip::address& address : m_lookup->addresses)
        endpoints.emplace_back(address, m_target->port);
    m_lookup.reset();
    m_connector = std::make_shared<Connector>(m_engine->io, m_engine->timers, std::move(endpoints));
    auto socket = co_await Connector::run(m_connector);
    m_connector.reset();
    if (m_error) co_return *m_error;
    if (!socket.ok()) co_return socket.error();
    m_connection->socket = std::move(*socket);
    m_connecting = false;
    updateDeadline();
    co_return Result<void>();
}

void PlainExchange::use(std::shared_ptr<PlainConnection> connection) {
    m_connection = std::move(connection);
    m_connection->onDeadline = [this] { onDeadline(); };
    m_received = false;
    updateDeadline();
}

// Most requests fit into the socket's buffer. A write that fails shows in the read that follows, which may
// still find the answer of an upstream that did not want the rest.
void PlainExchange::sendRequest() {
    auto& socket = m_connection->socket;
    boost::system::error_code error;
    if (!socket.non_blocking()) socket.non_blocking(true, error); // a system call, once a connection
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(m_head), asio::buffer(m_request.body)};
    const std::size_t sent = socket.write_some(buffers, error);
    const std::size_t whole = m_head.size() + m_request.body.size();
    if ((!error && sent < whole) || error == asio::error::would_block) sendRest(sent);
}

void PlainExchange::sendRest(std::size_t sent) {
    std::array<asio::const_buffer, 2> rest{asio::buffer(m_head), asio::buffer(m_request.body)};
    for (asio::const_buffer& buffer : rest) {
        const std::size_t step = std::min(sent, buffer.size());
        buffer += step;
        sent -= step;
    }
    m_connection->writing = true;
    asio::async_write(m_connection->socket, rest,
                      [self = shared_from_this(), connection = m_connection](
                          boost::system::error_code, std::size_t) { connection->writing = false; });
}

Result<bool> PlainExchange::onHead(std::size_t count, boost::system::error_code error) {
    if (m_error) return *m_error;
    m_received = m_received || count > 0;
    if (error) return connectionError(error);
    EXO_TRY(const bool complete, takeHead());
    if (!complete) return false;
    m_haveHeaders = true;
    m_body.begin(m_parser->headers());
    m_headers = std::move(m_parser->headers());
    takeBody();
    if (!m_done && !m_error) updateDeadline();
    return true;
}

Result<bool> PlainExchange::takeHead() {
    boost::beast::flat_buffer& in = m_connection->in;
    static constexpr std::string_view start = "HTTP/1.";
    for (;;) {
        if (viewOf(in).substr(0, start.size()) != start.substr(0, in.size()))
            return fail(ErrorCode::UpstreamInvalidResponse, "the answer is not HTTP/1");
        if (auto problem = m_scanner.scan(viewOf(in)))
            return fail(ErrorCode::UpstreamInvalidResponse, std::move(problem->error->detail));
        if (!m_scanner.complete()) return false;
        m_parser.emplace(m_body, m_request.method == "HEAD");
        EXO_CHECK(m_parser->parseHead(viewOf(in).substr(0, m_scanner.size())));
        in.consume(m_scanner.size());
        if (m_parser->status() >= 200) return true;
        if (m_parser->status() == 101)
            return fail(ErrorCode::UpstreamInvalidResponse, "the upstream switched protocols unasked");
        m_interimBytes += m_scanner.size();
        if (m_interimBytes > k_maxHeadBytes)
            return fail(ErrorCode::UpstreamInvalidResponse, "endless interim responses");
        m_scanner = HeadScanner(responseHeadLimits());
    }
}

Task<std::string> PlainExchange::read(std::shared_ptr<PlainExchange> self) {
    for (;;) {
        if (auto now = self->readNow()) co_return std::move(*now);
        const auto connection = self->m_connection;
        self->m_waiting = true;
        self->m_waitingSince = std::chrono::steady_clock::now();
        self->updateDeadline();
        boost::system::error_code error;
        const auto room = space(connection->in, self->m_plenty);
        const std::size_t count = co_await readSome(connection->socket, room, error);
        self->m_waiting = false;
        if (self->m_error) continue;
        self->m_plenty = count == room.size();
        connection->in.commit(count);
        self->onInput(error);
    }
}

// nullopt: it has to be waited for.
std::optional<Result<std::string>> PlainExchange::readNow() {
    while (!m_error && m_body.readable()) {
        Result<std::string> piece = m_body.take();
        if (!piece.ok()) finishWith(piece.error());
        if (!piece.ok() || !piece->empty()) return piece;
    }
    if (m_error) return *m_error;
    if (m_cut) return *m_cut;
    if (!m_done) return std::nullopt;
    if (Result<void> whole = m_body.checkEnd(); !whole.ok()) return std::move(whole).error();
    return std::string();
}

Task<std::string> PlainExchange::readAll(std::shared_ptr<PlainExchange> self) {
    if (!self->m_done || self->m_error || self->m_cut || !self->m_body.isPlain()) return readRest(self);
    Result<std::string> whole = self->m_body.take();
    if (!whole.ok()) self->finishWith(whole.error());
    return ready(std::move(whole));
}

void PlainExchange::onInput(boost::system::error_code error) {
    takeBody();
    if (m_done || m_error) return;
    if (!error) {
        updateDeadline();
        return;
    }
    const Result<void> end = error == asio::error::eof ? m_parser->endOfInput() : connectionError(error);
    if (end.ok())
        m_done = true;
    else
        m_cut = end.error();
    leave();
}

void PlainExchange::takeBody() {
    const Result<std::size_t> used = m_parser->parseBody(viewOf(m_connection->in));
    if (!used.ok()) {
        finishWith(used.error());
        return;
    }
    m_connection->in.consume(*used);
    if (!m_parser->done()) return;
    m_done = true;
    release();
}

// Gives the connection back when it can serve another exchange.
void PlainExchange::release() {
    const auto connection = m_connection;
    if (m_parser->keepAlive() && connection->in.size() == 0 && !connection->writing) {
        m_connection.reset();
        m_engine->pool.keep(m_target->authority, connection);
    }
    leave();
}

void PlainExchange::leave() {
    m_registration.reset();
    m_engine->active.erase(this);
    if (m_lookup) m_lookup->event.notify();
    if (m_connector) m_connector->cancel();
    if (!m_connection) return;
    m_connection->onDeadline = nullptr;
    m_connection->close();
    m_connection.reset();
}

void PlainExchange::finishWith(Error error) {
    if (m_error) return;
    m_error = std::move(error);
    m_body.clear();
    leave();
}

Error PlainExchange::connectionError(boost::system::error_code error) const {
    const bool ended = error == asio::error::eof;
    Error result(ErrorCode::UpstreamConnection,
                 ended ? "the upstream closed the connection" : error.message());
    result.retryable = !m_haveHeaders;
    return result;
}

void PlainExchange::updateDeadline() {
    SteadyTime deadline = SteadyTime::max();
    const auto bound = [&](SteadyTime from, Millis span) {
        if (span > Millis(0)) deadline = std::min(deadline, from + span);
    };
    const HttpTimeouts& t = m_request.timeouts;
    bound(m_started, t.total);
    if (m_connecting) bound(m_started, t.connect);
    if (!m_haveHeaders)
        bound(m_started, t.headers);
    else if (m_waiting)
        bound(m_waitingSince, t.idle);
    if (deadline == SteadyTime::max())
        m_connection->watchdog.clear();
    else
        m_connection->watchdog.setAt(deadline);
}

void PlainExchange::onDeadline() {
    const auto self = shared_from_this();
    const auto now = std::chrono::steady_clock::now();
    const HttpTimeouts& t = m_request.timeouts;
    const auto passed = [now](SteadyTime from, Millis span) {
        return span > Millis(0) && now >= from + span;
    };
    Error error(ErrorCode::UpstreamTimeout);
    if (m_connecting && passed(m_started, t.connect)) {
        error.detail = "no connection within " + std::to_string(t.connect.count()) + " ms";
        error.retryable = true; // nothing was sent
    } else if (passed(m_started, t.total)) {
        error.detail = "no end within " + std::to_string(t.total.count()) + " ms";
    } else if (!m_haveHeaders && passed(m_started, t.headers)) {
        error.detail = "no headers within " + std::to_string(t.headers.count()) + " ms";
    } else if (m_waiting && passed(m_waitingSince, t.idle)) {
        error.detail = "silence for " + std::to_string(t.idle.count()) + " ms";
    }
    if (error.detail.empty())
        updateDeadline();
    else
        finishWith(std::move(error));
}

} // namespace exo::net
