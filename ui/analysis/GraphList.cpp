#include "ui/analysis/GraphList.h"

#include "ui/analysis/InspectorRows.h"
#include "ui/theme/LanguageController.h"

#include <QBoxLayout>
#include <QGuiApplication>
#include <QScreen>
#include <QTableView>

#include <algorithm>
#include <set>

namespace exo::ui {

namespace {

using Name = std::pair<std::string, std::string>; // path, function

std::set<Name> namesIn(const api::AnalysisGraph& graph) {
    std::set<Name> names;
    for (const api::AnalysisGraphNode& node : graph.nodes) {
        names.emplace(node.path, node.name);
    }
    return names;
}

// One call each of those that are not in the picture.
std::vector<api::AnalysisCall> hidden(std::vector<api::AnalysisCall> calls, std::set<Name> known, bool in) {
    std::erase_if(calls, [&](const api::AnalysisCall& call) {
        if (!in && call.toPath.empty()) return true; // leads nowhere in this folder
        return !known.emplace(in ? call.fromPath : call.toPath, in ? call.from : call.to).second;
    });
    return calls;
}

} // namespace

GraphList::GraphList(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_analysis(analysis)
    , m_list(new InspectorList(theme, QStringLiteral("code.graph.list"), this)) {
    setObjectName(QStringLiteral("code.graph.popup"));
    setProperty("kind", QStringLiteral("popup"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_list);
    connect(m_list, &InspectorList::activated, this, [this](const InspectorRow& row) {
        hide();
        emit placeChosen(row.path, row.line, row.endLine);
    });
    retranslate();
}

void GraphList::retranslate() {
    QStringList columns{m_calls ? tr("Name") : tr("File")};
    if (m_calls) columns << tr("Place");
    m_list->setTexts(m_title, columns, tr("Nothing"));
}

void GraphList::popUp(const QPoint& at, const api::AnalysisGraph& graph, const GraphItem& group) {
    m_title = group.spoken.section(u',', 0, 0);
    m_calls = graph.kind == "call";
    m_list->setRows({}); // before the columns: rows have as many cells as there are
    retranslate();
    m_list->setNote(tr("Reading…"));
    ++m_asked;
    if (m_calls)
        askCalls(graph, group);
    else
        askIncludes(graph, group);
    resize(420, 320);
    const QScreen* screen = QGuiApplication::screenAt(at);
    if (!screen) screen = QGuiApplication::primaryScreen();
    const QRect room = screen->availableGeometry();
    move(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - width())),
         std::clamp(at.y(), room.top(), std::max(room.top(), room.bottom() - height())));
    show();
    m_list->view()->setFocus();
}

void GraphList::askCalls(const api::AnalysisGraph& graph, const GraphItem& group) {
    const api::AnalysisGraphNode& node = graph.nodes[static_cast<std::size_t>(group.node)];
    m_analysis->source()->calls(
        m_analysis->id(), QString::fromStdString(node.path), QString::fromStdString(node.name), this,
        [this, asked = m_asked, known = namesIn(graph), in = group.in](Result<api::AnalysisCalls> calls) {
            if (asked != m_asked) return;
            if (!calls.ok()) return m_list->setNote(errorSentence(calls.error()));
            m_list->setNote({});
            m_list->setRows(in ? callerRows(hidden(std::move(calls->callers), known, true))
                               : calleeRows(hidden(std::move(calls->callees), known, false)));
        });
}

void GraphList::askIncludes(const api::AnalysisGraph& graph, const GraphItem& group) {
    const api::AnalysisGraphNode& node = graph.nodes[static_cast<std::size_t>(group.node)];
    m_analysis->source()->file(
        m_analysis->id(), QString::fromStdString(node.path), this,
        [this, asked = m_asked, known = namesIn(graph), in = group.in](Result<api::AnalysisFileView> view) {
            if (asked != m_asked) return;
            if (!view.ok()) return m_list->setNote(errorSentence(view.error()));
            auto names = known;
            std::vector<std::string> paths;
            const auto take = [&](const std::string& path) {
                if (!path.empty() && names.emplace(path, std::string()).second) paths.push_back(path);
            };
            if (in)
                for (const std::string& path : view->includedBy) {
                    take(path);
                }
            else
                for (const api::AnalysisInclude& include : view->file.includes) {
                    take(include.path);
                }
            m_list->setNote({});
            m_list->setRows(includedByRows(paths));
        });
}

} // namespace exo::ui
