#include "ui/monitor/StateLabel.h"

#include <QPainter>

namespace exo::ui {

namespace {
constexpr int k_dot = 8;
constexpr int k_gap = 8;
} // namespace

StateLabel::StateLabel(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : QLabel(parent)
    , m_theme(theme) {
    setObjectName(objectName);
    setTextFormat(Qt::PlainText);
    setContentsMargins(k_dot + k_gap, 0, 0, 0);
    connect(theme, &ThemeController::changed, this, QOverload<>::of(&QWidget::update));
}

void StateLabel::setState(Token dot, const QString& word) {
    m_dot = dot;
    setText(word);
    update();
}

QSize StateLabel::sizeHint() const {
    const QSize text = QLabel::sizeHint();
    return {text.width(), std::max(text.height(), k_dot)};
}

void StateLabel::paintEvent(QPaintEvent* event) {
    QLabel::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme->color(m_dot));
    painter.drawEllipse(QRectF(0, (height() - k_dot) / 2.0, k_dot, k_dot));
}

} // namespace exo::ui
