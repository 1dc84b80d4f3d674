#include "ui/widgets/WrapLabel.h"

#include <QResizeEvent>

namespace exo::ui {

WrapLabel::WrapLabel(QWidget* parent)
    : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
}

QSize WrapLabel::minimumSizeHint() const {
    const QSize base = QLabel::minimumSizeHint();
    if (text().isEmpty()) return base;
    const int width = std::max(this->width(), minimumWidth());
    return {std::min(base.width(), 200), heightForWidth(width)};
}

void WrapLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) updateGeometry();
}

} // namespace exo::ui
