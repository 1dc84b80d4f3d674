#pragma once
// A block laid out for one width: paints itself, finds text under a point. Made by makeBlockLayout and kept
// only for what is near the window. GUI thread.

#include "ui/chat/markdown/Block.h"
#include "ui/chat/transcript/TranscriptStyle.h"

#include <QRectF>

#include <memory>

class QPainter;

namespace exo::ui {

// A selected range of a block's selectable text.
struct TextRange {
    int from = 0;
    int to = 0;
    bool isEmpty() const { return from >= to; }
};

struct LayoutOptions {
    int width = 0;
    bool wrapCode = false;
    bool secondary = false; // in the quieter colour of reasoning
};

class BlockLayout {
  public:
    virtual ~BlockLayout() = default;
    virtual int height() const = 0;
    virtual int naturalWidth() const = 0; // what it would like to have
    virtual void paint(QPainter& painter, QPointF at, TextRange selection,
                       const TranscriptStyle& style) const = 0;
    virtual int positionAt(QPointF point) const = 0;         // nearest offset
    virtual const md::Span* spanAt(QPointF point) const = 0; // link, citation or image under it, else null
    virtual QRectF cursorRect(int position) const = 0;
    virtual std::vector<std::pair<QRectF, const md::Span*>> targets() const = 0; // of all that can be opened
};

std::unique_ptr<BlockLayout> makeBlockLayout(const md::Block& block, const TranscriptStyle& style,
                                             const LayoutOptions& options);

// A guess without laying anything out.
int estimateHeight(const md::Block& block, const TranscriptStyle& style, int width);
int estimateTextHeight(qsizetype characters, qsizetype lines, const TranscriptStyle& style, int width);

} // namespace exo::ui
