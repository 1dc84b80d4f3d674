#include "ui/analysis/TreemapLayout.h"

#include <algorithm>
#include <numeric>

namespace exo::ui {

namespace {

// The worst ratio of sides in a row of that sum along a side.
qreal worstRatio(qreal smallest, qreal largest, qreal sum, qreal side) {
    const qreal square = side * side;
    return std::max(square * largest / (sum * sum), sum * sum / (square * smallest));
}

class Builder {
  public:
    Builder(const FileTree& tree, const TreemapOptions& options)
        : m_tree(tree)
        , m_options(options) {}

    void fill(int folder, const QRectF& area) {
        std::vector<int> children;
        for (const int child : m_tree.node(folder).children) {
            if (m_tree.node(child).lines > 0) children.push_back(child);
        }
        std::stable_sort(children.begin(), children.end(),
                         [this](int a, int b) { return m_tree.node(a).lines > m_tree.node(b).lines; });
        std::vector<qreal> sizes;
        sizes.reserve(children.size());
        for (const int child : children) {
            sizes.push_back(static_cast<qreal>(m_tree.node(child).lines));
        }
        const std::vector<QRectF> rects = squarify(sizes, area);
        for (std::size_t i = 0; i < children.size(); ++i) {
            place(children[i], rects[i]);
        }
    }
    std::vector<TreemapTile> take() { return std::move(m_tiles); }

  private:
    void place(int node, const QRectF& rect) {
        if (rect.width() < m_options.smallest || rect.height() < m_options.smallest) return;
        if (!m_tree.node(node).folder) {
            m_tiles.push_back({node, rect, false, false});
            return;
        }
        const bool roomy = rect.width() > 60 && rect.height() > m_options.heading + 16;
        const bool open = rect.width() > 6 * m_options.smallest && rect.height() > 6 * m_options.smallest;
        m_tiles.push_back({node, rect, true, !open});
        if (!open) return;
        QRectF inner = rect.adjusted(2, 2, -2, -2);
        if (roomy) inner.setTop(rect.top() + m_options.heading);
        fill(node, inner);
    }

    const FileTree& m_tree;
    const TreemapOptions& m_options;
    std::vector<TreemapTile> m_tiles;
};

} // namespace

std::vector<QRectF> squarify(const std::vector<qreal>& sizes, QRectF area) {
    std::vector<QRectF> out;
    out.reserve(sizes.size());
    qreal left = std::accumulate(sizes.begin(), sizes.end(), 0.0);
    std::size_t at = 0;
    while (at < sizes.size()) {
        const qreal scale = left > 0 ? area.width() * area.height() / left : 0;
        const qreal side = std::max(std::min(area.width(), area.height()), 1e-9);
        qreal sum = sizes[at] * scale;
        std::size_t end = at + 1;
        for (; end < sizes.size(); ++end) {
            const qreal next = sizes[end] * scale;
            const qreal before = worstRatio(sizes[end - 1] * scale, sizes[at] * scale, sum, side);
            if (worstRatio(next, sizes[at] * scale, sum + next, side) > before) break;
            sum += next;
        }
        const bool wide = area.width() >= area.height(); // the row stands at the left, else at the top
        const qreal thickness = end == sizes.size() ? (wide ? area.width() : area.height()) : sum / side;
        qreal offset = 0;
        for (; at < end; ++at) {
            const qreal share = sum > 0 ? sizes[at] * scale / sum * side : 0;
            out.push_back(wide ? QRectF(area.left(), area.top() + offset, thickness, share)
                               : QRectF(area.left() + offset, area.top(), share, thickness));
            offset += share;
            left -= sizes[at];
        }
        if (wide)
            area.setLeft(std::min(area.left() + thickness, area.right()));
        else
            area.setTop(std::min(area.top() + thickness, area.bottom()));
    }
    return out;
}

std::vector<TreemapTile> layoutTreemap(const FileTree& tree, int root, QRectF area,
                                       const TreemapOptions& options) {
    Builder builder(tree, options);
    if (area.width() > 1 && area.height() > 1) builder.fill(root, area);
    return builder.take();
}

int tileAt(const std::vector<TreemapTile>& tiles, QPointF point) {
    for (int i = static_cast<int>(tiles.size()) - 1; i >= 0; --i) {
        if (tiles[static_cast<std::size_t>(i)].rect.contains(point)) return i;
    }
    return -1;
}

} // namespace exo::ui
