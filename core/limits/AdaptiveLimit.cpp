#include "core/limits/AdaptiveLimit.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

namespace exo {

namespace {

using Nanos = std::chrono::nanoseconds;

constexpr double k_buffer = 0.25;
constexpr double k_leastGradient = 0.5;
constexpr double k_mostGradient = 2;
constexpr std::size_t k_samples = 10; // of a window, and of a measurement
constexpr Millis k_shortestWindow{1000};
constexpr Millis k_longestPause{60'000}; // between two samples of one window
constexpr int k_windowsAtLeast = 5;
constexpr Millis k_measureAfter{300'000};
constexpr double k_jitter = 0.15;
constexpr Millis k_longestMeasurement{5000};
constexpr Nanos k_never = std::chrono::hours(24);
constexpr int k_unlimited = 1'000'000; // who waits here was let in by the gateway, which bounds that

} // namespace

struct AdaptiveLimit::Impl {
    Impl(AdaptiveBounds b, Clock& c, Timers& t, std::uint32_t seed)
        : clock(c)
        , timers(t)
        , random(seed)
        , places({}, c, t) {
        set(b);
        limit = bounds.most;
        apply();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { timers.cancel(timer); }

    AdaptiveBounds bounds;
    Clock& clock;
    Timers& timers;
    std::minstd_rand random;
    Admission places;
    int limit = 0;
    int windowsAtLeast = 0;
    std::optional<Nanos> shortest; // minRTT
    std::vector<Nanos> samples;    // of the window or the measurement
    SteadyTime windowBegin, lastSample;
    std::uint64_t measurements = 0; // begun
    bool measuring = false;
    bool wasFull = false; // by the limit itself, since the last measurement
    SteadyTime measureAt;
    Timers::Id timer = 0; // ends the measurement

    void set(AdaptiveBounds wanted) {
        bounds = wanted;
        bounds.most = std::max(bounds.most, 1);
        bounds.least = std::clamp(bounds.least, 1, bounds.most);
        limit = std::clamp(limit, bounds.least, bounds.most);
        apply();
    }
    void apply() {
        AdmissionLimits now;
        now.running = measuring ? bounds.least : limit;
        now.queued = k_unlimited;
        now.queueTimeout = bounds.queueTimeout;
        places.setLimits(now);
    }

    void measureIfDue() {
        if (measuring) return;
        const bool first = measurements == 0;
        if (first || (wasFull && shortest && clock.now() >= measureAt)) measure();
    }
    void measure() {
        ++measurements;
        measuring = true;
        samples.clear();
        const Millis longest = std::min(k_longestMeasurement, bounds.queueTimeout / 2);
        if (limit > bounds.least) // else it keeps nobody waiting who would not wait anyway
            timer = timers.schedule(longest, [this] { measured(); });
        apply();
    }
    void measured() {
        timers.cancel(std::exchange(timer, 0));
        measuring = false;
        if (!samples.empty()) shortest = median();
        samples.clear();
        windowsAtLeast = 0;
        wasFull = false;
        const double factor = std::uniform_real_distribution<double>(1, 1 + k_jitter)(random);
        measureAt = clock.now() + std::chrono::duration_cast<Nanos>(k_measureAfter * factor);
        apply();
    }

    void sample(Nanos time, std::uint64_t measurement) {
        if (measuring) {
            if (measurement != measurements || time == k_never) return;
            samples.push_back(time);
            if (samples.size() >= k_samples) measured();
            return;
        }
        const SteadyTime now = clock.now();
        if (now - lastSample > k_longestPause) samples.clear(); // of another load than this one's
        if (samples.empty()) windowBegin = now;
        lastSample = now;
        samples.push_back(time);
        const Nanos length = std::max<Nanos>(k_shortestWindow, 2 * shortest.value_or(Nanos(0)));
        if (samples.size() >= k_samples && now - windowBegin >= length) closeWindow();
    }
    void closeWindow() {
        const Nanos time = std::max(median(), Nanos(1));
        samples.clear();
        if (!shortest) {
            if (time != k_never) shortest = time;
            return;
        }
        const double aimed = static_cast<double>(shortest->count()) * (1 + k_buffer);
        const double gradient =
            std::clamp(aimed / static_cast<double>(time.count()), k_leastGradient, k_mostGradient);
        const double scaled = gradient * limit;
        const int before = std::exchange(
            limit, std::clamp(static_cast<int>(scaled + std::sqrt(scaled)), bounds.least, bounds.most));
        const bool stays = before == bounds.least && limit == bounds.least;
        windowsAtLeast = stays ? windowsAtLeast + 1 : 0;
        if (windowsAtLeast >= k_windowsAtLeast)
            measure();
        else
            apply();
    }
    Nanos median() {
        const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
        std::ranges::nth_element(samples, middle);
        return *middle;
    }
};

AdaptiveLimit::Place::Place(std::shared_ptr<Impl> impl, AdmissionSlot slot)
    : m_impl(std::move(impl))
    , m_measurement(m_impl->measurements)
    , m_slot(std::move(slot)) {}

void AdaptiveLimit::Place::answered(std::chrono::nanoseconds after) {
    if (const auto impl = std::move(m_impl)) impl->sample(std::min(after, k_never), m_measurement);
    m_slot.release();
}

void AdaptiveLimit::Place::gaveUp() {
    answered(k_never);
}

AdaptiveLimit::AdaptiveLimit(AdaptiveBounds bounds, Clock& clock, Timers& timers, std::uint32_t seed)
    : m_impl(std::make_shared<Impl>(bounds, clock, timers, seed)) {}

bool AdaptiveLimit::saturated() const {
    return m_impl->places.saturated();
}

AdaptiveSnapshot AdaptiveLimit::snapshot() const {
    const AdmissionStats stats = m_impl->places.stats();
    return {m_impl->measuring ? m_impl->bounds.least : m_impl->limit, stats.running, stats.queued};
}

void AdaptiveLimit::setBounds(AdaptiveBounds bounds) {
    m_impl->set(bounds);
}

std::optional<Result<AdaptiveLimit::Place>> AdaptiveLimit::acquireNow(const CancelToken& cancel) {
    m_impl->measureIfDue();
    auto slot = m_impl->places.acquireNow(cancel);
    if (!slot) {
        m_impl->wasFull = m_impl->wasFull || !m_impl->measuring;
        return std::nullopt;
    }
    if (!*slot) return std::move(*slot).error();
    return Place(m_impl, std::move(**slot));
}

Task<AdaptiveLimit::Place> AdaptiveLimit::acquire(AdmissionTicket ticket, CancelToken cancel) {
    const auto impl = m_impl; // the limit may be dropped while this waits
    if (auto now = acquireNow(cancel)) co_return std::move(*now);
    auto slot = co_await impl->places.acquire(std::move(ticket), std::move(cancel));
    if (!slot) co_return std::move(slot).error();
    co_return Place(impl, std::move(*slot));
}

} // namespace exo
