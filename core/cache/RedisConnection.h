#pragma once
// One connection to Redis, over TCP, TLS or a local socket, without a blocking call: commands of one call
// after the other. It reads all the time, so a server that goes away is noticed at once. io thread; owned by
// the pool and by its own coroutines.

#include "core/base/Clock.h"
#include "core/base/Task.h"
#include "core/cache/RedisAddress.h"
#include "core/cache/RedisWire.h"
#include "core/limits/CircuitBreaker.h"
#include "core/net/Connector.h"
#include "core/net/Event.h"
#include "core/net/Resolver.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo {

// Some commands and the replies to them. Whoever asked may leave before the replies are there.
struct RedisCall {
    std::string bytes;
    std::size_t expected = 0;
    Millis limit{0}; // on the wire
    std::vector<RedisReply> replies;
    std::optional<CircuitBreaker::Permit> permit;
    std::optional<Error> error;
    bool finished = false;
    net::Event event;

    void finish(std::optional<Error> why) {
        if (finished) return;
        finished = true;
        error = std::move(why);
        event.notify();
    }
};

class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
  public:
    struct Owner { // what the pool wants to hear; not called after close()
        std::function<void(const std::shared_ptr<RedisConnection>&)> idle;
        std::function<void(const std::shared_ptr<RedisConnection>&, const Error&)> ended;
    };

    RedisConnection(asio::io_context& io, std::shared_ptr<Timers> timers);

    // Connects and says who we are. UpstreamConnection, UpstreamTimeout, UpstreamInvalidResponse, or
    // UpstreamRejected with Redis' own words; also when it refuses to tell what k_probeKey holds.
    static Task<void> open(std::shared_ptr<RedisConnection> self, const RedisAddress& address,
                           net::Resolver& resolver, Millis limit);
    // The key that is read to see that reading works.
    static constexpr std::string_view k_probeKey = "exobrain:generation";
    void setOwner(Owner owner) { m_owner = std::move(owner); }
    // Only while there is no other call.
    void ask(std::shared_ptr<RedisCall> call);
    // The call under way is finished with `why`; the owner is told nothing more.
    void close(const Error& why);
    const std::optional<Error>& ended() const { return m_ended; }

  private:
    using Socket = asio::generic::stream_protocol::socket;

    Task<void> connect(const RedisAddress& address, net::Resolver& resolver);
    Task<void> secure(const std::string& host);
    Task<void> introduce(const RedisAddress& address, Millis limit);
    static asio::awaitable<void> write(std::shared_ptr<RedisConnection> self);
    static asio::awaitable<void> read(std::shared_ptr<RedisConnection> self);
    Result<void> take(std::string_view bytes);
    void armLimit(Millis limit);
    void disarm();
    void onLimit();
    void end(const Error& why);

    asio::io_context& m_io;
    std::shared_ptr<Timers> m_timers;
    Socket m_socket;
    std::unique_ptr<asio::ssl::context> m_context;
    std::unique_ptr<asio::ssl::stream<Socket&>> m_tls;
    std::shared_ptr<net::Resolver::Lookup> m_lookup;
    std::shared_ptr<net::Connector> m_connector;
    RedisReader m_reader;
    std::shared_ptr<RedisCall> m_call;
    Owner m_owner;
    Timers::Id m_timer = 0;
    std::optional<Error> m_ended;
};

} // namespace exo
