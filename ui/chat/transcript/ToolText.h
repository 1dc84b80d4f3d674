#pragma once
// What of a tool call is shown: its main argument, how it ended, its texts. All of it was written by a model
// or comes from files, so everything here is bounded and plain. Pure functions, any thread.

#include "core/api/Types.h"
#include "ui/chat/markdown/Block.h"

namespace exo::ui {

enum class ToolUnit : std::uint8_t { Results, Symbols, Files, Lines };

struct ToolFacts {
    QString argument; // one line; empty when it takes none
    QString failure;  // one line: why it failed
    ToolUnit unit = ToolUnit::Results;
    int count = 0;     // of what the result holds
    bool more = false; // there are more than `count`
};
ToolFacts toolFacts(const api::ToolCall& call);

// What a call opens to: its arguments, then its result when there is one.
struct ToolPart {
    md::Block block; // code; places in it are citations
    int call = 0;
    bool isResult = false;
    bool isFirst = false; // of its call
    bool isLast = false;
    int shownLines = 0;
    int lines = 0;
};
std::vector<ToolPart> toolParts(const api::ToolCall& call, int index);
// All of the text that a part shows the beginning of.
QString wholeToolText(const api::ToolCall& call, bool result);

// Has begun and not ended (one that may not run at all is known to fail already when it begins).
bool isOpen(const api::ToolCall& call);
// Puts what a turn told about a call where it belongs: a new one, or the end of one that began. Its index.
std::size_t noteToolCall(std::vector<api::ToolCall>& calls, api::ToolCall call);

// At most `most` letters without line breaks, control characters and marks that turn the writing around.
QString oneLine(std::string_view text, qsizetype most);

} // namespace exo::ui
