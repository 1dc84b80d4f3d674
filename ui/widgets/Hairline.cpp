#include "ui/widgets/Hairline.h"

namespace exo::ui {

Hairline::Hairline(Qt::Orientation orientation, QWidget* parent)
    : QFrame(parent) {
    setProperty("kind", QStringLiteral("line"));
    setFrameShape(QFrame::NoFrame);
    if (orientation == Qt::Horizontal) {
        setFixedHeight(1);
    } else {
        setFixedWidth(1);
    }
}

} // namespace exo::ui
