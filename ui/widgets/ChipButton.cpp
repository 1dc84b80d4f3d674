#include "ui/widgets/ChipButton.h"

#include "ui/theme/Icons.h"

#include <QPaintEvent>
#include <QPainter>

namespace exo::ui {

namespace {
constexpr int k_height = 28;
constexpr int k_padding = 12;
constexpr int k_mark = 16;
constexpr int k_gap = 6;
} // namespace

ChipButton::ChipButton(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : QPushButton(parent)
    , m_theme(theme) {
    setObjectName(objectName);
    setProperty("kind", QStringLiteral("chip"));
    setFixedHeight(k_height);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::TabFocus);
    connect(theme, &ThemeController::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ChipButton::setDot(std::optional<Token> token) {
    m_dot = token;
    updateGeometry();
    update();
}

void ChipButton::setIconName(const QString& name) {
    m_iconName = name;
    updateGeometry();
    update();
}

void ChipButton::setTrailing(Trailing trailing) {
    m_trailing = trailing;
    updateGeometry();
    update();
}

void ChipButton::setMaximumTextWidth(int pixels) {
    m_maximumTextWidth = pixels;
    updateGeometry();
}

int ChipButton::decorationWidth() const {
    int width = 2 * k_padding;
    if (m_dot) width += 8 + k_gap;
    if (!m_iconName.isEmpty()) width += k_mark + k_gap;
    if (m_trailing != Trailing::None) width += k_mark + 2;
    return width;
}

QSize ChipButton::sizeHint() const {
    const QFontMetrics metrics(m_theme->font(FontRole::Caption));
    return {decorationWidth() + std::min(metrics.horizontalAdvance(text()) + 2, m_maximumTextWidth),
            k_height};
}

QSize ChipButton::minimumSizeHint() const {
    const QFontMetrics metrics(m_theme->font(FontRole::Caption));
    return {decorationWidth() + std::min(metrics.horizontalAdvance(text()) + 2, 48), k_height};
}

void ChipButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool active = isEnabled() && (underMouse() || isDown() || (isCheckable() && isChecked()));
    painter.setPen(QPen(m_theme->color(hasFocus() ? Token::Accent : Token::Line), 1));
    painter.setBrush(m_theme->color(active ? Token::Hover : Token::Surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), height() / 2.0, height() / 2.0);

    int left = k_padding;
    int right = width() - k_padding;
    if (m_dot) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme->color(*m_dot));
        painter.drawEllipse(QRectF(left, height() / 2.0 - 4, 8, 8));
        left += 8 + k_gap;
    }
    const int top = (height() - k_mark) / 2;
    if (!m_iconName.isEmpty()) {
        themedIcon(m_theme, m_iconName).paint(&painter, left, top, k_mark, k_mark);
        left += k_mark + k_gap;
    }
    if (m_trailing != Trailing::None) {
        right -= k_mark;
        const QString mark =
            m_trailing == Trailing::Arrow ? QStringLiteral("chevron-down") : QStringLiteral("close");
        themedIcon(m_theme, mark).paint(&painter, right + 2, top, k_mark, k_mark);
        right -= 2;
    }
    painter.setFont(m_theme->font(FontRole::Caption));
    painter.setPen(m_theme->color(isEnabled() ? Token::Text2 : Token::Text3));
    const QRect area(left, 0, right - left, height());
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(text(), Qt::ElideMiddle, area.width()));
}

} // namespace exo::ui
