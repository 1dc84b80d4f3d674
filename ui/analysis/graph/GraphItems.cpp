#include "ui/analysis/graph/GraphItems.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <QStringList>

#include <algorithm>

namespace exo::ui {

namespace {

constexpr qreal k_least = 92, k_most = 220, k_padding = 24; // width of a box
constexpr qsizetype k_longest = 300;                        // letters that are looked at
constexpr std::size_t k_namedInCycle = 4;

struct Graph {
    Q_DECLARE_TR_FUNCTIONS(Graph)
};

QString number(qint64 value) {
    return QLocale().toString(value);
}

// Without what would break a line or turn the writing around.
QString plain(const std::string& text) {
    QString out = QString::fromStdString(text.substr(0, 4 * k_longest)).left(k_longest);
    for (QChar& letter : out) {
        const auto category = letter.category();
        if (category == QChar::Other_Control || category == QChar::Other_Format ||
            category == QChar::Separator_Line || category == QChar::Separator_Paragraph)
            letter = u' ';
    }
    return out;
}

QString lastName(const QString& path) {
    return path.mid(path.lastIndexOf(u'/') + 1);
}

bool isCall(const api::AnalysisGraph& graph) {
    return graph.kind == "call";
}

QString cycleText(const api::AnalysisGraph& graph, const api::AnalysisGraphNode& node) {
    if (node.cycle <= 0) return {};
    return graph.cycles.size() == 1 ? Graph::tr("cycle") : Graph::tr("cycle %1").arg(number(node.cycle));
}

// Of each node, whether it calls itself.
std::vector<bool> selfCallsOf(const api::AnalysisGraph& graph) {
    std::vector<bool> out(graph.nodes.size(), false);
    for (const api::AnalysisGraphEdge& edge : graph.edges) {
        if (edge.from == edge.to) out[static_cast<std::size_t>(edge.from)] = true;
    }
    return out;
}

QString captionOf(const api::AnalysisGraph& graph, int index, bool callsItself) {
    const auto& node = graph.nodes[static_cast<std::size_t>(index)];
    QStringList parts;
    const QString path = plain(node.path);
    if (!node.name.empty())
        parts << lastName(path) + (node.line > 0 ? u':' + QString::number(node.line) : QString());
    else if (isCall(graph))
        parts << Graph::tr("top of the file");
    else if (node.folder)
        parts << Graph::tr("folder");
    else
        parts << (path.contains(u'/') && !graph.folder ? path.section(u'/', 0, -2) : Graph::tr("file"));
    if (const QString cycle = cycleText(graph, node); !cycle.isEmpty())
        parts << cycle;
    else if (callsItself)
        parts << Graph::tr("calls itself");
    return parts.join(QStringLiteral(" · "));
}

QString distanceText(const api::AnalysisGraph& graph, const api::AnalysisGraphNode& node) {
    const QString steps = number(std::abs(node.depth));
    const bool one = std::abs(node.depth) == 1;
    if (node.depth < 0 && isCall(graph))
        return one ? Graph::tr("calls the focus") : Graph::tr("caller, %1 steps away").arg(steps);
    if (node.depth < 0)
        return one ? Graph::tr("includes the focus") : Graph::tr("includer, %1 steps away").arg(steps);
    if (isCall(graph))
        return one ? Graph::tr("called by the focus") : Graph::tr("callee, %1 steps away").arg(steps);
    return one ? Graph::tr("included by the focus") : Graph::tr("included, %1 steps away").arg(steps);
}

QString spokenNode(const api::AnalysisGraph& graph, int index, bool callsItself) {
    const auto& node = graph.nodes[static_cast<std::size_t>(index)];
    QStringList parts{node.name.empty() ? graphNodeName(node) : plain(node.name)};
    parts << plain(node.path) + (node.line > 0 ? u':' + QString::number(node.line) : QString());
    if (!graph.folder) parts << (node.depth == 0 ? Graph::tr("the focus") : distanceText(graph, node));
    if (node.cycle > 0) {
        const int members = graph.cycles[static_cast<std::size_t>(node.cycle) - 1];
        parts << Graph::tr("in cycle %1 of %2 members").arg(number(node.cycle), number(members));
    }
    if (callsItself) parts << Graph::tr("calls itself");
    return parts.join(QStringLiteral(", "));
}

GraphItem groupOf(const api::AnalysisGraph& graph, int node, int more, bool in) {
    GraphItem item;
    item.node = node;
    item.more = more;
    item.in = in;
    item.title = Graph::tr("+%1 more").arg(number(more));
    if (node < 0) {
        item.caption = Graph::tr("files and folders");
        item.spoken = Graph::tr("%1 more files and folders").arg(number(more));
        return item;
    }
    item.caption = isCall(graph) ? (in ? Graph::tr("callers") : Graph::tr("callees"))
                                 : (in ? Graph::tr("includers") : Graph::tr("includes"));
    item.spoken =
        Graph::tr("%1 more %2 of %3, opens as a list")
            .arg(number(more), item.caption, graphNodeName(graph.nodes[static_cast<std::size_t>(node)]));
    return item;
}

class Builder {
  public:
    Builder(const api::AnalysisGraph& graph, const ThemeController* theme)
        : m_graph(graph)
        , m_title(theme->font(FontRole::Body))
        , m_caption(theme->font(FontRole::Caption)) {}

    GraphItems run() {
        m_out.shape.layered = !m_graph.folder;
        const std::vector<bool> selfCalls = selfCallsOf(m_graph);
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
            GraphItem item;
            item.node = static_cast<int>(i);
            item.title = graphNodeName(m_graph.nodes[i]);
            item.caption = captionOf(m_graph, item.node, selfCalls[i]);
            item.spoken = spokenNode(m_graph, item.node, selfCalls[i]);
            add(std::move(item), m_graph.nodes[i].depth);
        }
        for (const api::AnalysisGraphEdge& edge : m_graph.edges) {
            m_out.shape.edges.push_back({edge.from, edge.to});
        }
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
            addGroup(static_cast<int>(i), m_graph.nodes[i].moreIn, true);
            addGroup(static_cast<int>(i), m_graph.nodes[i].moreOut, false);
        }
        if (m_graph.more > 0) add(groupOf(m_graph, -1, m_graph.more, false), 0);
        return std::move(m_out);
    }

  private:
    int add(GraphItem item, int layer) {
        const qreal width = std::clamp(
            std::max(m_title.horizontalAdvance(item.title), m_caption.horizontalAdvance(item.caption)) +
                k_padding,
            k_least, k_most);
        item.title = m_title.elidedText(item.title, Qt::ElideMiddle, width - k_padding + 1);
        item.caption = m_caption.elidedText(item.caption, Qt::ElideLeft, width - k_padding + 1);
        m_out.shape.nodes.push_back({QSizeF(width, m_title.height() + m_caption.height() + 10), layer});
        m_out.items.push_back(std::move(item));
        return static_cast<int>(m_out.items.size()) - 1;
    }

    void addGroup(int node, int more, bool in) {
        if (more <= 0) return;
        const int depth = m_graph.nodes[static_cast<std::size_t>(node)].depth;
        const int made = add(groupOf(m_graph, node, more, in), depth + (in ? -1 : 1));
        m_out.shape.edges.push_back(in ? GraphShape::Edge{made, node} : GraphShape::Edge{node, made});
    }

    const api::AnalysisGraph& m_graph;
    QFontMetricsF m_title, m_caption;
    GraphItems m_out;
};

} // namespace

QString graphNodeName(const api::AnalysisGraphNode& node) {
    if (!node.name.empty()) return plain(node.name);
    const QString name = lastName(plain(node.path));
    return node.folder ? name + u'/' : name;
}

bool closesCycle(const api::AnalysisGraph& graph, const api::AnalysisGraphEdge& edge) {
    const auto& from = graph.nodes[static_cast<std::size_t>(edge.from)];
    return from.cycle > 0 && from.cycle == graph.nodes[static_cast<std::size_t>(edge.to)].cycle;
}

GraphItems graphItems(const api::AnalysisGraph& graph, const ThemeController* theme) {
    return Builder(graph, theme).run();
}

namespace {

QString countsText(const api::AnalysisGraph& graph) {
    int in = 0, out = 0;
    for (const api::AnalysisGraphNode& node : graph.nodes) {
        in += node.depth == -1 ? 1 : 0;
        out += node.depth == 1 ? 1 : 0;
    }
    const auto& focus = graph.nodes.front();
    const auto of = [](int shown, int more) {
        return more > 0 ? Graph::tr("%1 of %2").arg(number(shown), number(shown + more)) : number(shown);
    };
    const QString ins = of(in, focus.moreIn), outs = of(out, focus.moreOut);
    QStringList parts;
    if (in > 0) parts << (isCall(graph) ? Graph::tr("callers: %1") : Graph::tr("includers: %1")).arg(ins);
    if (out > 0) parts << (isCall(graph) ? Graph::tr("callees: %1") : Graph::tr("includes: %1")).arg(outs);
    return parts.join(QStringLiteral(" · "));
}

QString folderText(const api::AnalysisGraph& graph) {
    QStringList parts{
        Graph::tr("files and folders: %1").arg(number(static_cast<qint64>(graph.nodes.size())))};
    if (graph.unlinked > 0)
        parts << Graph::tr("without includes between them: %1").arg(number(graph.unlinked));
    return parts.join(QStringLiteral(" · "));
}

// The members of the first cycle by name, and how many cycles there are.
QString cyclesText(const api::AnalysisGraph& graph) {
    if (graph.cycles.empty()) return Graph::tr("no cycles");
    QStringList names;
    for (const api::AnalysisGraphNode& node : graph.nodes) {
        if (node.cycle == 1 && static_cast<std::size_t>(names.size()) < k_namedInCycle)
            names << graphNodeName(node);
    }
    if (graph.cycles.front() > static_cast<int>(names.size())) names << QStringLiteral("…");
    const auto count = static_cast<qint64>(graph.cycles.size());
    const QString first = names.join(QStringLiteral(", "));
    return count == 1 ? Graph::tr("1 cycle: %1").arg(first)
                      : Graph::tr("%1 cycles, the first: %2").arg(number(count), first);
}

} // namespace

QString graphSummary(const api::AnalysisGraph& graph) {
    if (graph.nodes.empty()) return {};
    QStringList parts{graph.folder ? folderText(graph) : countsText(graph)};
    parts << cyclesText(graph);
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString graphEdgeText(const api::AnalysisGraph& graph, const api::AnalysisGraphEdge& edge) {
    const auto name = [&](int node) { return graphNodeName(graph.nodes[static_cast<std::size_t>(node)]); };
    QStringList parts{
        (isCall(graph) ? Graph::tr("calls: %1") : Graph::tr("includes: %1")).arg(number(edge.count))};
    if (edge.line > 0)
        parts << (edge.count > 1 ? Graph::tr("the first in line %1") : Graph::tr("in line %1"))
                     .arg(QString::number(edge.line));
    if (isCall(graph)) parts << certaintyText(certaintyOf(edge.confidence));
    return name(edge.from) + QStringLiteral(" → ") + name(edge.to) + u'\n' +
           parts.join(QStringLiteral(" · "));
}

Certainty certaintyOf(const std::string& confidence) {
    if (confidence == "same-file") return Certainty::SameFile;
    if (confidence == "import") return Certainty::Import;
    return confidence == "exact" ? Certainty::Exact : Certainty::NameOnly;
}

QString certaintyText(Certainty certainty) {
    switch (certainty) {
    case Certainty::Exact: return Graph::tr("exact");
    case Certainty::SameFile: return Graph::tr("same file");
    case Certainty::Import: return Graph::tr("by import");
    case Certainty::NameOnly: break;
    }
    return Graph::tr("by name only");
}

} // namespace exo::ui
