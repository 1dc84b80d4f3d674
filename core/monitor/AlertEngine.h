#pragma once
// Turns readings into alerts: a level holds only after it was exceeded for some time, is left only well below
// its threshold and after some time there, and each change is told once. Fed about once a second. One thread.

#include "core/api/Metrics.h"
#include "core/base/Clock.h"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo {

// How one metric becomes an alert.
struct AlertRule {
    std::string metric; // as in api::Alert
    std::string unit;
    double warning = 0, critical = 0; // reached or exceeded; infinity: there is no such level
    // What a reading must fall below to leave a level: threshold × (1 − hysteresis).
    double hysteresis = 0.05;
    Millis forDuration{10'000};     // above, before it is an alert
    Millis recoverDuration{15'000}; // below, before it is over
};

struct Reading {
    std::string metric;
    std::string subject;
    double value = 0;
    std::string message; // English; of the present value
};

// A change worth telling: it began, became worse or better, or ended (endedAt is set).
using AlertEvent = api::Alert;

class AlertEngine {
  public:
    explicit AlertEngine(const Clock& clock)
        : m_clock(clock) {}

    // Rules of metrics that are there already are replaced; a reading without a rule is ignored.
    void setRule(AlertRule rule);
    // All readings of this moment. A subject that is not among them (a target that is configured no longer)
    // counts as well again; so does a metric nobody reads.
    std::vector<AlertEvent> evaluate(const std::vector<Reading>& readings);
    api::AlertList list() const;

  private:
    struct State {
        api::AlertLevel level = api::AlertLevel::Ok;
        api::AlertLevel wanted = api::AlertLevel::Ok; // what the readings say at present
        SteadyTime wantedSince{};
        api::Alert alert;
    };
    using Key = std::pair<std::string, std::string>;

    static api::AlertLevel levelOf(const AlertRule& rule, double value, api::AlertLevel held);
    void read(const AlertRule& rule, const Reading& reading, State& state, std::vector<AlertEvent>& events);
    void change(const AlertRule& rule, State& state, std::vector<AlertEvent>& events);

    const Clock& m_clock;
    std::map<std::string, AlertRule, std::less<>> m_rules;
    std::map<Key, State> m_states;
    std::deque<api::Alert> m_recent;
};

} // namespace exo
