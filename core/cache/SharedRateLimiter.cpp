#include "core/cache/SharedRateLimiter.h"

#include "core/base/Log.h"
#include "core/base/Text.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace exo {

namespace {

constexpr std::string_view k_prefix = "exobrain:rate:";

// KEYS[1]: a list of the times of the counted requests in microseconds, oldest first. ARGV: requests, window
// in milliseconds. A clock that was set back stands still for this key rather than let more through, unless
// it was set back by more than a window. A list is returned as text: see RedisWire.h.
constexpr std::string_view k_script = R"lua(
local key, most, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local last = redis.call('LINDEX', key, -1)
if last and tonumber(last) > now then
  if tonumber(last) - now >= window then redis.call('DEL', key) else now = tonumber(last) end
end
local first = redis.call('LINDEX', key, 0)
while first and tonumber(first) <= now - window do
  redis.call('LPOP', key)
  first = redis.call('LINDEX', key, 0)
end
local used = redis.call('LLEN', key)
local allowed = 0
if used < most then
  redis.call('RPUSH', key, string.format('%.0f', now))
  redis.call('PEXPIRE', key, ARGV[2])
  used, allowed = used + 1, 1
end
local function left(index)
  return math.ceil((tonumber(redis.call('LINDEX', key, index)) + window - now) / 1000)
end
return string.format('%d %.0f %.0f %.0f', allowed, math.max(most - used, 0), left(math.max(used - most, 0)), left(-1))
)lua";

std::string sha1Of(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    return hexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

const std::string& scriptName() {
    static const std::string name = sha1Of(k_script);
    return name;
}

// A Redis whose rules or whose keeper leave EVALSHA out may still take EVAL.
bool refusesName(const RedisReply& reply) {
    return reply.isError() &&
           (reply.text.starts_with("NOPERM") || reply.text.starts_with("ERR unknown command"));
}

} // namespace

std::optional<RateVerdict> parseRateReply(std::string_view text, const Rate& rate) {
    std::array<std::int64_t, 4> numbers{};
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0 && (at == end || *at++ != ' ')) return std::nullopt;
        const auto [next, errc] = std::from_chars(at, end, numbers[i]);
        if (errc != std::errc() || numbers[i] < 0) return std::nullopt;
        at = next;
    }
    const auto [allowed, remaining, more, full] = numbers;
    const std::int64_t window = rate.window.count();
    const bool possible = allowed <= 1 && remaining < rate.requests && more <= window && full <= window &&
                          (allowed == 1 || (remaining == 0 && more > 0));
    if (at != end || !possible) return std::nullopt;
    return RateVerdict{allowed == 1, static_cast<int>(remaining), Millis(more), Millis(full)};
}

struct SharedRateLimiter::Shared : std::enable_shared_from_this<Shared> {
    Shared(asio::io_context& context, RedisAddress address, RedisLimits limits, const Clock& c)
        : io(context)
        , clock(c)
        , pool(std::make_shared<RedisPool>(context, std::move(address), limits, c)) {}

    void start() {
        pool->start([weak = weak_from_this()] {
            if (const auto self = weak.lock()) asio::co_spawn(self->io, load(self), asio::detached);
        });
    }
    static asio::awaitable<void> load(std::shared_ptr<Shared> self);
    Task<RedisReply> run(std::string_view command, std::string_view script, const std::string& key,
                         const Rate& rate, SteadyTime end, CancelToken cancel);
    void refused(std::string_view words);

    asio::io_context& io;
    const Clock& clock;
    std::shared_ptr<RedisPool> pool;
    SteadyTime askAgain{}; // not before, after a refusal
    bool said = false;
    bool namesScript = true; // instead of sending it
};

// So that a request need not bring the script itself.
asio::awaitable<void> SharedRateLimiter::Shared::load(std::shared_ptr<Shared> self) {
    std::string command;
    appendRedisCommand(command, {"SCRIPT", "LOAD", k_script});
    (void)co_await self->pool->ask(std::move(command), 1, self->pool->limits().connect, {});
}

Task<RedisReply> SharedRateLimiter::Shared::run(std::string_view command, std::string_view script,
                                                const std::string& key, const Rate& rate, SteadyTime end,
                                                CancelToken cancel) {
    std::string bytes;
    appendRedisCommand(bytes, {command, script, "1", key, std::to_string(rate.requests),
                               std::to_string(rate.window.count())});
    const Millis left = std::max(std::chrono::ceil<Millis>(end - clock.now()), Millis(1));
    EXO_CO_TRY(auto replies, co_await pool->ask(std::move(bytes), 1, left, std::move(cancel)));
    co_return std::move(replies.front());
}

// What Redis refuses once it will refuse again: no request waits for that.
void SharedRateLimiter::Shared::refused(std::string_view words) {
    askAgain = clock.now() + pool->limits().pause;
    if (std::exchange(said, true)) return;
    log::warn("Redis does not count requests, each server does so by itself: {}",
              words.substr(0, words.find_first_of("\r\n")));
}

SharedRateLimiter::SharedRateLimiter(asio::io_context& io, RedisAddress address, RedisLimits limits,
                                     const Clock& clock)
    : m_shared(std::make_shared<Shared>(io, std::move(address), limits, clock)) {
    m_shared->start();
}

SharedRateLimiter::~SharedRateLimiter() {
    close();
}

void SharedRateLimiter::close() {
    m_shared->pool->close();
}

bool SharedRateLimiter::worthAsking() const {
    return m_shared->pool->worthAsking() && m_shared->clock.now() >= m_shared->askAgain;
}

Task<std::optional<RateVerdict>> SharedRateLimiter::count(std::string name, Rate rate, CancelToken cancel) {
    const auto self = m_shared;
    rate.requests = std::max(rate.requests, 1);
    const std::string key = std::string(k_prefix) + name;
    const SteadyTime end = self->clock.now() + self->pool->limits().lookup;
    Result<RedisReply> reply = RedisReply();
    const bool named = self->namesScript;
    if (named) reply = co_await self->run("EVALSHA", scriptName(), key, rate, end, cancel);
    const bool refused = named && reply.ok() && refusesName(*reply);
    const bool unknown = reply.ok() && reply->text.starts_with("NOSCRIPT"); // it was started again
    if (!named || refused || unknown) reply = co_await self->run("EVAL", k_script, key, rate, end, cancel);
    if (!reply.ok()) co_return std::optional<RateVerdict>();
    std::optional<RateVerdict> verdict;
    if (reply->kind == RedisReply::Kind::Text) verdict = parseRateReply(reply->text, rate);
    if (!verdict) {
        self->refused(reply->isError() ? std::string_view(reply->text) : "it answers something else");
        co_return verdict;
    }
    self->said = false;
    if (refused) self->namesScript = false; // and EVAL is allowed
    co_return verdict;
}

} // namespace exo
