#include "core/monitor/AlertEngine.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace exo {

namespace {

using api::AlertLevel;

constexpr std::size_t k_keptRecent = 100;

} // namespace

void AlertEngine::setRule(AlertRule rule) {
    std::string metric = rule.metric;
    m_rules.insert_or_assign(std::move(metric), std::move(rule));
}

// The level a value stands for, given the one that holds: leaving it takes more than falling below.
AlertLevel AlertEngine::levelOf(const AlertRule& rule, double value, AlertLevel held) {
    const double keep = 1 - rule.hysteresis;
    const double critical = held >= AlertLevel::Critical ? rule.critical * keep : rule.critical;
    const double warning = held >= AlertLevel::Warning ? rule.warning * keep : rule.warning;
    if (value >= critical) return AlertLevel::Critical;
    return value >= warning ? AlertLevel::Warning : AlertLevel::Ok;
}

void AlertEngine::change(const AlertRule& rule, State& state, std::vector<AlertEvent>& events) {
    const bool begins = state.level == AlertLevel::Ok;
    state.level = state.wanted;
    if (begins) state.alert.since = m_clock.wallNow();
    if (state.level != AlertLevel::Ok) {
        state.alert.level = state.level;
        state.alert.threshold = state.level == AlertLevel::Critical ? rule.critical : rule.warning;
        events.push_back(state.alert);
        return;
    }
    state.alert.endedAt = m_clock.wallNow();
    events.push_back(state.alert);
    m_recent.push_front(state.alert);
    if (m_recent.size() > k_keptRecent) m_recent.pop_back();
    state.alert.endedAt.reset();
}

void AlertEngine::read(const AlertRule& rule, const Reading& reading, State& state,
                       std::vector<AlertEvent>& events) {
    const SteadyTime now = m_clock.now();
    const AlertLevel wanted = levelOf(rule, reading.value, state.level);
    // From warning to critical by way of a second reading: the time above the lower level counts for it, not
    // for the higher one. Wavering between two levels above the held one must not start over again.
    if (wanted != state.wanted) {
        const bool sameSide = (wanted > state.level) == (state.wanted > state.level) &&
                              state.wanted != state.level && wanted != state.level;
        if (!sameSide || wanted > state.wanted) state.wantedSince = now;
        state.wanted = wanted;
    }
    state.alert.metric = rule.metric;
    state.alert.subject = reading.subject;
    state.alert.unit = rule.unit;
    state.alert.value = reading.value;
    state.alert.message = reading.message;
    if (state.wanted == state.level) return;
    const Millis needed = state.wanted > state.level ? rule.forDuration : rule.recoverDuration;
    if (now - state.wantedSince >= needed) change(rule, state, events);
}

std::vector<AlertEvent> AlertEngine::evaluate(const std::vector<Reading>& readings) {
    std::vector<AlertEvent> events;
    std::set<Key> seen;
    for (const Reading& reading : readings) {
        const auto rule = m_rules.find(reading.metric);
        if (rule == m_rules.end()) continue;
        Key key{reading.metric, reading.subject};
        auto [place, fresh] = m_states.try_emplace(key);
        if (fresh) place->second.wantedSince = m_clock.now();
        read(rule->second, reading, place->second, events);
        seen.insert(std::move(key));
    }
    for (auto it = m_states.begin(); it != m_states.end();) {
        const bool gone = !seen.contains(it->first);
        if (gone && it->second.level != AlertLevel::Ok) {
            it->second.wanted = AlertLevel::Ok;
            change(m_rules.at(it->first.first), it->second, events);
        }
        it = gone ? m_states.erase(it) : std::next(it);
    }
    return events;
}

api::AlertList AlertEngine::list() const {
    api::AlertList list;
    for (const auto& [key, state] : m_states) {
        if (state.level == AlertLevel::Ok) continue;
        list.active.push_back(state.alert);
        list.level = std::max(list.level, state.level);
    }
    std::ranges::stable_sort(list.active, std::greater<>(), &api::Alert::level);
    list.recent.assign(m_recent.begin(), m_recent.end());
    for (const auto& [metric, rule] : m_rules) {
        if (rule.unit.empty()) continue; // a state
        auto& threshold =
            list.thresholds.emplace_back(api::AlertThreshold{metric, rule.unit, rule.warning, {}});
        if (std::isfinite(rule.critical)) threshold.critical = rule.critical;
    }
    return list;
}

} // namespace exo
