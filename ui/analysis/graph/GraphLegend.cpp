#include "ui/analysis/graph/GraphLegend.h"

#include "ui/analysis/graph/GraphView.h"

#include <QPainter>

namespace exo::ui {

namespace {
constexpr int k_line = 26, k_gap = 6, k_space = 16, k_height = 24;
}

struct GraphLegend::Entry {
    QPen pen;
    QString text;
};

GraphLegend::GraphLegend(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("code.graph.legend"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(theme, &ThemeController::changed, this, &GraphLegend::retranslate);
    retranslate();
}

void GraphLegend::setCalls(bool calls) {
    m_calls = calls;
    retranslate();
}

std::vector<GraphLegend::Entry> GraphLegend::entries() const {
    const QColor line = m_theme->color(Token::Text3);
    std::vector<Entry> out;
    if (m_calls)
        for (const Certainty one :
             {Certainty::Exact, Certainty::SameFile, Certainty::Import, Certainty::NameOnly}) {
            out.push_back({certaintyPen(one, line), certaintyText(one)});
        }
    out.push_back({QPen(m_theme->color(Token::Warn), 2.2), tr("cycle")});
    return out;
}

void GraphLegend::retranslate() {
    QStringList texts;
    for (const Entry& entry : entries()) {
        texts << entry.text;
    }
    setAccessibleName(tr("What the lines mean: %1").arg(texts.join(QStringLiteral(", "))));
    setToolTip(tr("How sure it is that the call leads there"));
    updateGeometry();
    update();
}

QSize GraphLegend::sizeHint() const {
    const QFontMetrics metrics(m_theme->font(FontRole::Caption));
    int width = 0;
    for (const Entry& entry : entries()) {
        width += k_line + k_gap + metrics.horizontalAdvance(entry.text) + k_space;
    }
    return {width, std::max(k_height, metrics.height() + 4)};
}

void GraphLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme->font(FontRole::Caption));
    int x = 0;
    for (const Entry& entry : entries()) {
        const int text = painter.fontMetrics().horizontalAdvance(entry.text);
        painter.setPen(entry.pen);
        painter.drawLine(QPointF(x, height() / 2.0), QPointF(x + k_line, height() / 2.0));
        painter.setPen(m_theme->color(Token::Text2));
        painter.drawText(QRectF(x + k_line + k_gap, 0, text + 2, height()), Qt::AlignVCenter, entry.text);
        x += k_line + k_gap + text + k_space;
    }
}

} // namespace exo::ui
