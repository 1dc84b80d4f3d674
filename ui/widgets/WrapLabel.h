#pragma once
// A label that wraps and claims the height its text needs at the width it has, so that no line is cut off in
// dialogs (QLabel alone only promises a guess). Plain text unless told otherwise. GUI thread.

#include <QLabel>

namespace exo::ui {

class WrapLabel final : public QLabel {
    Q_OBJECT
  public:
    explicit WrapLabel(QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;
};

} // namespace exo::ui
