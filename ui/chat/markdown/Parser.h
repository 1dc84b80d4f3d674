#pragma once
// Markdown (CommonMark with tables, task lists, strikethrough, links from bare addresses, $formulas$) into
// blocks. HTML is text. Bounded time and memory for any input. Pure function, any thread.

#include "ui/chat/markdown/Block.h"

#include <QStringView>

namespace exo::ui::md {

// One self-contained piece of a text, as the Segmenter cuts them.
Blocks parseSegment(const QString& segment);

// Text as it was typed: only fenced code is recognised, everything else is kept letter by letter.
Blocks parsePlain(const QString& text);

// Cuts code into parts of bounded length; each knows the highlighter state at its start.
void appendCode(Blocks& out, Block prototype, const QString& code);

} // namespace exo::ui::md
