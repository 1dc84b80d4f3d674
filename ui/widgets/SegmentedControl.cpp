#include "ui/widgets/SegmentedControl.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPaintEvent>
#include <QPainter>

namespace exo::ui {

namespace {

class Segment final : public QAbstractButton {
  public:
    Segment(const ThemeController* theme, QWidget* parent)
        : QAbstractButton(parent)
        , m_theme(theme) {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override { return {fontMetrics().horizontalAdvance(text()) + 32, 28}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF area = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.setPen(hasFocus()    ? QPen(m_theme->color(Token::Accent), 1)
                       : isChecked() ? QPen(m_theme->color(Token::Line), 1)
                                     : QPen(Qt::NoPen));
        painter.setBrush(isChecked() ? m_theme->color(Token::Surface) : QColor(Qt::transparent));
        painter.drawRoundedRect(area, 6, 6);
        const bool strong = isChecked() || underMouse();
        painter.setPen(m_theme->color(strong ? Token::Text : Token::Text2));
        painter.drawText(rect(), Qt::AlignCenter, text());
    }

  private:
    const ThemeController* m_theme;
};

} // namespace

SegmentedControl::SegmentedControl(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : ChoiceBar(theme, objectName, parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(3, 3, 3, 3);
    row->setSpacing(2);
    connect(theme, &ThemeController::changed, this, QOverload<>::of(&QWidget::update));
}

void SegmentedControl::addSegment(const QString& id, const QString& text) {
    auto* segment = new Segment(m_theme, this);
    addChoice(id, segment);
    layout()->addWidget(segment);
    setSegmentText(id, text);
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme->color(Token::Sidebar));
    painter.drawRoundedRect(rect(), 8, 8);
}

} // namespace exo::ui
