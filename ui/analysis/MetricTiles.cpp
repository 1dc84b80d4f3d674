#include "ui/analysis/MetricTiles.h"

#include "ui/analysis/AnalysisText.h"

#include <QLocale>
#include <QPainter>

namespace exo::ui {

MetricTiles::MetricTiles(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("code.tiles"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(theme, &ThemeController::changed, this, qOverload<>(&QWidget::update));
    retranslate();
}

void MetricTiles::setFunction(const std::optional<api::AnalysisFunction>& function, qint64 revisions) {
    m_function = function;
    m_revisions = revisions;
    retranslate();
}

void MetricTiles::retranslate() {
    const QLocale locale;
    const bool has = m_function.has_value();
    const api::AnalysisFunction function = m_function.value_or(api::AnalysisFunction());
    const auto tile = [&](const QString& title, qint64 value, qint64 warn, qint64 crit) {
        return Tile{title, has ? locale.toString(value) : QStringLiteral("–"),
                    has ? levelToken(value, warn, crit) : Token::Text3};
    };
    m_tiles = {tile(tr("Cyclomatic"), function.ccn, 15, 30),
               tile(tr("Cognitive"), function.cognitive, 15, 25),
               tile(tr("Nesting"), function.nesting, 5, 7),
               tile(tr("Lines"), function.endLine - function.startLine + 1, 100, 300),
               tile(tr("Parameters"), function.parameters, 6, 9),
               Tile{tr("File changed"), m_revisions > 0 ? locale.toString(m_revisions) : QStringLiteral("–"),
                    m_revisions > 0 ? Token::Text : Token::Text3}};
    QStringList spoken;
    for (const Tile& part : m_tiles) {
        spoken << part.title + u' ' + part.number;
    }
    setAccessibleName(has ? QString::fromStdString(function.name) : tr("Measures"));
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    update();
}

void MetricTiles::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    constexpr int k_columns = 3, k_gap = 8;
    const int wide = (width() - (k_columns - 1) * k_gap) / k_columns;
    const int high = (height() - k_gap) / 2;
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i) {
        const Tile& tile = m_tiles[static_cast<std::size_t>(i)];
        const QRect area((i % k_columns) * (wide + k_gap), (i / k_columns) * (high + k_gap), wide, high);
        painter.setPen(QPen(m_theme->color(Token::Line), 1));
        painter.setBrush(m_theme->color(Token::Surface));
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
        painter.setFont(m_theme->font(FontRole::Caption));
        painter.setPen(m_theme->color(Token::Text2));
        const QRect inner = area.adjusted(10, 8, -6, -8);
        painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop,
                         painter.fontMetrics().elidedText(tile.title, Qt::ElideRight, inner.width()));
        QFont number = m_theme->font(FontRole::Heading);
        painter.setFont(number);
        painter.setPen(m_theme->color(tile.token));
        painter.drawText(inner, Qt::AlignLeft | Qt::AlignBottom, tile.number);
    }
}

} // namespace exo::ui
