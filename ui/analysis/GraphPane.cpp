#include "ui/analysis/GraphPane.h"

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
    column->addWidget(buildTop());
    auto* choices = new QHBoxLayout;
    choices->setContentsMargins(12, 0, 12, 6);
    choices->setSpacing(10);
    m_kind = new SegmentedControl(m_theme, QStringLiteral("code.graph.kind"), this);
    m_kind->addSegment(QStringLiteral("call"), {});
    m_kind->addSegment(QStringLiteral("include"), {});
    m_direction = new SegmentedControl(m_theme, QStringLiteral("code.graph.direction"), this);
    for (const char* id : {"in", "both", "out"}) {
        m_direction->addSegment(QString::fromLatin1(id), {});
    }
    m_depth = new SegmentedControl(m_theme, QStringLiteral("code.graph.depth"), this);
    for (const char* id : {"1", "2", "3"}) {
        m_depth->addSegment(QString::fromLatin1(id), QString::fromLatin1(id));
    }
    m_depthLabel = new QLabel(this);
    m_depthLabel->setProperty("kind", QStringLiteral("caption"));
    choices->addWidget(m_kind);
    choices->addWidget(m_direction);
    choices->addStretch(1);
    choices->addWidget(m_depthLabel);
    choices->addWidget(m_depth);
    column->addLayout(choices);
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

QWidget* GraphPane::buildTop() {
    auto* top = new QWidget(this);
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(8, 6, 8, 4);
    row->setSpacing(2);
    const auto button = [this, top](const char* name, QStringView icon) {
        return new IconButton(m_theme, QStringLiteral("code.graph.") + QString::fromLatin1(name), icon, top);
    };
    m_back = button("back", u"chevron-left");
    m_forward = button("forward", u"chevron-right");
    m_up = button("up", u"folder");
    m_zoomOut = button("zoomOut", u"minus");
    m_zoomIn = button("zoomIn", u"plus");
    m_fit = button("fit", u"fit");
    m_close = button("close", u"close");
    m_title = new QLabel(top);
    m_title->setObjectName(QStringLiteral("code.graph.title"));
    m_title->setProperty("kind", QStringLiteral("title"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_back);
    row->addWidget(m_forward);
    row->addSpacing(6);
    row->addWidget(m_title, 1);
    for (IconButton* one : {m_up, m_zoomOut, m_fit, m_zoomIn, m_close}) {
        row->addWidget(one);
    }
    return top;
}

void GraphPane::connectParts() {
    connect(m_back, &QToolButton::clicked, this, [this] { travel(-1); });
    connect(m_forward, &QToolButton::clicked, this, [this] { travel(1); });
    connect(m_up, &QToolButton::clicked, this, [this] { showFolder(folderOf(m_query.path)); });
    connect(m_zoomOut, &QToolButton::clicked, this, [this] { m_view->zoom(1 / 1.2); });
    connect(m_zoomIn, &QToolButton::clicked, this, [this] { m_view->zoom(1.2); });
    connect(m_fit, &QToolButton::clicked, m_view, &GraphView::fit);
    connect(m_close, &QToolButton::clicked, this, &GraphPane::closeWanted);
    connect(m_again, &QPushButton::clicked, this, &GraphPane::ask);
    connect(m_kind, &SegmentedControl::chosen, this, &GraphPane::chooseKind);
    connect(m_direction, &SegmentedControl::chosen, this, [this](const QString& id) {
        Query query = m_query;
        query.direction = id == u"in"    ? Query::Direction::In
                          : id == u"out" ? Query::Direction::Out
                                         : Query::Direction::Both;
        go(query);
    });
    connect(m_depth, &SegmentedControl::chosen, this, [this](const QString& id) {
        Query query = m_query;
        query.depth = id.toInt();
        go(query);
    });
    connect(m_view, &GraphView::chosen, this, &GraphPane::openNode);
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

void GraphPane::chooseKind(const QString& id) {
    if (id == u"include") return showIncludes();
    showCalls();
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

void GraphPane::openGroup(int item) {
    const QPoint below = m_view->itemRect(item).bottomLeft().toPoint();
    m_list->popUp(m_view->mapToGlobal(below), m_view->graph(),
                  m_view->items()[static_cast<std::size_t>(item)]);
}

QString GraphPane::focusText() const {
    if (m_query.kind == Query::Kind::Calls) return m_query.name.isEmpty() ? m_query.path : m_query.name;
    if (m_query.path.isEmpty()) return tr("The whole folder");
    return m_query.path;
}

void GraphPane::showTitle() {
    m_title->setText(m_title->fontMetrics().elidedText(focusText(), Qt::ElideMiddle, m_title->width()));
    m_title->setToolTip(focusText());
}

void GraphPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate(); // the labels have their width now
    showTitle();
    showStatus();
}

void GraphPane::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape) return QWidget::keyPressEvent(event);
    emit closeWanted();
}

void GraphPane::showControls() {
    const bool calls = m_query.kind == Query::Kind::Calls;
    showTitle();
    m_kind->setCurrent(calls ? QStringLiteral("call") : QStringLiteral("include"));
    m_direction->setCurrent(m_query.direction == Query::Direction::In    ? QStringLiteral("in")
                            : m_query.direction == Query::Direction::Out ? QStringLiteral("out")
                                                                         : QStringLiteral("both"));
    m_direction->setSegmentText(QStringLiteral("in"), calls ? tr("Callers") : tr("Includers"));
    m_direction->setSegmentText(QStringLiteral("both"), tr("Both"));
    m_direction->setSegmentText(QStringLiteral("out"), calls ? tr("Callees") : tr("Includes"));
    m_depth->setCurrent(QString::number(m_query.depth));
    const int node = m_analysis->tree()->find(m_query.path);
    const bool folder =
        !calls && (m_query.path.isEmpty() || (node >= 0 && m_analysis->tree()->node(node).folder));
    m_direction->setVisible(!folder);
    m_depth->setVisible(!folder);
    m_depthLabel->setVisible(!folder);
    m_up->setEnabled(!m_query.path.isEmpty());
    m_back->setEnabled(m_stop > 0);
    m_forward->setEnabled(m_stop + 1 < static_cast<int>(m_stops.size()));
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
    m_kind->setAccessibleName(tr("Which graph"));
    m_kind->setSegmentText(QStringLiteral("call"), tr("Calls"));
    m_kind->setSegmentText(QStringLiteral("include"), tr("Includes"));
    m_direction->setAccessibleName(tr("In which direction"));
    m_depth->setAccessibleName(tr("Steps away from the focus"));
    m_depthLabel->setText(tr("Steps"));
    m_back->setHelp(tr("Back to the graph before"), QStringLiteral("Alt+←"));
    m_forward->setHelp(tr("Forward"), QStringLiteral("Alt+→"));
    m_up->setHelp(tr("The folder around it"));
    m_zoomOut->setHelp(tr("Smaller"), QStringLiteral("−"));
    m_zoomIn->setHelp(tr("Larger"), QStringLiteral("+"));
    m_fit->setHelp(tr("Show all of it"), QStringLiteral("0"));
    m_close->setHelp(tr("Close the graph"));
    m_again->setText(tr("Try again"));
    m_again->setAccessibleName(m_again->text());
    m_view->retranslate();
    m_legend->retranslate();
    m_list->retranslate();
    showControls();
    showStatus();
}

} // namespace exo::ui
