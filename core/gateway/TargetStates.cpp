#include "core/gateway/TargetStates.h"

#include <algorithm>

namespace exo {

namespace {

// A provider that lists no models takes any name a client makes up: what is kept of them is bounded.
constexpr std::size_t k_maxStates = 1000;

std::string accountKey(const Target& target) {
    return target.provider->name() + '\n' + target.baseUrl + '\n' + target.account;
}

void setTargetKey(const Target& target, std::string& out) {
    out.assign(target.provider->name()).append("\n").append(target.baseUrl).append("\n");
    out.append(target.account).append("\n").append(target.model);
}

std::string targetKey(const Target& target) {
    std::string out;
    setTargetKey(target, out);
    return out;
}

// In our own words: it goes to the log and out with alerts.
std::string whatIsWrong(const Error& why) {
    if (why.code == ErrorCode::InsufficientQuota) return "its account has no credit left";
    return "its key is refused with status " + std::to_string(why.upstreamStatus);
}

} // namespace

void TargetStates::bound() {
    if (m_states.size() < k_maxStates) return;
    std::erase_if(m_states, [](const auto& item) {
        const BreakerSnapshot snapshot = item.second.breaker->snapshot();
        return snapshot.state == BreakerState::Closed && item.second.breaker.use_count() == 1;
    });
    while (m_states.size() >= k_maxStates)
        m_states.erase(m_states.begin());
}

TargetStates::State& TargetStates::of(const Target& target) {
    setTargetKey(target, m_key); // used again: every call comes by
    const auto found = m_states.find(m_key);
    if (found != m_states.end()) return found->second;
    std::string key = m_key;
    bound();
    State state{target.provider->name(), target.model,
                std::make_shared<CircuitBreaker>(m_limits, m_clock, ++m_seed)};
    return m_states.emplace(std::move(key), std::move(state)).first->second;
}

std::shared_ptr<CircuitBreaker> TargetStates::breaker(const Target& target) {
    return of(target).breaker;
}

AdaptiveLimit& TargetStates::limit(const Target& target, Awaited kind) {
    auto& limit = of(target).limits[static_cast<std::size_t>(kind)];
    if (!limit) limit = std::make_unique<AdaptiveLimit>(*m_adaptive, m_clock, m_timers, ++m_seed);
    return *limit;
}

std::optional<Error> TargetStates::parked(const Target& target) {
    if (m_parked.empty()) return std::nullopt;
    const SteadyTime now = m_clock.now();
    for (const std::string& key : {targetKey(target), accountKey(target)}) {
        const auto found = m_parked.find(key);
        if (found == m_parked.end()) continue;
        if (found->second.until <= now) {
            m_parked.erase(found);
            continue;
        }
        Error why = found->second.why;
        why.retryAfter = std::chrono::ceil<Millis>(found->second.until - now);
        return why;
    }
    return std::nullopt;
}

void TargetStates::park(const Target& target, const FailureVerdict& verdict, const Error& why) {
    if (verdict.park == FailureVerdict::Park::Nothing) return;
    const SteadyTime now = m_clock.now();
    if (m_parked.size() >= k_maxStates)
        std::erase_if(m_parked, [now](const auto& item) { return item.second.until <= now; });
    if (m_parked.size() >= k_maxStates) return;
    const bool whole = verdict.park == FailureVerdict::Park::Provider;
    if (whole) m_badKeys[target.provider->name()] = whatIsWrong(why);
    m_parked[whole ? accountKey(target) : targetKey(target)] = {now + verdict.parkFor, why};
}

std::vector<BreakerInfo> TargetStates::breakers() const {
    std::vector<BreakerInfo> list;
    for (const auto& [key, state] : m_states) {
        BreakerInfo info{state.provider, state.model, state.breaker->snapshot()};
        for (const Awaited kind : k_awaited)
            if (const auto& limit = state.limits[static_cast<std::size_t>(kind)])
                info.concurrency.emplace(kind, limit->snapshot());
        list.push_back(std::move(info));
    }
    return list;
}

void TargetStates::setAdaptive(std::optional<AdaptiveBounds> bounds) {
    constexpr int k_unlimited = 1'000'000;
    m_adaptive = bounds;
    for (auto& [key, state] : m_states)
        for (auto& limit : state.limits) {
            if (limit) limit->setBounds(bounds.value_or(AdaptiveBounds{k_unlimited, k_unlimited}));
            if (!bounds) limit.reset();
        }
}

void TargetStates::reconfigure(BreakerLimits limits) {
    m_limits = limits;
    m_parked.clear();
    m_badKeys.clear();
    for (auto& [key, state] : m_states)
        state.breaker->setLimits(limits);
}

} // namespace exo
