#pragma once
// The transcript for screen readers: a list whose items are the messages, named by sender and time, their
// text as description.

namespace exo::ui {

void installTranscriptAccessibility(); // once per program; again is harmless

} // namespace exo::ui
