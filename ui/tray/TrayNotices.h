#pragma once
// What of all that is seen is worth a notification: an alert that began or became worse, its end, a server
// that was lost or is back. The first look at a server is no change; the alerts it finds are. GUI thread.

#include "ui/tray/TrayState.h"

#include <QHash>
#include <QString>

#include <vector>

namespace exo::ui {

class TrayNotices {
  public:
    struct Notice {
        const char* kind; // critical | warning | recovered | reach
        QString title;
        QString text;
    };
    // One look at a server, which `server` names (its URL): a snapshot, or what went wrong.
    std::vector<Notice> look(const QString& server, TrayState state, const QString& place,
                             const std::optional<api::MetricsSnapshot>& snapshot,
                             const std::optional<Error>& error);
    void forget(const QString& server) { m_seen.remove(server); }

  private:
    struct Seen {
        TrayState state = TrayState::Unreachable;
        std::vector<api::Alert> alerts;
    };
    QHash<QString, Seen> m_seen;
};

} // namespace exo::ui
