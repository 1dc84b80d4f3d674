#include "core/cache/RedisConnection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace exo {

namespace {

using ErrorCodeOf = boost::system::error_code;
constexpr std::size_t k_mostWords = 200;

Error lost(std::string what) {
    return Error(ErrorCode::UpstreamConnection, std::move(what));
}

// What a server says is foreign text: short, and never our password.
std::string wordsOf(const RedisReply& reply, const Secret& password) {
    std::string words = reply.text.substr(0, k_mostWords);
    if (password.empty()) return words;
    if (words.find(password.reveal()) != std::string::npos || reply.text.size() > k_mostWords)
        return "(the server's words are left out)";
    return words;
}

// Replies that mean: nothing of use comes from this server for now.
bool isOutOfOrder(const RedisReply& reply) {
    static constexpr std::string_view k_words[] = {"LOADING", "NOAUTH", "MASTERDOWN",
                                                   "BUSY ",   "MOVED",  "CLUSTERDOWN"};
    return reply.isError() &&
           std::ranges::any_of(k_words, [&](std::string_view word) { return reply.text.starts_with(word); });
}

// Children must not inherit connections, and Asio has no way to ask for that.
ErrorCodeOf openLocal(asio::generic::stream_protocol::socket& socket) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return {errno, boost::system::system_category()};
    ErrorCodeOf error;
    socket.assign(asio::generic::stream_protocol(AF_UNIX, 0), fd, error);
    if (error) ::close(fd);
    return error;
}

} // namespace

RedisConnection::RedisConnection(asio::io_context& io, std::shared_ptr<Timers> timers)
    : m_io(io)
    , m_timers(std::move(timers))
    , m_socket(io) {}

Task<void> RedisConnection::open(std::shared_ptr<RedisConnection> self, const RedisAddress& address,
                                 net::Resolver& resolver, Millis limit) {
    self->armLimit(limit);
    Result<void> ready = co_await self->connect(address, resolver);
    if (ready && !self->m_ended && address.kind == RedisAddress::Kind::Tls)
        ready = co_await self->secure(address.host);
    self->disarm();
    if (self->m_ended) co_return *self->m_ended;
    if (!ready) {
        self->close(ready.error());
        co_return ready;
    }
    asio::co_spawn(self->m_io, read(self), asio::detached);
    ready = co_await self->introduce(address, limit);
    if (self->m_ended) co_return *self->m_ended;
    if (!ready) self->close(ready.error());
    co_return ready;
}

Task<void> RedisConnection::connect(const RedisAddress& address, net::Resolver& resolver) {
    if (address.kind == RedisAddress::Kind::Unix) {
        ErrorCodeOf error = openLocal(m_socket);
        if (error) co_return lost("cannot connect: " + error.message());
        const asio::generic::stream_protocol::endpoint endpoint{
            asio::local::stream_protocol::endpoint(address.path)};
        co_await m_socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return lost("cannot connect: " + error.message());
        co_return Result<void>();
    }
    m_lookup = resolver.lookUp(address.host);
    while (!m_lookup->done && !m_ended)
        co_await m_lookup->event.wait();
    if (m_ended) co_return *m_ended;
    if (m_lookup->addresses.empty()) co_return lost("cannot resolve the host name: " + m_lookup->error);
    std::vector<asio::ip::tcp::endpoint> endpoints;
    for (const asio::ip::address& each : m_lookup->addresses)
        endpoints.emplace_back(each, address.port);
    m_lookup.reset();
    m_connector = std::make_shared<net::Connector>(m_io, m_timers, std::move(endpoints));
    auto socket = co_await net::Connector::run(m_connector);
    m_connector.reset();
    if (m_ended) co_return *m_ended;
    if (!socket) co_return std::move(socket).error();
    m_socket = std::move(*socket);
    co_return Result<void>();
}

Task<void> RedisConnection::secure(const std::string& host) {
    m_context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    ErrorCodeOf error;
    m_context->set_default_verify_paths(error);
    if (error) co_return lost("TLS: " + error.message());
    m_tls = std::make_unique<asio::ssl::stream<Socket&>>(m_socket, *m_context);
    m_tls->set_verify_mode(asio::ssl::verify_peer, error);
    m_tls->set_verify_callback(asio::ssl::host_name_verification(host), error);
    // What the macro of OpenSSL does, without its cast.
    std::string name = host;
    SSL_ctrl(m_tls->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    co_await m_tls->async_handshake(asio::ssl::stream_base::client,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return lost("TLS: " + error.message());
    co_return Result<void>();
}

Task<void> RedisConnection::introduce(const RedisAddress& address, Millis limit) {
    const auto call = std::make_shared<RedisCall>();
    call->limit = limit;
    const auto add = [&](std::initializer_list<std::string_view> arguments) {
        appendRedisCommand(call->bytes, arguments);
        ++call->expected;
    };
    if (!address.user.empty())
        add({"AUTH", address.user, address.password.reveal()});
    else if (!address.password.empty())
        add({"AUTH", address.password.reveal()});
    if (address.database != 0) add({"SELECT", std::to_string(address.database)});
    add({"GET", k_probeKey});
    add({"PING"});
    ask(call);
    while (!call->finished)
        co_await call->event.wait();
    if (call->error) co_return *call->error;
    for (const RedisReply& reply : call->replies)
        if (reply.isError())
            co_return fail(ErrorCode::UpstreamRejected, "Redis says: " + wordsOf(reply, address.password));
    if (call->replies.back().text != "PONG")
        co_return fail(ErrorCode::UpstreamInvalidResponse, "not an answer of Redis");
    co_return Result<void>();
}

void RedisConnection::ask(std::shared_ptr<RedisCall> call) {
    m_call = std::move(call);
    if (m_ended) return m_call->finish(*m_ended);
    armLimit(m_call->limit);
    asio::co_spawn(m_io, write(shared_from_this()), asio::detached);
}

asio::awaitable<void> RedisConnection::write(std::shared_ptr<RedisConnection> self) {
    const auto call = self->m_call; // its bytes stay while they are written, whatever becomes of it
    if (!call || self->m_ended) co_return;
    ErrorCodeOf error;
    const auto bytes = asio::buffer(call->bytes);
    if (self->m_tls)
        co_await asio::async_write(*self->m_tls, bytes, asio::redirect_error(asio::use_awaitable, error));
    else
        co_await asio::async_write(self->m_socket, bytes, asio::redirect_error(asio::use_awaitable, error));
    if (error) self->end(lost("the connection broke: " + error.message()));
}

asio::awaitable<void> RedisConnection::read(std::shared_ptr<RedisConnection> self) {
    constexpr std::size_t k_piece = 16u << 10;
    std::vector<char> piece(k_piece);
    while (!self->m_ended) {
        ErrorCodeOf error;
        const auto room = asio::buffer(piece);
        std::size_t size = 0;
        if (self->m_tls)
            size =
                co_await self->m_tls->async_read_some(room, asio::redirect_error(asio::use_awaitable, error));
        else
            size = co_await self->m_socket.async_read_some(room,
                                                           asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return self->end(lost("the connection ended: " + error.message()));
        if (const auto taken = self->take({piece.data(), size}); !taken) co_return self->end(taken.error());
    }
}

Result<void> RedisConnection::take(std::string_view bytes) {
    EXO_CHECK(m_reader.feed(bytes));
    for (;;) {
        EXO_TRY(auto reply, m_reader.next());
        if (!reply) break;
        if (!m_call || m_call->replies.size() == m_call->expected)
            return fail(ErrorCode::UpstreamInvalidResponse, "an answer that nobody asked for");
        m_call->replies.push_back(std::move(*reply));
    }
    if (!m_call || m_call->replies.size() < m_call->expected) return {};
    if (m_reader.pending() != 0) // it would pass for the answer to the next call
        return fail(ErrorCode::UpstreamInvalidResponse, "an answer that nobody asked for");
    const auto bad = std::ranges::find_if(m_call->replies, isOutOfOrder);
    if (m_call->permit && bad != m_call->replies.end())
        return fail(ErrorCode::UpstreamRejected, "Redis says: " + bad->text.substr(0, bad->text.find(' ')));
    disarm();
    const auto call = std::exchange(m_call, nullptr);
    if (call->permit) call->permit->success();
    call->finish(std::nullopt);
    const auto idle = m_owner.idle; // may let go of us
    if (idle) idle(shared_from_this());
    return {};
}

void RedisConnection::armLimit(Millis limit) {
    disarm();
    m_timer = m_timers->schedule(limit, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        // Our own thread may have been the slow one: what has arrived by now is read first.
        self->m_timer = 0;
        asio::post(self->m_io, [weak, call = self->m_call] {
            const auto still = weak.lock();
            if (still && still->m_timer == 0 && still->m_call == call) still->onLimit();
        });
    });
}

void RedisConnection::disarm() {
    if (m_timer != 0) m_timers->cancel(std::exchange(m_timer, 0));
}

void RedisConnection::onLimit() {
    end(Error(ErrorCode::UpstreamTimeout, "no answer in time"));
}

void RedisConnection::end(const Error& why) {
    if (m_ended) return;
    const auto self = shared_from_this();
    const auto call = m_call;
    const auto told = std::exchange(m_owner, {});
    close(why);
    if (call && call->permit) call->permit->failure(BreakerFailure::Transport, why.detail);
    if (told.ended) told.ended(self, why);
}

void RedisConnection::close(const Error& why) {
    if (m_ended) return;
    m_ended = why;
    m_owner = {};
    disarm();
    if (m_lookup) m_lookup->event.notify();
    if (m_connector) m_connector->cancel();
    ErrorCodeOf ignored;
    m_socket.close(ignored);
    if (const auto call = std::exchange(m_call, nullptr)) call->finish(why);
}

} // namespace exo
