#include "ui/shell/PaletteDelegate.h"

#include "ui/theme/Icons.h"

#include <QPainter>
#include <QStyle>
#include <QTextLayout>

namespace exo::ui {

namespace {

constexpr QChar k_markBegin(0xE000); // api::SearchHit
constexpr QChar k_markEnd(0xE001);

// The text without its marks, and the ranges they held.
QString unmark(const QString& snippet, QList<QPair<int, int>>& ranges) {
    QString text;
    int begin = -1;
    for (const QChar c : snippet) {
        if (c == k_markBegin) {
            begin = static_cast<int>(text.size());
        } else if (c == k_markEnd) {
            if (begin >= 0) ranges.append({begin, static_cast<int>(text.size()) - begin});
            begin = -1;
        } else {
            text += c.isSpace() ? QChar(u' ') : c;
        }
    }
    return text;
}

} // namespace

PaletteDelegate::PaletteDelegate(const ThemeController* theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme) {}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const int body = QFontMetrics(m_theme->font(FontRole::Body)).height();
    const int caption = QFontMetrics(m_theme->font(FontRole::Caption)).height();
    switch (static_cast<PaletteKind>(index.data(KindRole).toInt())) {
    case PaletteKind::Header: return {0, caption + 14};
    case PaletteKind::Session:
        return {0, index.data(SnippetRole).toString().isEmpty() ? body + 16 : body + caption + 18};
    case PaletteKind::Command: break;
    }
    return {0, body + 16};
}

void PaletteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto kind = static_cast<PaletteKind>(index.data(KindRole).toInt());
    QRect area = option.rect.adjusted(8, 0, -8, 0);
    const QString text = index.data(Qt::DisplayRole).toString();
    if (kind == PaletteKind::Header) {
        painter->setFont(m_theme->font(FontRole::Caption));
        painter->setPen(m_theme->color(Token::Text3));
        painter->drawText(area.adjusted(8, 6, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
        painter->restore();
        return;
    }
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme->color(Token::Selection));
        painter->drawRoundedRect(area, 8, 8);
    }
    area.adjust(10, 0, -10, 0);
    const QString snippet = index.data(SnippetRole).toString();
    const QFont body = m_theme->font(FontRole::Body);
    const int lineHeight = QFontMetrics(body).height();
    const int textTop = snippet.isEmpty() ? area.center().y() - lineHeight / 2 : area.top() + 7;
    themedIcon(m_theme, index.data(IconRole).toString())
        .paint(painter, area.left(), textTop + (lineHeight - 18) / 2, 18, 18);
    area.setLeft(area.left() + 28);
    const QString keys = index.data(KeysRole).toString();
    painter->setFont(m_theme->font(FontRole::Caption));
    const int keysWidth = painter->fontMetrics().horizontalAdvance(keys);
    painter->setPen(m_theme->color(Token::Text2));
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, keys);
    painter->setFont(body);
    painter->setPen(m_theme->color(Token::Text));
    const int width = area.width() - keysWidth - 12;
    painter->drawText(QRect(area.left(), textTop, width, lineHeight), Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, width));
    if (!snippet.isEmpty()) {
        paintSnippet(painter, QRect(area.left(), textTop + lineHeight + 2, area.width(), lineHeight),
                     snippet);
    }
    painter->restore();
}

void PaletteDelegate::paintSnippet(QPainter* painter, const QRect& area, const QString& snippet) const {
    QList<QPair<int, int>> ranges;
    const QString text = unmark(snippet, ranges);
    QList<QTextLayout::FormatRange> formats;
    for (const auto& [start, length] : ranges) {
        QTextCharFormat format;
        format.setForeground(m_theme->color(Token::AccentInk));
        format.setFontWeight(QFont::DemiBold);
        formats.append({start, length, format});
    }
    QTextLayout layout(text, m_theme->font(FontRole::Caption));
    layout.setFormats(formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    if (line.isValid()) line.setLineWidth(1'000'000);
    layout.endLayout();
    painter->save();
    painter->setClipRect(area);
    painter->setPen(m_theme->color(Token::Text2));
    layout.draw(painter, area.topLeft());
    painter->restore();
}

} // namespace exo::ui
