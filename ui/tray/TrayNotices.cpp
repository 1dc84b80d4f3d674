#include "ui/tray/TrayNotices.h"

#include "ui/monitor/MetricText.h"

#include <QCoreApplication>

#include <algorithm>

namespace exo::ui {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TrayNotices)
};

using Notices = std::vector<TrayNotices::Notice>;

bool isDown(TrayState state) {
    return state == TrayState::Stopped || state == TrayState::Unreachable;
}

const api::Alert* same(const std::vector<api::Alert>& list, const api::Alert& alert) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const api::Alert& other) {
        return other.metric == alert.metric && other.subject == alert.subject;
    });
    return found == list.end() ? nullptr : &*found;
}

void addReach(Notices& notices, TrayState before, TrayState now, const QString& place) {
    if (isDown(before) == isDown(now)) return;
    if (isDown(now)) return notices.push_back({"reach", trayWord(now), place});
    notices.push_back({"recovered", Texts::tr("Reachable again"), place});
}

void addAlerts(Notices& notices, const std::vector<api::Alert>& before, const std::vector<api::Alert>& now) {
    for (const api::Alert& alert : now) {
        const api::Alert* known = same(before, alert);
        if (known && known->level >= alert.level) continue;
        const bool critical = alert.level == api::AlertLevel::Critical;
        notices.push_back({critical ? "critical" : "warning", monitor::levelWord(alert.level),
                           monitor::alertSentence(alert)});
    }
    for (const api::Alert& alert : before) {
        if (!same(now, alert))
            notices.push_back({"recovered", Texts::tr("Recovered"), monitor::alertSentence(alert)});
    }
}

} // namespace

Notices TrayNotices::look(const QString& server, TrayState state, const QString& place,
                          const std::optional<api::MetricsSnapshot>& snapshot,
                          const std::optional<Error>& error) {
    Notices notices;
    const bool first = !m_seen.contains(server);
    Seen& seen = m_seen[server];
    if (!first) addReach(notices, seen.state, state, place);
    seen.state = state;
    if (!snapshot || error) return notices; // its alerts are not known now
    addAlerts(notices, seen.alerts, snapshot->service.alerts);
    seen.alerts = snapshot->service.alerts;
    return notices;
}

} // namespace exo::ui
