#pragma once
// Blocks, or parts of them, as plain text, Markdown and HTML, for the clipboard. Any thread.

#include "ui/chat/markdown/Block.h"

namespace exo::ui::md {

// What can be selected in a block: its text; of a table the cells, joined by tab, the rows by line break.
QString selectableText(const Block& block);
// The part [from, to) of the selectable text as a block of its own. A table keeps whole rows.
Block part(const Block& block, int from, int to);

QString toPlain(const Blocks& blocks);
QString toMarkdown(const Blocks& blocks);
QString toHtml(const Blocks& blocks);

// The code of the block at `index` with all its parts.
QString wholeCode(const Blocks& blocks, std::size_t index);

} // namespace exo::ui::md
