#include "ui/analysis/TreemapView.h"

#include "ui/analysis/AnalysisText.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace exo::ui {

namespace {

constexpr qreal k_hot = 80; // cognitive complexity that is as red as it gets

QColor between(const QColor& from, const QColor& to, qreal share) {
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return QColor(mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue()));
}

} // namespace

TreemapView::TreemapView(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("code.treemap"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Treemap"));
    connect(theme, &ThemeController::changed, this, &TreemapView::forget);
}

void TreemapView::setTree(std::shared_ptr<const FileTree> tree) {
    m_tree = std::move(tree);
    m_mostRevisions = 1;
    for (int i = 1; i < m_tree->count(); ++i) {
        if (!m_tree->node(i).folder) m_mostRevisions = std::max(m_mostRevisions, m_tree->node(i).revisions);
    }
    const int node = m_tree->find(m_folder);
    if (node < 0 || !m_tree->node(node).folder) {
        m_folder.clear();
        emit entered(m_folder);
    }
    m_root = std::max(m_tree->find(m_folder), 0);
    forget();
}

void TreemapView::setColour(Colour colour) {
    m_colour = colour;
    m_picture = {};
    update();
}

void TreemapView::enter(const QString& folder) {
    const int node = m_tree->find(folder);
    if (node < 0 || !m_tree->node(node).folder) return;
    m_folder = folder;
    m_root = node;
    forget();
    emit entered(folder);
}

void TreemapView::forget() {
    m_laidOut = false;
    m_picture = {};
    m_hovered = m_current = -1;
    update();
}

const std::vector<TreemapTile>& TreemapView::tiles() {
    if (!m_laidOut) {
        TreemapOptions options;
        options.heading = QFontMetrics(m_theme->font(FontRole::Caption)).height() + 4;
        m_tiles = layoutTreemap(*m_tree, m_root, QRectF(rect()).adjusted(12, 4, -12, -12), options);
        m_laidOut = true;
    }
    return m_tiles;
}

qreal TreemapView::heat(int index) const {
    const FileNode& node = m_tree->node(index);
    if (m_colour == Colour::Churn) {
        return std::log1p(static_cast<qreal>(node.revisions)) /
               std::log1p(static_cast<qreal>(m_mostRevisions));
    }
    return std::sqrt(std::min<qreal>(node.cognitive / k_hot, 1));
}

QColor TreemapView::colourOf(int node) const {
    const qreal share = heat(node);
    const QColor ground = m_theme->color(Token::Surface);
    const QColor calm = between(ground, m_theme->color(Token::Ok), 0.28);
    const QColor middle = between(ground, m_theme->color(Token::Warn), 0.34);
    const QColor hot = between(ground, m_theme->color(Token::Crit), 0.46);
    return share < 0.5 ? between(calm, middle, share * 2) : between(middle, hot, share * 2 - 1);
}

void TreemapView::draw() {
    const qreal ratio = devicePixelRatioF();
    m_picture = QPixmap(size() * ratio);
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(m_theme->color(Token::Bg));
    QPainter painter(&m_picture);
    painter.setFont(m_theme->font(FontRole::Caption));
    for (const TreemapTile& tile : tiles()) {
        drawTile(painter, tile);
    }
}

void TreemapView::drawTile(QPainter& painter, const TreemapTile& tile) const {
    const FileNode& node = m_tree->node(tile.node);
    const QRectF rect = tile.rect.adjusted(0.5, 0.5, -0.5, -0.5);
    const bool frame = tile.folder && !tile.whole;
    painter.fillRect(rect, frame ? m_theme->color(Token::Sidebar) : colourOf(tile.node));
    const int height = painter.fontMetrics().height();
    if (rect.width() < 34 || rect.height() < height + 2) return;
    painter.setPen(m_theme->color(frame ? Token::Text2 : Token::Text));
    const QRectF place = rect.adjusted(5, 1, -4, 0);
    const QString name = frame ? node.name + u'/' : node.name;
    painter.drawText(QRectF(place.left(), place.top(), place.width(), height + 2),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(name, Qt::ElideRight, static_cast<int>(place.width())));
    if (frame || rect.width() < 60 || rect.height() < 2 * height + 6) return;
    painter.setPen(m_theme->color(Token::Text2));
    painter.drawText(QRectF(place.left(), place.top() + height, place.width(), height + 2),
                     Qt::AlignLeft | Qt::AlignVCenter, shortCount(node.lines));
}

void TreemapView::paintEvent(QPaintEvent*) {
    if (m_picture.isNull()) draw();
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_picture);
    const auto outline = [&](int index, Token token, int width) {
        if (index < 0 || index >= static_cast<int>(m_tiles.size())) return;
        painter.setPen(QPen(m_theme->color(token), width));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(m_tiles[static_cast<std::size_t>(index)].rect.adjusted(1, 1, -1, -1));
    };
    outline(m_hovered, Token::Text2, 1);
    if (hasFocus()) outline(m_current, Token::Accent, 2);
}

void TreemapView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    forget();
}

void TreemapView::setCurrent(int tile) {
    m_current = tile;
    if (tile >= 0) {
        const int node = m_tiles[static_cast<std::size_t>(tile)].node;
        setAccessibleDescription(toolTipOf(node));
    }
    update();
}

void TreemapView::mouseMoveEvent(QMouseEvent* event) {
    const int tile = tileAt(tiles(), event->position());
    setCursor(tile >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (tile == m_hovered) return;
    m_hovered = tile;
    update();
}

void TreemapView::leaveEvent(QEvent* event) {
    m_hovered = -1;
    update();
    QWidget::leaveEvent(event);
}

void TreemapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const int tile = tileAt(tiles(), event->position());
    setCurrent(tile);
    activate(tile);
}

void TreemapView::activate(int tile) {
    if (tile < 0) return;
    const TreemapTile chosen = m_tiles[static_cast<std::size_t>(tile)];
    const QString path = m_tree->pathOf(chosen.node);
    if (chosen.folder)
        enter(path);
    else
        emit fileChosen(path);
}

// The nearest tile whose middle lies in that direction.
int TreemapView::neighbour(int key) const {
    const QPointF from = m_tiles[static_cast<std::size_t>(m_current)].rect.center();
    int best = m_current;
    qreal nearest = 1e18;
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i) {
        const TreemapTile& tile = m_tiles[static_cast<std::size_t>(i)];
        if (i == m_current || (tile.folder && !tile.whole)) continue;
        const QPointF way = tile.rect.center() - from;
        const qreal along = key == Qt::Key_Left    ? -way.x()
                            : key == Qt::Key_Right ? way.x()
                            : key == Qt::Key_Up    ? -way.y()
                                                   : way.y();
        const qreal aside = std::abs(key == Qt::Key_Left || key == Qt::Key_Right ? way.y() : way.x());
        if (along <= 0.5) continue;
        if (const qreal distance = along + 3 * aside; distance < nearest) {
            nearest = distance;
            best = i;
        }
    }
    return best;
}

void TreemapView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Backspace || key == Qt::Key_Escape) {
        if (m_folder.isEmpty()) return QWidget::keyPressEvent(event);
        return enter(m_folder.contains(u'/') ? m_folder.section(u'/', 0, -2) : QString());
    }
    if (tiles().empty()) return QWidget::keyPressEvent(event);
    if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) return activate(m_current);
    if (key != Qt::Key_Left && key != Qt::Key_Right && key != Qt::Key_Up && key != Qt::Key_Down)
        return QWidget::keyPressEvent(event);
    if (m_current >= 0) return setCurrent(neighbour(key));
    const auto file =
        std::find_if(m_tiles.begin(), m_tiles.end(), [](const TreemapTile& t) { return !t.folder; });
    setCurrent(file == m_tiles.end() ? 0 : static_cast<int>(file - m_tiles.begin()));
}

void TreemapView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void TreemapView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void TreemapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Treemap"));
        forget();
    }
    QWidget::changeEvent(event);
}

QString TreemapView::toolTipOf(int index) const {
    const FileNode& node = m_tree->node(index);
    const QLocale locale;
    QStringList lines{m_tree->pathOf(index)};
    if (node.folder) lines << tr("Files: %1").arg(locale.toString(node.files));
    lines << tr("Lines: %1").arg(locale.toString(node.lines));
    lines << tr("Complexity: %1, worst function %2")
                 .arg(locale.toString(node.complexity), locale.toString(node.cognitive));
    if (node.revisions > 0) lines << tr("Revisions: %1").arg(locale.toString(node.revisions));
    if (node.findings() > 0) lines << tr("Findings: %1").arg(locale.toString(node.findings()));
    return lines.join(u'\n');
}

bool TreemapView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int tile = tileAt(tiles(), QPointF(help->pos()));
    if (tile < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(),
                           QStringLiteral("<p style='white-space:pre'>") +
                               toolTipOf(m_tiles[static_cast<std::size_t>(tile)].node).toHtmlEscaped() +
                               QStringLiteral("</p>"),
                           this);
    return true;
}

} // namespace exo::ui
