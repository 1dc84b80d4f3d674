#include "core/analysis/engine/Cycles.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::uint32_t k_unseen = 0;

class Tarjan {
  public:
    explicit Tarjan(const std::vector<std::vector<std::uint32_t>>& edges)
        : m_edges(edges)
        , m_order(edges.size(), k_unseen)
        , m_low(edges.size(), 0)
        , m_onStack(edges.size(), false) {}

    std::vector<std::vector<std::uint32_t>> run() {
        for (std::uint32_t node = 0; node < m_edges.size(); ++node)
            if (m_order[node] == k_unseen) visit(node);
        std::sort(m_components.begin(), m_components.end());
        return std::move(m_components);
    }

  private:
    struct Step {
        std::uint32_t node;
        std::size_t next; // edge to look at
    };

    void enter(std::uint32_t node) {
        m_order[node] = m_low[node] = ++m_count;
        m_stack.push_back(node);
        m_onStack[node] = true;
        m_way.push_back({node, 0});
    }

    void visit(std::uint32_t start) {
        enter(start);
        while (!m_way.empty()) {
            Step& step = m_way.back();
            const std::uint32_t node = step.node;
            if (step.next < m_edges[node].size()) {
                const std::uint32_t to = m_edges[node][step.next++];
                if (to >= m_edges.size()) continue;
                if (m_order[to] == k_unseen)
                    enter(to);
                else if (m_onStack[to])
                    m_low[node] = std::min(m_low[node], m_order[to]);
                continue;
            }
            m_way.pop_back();
            if (!m_way.empty()) m_low[m_way.back().node] = std::min(m_low[m_way.back().node], m_low[node]);
            if (m_low[node] == m_order[node]) take(node);
        }
    }

    void take(std::uint32_t root) {
        std::vector<std::uint32_t> component;
        std::uint32_t node = 0;
        do {
            node = m_stack.back();
            m_stack.pop_back();
            m_onStack[node] = false;
            component.push_back(node);
        } while (node != root);
        if (component.size() < 2) return;
        std::sort(component.begin(), component.end());
        m_components.push_back(std::move(component));
    }

    const std::vector<std::vector<std::uint32_t>>& m_edges;
    std::vector<std::uint32_t> m_order, m_low;
    std::vector<bool> m_onStack;
    std::vector<std::uint32_t> m_stack;
    std::vector<Step> m_way;
    std::vector<std::vector<std::uint32_t>> m_components;
    std::uint32_t m_count = 0;
};

} // namespace

std::vector<std::vector<std::uint32_t>> cyclesOf(const std::vector<std::vector<std::uint32_t>>& edges) {
    return Tarjan(edges).run();
}

} // namespace exo::analysis
