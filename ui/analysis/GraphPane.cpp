#include "ui/analysis/GraphPane.h"

#include "ui/analysis/GraphBar.h"
#include "ui/analysis/GraphList.h"
#include "ui/analysis/graph/GraphLegend.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/EmptyState.h"
#include "ui/widgets/Hairline.h"

#include <QBoxLayout>
#include <QEvent>
#include <QKeyEvent>

namespace exo::ui {

namespace {

constexpr std::size_t k_mostStops = 100;
constexpr int k_slowMs = 200;

QString folderOf(const QString& path) {
    return path.contains(u'/') ? path.section(u'/', 0, -2) : QString();
}

} // namespace

GraphPane::GraphPane(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_analysis(analysis) {
    setObjectName(QStringLiteral("code.graph"));
    build();
    connectParts();
    retranslate();
}

void GraphPane::build() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_bar = new GraphBar(m_theme, this);
    column->addWidget(m_bar);
    column->addWidget(new Hairline(Qt::Horizontal, this));
    m_stack = new QStackedWidget(this);
    m_view = new GraphView(m_theme, m_stack);
    m_note = new EmptyState(m_theme, QStringLiteral("code.graph.note"), QStringLiteral("graph"), m_stack);
    m_again = m_note->addAction(QStringLiteral("code.graph.again"), {});
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_note);
    column->addWidget(m_stack, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(12, 2, 4, 2);
    bottom->setSpacing(12);
    m_status = new QLabel(this);
    m_status->setObjectName(QStringLiteral("code.graph.status"));
    m_status->setProperty("kind", QStringLiteral("caption"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_legend = new GraphLegend(m_theme, this);
    bottom->addWidget(m_status, 1);
    bottom->addWidget(m_legend);
    column->addLayout(bottom);
    column->addWidget(new Hairline(Qt::Horizontal, this));
    m_list = new GraphList(m_theme, m_analysis, this);
    m_slow.setSingleShot(true);
    m_slow.setInterval(k_slowMs);
}

void GraphPane::connectParts() {
    connect(m_bar, &GraphBar::backWanted, this, [this] { travel(-1); });
    connect(m_bar, &GraphBar::forwardWanted, this, [this] { travel(1); });
    connect(m_bar, &GraphBar::upWanted, this, [this] { showFolder(folderOf(m_query.path)); });
    connect(m_bar, &GraphBar::zoomWanted, m_view, &GraphView::zoom);
    connect(m_bar, &GraphBar::fitWanted, m_view, &GraphView::fit);
    connect(m_bar, &GraphBar::closeWanted, this, &GraphPane::closeWanted);
    connect(m_bar, &GraphBar::kindChosen, this, [this](Query::Kind kind) {
        if (kind == Query::Kind::Includes) return showIncludes();
        showCalls();
    });
    connect(m_bar, &GraphBar::directionChosen, this, [this](Query::Direction direction) {
        Query query = m_query;
        query.direction = direction;
        go(query);
    });
    connect(m_bar, &GraphBar::depthChosen, this, [this](int steps) {
        Query query = m_query;
        query.depth = steps;
        go(query);
    });
    connect(m_again, &QPushButton::clicked, this, &GraphPane::ask);
    connect(m_view, &GraphView::chosen, this, &GraphPane::openNode);
    connect(m_view, &GraphView::edgeChosen, this, &GraphPane::openEdge);
    connect(m_view, &GraphView::focusWanted, this, &GraphPane::refocus);
    connect(m_view, &GraphView::groupOpened, this, &GraphPane::openGroup);
    connect(m_view, &GraphView::backWanted, this, [this] { travel(-1); });
    connect(m_view, &GraphView::forwardWanted, this, [this] { travel(1); });
    connect(m_view, &GraphView::laidOut, this, &GraphPane::showStatus);
    connect(m_list, &GraphList::placeChosen, this, &GraphPane::placeChosen);
    connect(&m_slow, &QTimer::timeout, this, [this] { m_status->setText(tr("Reading the graph…")); });
}

void GraphPane::showPlace(const QString& path, const api::AnalysisFunction* function) {
    Query query = m_query;
    query.path = path;
    query.name.clear();
    query.line = 0;
    if (function) {
        m_function = {path, QString::fromStdString(function->qualifiedName), function->startLine};
        query.name = m_function.name;
        query.line = m_function.line;
        query.kind = Query::Kind::Calls;
    } else {
        query.kind = Query::Kind::Includes;
    }
    go(query);
}

void GraphPane::showFolder(const QString& folder) {
    Query query = m_query;
    query.kind = Query::Kind::Includes;
    query.path = folder;
    query.name.clear();
    query.line = 0;
    go(query);
}

void GraphPane::showIncludes() {
    Query query = m_query;
    query.kind = Query::Kind::Includes;
    query.name.clear();
    query.line = 0;
    go(query);
}

// The function that was in the focus before; without one there is nothing to begin with.
void GraphPane::showCalls() {
    Query query = m_query;
    query.kind = Query::Kind::Calls;
    query.path = m_function.path;
    query.name = m_function.name;
    query.line = m_function.line;
    go(query);
}

void GraphPane::go(Query query) {
    const bool known = m_stop >= 0 && m_stops[static_cast<std::size_t>(m_stop)] == query;
    if (!known) {
        m_stops.resize(static_cast<std::size_t>(m_stop + 1));
        m_stops.push_back(query);
        if (m_stops.size() > k_mostStops) m_stops.erase(m_stops.begin());
        m_stop = static_cast<int>(m_stops.size()) - 1;
    }
    m_query = std::move(query);
    ask();
}

void GraphPane::travel(int by) {
    const int target = m_stop + by;
    if (target < 0 || target >= static_cast<int>(m_stops.size())) return;
    m_stop = target;
    m_query = m_stops[static_cast<std::size_t>(target)];
    if (m_query.kind == Query::Kind::Calls && !m_query.name.isEmpty())
        m_function = {m_query.path, m_query.name, m_query.line};
    ask();
}

void GraphPane::ask() {
    showControls();
    const quint64 asked = ++m_asked;
    if (!m_analysis->hasResult()) return;
    if (m_query.kind == Query::Kind::Calls && m_query.path.isEmpty())
        return showNote(
            tr("No function is chosen"),
            tr("Place the cursor in a function and choose “Show the graph”, or look at includes."));
    m_waiting = true;
    m_slow.start();
    m_analysis->source()->graph(m_analysis->id(), m_query, this,
                                [this, asked](Result<api::AnalysisGraph> graph) {
                                    if (asked == m_asked) onGraph(std::move(graph));
                                });
}

void GraphPane::onGraph(Result<api::AnalysisGraph> graph) {
    m_waiting = false;
    m_slow.stop();
    if (!graph.ok()) {
        const bool gone = graph.error().code == ErrorCode::NotFound;
        showNote(tr("The graph cannot be shown"),
                 gone ? tr("What it was about is not in this analysis.") : errorSentence(graph.error()));
        return m_again->setVisible(!gone);
    }
    if (graph->nodes.empty())
        return showNote(tr("No includes here"),
                        tr("Nothing in this folder includes or imports anything else in it."));
    m_stack->setCurrentWidget(m_view);
    m_legend->show();
    m_view->setGraph(std::move(*graph));
}

void GraphPane::showNote(const QString& title, const QString& hint) {
    m_waiting = false;
    m_slow.stop();
    m_note->setTexts(title, hint);
    m_again->hide();
    m_legend->hide();
    m_status->clear();
    m_stack->setCurrentWidget(m_note);
}

void GraphPane::onResult() {
    ++m_asked;
    m_waiting = false;
    m_list->hide();
    if (!m_analysis->hasResult()) {
        m_stops.clear();
        m_stop = -1;
        m_function = {};
        m_query = {};
        m_view->setGraph({});
        return showControls();
    }
    if (isVisible() && m_stop >= 0) ask();
}

void GraphPane::refocus(int node) {
    const api::AnalysisGraphNode& to = m_view->graph().nodes[static_cast<std::size_t>(node)];
    Query query = m_query;
    query.path = QString::fromStdString(to.path);
    query.name = QString::fromStdString(to.name);
    query.line = to.line;
    if (!to.name.empty()) m_function = {query.path, query.name, query.line};
    go(query);
}

// A folder has no line to go to: what lies in it is the next picture.
void GraphPane::openNode(int node) {
    const api::AnalysisGraphNode& to = m_view->graph().nodes[static_cast<std::size_t>(node)];
    if (to.folder) return;
    emit placeChosen(QString::fromStdString(to.path), std::max(to.line, 1), 0);
}

// To the first call or include. Between folders there is none to go to.
void GraphPane::openEdge(int edge) {
    const api::AnalysisGraphEdge& one = m_view->graph().edges[static_cast<std::size_t>(edge)];
    const api::AnalysisGraphNode& from = m_view->graph().nodes[static_cast<std::size_t>(one.from)];
    if (!from.folder && one.line > 0) emit placeChosen(QString::fromStdString(from.path), one.line, 0);
}

void GraphPane::openGroup(int item) {
    const QPoint below = m_view->itemRect(item).bottomLeft().toPoint();
    m_list->popUp(m_view->mapToGlobal(below), m_view->graph(),
                  m_view->items()[static_cast<std::size_t>(item)]);
}

void GraphPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate(); // the status has its width now
    showStatus();
}

void GraphPane::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape) return QWidget::keyPressEvent(event);
    emit closeWanted();
}

void GraphPane::showControls() {
    const bool calls = m_query.kind == Query::Kind::Calls;
    const int node = m_analysis->tree()->find(m_query.path);
    const bool folder =
        !calls && (m_query.path.isEmpty() || (node >= 0 && m_analysis->tree()->node(node).folder));
    m_bar->setQuery(m_query, folder, m_stop > 0, m_stop + 1 < static_cast<int>(m_stops.size()));
    m_legend->setCalls(calls);
}

void GraphPane::showStatus() {
    if (m_stack->currentWidget() != m_view || m_waiting) return;
    const QString text = graphSummary(m_view->graph());
    m_status->setText(
        m_status->fontMetrics().elidedText(text, Qt::ElideRight, std::max(m_status->width(), 80)));
    m_status->setToolTip(text);
    m_status->setAccessibleName(text);
    m_view->setAccessibleDescription(text);
}

void GraphPane::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void GraphPane::retranslate() {
    m_bar->retranslate();
    m_again->setText(tr("Try again"));
    m_again->setAccessibleName(m_again->text());
    m_view->retranslate();
    m_legend->retranslate();
    m_list->retranslate();
    showControls();
    showStatus();
}

} // namespace exo::ui
