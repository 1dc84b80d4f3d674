#pragma once
// A gateway with a cache that a test can look into.

#include "Bench.h"

#include <doctest/doctest.h>

#include <map>

namespace exo::test {

// Keeps everything; the clock decides what is expired.
class MapCache final : public AnswerCache {
  public:
    explicit MapCache(FakeClock& clock)
        : m_clock(clock) {}

    std::optional<CacheHit> findLocal(const CacheKey& key) override {
        const auto entry = entries.find(key);
        if (entry == entries.end()) return std::nullopt;
        CacheHit hit;
        hit.value = entry->second.value;
        hit.age = std::chrono::duration_cast<Millis>(m_clock.now() - entry->second.stored);
        hit.ttl = entry->second.ttl - hit.age;
        hit.tier = entry->second.tier;
        return hit;
    }
    Task<std::optional<CacheHit>> findRemote(CacheKey, CancelToken) override {
        co_return std::optional<CacheHit>();
    }
    Task<std::vector<std::optional<CacheHit>>> findRemoteMany(std::vector<CacheKey> keys,
                                                              CancelToken) override {
        co_return std::vector<std::optional<CacheHit>>(keys.size());
    }
    bool hasRemote() const override { return false; }
    void store(const CacheKey& key, CacheValue value, Millis ttl) override {
        entries[key] = {std::move(value), ttl, m_clock.now(), CacheTier::Local};
    }
    void erase(const CacheKey& key) override { entries.erase(key); }
    Task<void> purge() override {
        entries.clear();
        co_return Result<void>();
    }
    void setPressure(double value) override { share = value; }
    CacheStats stats() const override { return {}; }
    void reconfigure(const Settings::Cache&) override {}

    struct Entry {
        CacheValue value;
        Millis ttl;
        SteadyTime stored;
        CacheTier tier = CacheTier::Local;
    };
    std::map<CacheKey, Entry> entries;
    double share = 1;

  private:
    FakeClock& m_clock;
};

struct CacheBench : Bench {
    MapCache* cache = nullptr;

    CacheBench() {
        settings.fallback.simplifiedResponse = false;
        auto made = std::make_unique<MapCache>(clock);
        cache = made.get();
        gateway = makeGateway(settings, providers(), clock, clock, std::move(made));
    }
    static CompletionRequest ask(std::string text, std::string model = "alpha") {
        CompletionRequest request;
        request.model = std::move(model);
        request.body = {{"messages", Json::array({Json{{"role", "user"}, {"content", std::move(text)}}})}};
        return request;
    }
    std::shared_ptr<Pending<Completion>> whole(CompletionRequest request, CacheWish wish = {},
                                               std::string tenant = {},
                                               Priority priority = Priority::Normal) {
        auto pending = std::make_shared<Pending<Completion>>();
        GatewayCall call = callOf(*pending);
        call.cache = wish;
        call.tenant = std::move(tenant);
        call.priority = priority;
        asio::co_spawn(io, store(gateway->complete(std::move(request), std::move(call)), pending),
                       asio::detached);
        settle();
        return pending;
    }
    std::shared_ptr<Pending<Stream>> streamed(CompletionRequest request, CacheWish wish = {}) {
        auto pending = std::make_shared<Pending<Stream>>();
        GatewayCall call = callOf(*pending);
        call.cache = wish;
        asio::co_spawn(io, store(gateway->stream(std::move(request), std::move(call)), pending),
                       asio::detached);
        settle();
        return pending;
    }
    std::string textOf(Pending<Stream>& pending) {
        std::string text;
        for (;;) {
            const auto event = next(pending);
            REQUIRE(event->ok());
            const auto& item = **event->result;
            if (!item) return text;
            if (const auto* delta = std::get_if<TextDelta>(&*item)) text += delta->text;
        }
    }
    static Act wholeAct(std::string text, std::string finish = "stop") {
        Act act;
        act.body = wholeBody(std::move(text), std::move(finish));
        return act;
    }
    static std::string textOf(const Pending<Completion>& pending) {
        return (*pending.result)->body["choices"][0]["message"]["content"];
    }
};

} // namespace exo::test
