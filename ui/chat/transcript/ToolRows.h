#pragma once
// The lines about a message's tool calls: one call, or all of them in one line that opens. GUI thread.

#include "ui/chat/transcript/ChromeRows.h"

namespace exo::ui {

std::vector<ChromeItem> toolsSummaryItems(const MessageEntry& entry, const TranscriptStyle& style, int width);
std::vector<ChromeItem> toolItems(const MessageEntry& entry, int call, const TranscriptStyle& style,
                                  int width);
std::vector<ChromeItem> toolsMoreItems(const MessageEntry& entry, const TranscriptStyle& style, int width);
int toolIndent(const MessageEntry& entry); // of the lines of single calls

// "Looked at the project: 5 calls, 140 ms"; of one call its line. For screen readers; empty without calls.
QString toolsText(const MessageEntry& entry);
QString toolTitle(const MessageEntry& entry, int call); // "Search pool resize"
// "Search pool resize: 12 results, 34 ms"
QString toolText(const MessageEntry& entry, int call);
// Above an opened text: "Result · 60 of 412 lines"
QString partTitle(const ToolPart& part);

} // namespace exo::ui
