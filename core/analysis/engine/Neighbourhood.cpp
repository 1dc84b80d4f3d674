#include "core/analysis/engine/Neighbourhood.h"

#include "core/analysis/engine/Cycles.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace exo::analysis {

namespace {

using Key = FunctionRef;
using Query = NeighbourhoodQuery;

struct Link {
    int line = 0, count = 0;
    CallConfidence confidence = CallConfidence::Unresolved;
};
using Links = std::map<Key, Link>;

struct Neighbour {
    Key key;
    Link link;
};

void note(Links& links, Key key, int line, CallConfidence confidence) {
    Link& link = links[key];
    link.line = link.count == 0 ? line : std::min(link.line, line);
    link.confidence = std::min(link.confidence, confidence);
    ++link.count;
}

// Which neighbours something has; of files only the place in the report counts.
class Neighbours {
  public:
    Neighbours(const AnalysisResult& result, Query::Kind kind)
        : m_result(result)
        , m_kind(kind) {}

    Links of(Key key, bool in) const {
        Links links;
        if (m_kind == Query::Kind::Includes)
            includes(key.file, in, links);
        else
            m_result.forEachCall(key, in ? CallsOf::To : CallsOf::From, [&](const PackedCall& call) {
                const Key other = in ? Key{call.fromFile, call.fromFunction}
                                     : Key{static_cast<std::uint32_t>(call.toFile), call.toFunction};
                note(links, other, call.line, call.confidence);
            });
        return links;
    }

    // The surest first, then those called most often.
    std::vector<Neighbour> ranked(Key key, bool in) const {
        std::vector<Neighbour> out;
        for (const auto& [other, link] : of(key, in))
            if (other != key) out.push_back({other, link});
        std::stable_sort(out.begin(), out.end(), [](const Neighbour& a, const Neighbour& b) {
            return std::pair(a.link.confidence, -a.link.count) < std::pair(b.link.confidence, -b.link.count);
        });
        return out;
    }

    api::AnalysisGraphNode describe(Key key) const {
        const api::AnalysisFile& file = m_result.report().files[key.file];
        api::AnalysisGraphNode node;
        node.path = file.path;
        if (m_kind == Query::Kind::Includes || key.function < 0) return node;
        const auto& function = file.functions[static_cast<std::size_t>(key.function)];
        node.name = function.qualifiedName;
        node.line = function.startLine;
        return node;
    }

  private:
    void includes(std::uint32_t file, bool in, Links& links) const {
        const auto& files = m_result.report().files;
        const auto take = [&](std::uint32_t from) {
            for (const api::AnalysisInclude& include : files[from].includes) {
                const auto target = m_result.fileIndex(include.path);
                if (!target || (in && *target != file)) continue;
                note(links, {in ? from : *target, -1}, include.line, CallConfidence::Exact);
            }
        };
        if (!in) return take(file);
        for (const std::uint32_t from : m_result.includers(file))
            take(from);
    }

    const AnalysisResult& m_result;
    Query::Kind m_kind;
};

class Walk {
  public:
    Walk(const AnalysisResult& result, const Query& query)
        : m_result(result)
        , m_query(query)
        , m_neighbours(result, query.kind) {
        m_graph.kind = query.kind == Query::Kind::Calls ? "call" : "include";
    }

    api::AnalysisGraph run(Key focus) {
        add(focus, 0);
        if (m_query.direction != Query::Direction::Out) spread(true);
        if (m_query.direction != Query::Direction::In) spread(false);
        connect();
        if (m_query.kind == Query::Kind::Calls)
            markOwnCycles();
        else
            markKnownCycles();
        return std::move(m_graph);
    }

  private:
    std::uint32_t add(Key key, int depth) {
        const auto index = static_cast<std::uint32_t>(m_keys.size());
        m_index.emplace(key, index);
        m_keys.push_back(key);
        m_graph.nodes.push_back(m_neighbours.describe(key));
        m_graph.nodes.back().depth = depth;
        return index;
    }

    void spread(bool in) {
        std::vector<std::uint32_t> frontier{0};
        for (int depth = 1; depth <= m_query.depth; ++depth) {
            std::vector<std::uint32_t> next;
            const int width = depth == 1 ? m_query.width : std::max(m_query.width / 3, 3);
            for (const std::uint32_t node : frontier) {
                int room = width, more = 0;
                for (const Neighbour& neighbour : m_neighbours.ranked(m_keys[node], in)) {
                    if (m_index.contains(neighbour.key)) continue;
                    if (room <= 0 || m_keys.size() >= k_mostDrawn) {
                        ++more;
                        continue;
                    }
                    --room;
                    next.push_back(add(neighbour.key, in ? -depth : depth));
                }
                (in ? m_graph.nodes[node].moreIn : m_graph.nodes[node].moreOut) = more;
            }
            frontier = std::move(next);
        }
    }

    void connect() {
        m_edges.resize(m_keys.size());
        for (std::uint32_t from = 0; from < m_keys.size(); ++from)
            for (const auto& [key, link] : m_neighbours.of(m_keys[from], false)) {
                const auto to = m_index.find(key);
                if (to == m_index.end()) continue;
                m_edges[from].push_back(to->second);
                m_graph.edges.push_back({static_cast<int>(from), static_cast<int>(to->second), link.line,
                                         link.count, std::string(nameOf(link.confidence))});
            }
    }

    // Those among what is shown; over all calls of a large project nearly everything is one.
    void markOwnCycles() {
        for (const auto& cycle : cyclesOf(m_edges)) {
            m_graph.cycles.push_back(static_cast<int>(cycle.size()));
            for (const std::uint32_t node : cycle)
                m_graph.nodes[node].cycle = static_cast<int>(m_graph.cycles.size());
        }
    }

    void markKnownCycles() {
        for (const auto& cycle : m_result.report().cycles) {
            bool shown = false;
            for (const std::string& path : cycle) {
                const auto file = m_result.fileIndex(path);
                const auto node = file ? m_index.find(Key{*file, -1}) : m_index.end();
                if (node == m_index.end()) continue;
                if (!std::exchange(shown, true)) m_graph.cycles.push_back(static_cast<int>(cycle.size()));
                m_graph.nodes[node->second].cycle = static_cast<int>(m_graph.cycles.size());
            }
        }
    }

    const AnalysisResult& m_result;
    const Query& m_query;
    Neighbours m_neighbours;
    std::vector<Key> m_keys;
    std::map<Key, std::uint32_t> m_index;
    std::vector<std::vector<std::uint32_t>> m_edges;
    api::AnalysisGraph m_graph;
};

// What lies directly in a folder, with all includes between its parts summed up.
class FolderParts {
  public:
    FolderParts(const AnalysisResult& result, std::string folder)
        : m_result(result)
        , m_prefix(std::move(folder)) {
        if (!m_prefix.empty()) m_prefix += '/';
    }

    Result<api::AnalysisGraph> run() {
        collect();
        if (m_parts.empty()) return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
        connect();
        markCycles();
        return choose();
    }

  private:
    struct Part {
        api::AnalysisGraphNode node;
        int links = 0;
    };

    void collect() {
        const auto& files = m_result.report().files;
        m_partOf.assign(files.size(), -1);
        std::unordered_map<std::string_view, int> known;
        for (std::size_t i = 0; i < files.size(); ++i) {
            const std::string_view path = files[i].path;
            if (!path.starts_with(m_prefix)) continue;
            const std::size_t end = path.find('/', m_prefix.size());
            const auto [at, added] = known.emplace(path.substr(0, end), static_cast<int>(m_parts.size()));
            if (added) {
                Part& part = m_parts.emplace_back();
                part.node.path = path.substr(0, end);
                part.node.folder = end != std::string_view::npos;
            }
            m_partOf[i] = at->second;
        }
    }

    void connect() {
        const auto& files = m_result.report().files;
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (m_partOf[i] < 0) continue;
            for (const api::AnalysisInclude& include : files[i].includes) {
                const auto target = m_result.fileIndex(include.path);
                const int to = target ? m_partOf[*target] : -1;
                if (to < 0 || to == m_partOf[i]) continue;
                auto& edge = m_edges[{m_partOf[i], to}];
                if (edge.count++ == 0 && !m_parts[static_cast<std::size_t>(m_partOf[i])].node.folder)
                    edge.line = include.line;
            }
        }
    }

    struct Edge {
        int line = 0, count = 0;
    };

    void markCycles() {
        std::vector<std::vector<std::uint32_t>> edges(m_parts.size());
        for (const auto& [ends, edge] : m_edges) {
            edges[static_cast<std::size_t>(ends.first)].push_back(static_cast<std::uint32_t>(ends.second));
            for (const int end : {ends.first, ends.second})
                ++m_parts[static_cast<std::size_t>(end)].links;
        }
        for (const auto& cycle : cyclesOf(edges)) {
            m_graph.cycles.push_back(static_cast<int>(cycle.size()));
            for (const std::uint32_t part : cycle)
                m_parts[part].node.cycle = static_cast<int>(m_graph.cycles.size());
        }
    }

    // Those with most links to others, as long as they can be told apart in a picture.
    api::AnalysisGraph choose() {
        constexpr std::size_t k_mostParts = 80;
        std::vector<int> order;
        for (std::size_t i = 0; i < m_parts.size(); ++i)
            m_parts[i].links > 0 ? order.push_back(static_cast<int>(i)) : void(++m_graph.unlinked);
        const auto linksOf = [this](int part) { return m_parts[static_cast<std::size_t>(part)].links; };
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return linksOf(a) > linksOf(b); });
        if (order.size() > k_mostParts) {
            m_graph.more = static_cast<int>(order.size() - k_mostParts);
            order.resize(k_mostParts);
        }
        std::vector<int> place(m_parts.size(), -1);
        for (const int part : order) {
            place[static_cast<std::size_t>(part)] = static_cast<int>(m_graph.nodes.size());
            m_graph.nodes.push_back(std::move(m_parts[static_cast<std::size_t>(part)].node));
        }
        for (const auto& [ends, edge] : m_edges) {
            const int from = place[static_cast<std::size_t>(ends.first)];
            const int to = place[static_cast<std::size_t>(ends.second)];
            if (from >= 0 && to >= 0) m_graph.edges.push_back({from, to, edge.line, edge.count, "exact"});
        }
        m_graph.kind = "include";
        m_graph.folder = true;
        return std::move(m_graph);
    }

    const AnalysisResult& m_result;
    std::string m_prefix;
    std::vector<int> m_partOf; // by file; -1: elsewhere
    std::vector<Part> m_parts;
    std::map<std::pair<int, int>, Edge> m_edges;
    api::AnalysisGraph m_graph;
};

Result<Key> functionNamed(const AnalysisResult& result, std::uint32_t file, const Query& query) {
    if (query.name.empty()) return Key{file, -1};
    const auto& functions = result.report().files[file].functions;
    std::optional<Key> found;
    for (std::size_t i = 0; i < functions.size(); ++i) {
        if (functions[i].name != query.name && functions[i].qualifiedName != query.name) continue;
        if (!found || functions[i].startLine == query.line) found = Key{file, static_cast<std::int32_t>(i)};
        if (functions[i].startLine == query.line) break;
    }
    if (!found) return fail(ErrorCode::NotFound, "no such function in the file", "name");
    return *found;
}

} // namespace

Result<api::AnalysisGraph> neighbourhood(const AnalysisResult& result, const NeighbourhoodQuery& query) {
    const auto file = result.fileIndex(query.path);
    if (!file && query.kind == Query::Kind::Includes) return FolderParts(result, query.path).run();
    if (!file) return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
    Query bounded = query;
    bounded.depth = std::clamp(query.depth, 1, k_deepest);
    bounded.width = std::clamp(query.width, 1, k_widest);
    if (query.kind == Query::Kind::Includes) return Walk(result, bounded).run({*file, -1});
    EXO_TRY(const Key focus, functionNamed(result, *file, query));
    return Walk(result, bounded).run(focus);
}

} // namespace exo::analysis
