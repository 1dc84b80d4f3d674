#include "core/cache/RedisCache.h"

#include "core/base/Ids.h"
#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/base/Units.h"
#include "core/cache/RedisValue.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

namespace exo {

namespace {

constexpr std::string_view k_generation = RedisConnection::k_probeKey;
constexpr std::size_t k_batchBytes = 256u << 10;
constexpr std::size_t k_batchCount = 32;
constexpr std::size_t k_writeOverhead = 128; // of a waiting write
constexpr std::size_t k_looksAtOnce = 64;    // in one piece; the next one may go another way
// A generation that was made because there was none, and one that was made to forget the one before.
constexpr char k_begun = 'n';
constexpr char k_purged = 'p';

std::string newGeneration(char kind) {
    return kind + hexEncode(randomBytes(8));
}

bool isGeneration(std::string_view text) {
    constexpr std::size_t k_length = 17;
    return text.size() == k_length && (text[0] == k_begun || text[0] == k_purged);
}

std::string redisKey(std::string_view generation, const CacheKey& key) {
    return "exobrain:" + std::string(generation) + ":" +
           hexEncode({reinterpret_cast<const char*>(key.data()), key.size()});
}

// A line of INFO: name:value.
std::string_view infoValue(std::string_view info, std::string_view name) {
    for (std::size_t at = 0; at < info.size();) {
        const std::size_t end = std::min(info.find("\r\n", at), info.size());
        const std::string_view line = info.substr(at, end - at);
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':'))
            return line.substr(name.size() + 1);
        at = end + 2;
    }
    return {};
}

} // namespace

struct RedisCache::Shared : std::enable_shared_from_this<Shared> {
    struct Write {
        CacheKey key{};
        CacheValue value; // empty: erase
        Millis ttl{0};
    };

    Shared(asio::io_context& context, RedisAddress address, RedisOptions o, const Clock& c)
        : io(context)
        , clock(c)
        , options(std::move(o))
        , pool(std::make_shared<RedisPool>(context, std::move(address), options.limits, c)) {}

    void start() {
        pool->start([weak = weak_from_this()] {
            if (const auto self = weak.lock()) asio::co_spawn(self->io, inspect(self), asio::detached);
        });
    }
    static asio::awaitable<void> inspect(std::shared_ptr<Shared> self);
    static asio::awaitable<void> write(std::shared_ptr<Shared> self);
    Task<void> learn(Millis limit, CancelToken cancel);
    using Keys = std::span<const CacheKey>;
    // The hits for these keys, or a failure; what was asked of another generation is a miss.
    Task<Hits> look(Keys keys, Millis limit, CancelToken cancel);
    void see(const RedisReply& reply);
    void queue(Write item);
    std::size_t takeBatch(std::string& bytes);
    void note(const std::vector<RedisReply>& replies);
    void dropQueue();

    asio::io_context& io;
    const Clock& clock;
    RedisOptions options;
    std::shared_ptr<RedisPool> pool;
    std::string generation; // empty: not known
    bool purgeDue = false;
    bool inspected = false;
    bool writing = false;
    bool refuses = false; // writes: full, or read only
    std::deque<Write> writes;
    std::size_t writeBytes = 0;
    RedisCacheStats stats;
};

// After each time it comes up: the generation, and once what the administrator may have forgotten.
asio::awaitable<void> RedisCache::Shared::inspect(std::shared_ptr<Shared> self) {
    const auto learned = co_await self->learn(self->options.limits.connect, {});
    if (!learned || std::exchange(self->inspected, true)) co_return;
    std::string command;
    appendRedisCommand(command, {"INFO", "memory"});
    const auto replies = co_await self->pool->ask(std::move(command), 1, self->options.limits.connect, {});
    if (!replies || replies->front().kind != RedisReply::Kind::Text) co_return;
    const std::string_view info = replies->front().text;
    const std::string_view most = infoValue(info, "maxmemory");
    const std::string_view policy = infoValue(info, "maxmemory_policy");
    std::uint64_t bytes = 0;
    std::from_chars(most.data(), most.data() + most.size(), bytes);
    if (most.empty()) co_return;
    if (bytes == 0)
        log::warn("Redis has no maxmemory: it grows until the machine is full; set it to {}",
                  formatSize(self->options.size));
    else if (bytes > self->options.size)
        log::warn("Redis may use {}, cache.redis.size says {}", formatSize(bytes),
                  formatSize(self->options.size));
    if (policy == "noeviction")
        log::warn(
            "Redis has the policy noeviction: when it is full it takes no new answers; use allkeys-lfu");
}

// A generation that others have begun is ours as well.
void RedisCache::Shared::see(const RedisReply& reply) {
    const bool known = reply.kind == RedisReply::Kind::Text && isGeneration(reply.text);
    if (!known) return generation.clear();
    if (generation == reply.text) return;
    const bool purged = !generation.empty() && reply.text[0] == k_purged;
    generation = reply.text;
    if (purged && options.purgedByOther) options.purgedByOther();
}

Task<void> RedisCache::Shared::learn(Millis limit, CancelToken cancel) {
    std::string bytes;
    std::size_t count = 2;
    if (purgeDue) {
        appendRedisCommand(bytes, {"DEL", k_generation}); // also a full Redis can do that
        appendRedisCommand(bytes, {"SET", k_generation, newGeneration(k_purged)});
        ++count;
    } else {
        appendRedisCommand(bytes, {"SET", k_generation, newGeneration(k_begun), "NX"});
    }
    appendRedisCommand(bytes, {"GET", k_generation});
    const bool purges = std::exchange(purgeDue, false);
    auto replies = co_await pool->ask(std::move(bytes), count, limit, std::move(cancel));
    if (!replies) {
        purgeDue |= purges; // whether it was heard nobody knows
        co_return std::move(replies).error();
    }
    if (purges) {
        purgeDue |= replies->front().isError();
        generation.clear();
    }
    note(*replies);
    see(replies->back());
    co_return Result<void>();
}

Task<RedisCache::Hits> RedisCache::Shared::look(Keys keys, Millis limit, CancelToken cancel) {
    std::string bytes;
    const std::string end = std::to_string(k_largestRedisValue + k_redisValueHead); // one too many is seen
    appendRedisCommand(bytes, {"GET", k_generation});
    for (const CacheKey& key : keys) {
        const std::string name = redisKey(generation, key);
        appendRedisCommand(bytes, {"GETRANGE", name, "0", end});
        appendRedisCommand(bytes, {"PTTL", name});
    }
    const std::string asked = generation;
    const std::size_t count = 1 + 2 * keys.size();
    EXO_CO_TRY(const auto replies, co_await pool->ask(std::move(bytes), count, limit, std::move(cancel)));
    note(replies);
    see(replies[0]);
    Hits hits(keys.size());
    if (generation != asked || purgeDue) co_return hits;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const RedisReply& value = replies[1 + 2 * i];
        if (value.kind != RedisReply::Kind::Text || value.text.empty()) continue;
        auto hit = decodeRedisValue(keys[i], value.text, Millis(replies[2 + 2 * i].number));
        if (hit)
            hits[i] = std::move(*hit);
        else
            ++stats.errors; // foreign or damaged
    }
    co_return hits;
}

// Errors as replies: counted, and when writes are refused that is said once.
void RedisCache::Shared::note(const std::vector<RedisReply>& replies) {
    for (const RedisReply& reply : replies) {
        if (!reply.isError()) continue;
        ++stats.errors;
        const bool refused = reply.text.starts_with("OOM") || reply.text.starts_with("READONLY") ||
                             reply.text.starts_with("MISCONF") || reply.text.starts_with("NOPERM");
        if (refused && !std::exchange(refuses, true))
            log::warn("Redis takes no new answers: {}", reply.text.substr(0, reply.text.find(' ')));
    }
}

void RedisCache::Shared::queue(Write item) {
    const std::size_t size = k_writeOverhead + (item.value ? item.value->size() : 0);
    if (!pool->worthAsking() || writeBytes + size > options.maxQueued) {
        ++stats.droppedWrites;
        return;
    }
    writeBytes += size;
    writes.push_back(std::move(item));
    if (std::exchange(writing, true)) return;
    asio::co_spawn(io, write(shared_from_this()), asio::detached);
}

void RedisCache::Shared::dropQueue() {
    stats.droppedWrites += static_cast<std::int64_t>(writes.size());
    writes.clear();
    writeBytes = 0;
}

std::size_t RedisCache::Shared::takeBatch(std::string& bytes) {
    std::size_t count = 0;
    while (!writes.empty() && count < k_batchCount && bytes.size() < k_batchBytes) {
        const Write item = std::move(writes.front());
        writes.pop_front();
        writeBytes -= k_writeOverhead + (item.value ? item.value->size() : 0);
        ++count;
        const std::string name = redisKey(generation, item.key);
        if (!item.value) {
            appendRedisCommand(bytes, {"DEL", name});
            continue;
        }
        const Millis lifetime = item.ttl + options.staleFor;
        const std::string value = encodeRedisValue(item.key, *item.value, {item.ttl, Millis(0), lifetime});
        appendRedisCommand(bytes, {"SET", name, value, "PX", std::to_string(lifetime.count())});
    }
    return count;
}

asio::awaitable<void> RedisCache::Shared::write(std::shared_ptr<Shared> self) {
    const Millis limit = self->options.limits.connect;
    while (!self->writes.empty()) {
        if (self->generation.empty() || self->purgeDue) {
            const auto learned = co_await self->learn(limit, {});
            if (!learned || self->generation.empty() || self->purgeDue) {
                self->dropQueue();
                break;
            }
        }
        std::string bytes;
        const std::size_t count = self->takeBatch(bytes);
        if (count == 0) break; // purged in between
        const auto replies = co_await self->pool->ask(std::move(bytes), count, limit, {});
        if (!replies) {
            self->stats.droppedWrites += static_cast<std::int64_t>(count);
            self->dropQueue();
            break;
        }
        self->note(*replies);
        const auto refused = std::ranges::count_if(*replies, &RedisReply::isError);
        self->stats.droppedWrites += refused;
        if (refused == 0 && std::exchange(self->refuses, false)) log::info("Redis takes new answers again");
    }
    self->writing = false;
}

RedisCache::RedisCache(asio::io_context& io, RedisAddress address, RedisOptions options, const Clock& clock)
    : m_shared(std::make_shared<Shared>(io, std::move(address), std::move(options), clock)) {
    m_shared->start();
}

RedisCache::~RedisCache() {
    close();
}

void RedisCache::close() {
    m_shared->options.purgedByOther = {};
    m_shared->dropQueue();
    m_shared->pool->close();
}

bool RedisCache::worthAsking() const {
    return m_shared->pool->worthAsking();
}

Task<std::optional<CacheHit>> RedisCache::find(CacheKey key, CancelToken cancel) {
    std::vector<CacheKey> keys(1, key);
    EXO_CO_TRY(auto hits, co_await findMany(std::move(keys), std::move(cancel)));
    co_return std::move(hits.front());
}

Task<RedisCache::Hits> RedisCache::findMany(std::vector<CacheKey> keys, CancelToken cancel) {
    const auto self = m_shared; // we may be replaced while we wait
    Hits hits(keys.size());
    if (!self->pool->worthAsking()) co_return hits;
    const SteadyTime end = self->clock.now() + self->options.limits.lookup;
    const auto left = [&] { return std::max(std::chrono::ceil<Millis>(end - self->clock.now()), Millis(1)); };
    bool known = !self->generation.empty() && !self->purgeDue;
    if (!known) {
        const auto learned = co_await self->learn(self->options.limits.lookup, cancel);
        known = learned && !self->generation.empty();
    }
    for (std::size_t at = 0; known && at < keys.size(); at += k_looksAtOnce) {
        if (at > 0 && (self->clock.now() >= end || !self->pool->worthAsking())) break;
        const Shared::Keys piece = Shared::Keys(keys).subspan(at, std::min(k_looksAtOnce, keys.size() - at));
        auto found = co_await self->look(piece, left(), cancel);
        if (!found) break;
        std::ranges::move(*found, hits.begin() + static_cast<std::ptrdiff_t>(at));
    }
    for (const auto& hit : hits)
        ++(hit && hit->ttl >= Millis(0) ? self->stats.hits : self->stats.misses);
    co_return hits;
}

void RedisCache::store(const CacheKey& key, CacheValue value, Millis ttl) {
    if (ttl <= Millis(0) || value->size() > k_largestRedisValue) return;
    m_shared->queue({key, std::move(value), ttl});
}

void RedisCache::erase(const CacheKey& key) {
    if (m_shared->pool->worthAsking()) m_shared->queue({key, nullptr, Millis(0)});
}

Task<void> RedisCache::purge() {
    const auto self = m_shared;
    self->writes.clear();
    self->writeBytes = 0;
    self->generation.clear();
    self->purgeDue = true;
    if (self->pool->worthAsking()) (void)co_await self->learn(self->options.limits.connect, {});
    co_return Result<void>();
}

RedisCacheStats RedisCache::stats() const {
    RedisCacheStats stats = m_shared->stats;
    stats.errors += m_shared->pool->failures();
    stats.state = m_shared->pool->up() ? RedisState::Up : RedisState::Down;
    stats.reason = m_shared->pool->reason();
    return stats;
}

std::size_t RedisCache::connections() const {
    return m_shared->pool->connections();
}

} // namespace exo
