#include "ui/analysis/FlowTabs.h"

#include <QAbstractButton>
#include <QPainter>

namespace exo::ui {

namespace {

constexpr int k_height = 28;
constexpr int k_padding = 4;

class Tab final : public QAbstractButton {
  public:
    Tab(const ThemeController* theme, QWidget* parent)
        : QAbstractButton(parent)
        , m_theme(theme) {}
    QSize sizeHint() const override {
        return {QFontMetrics(m_theme->font(FontRole::Body)).horizontalAdvance(text()) + 2 * k_padding,
                k_height};
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (hasFocus() || underMouse()) {
            painter.setPen(hasFocus() ? QPen(m_theme->color(Token::Accent), 1) : QPen(Qt::NoPen));
            painter.setBrush(underMouse() ? QBrush(m_theme->color(Token::Hover)) : QBrush(Qt::NoBrush));
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        }
        QFont font = m_theme->font(FontRole::Body);
        if (isChecked()) font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(m_theme->color(isChecked() ? Token::AccentInk : Token::Text2));
        painter.drawText(rect(), Qt::AlignCenter, text());
    }

  private:
    const ThemeController* m_theme;
};

} // namespace

FlowTabs::FlowTabs(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : ChoiceBar(theme, objectName, parent) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(theme, &ThemeController::changed, this, &FlowTabs::replace);
}

void FlowTabs::addTab(const QString& id) {
    auto* made = new Tab(m_theme, this);
    addChoice(id, made);
    made->show();
}

void FlowTabs::setTabText(const QString& id, const QString& text) {
    setChoiceText(id, text);
    replace();
}

void FlowTabs::replace() {
    updateGeometry();
    place(width(), true);
}

int FlowTabs::place(int width, bool move) const {
    int x = 0, y = 0;
    for (QAbstractButton* button : choices()) {
        const QSize size = button->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += k_height + 2;
        }
        if (move) button->setGeometry(x, y, size.width(), size.height());
        x += size.width() + 2;
    }
    return y + k_height;
}

QSize FlowTabs::sizeHint() const {
    return {320, place(std::max(width(), 200), false)};
}

QSize FlowTabs::minimumSizeHint() const {
    return {120, place(std::max(width(), 120), false)};
}

void FlowTabs::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place(width(), true);
}

} // namespace exo::ui
