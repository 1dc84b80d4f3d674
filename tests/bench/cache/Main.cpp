// bench_cache [--quick]: hit ratios of the local cache beside plain LRU of the same bytes and beside Belady's
// optimum, on traces that are the same every time, and lookups per second. Fails where LRU is better.

#include "core/cache/LocalCache.h"
#include "tests/bench/cache/Rivals.h"
#include "tests/bench/cache/Traces.h"

#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

using namespace exo;
using namespace exo::bench;

constexpr double k_tie = 0.002; // of the ratio: both caches are as good
constexpr Millis k_ttl{3600'000};

struct StandingClock final : Clock {
    SteadyTime now() const override { return SteadyTime(std::chrono::hours(1)); }
    WallTime wallNow() const override { return {}; }
};

CacheKey keyOf(std::uint64_t number) { // spread like a digest: splitmix64
    CacheKey key{};
    for (std::size_t i = 0; i < key.size(); i += 8) {
        std::uint64_t z = number + (i + 1) * 0x9E3779B97F4A7C15u;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        std::memcpy(key.data() + i, &z, 8);
    }
    return key;
}

struct Case {
    std::string name;
    std::size_t entries;
    Trace trace;
};

std::vector<Case> cases(bool quick) {
    const std::size_t requests = quick ? 200'000 : 1'000'000;
    const std::uint64_t keys = quick ? 20'000 : 100'000;
    std::vector<Case> all;
    for (const std::size_t percent : {1u, 5u, 20u}) {
        const std::size_t entries = keys * percent / 100;
        const std::string room = ", room for " + std::to_string(percent) + " %";
        for (const double s : {0.7, 0.9, 1.1})
            all.push_back(
                {"zipf " + std::to_string(s).substr(0, 3) + room, entries, zipf(s, keys, requests, 1)});
        const Trace base = zipf(0.9, keys, requests, 2);
        all.push_back({"zipf 0.9 with scans" + room, entries, scanned(base, 10 * entries, 2 * entries)});
        all.push_back({"zipf 0.9, others every fifth" + room, entries, drifting(base, requests / 5)});
        all.push_back({"loop of 1.5 times the room, " + std::to_string(entries), entries,
                       loop(entries * 3 / 2, requests)});
        all.push_back(
            {"loop of 4 times the room, " + std::to_string(entries), entries, loop(entries * 4, requests)});
    }
    return all;
}

double hitRatioOfOurs(const Case& test, const CacheValue& value) {
    const StandingClock clock;
    LocalCache cache(test.entries * LocalCache::weigh(value), Millis(0), clock, 1);
    std::size_t hits = 0;
    for (const std::uint64_t number : test.trace) {
        const CacheKey key = keyOf(number);
        if (cache.find(key))
            ++hits;
        else
            cache.store(key, value, k_ttl);
    }
    return static_cast<double>(hits) / static_cast<double>(test.trace.size());
}

void measureLookups(const CacheValue& value, bool quick) {
    constexpr std::uint64_t k_entries = 50'000;
    const StandingClock clock;
    LocalCache cache(2 * k_entries * LocalCache::weigh(value), Millis(0), clock, 1);
    std::vector<CacheKey> keys;
    for (std::uint64_t i = 0; i < k_entries; ++i)
        cache.store(keys.emplace_back(keyOf(i)), value, k_ttl);
    const std::size_t lookups = quick ? 100'000 : 5'000'000;
    std::size_t hits = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < lookups; ++i)
        hits += cache.find(keys[i * 7919 % k_entries]) ? 1 : 0;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("\n%.1f million lookups a second on %llu entries (%zu of %zu found)\n",
                static_cast<double>(lookups) / took.count() / 1e6, static_cast<unsigned long long>(k_entries),
                hits, lookups);
}

} // namespace

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    const auto value = std::make_shared<const std::string>(1000, 'x');
    int lost = 0;
    std::printf("%-44s %8s %8s %8s\n", "hit ratio", "ours", "LRU", "Belady");
    for (const Case& test : cases(quick)) {
        const double ours = hitRatioOfOurs(test, value);
        const double lru = hitRatioOfLru(test.trace, test.entries);
        const double best = hitRatioOfBelady(test.trace, test.entries);
        const bool loses = ours < lru - k_tie;
        lost += loses ? 1 : 0;
        std::printf("%-44s %8.4f %8.4f %8.4f%s\n", test.name.c_str(), ours, lru, best,
                    loses ? "  LRU is better" : "");
        std::fflush(stdout);
    }
    measureLookups(value, quick);
    return lost == 0 ? 0 : 1;
}
