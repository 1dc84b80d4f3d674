#include "ui/analysis/FlowTabs.h"

#include <QAbstractButton>
#include <QKeyEvent>
#include <QPainter>

namespace exo::ui {

namespace {

constexpr int k_height = 28;
constexpr int k_padding = 4;

class Tab final : public QAbstractButton {
  public:
    Tab(const ThemeController* theme, QWidget* parent)
        : QAbstractButton(parent)
        , m_theme(theme) {
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
    }
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
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(objectName);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    m_group.setExclusive(true);
    connect(&m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* clicked) { emit chosen(clicked->property("tab").toString()); });
    connect(theme, &ThemeController::changed, this, [this] {
        updateGeometry();
        place(width(), true);
    });
}

void FlowTabs::addTab(const QString& id) {
    auto* made = new Tab(m_theme, this);
    made->setObjectName(objectName() + u'.' + id);
    made->setProperty("tab", id);
    m_group.addButton(made);
    if (m_group.buttons().size() == 1) made->setChecked(true);
    made->show();
}

QAbstractButton* FlowTabs::tab(const QString& id) const {
    for (QAbstractButton* candidate : m_group.buttons()) {
        if (candidate->property("tab").toString() == id) return candidate;
    }
    return nullptr;
}

void FlowTabs::setTabText(const QString& id, const QString& text) {
    QAbstractButton* found = tab(id);
    if (!found || found->text() == text) return;
    found->setText(text);
    found->setAccessibleName(text);
    updateGeometry();
    place(width(), true);
}

QString FlowTabs::current() const {
    const QAbstractButton* checked = m_group.checkedButton();
    return checked ? checked->property("tab").toString() : QString();
}

void FlowTabs::setCurrent(const QString& id) {
    QAbstractButton* found = tab(id);
    if (!found || found->isChecked()) return;
    found->setChecked(true);
    emit chosen(id);
}

int FlowTabs::place(int width, bool move) const {
    int x = 0, y = 0;
    for (QAbstractButton* button : m_group.buttons()) {
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

void FlowTabs::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const auto buttons = m_group.buttons();
    const qsizetype at = buttons.indexOf(m_group.checkedButton()) + step;
    if (step == 0 || at < 0 || at >= buttons.size()) return QWidget::keyPressEvent(event);
    buttons[at]->setFocus(Qt::OtherFocusReason);
    buttons[at]->click();
}

} // namespace exo::ui
