#include "core/cache/LocalCache.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace exo {

namespace {

constexpr double k_protectedShare = 0.8;
constexpr double k_leastWindow = 0.005;
constexpr double k_mostWindow = 0.8;
constexpr double k_firstStep = 0.0625;
constexpr double k_stepDecay = 0.98;
constexpr double k_restart = 0.05; // a change of the hit rate that means: the load is another one now
constexpr std::int64_t k_leastSample = 1000;
constexpr double k_jitter = 0.05;
constexpr std::uint64_t k_largestShare = 64;

std::uint64_t hashOf(const CacheKey& key) { // SHA-256: any eight bytes are as good as a hash
    std::uint64_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
}

std::uint64_t nextRandom(std::uint64_t& state) { // xorshift64, Marsaglia 2003
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

} // namespace

std::size_t LocalCache::KeyHash::operator()(const CacheKey& key) const {
    return static_cast<std::size_t>(hashOf(key));
}

LocalCache::LocalCache(std::uint64_t limit, Millis staleFor, const Clock& clock, std::uint32_t seed)
    : m_limit(limit)
    , m_staleFor(staleFor)
    , m_clock(clock)
    , m_random(seed * 2654435761u + 1)
    , m_sketch(1024)
    , m_wheel(clock.now())
    , m_step(k_firstStep) {}

// The value; its owner and control block, the list's, the index's and the wheel's nodes with the allocator's
// share of 16 bytes each; and the entry's part of the sketch.
std::size_t LocalCache::weigh(const CacheValue& value) {
    constexpr std::size_t k_block = 16;
    constexpr std::size_t owner = sizeof(std::string) + 16 + k_block;
    constexpr std::size_t listNode = sizeof(Entry) + 2 * sizeof(void*) + k_block;
    constexpr std::size_t indexNode = sizeof(CacheKey) + 4 * sizeof(void*) + k_block;
    constexpr std::size_t wheelNode = sizeof(ExpiryWheel<Entry*>::Item) + 2 * sizeof(void*) + k_block;
    return value->capacity() + 1 + k_block + owner + listNode + indexNode + wheelNode + 8;
}

std::uint64_t LocalCache::windowLimit() const {
    return static_cast<std::uint64_t>(static_cast<double>(m_limit) * m_windowShare);
}

std::optional<CacheHit> LocalCache::find(const CacheKey& key) {
    m_sketch.add(hashOf(key));
    ++m_sampleLookups;
    climb();
    if (m_drift.onLookup(m_index.size(), list(Segment::Probation).size())) {
        m_sketch.halve();
        m_sketch.halve();
        m_drift.forgive();
        m_openFor = m_index.size();
    }
    const auto found = m_index.find(key);
    if (found == m_index.end()) {
        if (m_openFor == 0) m_drift.onMiss(hashOf(key));
        ++m_stats.misses;
        return std::nullopt;
    }
    const auto entry = found->second;
    const SteadyTime now = m_clock.now();
    CacheHit hit;
    hit.value = entry->value;
    hit.age = std::chrono::duration_cast<Millis>(now - entry->stored);
    hit.ttl = std::chrono::floor<Millis>(entry->ends - now);
    if (hit.ttl + m_staleFor < Millis(0)) {
        ++m_stats.expired;
        ++m_stats.misses;
        remove(entry);
        return std::nullopt;
    }
    ++(hit.ttl >= Millis(0) ? m_stats.hits : m_stats.misses);
    if (hit.ttl >= Millis(0)) ++m_sampleHits;
    if (entry->segment == Segment::Probation) m_drift.onHitAtRisk();
    touch(entry);
    return hit;
}

void LocalCache::store(const CacheKey& key, CacheValue value, Millis ttl, Millis age) {
    erase(key);
    const std::size_t weight = weigh(value);
    if (ttl <= Millis(0) || weight > m_limit / k_largestShare) {
        ++m_stats.refused;
        return;
    }
    if (m_index.size() >= m_sketch.capacity()) m_sketch.resize(2 * m_sketch.capacity());
    const double spread = static_cast<double>(nextRandom(m_random) >> 11) * 0x1p-53 * 2 - 1;
    const Millis jitter(static_cast<std::int64_t>(static_cast<double>(ttl.count()) * k_jitter * spread));
    const SteadyTime now = m_clock.now();
    List& window = list(Segment::Window);
    Entry fresh;
    fresh.key = key;
    fresh.value = std::move(value);
    fresh.stored = now - age;
    fresh.ends = now + ttl + jitter;
    fresh.used = m_drift.now();
    fresh.weight = static_cast<std::uint32_t>(weight);
    const auto entry = window.insert(window.begin(), std::move(fresh));
    bytes(Segment::Window) += weight;
    m_index[key] = entry;
    m_wheel.add(&*entry, entry->ends + m_staleFor, entry->ticket);
    makeRoom();
}

void LocalCache::erase(const CacheKey& key) {
    const auto found = m_index.find(key);
    if (found != m_index.end()) remove(found->second);
}

void LocalCache::clear() {
    for (List& entries : m_lists)
        while (!entries.empty())
            remove(entries.begin());
}

void LocalCache::setLimit(std::uint64_t limit) {
    m_limit = limit;
    makeRoom();
}

void LocalCache::sweep() {
    const auto ticketOf = [](Entry * entry) -> auto& {
        return entry->ticket;
    };
    const auto expired = [this](Entry* entry) {
        ++m_stats.expired;
        remove(m_index.at(entry->key));
    };
    m_wheel.advance(m_clock.now(), expired, ticketOf);
}

LocalCacheStats LocalCache::stats() const {
    LocalCacheStats stats = m_stats;
    stats.bytes = total();
    stats.limit = m_limit;
    stats.entries = static_cast<std::int64_t>(m_index.size());
    return stats;
}

void LocalCache::move(List::iterator entry, Segment to) {
    List& from = list(entry->segment);
    bytes(entry->segment) -= entry->weight;
    bytes(to) += entry->weight;
    entry->segment = to;
    list(to).splice(list(to).begin(), from, entry);
}

void LocalCache::touch(List::iterator entry) {
    entry->used = m_drift.now();
    const bool main = entry->segment != Segment::Window;
    move(entry, main ? Segment::Protected : Segment::Window);
    if (main) shrinkProtected();
}

void LocalCache::shrinkProtected() {
    const auto limit = static_cast<std::uint64_t>(static_cast<double>(mainLimit()) * k_protectedShare);
    while (bytes(Segment::Protected) > limit)
        move(std::prev(list(Segment::Protected).end()), Segment::Probation);
}

void LocalCache::remove(List::iterator entry) {
    m_wheel.remove(entry->ticket);
    m_index.erase(entry->key);
    bytes(entry->segment) -= entry->weight;
    list(entry->segment).erase(entry);
}

void LocalCache::evict(List::iterator entry) {
    ++m_stats.evictions;
    remove(entry);
}

LocalCache::List::iterator LocalCache::victim() {
    List& probation = list(Segment::Probation);
    List& kept = list(Segment::Protected);
    if (probation.empty()) return std::prev(kept.end());
    const bool byAge = m_openFor > 0 && !kept.empty();
    if (byAge && DriftWatch::isBefore(kept.back().used, probation.back().used)) return std::prev(kept.end());
    return std::prev(probation.end());
}

void LocalCache::makeRoom() {
    while (bytes(Segment::Window) > windowLimit() && !list(Segment::Window).empty())
        admit(std::prev(list(Segment::Window).end()));
    while (mainBytes() > mainLimit() && mainBytes() > 0)
        evict(victim());
    shrinkProtected();
}

// An expired answer is worth less than any other; a tie goes to who is there. Now and then somebody is let in
// against the count, so that nobody can keep all others out by asking often for colliding keys.
bool LocalCache::deserves(const Entry& candidate, const Entry& victim) {
    constexpr int k_warm = 6;
    constexpr std::uint64_t k_oneIn = 128;
    const SteadyTime now = m_clock.now();
    if (victim.ends < now) return true;
    if (candidate.ends < now) return false;
    const int wanted = m_sketch.estimate(hashOf(candidate.key));
    const int known = m_sketch.estimate(hashOf(victim.key));
    if (wanted > known || m_openFor > 0) return true;
    return wanted >= k_warm && nextRandom(m_random) % k_oneIn == 0;
}

// From the window to the main part, in the place of those it is more popular than; else out.
void LocalCache::admit(List::iterator candidate) {
    while (mainBytes() + candidate->weight > mainLimit()) {
        if (mainBytes() == 0 || !deserves(*candidate, *victim())) {
            m_drift.onRejected(hashOf(candidate->key), m_index.size());
            return evict(candidate);
        }
        evict(victim());
    }
    move(candidate, Segment::Probation);
    if (m_openFor > 0) --m_openFor;
}

// Where recent entries are asked for again soon a larger window is better, where popularity rules a small
// one: the share goes on in the direction that made the hit rate better.
void LocalCache::climb() {
    const auto sample = std::max(k_leastSample, 10 * static_cast<std::int64_t>(m_index.size()));
    if (m_sampleLookups < sample) return;
    const double rate = static_cast<double>(m_sampleHits) / static_cast<double>(m_sampleLookups);
    const double change = rate - m_lastRate;
    if (change < 0) m_step = -m_step;
    m_windowShare = std::clamp(m_windowShare + m_step, k_leastWindow, k_mostWindow);
    m_step = std::abs(change) >= k_restart ? std::copysign(k_firstStep, m_step) : m_step * k_stepDecay;
    m_lastRate = rate;
    m_sampleHits = m_sampleLookups = 0;
    moveBorder();
    makeRoom();
}

// Nobody has to go because the border between the window and the main part has moved: those next to it are on
// the other side now.
void LocalCache::moveBorder() {
    List& window = list(Segment::Window);
    while (mainBytes() > mainLimit() && bytes(Segment::Window) < windowLimit()) {
        const auto entry = victim();
        move(entry, Segment::Window);
        window.splice(window.end(), window, entry);
    }
    while (!window.empty() && bytes(Segment::Window) > windowLimit() &&
           mainBytes() + window.back().weight <= mainLimit())
        move(std::prev(window.end()), Segment::Probation);
}

} // namespace exo
