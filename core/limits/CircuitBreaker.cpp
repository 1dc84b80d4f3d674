#include "core/limits/CircuitBreaker.h"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace exo {

namespace {

constexpr Millis k_longestPause{300000}; // of those an upstream may ask for
constexpr double k_spread = 0.1;
constexpr Millis k_probesOut{1000};

// Finished calls of the last ten buckets, the running one included.
class CallWindow {
  public:
    void setLength(Millis window) {
        const auto width = std::max<std::chrono::nanoseconds>(window / k_buckets, Millis(1));
        if (width == m_width) return;
        m_width = width;
        clear();
    }
    void add(SteadyTime now, bool failed) {
        const std::int64_t slice = sliceOf(now);
        Bucket& bucket = m_buckets[static_cast<std::size_t>(slice % k_buckets)];
        if (bucket.slice != slice) bucket = Bucket{slice, 0, 0};
        ++bucket.calls;
        if (failed) ++bucket.failures;
    }
    std::pair<int, int> callsAndFailures(SteadyTime now) const {
        const std::int64_t slice = sliceOf(now);
        int calls = 0;
        int failures = 0;
        for (const Bucket& bucket : m_buckets) {
            if (bucket.slice <= slice - k_buckets) continue;
            calls += bucket.calls;
            failures += bucket.failures;
        }
        return {calls, failures};
    }
    void clear() { m_buckets.fill({}); }

  private:
    static constexpr int k_buckets = 10;
    struct Bucket {
        std::int64_t slice = -k_buckets; // of the steady clock
        int calls = 0;
        int failures = 0;
    };

    std::int64_t sliceOf(SteadyTime now) const { return now.time_since_epoch() / m_width; }

    std::chrono::nanoseconds m_width{0};
    std::array<Bucket, k_buckets> m_buckets;
};

} // namespace

struct CircuitBreaker::Impl {
    Impl(BreakerLimits l, const Clock& c, std::uint32_t seed)
        : limits(l)
        , clock(c)
        , random(seed) {
        window.setLength(limits.window);
    }

    struct Probe {
        std::uint64_t id = 0;
        SteadyTime since;
    };

    BreakerLimits limits;
    const Clock& clock;
    std::minstd_rand random;
    CallWindow window;
    bool closed = true;
    std::uint64_t phase = 1; // counts the openings and closings
    int transportErrors = 0; // in a row
    std::string lastFailure;
    SteadyTime askedUntil; // the latest an upstream asked for; over once the breaker has closed
    // While it is not closed:
    SteadyTime retryAt;
    WallTime openedAtWall, retryAtWall;
    std::string reason;
    int probeSuccesses = 0;
    int vainProbes = 0;        // since it was closed
    std::vector<Probe> probes; // at work, also those of an earlier phase
    std::uint64_t lastProbe = 0;

    BreakerState stateAt(SteadyTime now) const {
        if (closed) return BreakerState::Closed;
        return now < retryAt ? BreakerState::Open : BreakerState::HalfOpen;
    }
    bool probePlaceFree(SteadyTime now) const {
        const auto busy = std::ranges::count_if(
            probes, [&](const Probe& probe) { return now - probe.since < limits.resetTimeout; });
        return busy < std::max(limits.probes, 1);
    }
    std::uint64_t beginProbe(SteadyTime now) {
        std::erase_if(probes, [&](const Probe& p) { return now - p.since >= limits.resetTimeout; });
        probes.push_back({++lastProbe, now});
        return lastProbe;
    }
    void endProbe(std::uint64_t id) {
        std::erase_if(probes, [id](const Probe& probe) { return probe.id == id; });
    }

    void succeeded(std::uint64_t probe) {
        const SteadyTime now = clock.now();
        window.add(now, false);
        transportErrors = 0;
        if (probe == 0) return openIfDue(now);
        if (++probeSuccesses >= limits.successesToClose) close();
    }
    void failed(std::uint64_t probe, BreakerFailure kind, std::string why, std::optional<Millis> retryAfter) {
        const SteadyTime now = clock.now();
        window.add(now, true);
        lastFailure = std::move(why);
        transportErrors = kind == BreakerFailure::Transport ? transportErrors + 1 : 0;
        if (retryAfter)
            askedUntil = std::max(askedUntil, now + std::clamp(*retryAfter, Millis(0), k_longestPause));
        if (probe != 0) {
            ++vainProbes;
            return open(now, "the probe failed");
        }
        openIfDue(now);
    }
    void openIfDue(SteadyTime now) {
        if (limits.transportErrors > 0 && transportErrors >= limits.transportErrors)
            return open(now, std::to_string(transportErrors) + " transport errors in a row");
        const auto [calls, failures] = window.callsAndFailures(now);
        if (failures == 0) return;
        const bool byCount = limits.failureCount > 0 && failures >= limits.failureCount;
        const bool byShare = calls >= limits.minimumCalls &&
                             std::int64_t(failures) * 100 >= std::int64_t(calls) * limits.failureThreshold;
        if (!byCount && !byShare) return;
        open(now, std::to_string(failures) + " of " + std::to_string(calls) + " calls failed");
    }
    Millis pause() const {
        constexpr int k_mostDoublings = 20;
        const Millis grown = limits.resetTimeout * (1 << std::min(vainProbes, k_mostDoublings));
        return std::clamp(grown, limits.resetTimeout, std::max(limits.resetTimeout, limits.longestReset));
    }
    void open(SteadyTime now, std::string why) {
        const double factor = std::uniform_real_distribution<double>(1 - k_spread, 1 + k_spread)(random);
        const Millis own(static_cast<std::int64_t>(static_cast<double>(pause().count()) * factor));
        retryAt = std::max(now + own, askedUntil);
        openedAtWall = clock.wallNow();
        retryAtWall = openedAtWall + std::chrono::ceil<Millis>(retryAt - now);
        reason = std::move(why);
        if (!lastFailure.empty()) reason += ", the last: " + lastFailure;
        closed = false;
        probeSuccesses = 0;
        ++phase;
    }
    void close() {
        closed = true;
        vainProbes = 0;
        window.clear();
        transportErrors = 0;
        lastFailure.clear();
        reason.clear();
        ++phase;
    }
};

CircuitBreaker::Permit& CircuitBreaker::Permit::operator=(Permit&& other) noexcept {
    if (this == &other) return *this;
    ignore();
    m_impl = std::move(other.m_impl);
    m_phase = other.m_phase;
    m_probe = other.m_probe;
    return *this;
}

void CircuitBreaker::Permit::success() {
    const auto impl = std::exchange(m_impl, nullptr);
    if (!impl) return;
    if (m_probe != 0) impl->endProbe(m_probe);
    if (m_phase == impl->phase) impl->succeeded(m_probe);
}

void CircuitBreaker::Permit::failure(BreakerFailure kind, std::string reason,
                                     std::optional<Millis> retryAfter) {
    const auto impl = std::exchange(m_impl, nullptr);
    if (!impl) return;
    if (m_probe != 0) impl->endProbe(m_probe);
    if (m_phase == impl->phase) impl->failed(m_probe, kind, std::move(reason), retryAfter);
}

void CircuitBreaker::Permit::ignore() {
    const auto impl = std::exchange(m_impl, nullptr);
    if (impl && m_probe != 0) impl->endProbe(m_probe);
}

CircuitBreaker::CircuitBreaker(BreakerLimits limits, const Clock& clock, std::uint32_t seed)
    : m_impl(std::make_shared<Impl>(limits, clock, seed)) {}

CircuitBreaker::~CircuitBreaker() = default;

std::optional<CircuitBreaker::Permit> CircuitBreaker::enter(Probing probing) {
    if (m_impl->closed) return Permit(m_impl, m_impl->phase, 0);
    const SteadyTime now = m_impl->clock.now();
    if (probing == Probing::Refused || now < m_impl->retryAt || !m_impl->probePlaceFree(now))
        return std::nullopt;
    const std::uint64_t probe = m_impl->beginProbe(now);
    return Permit(m_impl, m_impl->phase, probe);
}

BreakerSnapshot CircuitBreaker::snapshot() const {
    const SteadyTime now = m_impl->clock.now();
    const auto [calls, failures] = m_impl->window.callsAndFailures(now);
    BreakerSnapshot snapshot;
    snapshot.state = m_impl->stateAt(now);
    snapshot.calls = calls;
    if (calls > 0) snapshot.failureRate = double(failures) / calls;
    if (m_impl->closed) return snapshot;
    snapshot.reason = m_impl->reason;
    snapshot.openedAt = m_impl->openedAtWall;
    snapshot.retryAt = m_impl->retryAtWall;
    return snapshot;
}

Millis CircuitBreaker::untilProbe() const {
    if (m_impl->closed) return Millis(0);
    const SteadyTime now = m_impl->clock.now();
    if (now < m_impl->retryAt) return std::chrono::ceil<Millis>(m_impl->retryAt - now);
    return m_impl->probePlaceFree(now) ? Millis(0) : k_probesOut;
}

void CircuitBreaker::setLimits(BreakerLimits limits) {
    m_impl->limits = limits;
    m_impl->window.setLength(limits.window);
}

} // namespace exo
