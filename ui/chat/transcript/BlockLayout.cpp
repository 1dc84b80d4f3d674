#include "ui/chat/transcript/BlockLayout.h"

#include "ui/chat/transcript/TableLayout.h"
#include "ui/chat/transcript/TextLayout.h"

#include <QPainter>

namespace exo::ui {

namespace {

class RuleLayout final : public BlockLayout {
  public:
    explicit RuleLayout(int width)
        : m_width(width) {}
    int height() const override { return 9; }
    int naturalWidth() const override { return m_width; }
    void paint(QPainter& painter, QPointF at, TextRange, const TranscriptStyle& style) const override {
        painter.fillRect(QRectF(at.x(), at.y() + 4, m_width, 1), style.color(Token::Line));
    }
    int positionAt(QPointF) const override { return 0; }
    const md::Span* spanAt(QPointF) const override { return nullptr; }
    QRectF cursorRect(int) const override { return {0, 0, 1, 9}; }
    std::vector<std::pair<QRectF, const md::Span*>> targets() const override { return {}; }

  private:
    int m_width;
};

} // namespace

std::unique_ptr<BlockLayout> makeBlockLayout(const md::Block& block, const TranscriptStyle& style,
                                             const LayoutOptions& options) {
    switch (block.kind) {
    case md::BlockKind::Rule: return std::make_unique<RuleLayout>(options.width);
    case md::BlockKind::Table: return std::make_unique<TableLayout>(block, style, options.width);
    case md::BlockKind::Code:
        return std::make_unique<TextLayout>(block, style, options.width, options.wrapCode);
    default: break;
    }
    TextLayout::Look look{style.body, style.color(options.secondary ? Token::Text2 : Token::Text),
                          style.bodyLine, true, Qt::AlignLeft};
    if (block.kind == md::BlockKind::Heading) {
        look.font = style.heading(block.headingLevel);
        look.lineHeight = style.headingLine(block.headingLevel);
    }
    return std::make_unique<TextLayout>(block.text, look, style, options.width);
}

int estimateTextHeight(qsizetype characters, qsizetype lines, const TranscriptStyle& style, int width) {
    const qsizetype perLine = std::max(8, width / std::max(1, style.body.pixelSize() * 6 / 10));
    return static_cast<int>(
               std::min<qsizetype>(characters / perLine + std::max<qsizetype>(1, lines), 2'000'000)) *
           style.bodyLine;
}

int estimateHeight(const md::Block& block, const TranscriptStyle& style, int width) {
    switch (block.kind) {
    case md::BlockKind::Rule: return 9;
    case md::BlockKind::Table: return static_cast<int>(block.rows.size()) * (style.bodyLine + 11);
    case md::BlockKind::Code: return static_cast<int>(block.text.text.count(u'\n') + 1) * style.codeLine;
    case md::BlockKind::Heading: return style.headingLine(block.headingLevel);
    default:
        return estimateTextHeight(block.text.text.size(), block.text.text.count(u'\n') + 1, style, width);
    }
}

} // namespace exo::ui
