#pragma once
// A line one pixel wide between two parts of a view.

#include <QFrame>

namespace exo::ui {

class Hairline final : public QFrame {
    Q_OBJECT
  public:
    explicit Hairline(Qt::Orientation orientation, QWidget* parent = nullptr);
};

} // namespace exo::ui
