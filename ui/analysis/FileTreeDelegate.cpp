#include "ui/analysis/FileTreeDelegate.h"

#include "ui/analysis/FileTreeModel.h"

#include <QLocale>
#include <QPainter>

namespace exo::ui {

namespace {
constexpr int k_row = 30;
}

FileTreeDelegate::FileTreeDelegate(const ThemeController* theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme) {}

QSize FileTreeDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {100, k_row};
}

void FileTreeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool focused = option.state.testFlag(QStyle::State_HasFocus) && selected;
    if (selected || option.state.testFlag(QStyle::State_MouseOver)) {
        painter->setPen(focused ? QPen(m_theme->color(Token::Accent), 1) : QPen(Qt::NoPen));
        painter->setBrush(m_theme->color(selected ? Token::Selection : Token::Hover));
        painter->drawRoundedRect(QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5), 8, 8);
    }
    QRect area = option.rect.adjusted(6, 0, -10, 0);
    if (!index.data(FileTreeModel::FolderRole).toBool()) {
        area = paintFindings(painter, area, index);
        area = paintComplexity(painter, area, index);
    }
    const bool skipped = !index.data(FileTreeModel::SkippedRole).toString().isEmpty();
    const QFont font = m_theme->font(FontRole::Body);
    const QFontMetrics metrics(font);
    QString count;
    if (index.data(FileTreeModel::FolderRole).toBool())
        count = QLocale().toString(index.data(FileTreeModel::FilesRole).toInt());
    const QFont small = m_theme->font(FontRole::Caption);
    const int countWidth = count.isEmpty() ? 0 : QFontMetrics(small).horizontalAdvance(count) + 8;
    const QString name =
        metrics.elidedText(index.data().toString(), Qt::ElideMiddle, area.width() - countWidth);
    painter->setFont(font);
    painter->setPen(m_theme->color(skipped ? Token::Text3 : Token::Text));
    painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, name);
    painter->setFont(small);
    painter->setPen(m_theme->color(Token::Text3));
    painter->drawText(area.adjusted(metrics.horizontalAdvance(name) + 8, 1, 0, 0),
                      Qt::AlignLeft | Qt::AlignVCenter, count);
    painter->restore();
}

QRect FileTreeDelegate::paintFindings(QPainter* painter, QRect area, const QModelIndex& index) const {
    const int severity = index.data(FileTreeModel::SeverityRole).toInt();
    if (severity == 0) return area;
    const Token token = severity == 3 ? Token::Crit : severity == 2 ? Token::Warn : Token::Text3;
    const QString number = QLocale().toString(index.data(FileTreeModel::FindingsRole).toInt());
    const QFont font = m_theme->font(FontRole::Caption);
    const int width = QFontMetrics(font).horizontalAdvance(number);
    painter->setFont(font);
    painter->setPen(m_theme->color(Token::Text2));
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, number);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme->color(token));
    const QPointF centre(area.right() - width - 9, area.center().y() + 0.5);
    // A shape beside the colour: round for what counts, a ring for notes.
    if (severity == 1) {
        painter->setPen(QPen(m_theme->color(token), 1.5));
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(centre, 3, 3);
    } else if (severity == 2) {
        painter->drawEllipse(centre, 3.5, 3.5);
    } else {
        painter->drawRoundedRect(QRectF(centre.x() - 3.5, centre.y() - 3.5, 7, 7), 1.5, 1.5);
    }
    return area.adjusted(0, 0, -(width + 22), 0);
}

QRect FileTreeDelegate::paintComplexity(QPainter* painter, QRect area, const QModelIndex& index) const {
    const int worst = index.data(FileTreeModel::CognitiveRole).toInt();
    if (worst < FileTreeModel::k_complex) return area;
    // Three rising bars, as many filled as it is bad.
    const int level = worst >= 4 * FileTreeModel::k_complex   ? 3
                      : worst >= 2 * FileTreeModel::k_complex ? 2
                                                              : 1;
    painter->setPen(Qt::NoPen);
    for (int bar = 0; bar < 3; ++bar) {
        const int height = 4 + bar * 3;
        painter->setBrush(
            m_theme->color(bar < level ? (level == 3 ? Token::Crit : Token::Warn) : Token::Line));
        painter->drawRoundedRect(
            QRectF(area.right() - 12 + bar * 4, area.center().y() + 6 - height, 3, height), 1, 1);
    }
    return area.adjusted(0, 0, -22, 0);
}

} // namespace exo::ui
