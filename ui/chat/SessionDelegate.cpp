#include "ui/chat/SessionDelegate.h"

#include "ui/chat/SessionListModel.h"
#include "ui/theme/Icons.h"

#include <QLineEdit>
#include <QPainter>
#include <QStyle>

namespace exo::ui {

namespace {

constexpr int k_row = 36; // 34 and a gap
constexpr int k_pad = 10;

} // namespace

SessionDelegate::SessionDelegate(const ThemeController* theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme) {}

QSize SessionDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {100, k_row};
}

void SessionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    switch (static_cast<SessionListModel::RowKind>(index.data(SessionListModel::KindRole).toInt())) {
    case SessionListModel::RowKind::Heading:
        paintHeading(painter, option.rect, index.data().toString());
        break;
    case SessionListModel::RowKind::Folder: paintFolder(painter, option, index); break;
    case SessionListModel::RowKind::Session: paintSession(painter, option, index); break;
    }
    painter->restore();
}

void SessionDelegate::paintHeading(QPainter* painter, const QRect& rect, const QString& text) const {
    painter->setFont(m_theme->font(FontRole::Caption));
    painter->setPen(m_theme->color(Token::Text3));
    painter->drawText(rect.adjusted(k_pad, 6, -k_pad, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
}

void SessionDelegate::paintGround(QPainter* painter, const QStyleOptionViewItem& option) const {
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const bool focused = option.state.testFlag(QStyle::State_HasFocus);
    if (!selected && !hovered && !focused) return;
    const QRectF ground = QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5);
    painter->setPen(focused ? QPen(m_theme->color(Token::Accent), 1) : QPen(Qt::NoPen));
    painter->setBrush(selected  ? QBrush(m_theme->color(Token::Selection))
                      : hovered ? QBrush(m_theme->color(Token::Hover))
                                : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(ground, 8, 8);
}

void SessionDelegate::paintFolder(QPainter* painter, const QStyleOptionViewItem& option,
                                  const QModelIndex& index) const {
    paintGround(painter, option);
    const QRect rect = option.rect.adjusted(k_pad, 0, -k_pad, 0);
    const bool open = index.data(SessionListModel::OpenRole).toBool();
    const int top = rect.center().y() - 7;
    themedIcon(m_theme, open ? u"chevron-down" : u"chevron-right")
        .paint(painter, rect.left() - 2, top, 16, 16);
    const QFont font = m_theme->font(FontRole::Body);
    const QString count = QLocale().toString(index.data(SessionListModel::CountRole).toInt());
    const QFontMetrics metrics(font);
    const int countWidth = QFontMetrics(m_theme->font(FontRole::Caption)).horizontalAdvance(count) + 8;
    const QString name =
        metrics.elidedText(index.data().toString(), Qt::ElideRight, rect.width() - 20 - countWidth);
    painter->setFont(font);
    painter->setPen(m_theme->color(Token::Text));
    painter->drawText(rect.adjusted(20, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, name);
    painter->setFont(m_theme->font(FontRole::Caption));
    painter->setPen(m_theme->color(Token::Text3));
    painter->drawText(rect.adjusted(20 + metrics.horizontalAdvance(name) + 8, 1, 0, 0),
                      Qt::AlignLeft | Qt::AlignVCenter, count);
}

void SessionDelegate::paintSession(QPainter* painter, const QStyleOptionViewItem& option,
                                   const QModelIndex& index) const {
    paintGround(painter, option);
    const bool inFolder = index.data(SessionListModel::OpenRole).toBool();
    QRect rect = option.rect.adjusted(k_pad + (inFolder ? 20 : 0), 0, -k_pad, 0);
    if (index.data(SessionListModel::RunningRole).toBool()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme->color(Token::Accent));
        painter->drawEllipse(QPointF(rect.right() - 3, rect.center().y() + 0.5), 3.5, 3.5);
        rect.setRight(rect.right() - 14);
    }
    const QFont font = m_theme->font(FontRole::Body);
    painter->setFont(font);
    painter->setPen(m_theme->color(Token::Text));
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, rect.width()));
}

QWidget* SessionDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&,
                                       const QModelIndex&) const {
    auto* editor = new QLineEdit(parent);
    editor->setObjectName(QStringLiteral("sessionTitleEdit"));
    editor->setAccessibleName(tr("Title of the chat"));
    editor->setMaxLength(200);
    return editor;
}

void SessionDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                           const QModelIndex&) const {
    editor->setGeometry(option.rect.adjusted(0, 0, 0, -1));
}

} // namespace exo::ui
