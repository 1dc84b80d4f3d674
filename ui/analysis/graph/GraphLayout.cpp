#include "ui/analysis/graph/GraphLayout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace exo::ui {

namespace {

constexpr qreal k_gap = 14;               // between boxes of a layer
constexpr qreal k_wayGap = 6;             // beside a way that only passes
constexpr qreal k_layerGap = 84;          // between layers
constexpr qreal k_bend = 26;              // of an edge within a layer
constexpr std::size_t k_work = 6'000'000; // looks at an edge, over all sweeps
constexpr int k_mostSweeps = 24;

// A node, or a place where a long edge passes a layer.
struct Cell {
    int node = -1;
    int layer = 0;
    qreal height = 0, y = 0; // y: of its middle
    std::vector<int> before, after;
};

class Layout {
  public:
    Layout(const GraphShape& shape, const std::atomic<bool>* cancelled)
        : m_shape(shape)
        , m_cancelled(cancelled) {}

    GraphPlaces run() {
        m_places.layers = layersOf(m_shape);
        makeCells();
        makeWays();
        orderLayers();
        placeRows();
        placeNodes();
        placeEdges();
        return std::move(m_places);
    }

  private:
    bool stopped() const { return m_cancelled && m_cancelled->load(std::memory_order_relaxed); }
    Cell& cell(int index) { return m_cells[static_cast<std::size_t>(index)]; }
    std::vector<int>& layer(int index) { return m_layers[static_cast<std::size_t>(index)]; }
    int layerOf(int node) const { return m_places.layers[static_cast<std::size_t>(node)]; }

    int addCell(int node, int layerIndex, qreal height) {
        Cell made;
        made.node = node;
        made.layer = layerIndex;
        made.height = height;
        m_cells.push_back(std::move(made));
        layer(layerIndex).push_back(static_cast<int>(m_cells.size()) - 1);
        return static_cast<int>(m_cells.size()) - 1;
    }

    void makeCells() {
        int layers = 0;
        for (const int one : m_places.layers) {
            layers = std::max(layers, one + 1);
        }
        m_layers.resize(static_cast<std::size_t>(layers));
        for (std::size_t i = 0; i < m_shape.nodes.size(); ++i) {
            addCell(static_cast<int>(i), m_places.layers[i], m_shape.nodes[i].size.height());
        }
    }

    void join(int left, int right) {
        cell(left).after.push_back(right);
        cell(right).before.push_back(left);
        ++m_links;
    }

    // Edges over several layers get a cell in each they pass, while there are not too many of them.
    void makeWays() {
        std::size_t room = 4 * m_shape.nodes.size() + 2000;
        m_ways.resize(m_shape.edges.size());
        for (std::size_t i = 0; i < m_shape.edges.size(); ++i) {
            int left = m_shape.edges[i].from, right = m_shape.edges[i].to;
            if (layerOf(left) > layerOf(right)) std::swap(left, right);
            const auto passed = static_cast<std::size_t>(std::max(layerOf(right) - layerOf(left) - 1, 0));
            if (layerOf(left) == layerOf(right) || passed > room) continue;
            room -= passed;
            int last = left;
            for (int at = layerOf(left) + 1; at < layerOf(right); ++at) {
                const int made = addCell(-1, at, 0);
                join(last, made);
                m_ways[i].push_back(made);
                last = made;
            }
            join(last, right);
        }
    }

    // The order within the layers.

    void number(int layerIndex) {
        for (std::size_t i = 0; i < layer(layerIndex).size(); ++i) {
            m_rank[static_cast<std::size_t>(layer(layerIndex)[i])] = static_cast<int>(i);
        }
    }

    void orderByNeighbours(int layerIndex, bool byBefore) {
        std::vector<std::pair<double, int>> keys;
        for (const int index : layer(layerIndex)) {
            const auto& beside = byBefore ? cell(index).before : cell(index).after;
            double sum = 0;
            for (const int other : beside) {
                sum += m_rank[static_cast<std::size_t>(other)];
            }
            const double own = m_rank[static_cast<std::size_t>(index)];
            keys.emplace_back(beside.empty() ? own : sum / static_cast<double>(beside.size()), index);
        }
        std::stable_sort(keys.begin(), keys.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < keys.size(); ++i) {
            layer(layerIndex)[i] = keys[i].second;
        }
        number(layerIndex);
    }

    // Crossings between a layer and the next, counted with a tree of sums.
    std::size_t crossings(int layerIndex) {
        std::vector<std::size_t> sums(layer(layerIndex + 1).size() + 1, 0);
        std::size_t crossed = 0, seen = 0;
        for (const int index : layer(layerIndex)) {
            std::vector<int> ends;
            for (const int other : cell(index).after) {
                ends.push_back(m_rank[static_cast<std::size_t>(other)]);
            }
            std::sort(ends.begin(), ends.end());
            for (const int end : ends) {
                std::size_t upTo = 0;
                for (auto at = static_cast<std::size_t>(end) + 1; at > 0; at -= at & (~at + 1)) {
                    upTo += sums[at];
                }
                crossed += seen - upTo;
            }
            for (const int end : ends) {
                for (auto at = static_cast<std::size_t>(end) + 1; at < sums.size(); at += at & (~at + 1)) {
                    ++sums[at];
                }
            }
            seen += ends.size();
        }
        return crossed;
    }

    std::size_t allCrossings() {
        std::size_t sum = 0;
        for (int at = 0; at + 1 < static_cast<int>(m_layers.size()); ++at) {
            sum += crossings(at);
        }
        return sum;
    }

    void orderLayers() {
        m_rank.resize(m_cells.size());
        const int last = static_cast<int>(m_layers.size()) - 1;
        for (int at = 0; at <= last; ++at) {
            number(at);
        }
        const int sweeps =
            static_cast<int>(std::min<std::size_t>(k_work / (m_links + m_cells.size() + 1), k_mostSweeps));
        auto best = m_layers;
        std::size_t fewest = allCrossings();
        for (int sweep = 0; sweep < sweeps && fewest > 0 && !stopped(); ++sweep) {
            for (int step = 1; step <= last; ++step) {
                const bool right = sweep % 2 == 0;
                orderByNeighbours(right ? step : last - step, right);
            }
            const std::size_t crossed = allCrossings();
            if (crossed >= fewest) continue;
            fewest = crossed;
            best = m_layers;
        }
        m_layers = std::move(best);
    }

    // The heights.

    qreal distance(const Cell& above, const Cell& below) const {
        const qreal gap = above.node < 0 || below.node < 0 ? k_wayGap : k_gap;
        return (above.height + below.height) / 2 + gap;
    }

    // As near to the wanted heights as the order and the distances allow (least squares, by pooling).
    void settle(const std::vector<int>& cells, const std::vector<qreal>& wanted) {
        struct Pool {
            qreal sum = 0;
            std::size_t count = 0;
            qreal mean() const { return sum / static_cast<qreal>(count); }
        };
        std::vector<Pool> pools;
        std::vector<qreal> shifts(cells.size(), 0); // of a cell below the first of all
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) shifts[i] = shifts[i - 1] + distance(cell(cells[i - 1]), cell(cells[i]));
            pools.push_back({wanted[i] - shifts[i], 1});
            while (pools.size() > 1 && pools[pools.size() - 2].mean() >= pools.back().mean()) {
                pools[pools.size() - 2].sum += pools.back().sum;
                pools[pools.size() - 2].count += pools.back().count;
                pools.pop_back();
            }
        }
        std::size_t i = 0;
        for (const Pool& pool : pools) {
            for (std::size_t end = i + pool.count; i < end; ++i) {
                cell(cells[i]).y = pool.mean() + shifts[i];
            }
        }
    }

    void placeRows() {
        for (auto& cells : m_layers) {
            std::vector<qreal> wanted(cells.size(), 0);
            settle(cells, wanted);
        }
        const int last = static_cast<int>(m_layers.size()) - 1;
        const int rounds =
            static_cast<int>(std::min<std::size_t>(k_work / (2 * m_links + m_cells.size() + 1), 8));
        for (int round = 0; round < rounds && !stopped(); ++round) {
            for (int step = 0; step <= last; ++step) {
                const auto& cells = layer(round % 2 == 0 ? step : last - step);
                std::vector<qreal> wanted;
                for (const int index : cells) {
                    wanted.push_back(wish(cell(index)));
                }
                settle(cells, wanted);
            }
        }
    }

    qreal wish(const Cell& one) const {
        qreal sum = 0;
        for (const auto* beside : {&one.before, &one.after}) {
            for (const int other : *beside) {
                sum += m_cells[static_cast<std::size_t>(other)].y;
            }
        }
        const std::size_t count = one.before.size() + one.after.size();
        return count == 0 ? one.y : sum / static_cast<qreal>(count);
    }

    // The picture.

    void placeNodes() {
        std::vector<qreal> widths(m_layers.size(), 0);
        for (std::size_t i = 0; i < m_shape.nodes.size(); ++i) {
            qreal& width = widths[static_cast<std::size_t>(m_places.layers[i])];
            width = std::max(width, m_shape.nodes[i].size.width());
        }
        m_lefts.resize(m_layers.size() + 1, 0);
        for (std::size_t i = 0; i < widths.size(); ++i) {
            m_lefts[i + 1] = m_lefts[i] + widths[i] + k_layerGap;
        }
        for (std::size_t i = 0; i < m_shape.nodes.size(); ++i) {
            const auto at = static_cast<std::size_t>(m_places.layers[i]);
            const QSizeF size = m_shape.nodes[i].size;
            const qreal x = m_lefts[at] + (widths[at] - size.width()) / 2;
            m_places.nodes.emplace_back(QPointF(x, m_cells[i].y - size.height() / 2), size);
            m_places.bounds |= m_places.nodes.back();
        }
        m_widths = std::move(widths);
    }

    void placeEdges() {
        for (std::size_t i = 0; i < m_shape.edges.size(); ++i) {
            m_places.edges.push_back(pointsOf(i));
            for (const QPointF& point : m_places.edges.back()) {
                m_places.bounds |= QRectF(point, QSizeF(0.1, 0.1));
            }
        }
    }

    std::vector<QPointF> pointsOf(std::size_t edge) {
        const auto [from, to] = m_shape.edges[edge];
        if (from == to) return {};
        const QRectF& start = m_places.nodes[static_cast<std::size_t>(from)];
        const QRectF& end = m_places.nodes[static_cast<std::size_t>(to)];
        const auto right = [](const QRectF& box) { return QPointF(box.right(), box.center().y()); };
        const auto left = [](const QRectF& box) { return QPointF(box.left(), box.center().y()); };
        if (layerOf(from) == layerOf(to)) {
            const qreal x = std::max(start.right(), end.right()) + k_bend;
            return {right(start), QPointF(x, (start.center().y() + end.center().y()) / 2), right(end)};
        }
        std::vector<QPointF> points{right(start)};
        for (const int way : m_ways[edge]) { // straight through the layer, beside its boxes
            const auto at = static_cast<std::size_t>(cell(way).layer);
            points.emplace_back(m_lefts[at], cell(way).y);
            points.emplace_back(m_lefts[at] + m_widths[at], cell(way).y);
        }
        points.push_back(left(end));
        if (layerOf(from) < layerOf(to)) return points;
        std::reverse(points.begin() + 1, points.end() - 1);
        points.front() = left(start);
        points.back() = right(end);
        return points;
    }

    const GraphShape& m_shape;
    const std::atomic<bool>* m_cancelled;
    std::vector<Cell> m_cells; // the nodes first
    std::vector<std::vector<int>> m_layers;
    std::vector<std::vector<int>> m_ways; // cells each edge passes, from left to right
    std::vector<int> m_rank;
    std::vector<qreal> m_lefts, m_widths;
    std::size_t m_links = 0;
    GraphPlaces m_places;
};

} // namespace

GraphPlaces layoutGraph(const GraphShape& shape, const std::atomic<bool>* cancelled) {
    return Layout(shape, cancelled).run();
}

} // namespace exo::ui
