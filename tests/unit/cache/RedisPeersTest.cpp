// What listens where Redis should be need not be Redis; and the two levels together.
#include "RedisRig.h"
#include "core/cache/TieredCache.h"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstdlib>

using namespace exo;
using namespace exo::test;

namespace {

using Tcp = asio::ip::tcp;

// Says the same to everybody: at once, and again for each thing it hears; then nothing, or for ever.
struct Listener {
    enum class After { Silence, Close, Endless };
    Listener(asio::io_context& io, std::string says, After after)
        : acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        asio::co_spawn(io, serve(acceptor, std::move(says), after), asio::detached);
    }
    std::string url() const {
        return "redis://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    }

    static asio::awaitable<void> serve(Tcp::acceptor& acceptor, std::string says, After after) {
        for (;;) {
            boost::system::error_code error;
            Tcp::socket socket =
                co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            asio::co_spawn(acceptor.get_executor(), talk(std::move(socket), says, after), asio::detached);
        }
    }
    static asio::awaitable<void> talk(Tcp::socket socket, std::string says, After after) {
        boost::system::error_code error;
        std::string heard(1000, '\0');
        while (!error) {
            co_await asio::async_write(socket, asio::buffer(says),
                                       asio::redirect_error(asio::use_awaitable, error));
            if (after == After::Close) co_return;
            if (after == After::Endless) {
                says.assign(10'000, 'x');
                continue;
            }
            co_await socket.async_read_some(asio::buffer(heard),
                                            asio::redirect_error(asio::use_awaitable, error));
        }
    }

    Tcp::acceptor acceptor;
};

// TLS in front of a Redis that has none.
struct TlsFront {
    using Local = asio::local::stream_protocol;
    using Secure = asio::ssl::stream<Tcp::socket>;

    TlsFront(asio::io_context& io, const TempHome& folder, std::string to)
        : acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        const std::string key = (folder / "key.pem").string();
        ProcessOptions openssl;
        openssl.arguments = {"/usr/bin/env",
                             "openssl",
                             "req",
                             "-x509",
                             "-newkey",
                             "ec",
                             "-pkeyopt",
                             "ec_paramgen_curve:P-256",
                             "-nodes",
                             "-days",
                             "2",
                             "-subj",
                             "/CN=redis",
                             "-addext",
                             "subjectAltName=IP:127.0.0.1",
                             "-keyout",
                             key,
                             "-out",
                             certificate(folder)};
        openssl.stderrFile = folder / "openssl.log";
        REQUIRE(runToEnd(openssl).status == 0);
        context.use_certificate_chain_file(certificate(folder));
        context.use_private_key_file(key, asio::ssl::context::pem);
        asio::co_spawn(io, serve(*this, std::move(to)), asio::detached);
    }
    static std::string certificate(const TempHome& folder) { return (folder / "cert.pem").string(); }
    std::string url() const {
        return "rediss://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    }

    static asio::awaitable<void> serve(TlsFront& self, std::string to) {
        for (;;) {
            boost::system::error_code error;
            auto socket =
                co_await self.acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            auto secure = std::make_shared<Secure>(std::move(socket), self.context);
            co_await secure->async_handshake(asio::ssl::stream_base::server,
                                             asio::redirect_error(asio::use_awaitable, error));
            auto plain = std::make_shared<Local::socket>(self.acceptor.get_executor());
            if (!error) plain->connect(Local::endpoint(to), error);
            if (error) continue;
            asio::co_spawn(self.acceptor.get_executor(), pass(secure, plain), asio::detached);
            asio::co_spawn(self.acceptor.get_executor(), pass(plain, secure), asio::detached);
        }
    }
    template <class From, class To>
    static asio::awaitable<void> pass(std::shared_ptr<From> from, std::shared_ptr<To> to) {
        boost::system::error_code error;
        std::vector<char> bytes(4096);
        while (!error) {
            const std::size_t size = co_await from->async_read_some(
                asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
            if (!error)
                co_await asio::async_write(*to, asio::buffer(bytes.data(), size),
                                           asio::redirect_error(asio::use_awaitable, error));
        }
        to->lowest_layer().close(error);
    }

    Tcp::acceptor acceptor;
    asio::ssl::context context{asio::ssl::context::tls_server};
};

} // namespace

TEST_CASE("over TLS the server has to show who it is") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    TlsFront front(rig.io, rig.folder, redis.socket().string());
    const auto wary = rig.cache(front.url());
    rig.untilDown(*wary);
    CHECK(wary->stats().reason.find("TLS") == 0);
    wary->close();
    REQUIRE(::setenv("SSL_CERT_FILE", TlsFront::certificate(rig.folder).c_str(), 1) == 0);
    const auto cache = rig.cache(front.url());
    rig.put(*cache, keyNumber(1), std::string(100'000, 'x'));
    CHECK(rig.find(*cache, keyNumber(1))->value->size() == 100'000);
    ::unsetenv("SSL_CERT_FILE");
    cache->close();
    front.acceptor.close();
}

TEST_CASE("a listener that is no Redis is a miss, and said") {
    RedisRig rig;
    std::string says;
    Listener::After after = Listener::After::Silence;
    SUBCASE("another protocol") {
        says = "HTTP/1.1 400 Bad Request\r\n\r\n";
    }
    SUBCASE("nonsense") {
        says = std::string("\xff\x00\xfe\r\n:x\r\n", 9);
    }
    SUBCASE("a list") {
        says = "*1000000\r\n";
    }
    SUBCASE("answers to what nobody asked") {
        says = "+PONG\r\n+PONG\r\n+PONG\r\n";
    }
    SUBCASE("closes at once") {
        after = Listener::After::Close;
    }
    SUBCASE("half an answer") {
        says = "$10\r\nabc";
        after = Listener::After::Close;
    }
    SUBCASE("an endless text") {
        says = "$1073741824\r\n";
        after = Listener::After::Endless;
    }
    SUBCASE("an endless line") {
        says = "+";
        after = Listener::After::Endless;
    }
    Listener listener(rig.io, says, after);
    const auto cache = rig.cache(listener.url());
    CHECK_FALSE(rig.find(*cache, keyNumber(1)));
    rig.untilDown(*cache);
    CHECK_FALSE(cache->stats().reason.empty());
    CHECK(cache->stats().errors > 0);
    cache->close();
    listener.acceptor.close();
}

TEST_CASE("nobody there, and no such socket, is down") {
    RedisRig rig;
    Tcp::acceptor closed(rig.io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const std::string url = "redis://127.0.0.1:" + std::to_string(closed.local_endpoint().port());
    closed.close();
    const auto tcp = rig.cache(url);
    rig.untilDown(*tcp);
    const auto local = rig.cache("unix://" + (rig.folder / "none.sock").string());
    rig.untilDown(*local);
    CHECK(local->stats().reason.find("cannot connect") == 0);
}

TEST_CASE("who is silent from the start holds up its first callers only") {
    RedisRig rig;
    Listener listener(rig.io, "", Listener::After::Silence);
    const auto cache = rig.cache(listener.url(), hasty());
    CHECK(cache->worthAsking());
    CHECK(rig.findMany(*cache, std::vector<CacheKey>(50, keyNumber(1))) == 0);
    CHECK_FALSE(cache->worthAsking());
    CHECK(cache->stats().state == RedisState::Down);
    cache->close();
    listener.acceptor.close();
}

TEST_CASE("memory before Redis: filled from it, emptied with it, replaced by a reload") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    Settings::Cache settings;
    settings.localSize = 10u << 20;
    settings.redisUrl = Secret(redis.url());
    settings.redisTimeout = Millis(20'000);
    auto made = makeAnswerCache(settings, rig.io, rig.clock, *rig.timers);
    REQUIRE(made.ok());
    const auto a = std::move(*made);
    TieredCache b(settings, rig.io, rig.clock, *rig.timers);
    const auto remote = [&](AnswerCache& cache, std::uint64_t number) {
        auto hit = run(rig.io, cache.findRemote(keyNumber(number), {}));
        REQUIRE(hit.ok());
        return std::move(*hit);
    };
    CHECK(a->hasRemote());
    a->store(keyNumber(1), text("shared"), Millis(3600'000));
    CHECK_FALSE(b.findLocal(keyNumber(1)));
    CHECK(rig.until([&] { return remote(b, 1).has_value(); }));
    const auto hit = b.findLocal(keyNumber(1));
    REQUIRE(hit);
    CHECK(*hit->value == "shared");
    CHECK(b.stats().redis == RedisState::Up);
    CHECK(b.stats().redisHits == 1);

    CHECK(run(rig.io, a->purge()).ok());
    CHECK_FALSE(a->findLocal(keyNumber(1)));
    CHECK_FALSE(remote(*a, 1));
    CHECK_FALSE(remote(b, 2)); // the next it asks for tells it
    CHECK_FALSE(b.findLocal(keyNumber(1)));

    settings.redisUrl = Secret();
    b.reconfigure(settings);
    CHECK(b.stats().redis == RedisState::Off);
    CHECK_FALSE(b.hasRemote());
    CHECK_FALSE(remote(b, 1));
    settings.redisUrl = Secret(redis.url());
    b.reconfigure(settings);
    a->store(keyNumber(3), text("again"), Millis(3600'000));
    CHECK(rig.until([&] { return remote(b, 3).has_value(); }));
    b.close();
    CHECK_FALSE(b.hasRemote());
    a->close();
}

TEST_CASE("a Redis URL that cannot be understood is refused before anything changes") {
    RedisRig rig;
    Settings::Cache settings;
    settings.redisUrl = Secret("redis//nowhere");
    const auto made = makeAnswerCache(settings, rig.io, rig.clock, *rig.timers);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == ErrorCode::ConfigError);
    CHECK_FALSE(checkCacheSettings(settings).ok());
    settings.redisUrl = Secret();
    CHECK(checkCacheSettings(settings).ok());
}
