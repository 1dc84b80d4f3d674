#pragma once
// The lines about a message's tool calls: one call, or several in one line that opens. GUI thread.

#include "ui/chat/transcript/ChromeRows.h"

namespace exo::ui {

// `first`: the first call of the group.
std::vector<ChromeItem> toolsSummaryItems(const MessageEntry& entry, int first, const TranscriptStyle& style,
                                          int width);
std::vector<ChromeItem> toolItems(const MessageEntry& entry, int call, const TranscriptStyle& style,
                                  int width);
std::vector<ChromeItem> toolsMoreItems(const MessageEntry& entry, int first, const TranscriptStyle& style,
                                       int width);
int toolIndent(const MessageEntry& entry, int call);

// For screen readers: the text, and at their places the lines of the calls ("Looked at the project: 5
// calls").
QString spokenText(const MessageEntry& entry);
QString toolTitle(const MessageEntry& entry, int call); // "Search pool resize"
// "Search pool resize: 12 results, 34 ms"
QString toolText(const MessageEntry& entry, int call);
// Above an opened text: "Result · 60 of 412 lines"
QString partTitle(const ToolPart& part);

} // namespace exo::ui
