#pragma once
// The one state an icon shows. When several hold, the first of this list wins: stopped, unreachable,
// critical, warning, busy, ok. Pure functions.

#include "core/api/Metrics.h"
#include "core/base/Error.h"
#include "ui/theme/Theme.h"

#include <QIcon>

#include <optional>

namespace exo::ui {

enum class TrayState : std::uint8_t { Stopped, Unreachable, Critical, Warning, Busy, Ok };

// `own`: the server is one that this program started, or could start. A refused connection means stopped
// there, unreachable elsewhere. nullopt snapshot without an error: nothing is known yet, which counts as
// unreachable.
TrayState trayStateOf(const std::optional<api::MetricsSnapshot>& snapshot, const std::optional<Error>& error,
                      bool own);
QString trayWord(TrayState state);
Token trayToken(TrayState state);
// The logo with a mark of its own shape for each state, so that no state is told by colour alone; grey while
// there is nobody to ask.
QIcon trayIcon(TrayState state);

} // namespace exo::ui
