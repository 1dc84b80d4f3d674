#include "ui/widgets/SegmentedControl.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPaintEvent>
#include <QPainter>

namespace exo::ui {

namespace {

class Segment final : public QAbstractButton {
  public:
    Segment(const ThemeController* theme, QWidget* parent)
        : QAbstractButton(parent)
        , m_theme(theme) {
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
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
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(objectName);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(3, 3, 3, 3);
    row->setSpacing(2);
    m_group.setExclusive(true);
    connect(&m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* clicked) { emit chosen(clicked->property("segment").toString()); });
    connect(theme, &ThemeController::changed, this, QOverload<>::of(&QWidget::update));
}

void SegmentedControl::addSegment(const QString& id, const QString& text) {
    auto* segment = new Segment(m_theme, this);
    segment->setObjectName(objectName() + u'.' + id);
    segment->setProperty("segment", id);
    m_group.addButton(segment);
    layout()->addWidget(segment);
    setSegmentText(id, text);
    if (count() == 1) segment->setChecked(true);
}

void SegmentedControl::setSegmentText(const QString& id, const QString& text) {
    QAbstractButton* segment = button(id);
    if (!segment) return;
    segment->setText(text);
    segment->setAccessibleName(text);
    segment->updateGeometry();
}

QString SegmentedControl::current() const {
    const QAbstractButton* checked = m_group.checkedButton();
    return checked ? checked->property("segment").toString() : QString();
}

void SegmentedControl::setCurrent(const QString& id) {
    if (QAbstractButton* segment = button(id)) segment->setChecked(true);
}

QAbstractButton* SegmentedControl::button(const QString& id) const {
    for (QAbstractButton* candidate : m_group.buttons()) {
        if (candidate->property("segment").toString() == id) return candidate;
    }
    return nullptr;
}

void SegmentedControl::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const auto buttons = m_group.buttons();
    const qsizetype at = buttons.indexOf(m_group.checkedButton()) + step;
    if (step == 0 || at < 0 || at >= buttons.size()) return QWidget::keyPressEvent(event);
    buttons[at]->setFocus(Qt::OtherFocusReason);
    buttons[at]->click();
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme->color(Token::Sidebar));
    painter.drawRoundedRect(rect(), 8, 8);
}

} // namespace exo::ui
