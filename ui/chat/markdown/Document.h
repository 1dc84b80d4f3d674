#pragma once
// A Markdown text that may still grow. Blocks before stableCount() never change; only the open end is parsed
// again. GUI thread, or any one thread at a time.

#include "ui/chat/markdown/Block.h"
#include "ui/chat/markdown/Segmenter.h"

namespace exo::ui::md {

// The whole text at once; what a Document holds after append(text) and finish(). Any thread.
Blocks parse(const QString& text);

class Document {
  public:
    void append(QStringView text);
    void finish(); // the text is complete

    const Blocks& blocks() const { return m_blocks; }
    std::size_t stableCount() const { return m_stable; }
    const QString& text() const { return m_text; }
    std::size_t parsedChars() const { return m_parsedChars; } // handed to the parser so far; for tests

  private:
    void parseTail();

    QString m_text;
    Segmenter m_segmenter;
    Blocks m_blocks;
    std::size_t m_stable = 0;
    qsizetype m_tailStart = 0; // where the open end begins
    qsizetype m_lineStart = 0; // the first line the segmenter has not seen
    qsizetype m_nextParse = 0; // size of the text at which a long open end is worth parsing again
    std::size_t m_parsedChars = 0;
};

} // namespace exo::ui::md
