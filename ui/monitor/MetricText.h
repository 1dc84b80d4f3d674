#pragma once
// Numbers and alerts of the monitor in the words and digits of the user's language. Pure functions; GUI
// thread (they use its locale).

#include "core/api/Metrics.h"

#include <QString>

namespace exo::ui::monitor {

QString percent(double fraction); // "12 %", "0.3 %" below ten
QString milliseconds(double ms);  // "812 ms", "2.9 s"
QString perSecond(double rate);   // "14.2"
QString bytes(std::uint64_t count);
QString duration(double seconds); // "3 d 4 h", "12 min"
QString clock(WallTime time);     // local time; with the day when it is not today

// By the unit of a series or alert: fraction, ms, bytes, 1/s, …
QString byUnit(double value, std::string_view unit);

QString levelWord(api::AlertLevel level);
// "CPU 91 % (limit 85 %)": what is wrong, in a line.
QString alertSentence(const api::Alert& alert);
QString breakerWord(std::string_view state);
// Why a breaker is open and when it tries again, empty when it is closed.
QString breakerNote(const api::BreakerRow& row, WallTime now);

} // namespace exo::ui::monitor
