#include "core/analysis/retrieve/SymbolOwners.h"

namespace exo::analysis {

void SymbolOwners::addFile(std::uint32_t whole, std::vector<Span> spans) {
    std::stable_sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
        return a.start != b.start ? a.start < b.start : a.end > b.end;
    });
    std::vector<const Span*> open;
    const std::size_t first = m_stretches.size();
    m_stretches.push_back({0, whole});
    // From `line` on it belongs to the one opened last that has not ended.
    const auto mark = [&](int line) {
        const std::uint32_t owner = open.empty() ? whole : open.back()->document;
        if (m_stretches.size() > first && m_stretches.back().line == line) m_stretches.pop_back();
        if (m_stretches.size() == first || m_stretches.back().document != owner)
            m_stretches.push_back({line, owner});
    };
    const auto closeBefore = [&](int line) {
        while (!open.empty() && open.back()->end < line) {
            const int next = open.back()->end + 1;
            while (!open.empty() && open.back()->end < next)
                open.pop_back();
            mark(next);
        }
    };
    for (const Span& span : spans) {
        closeBefore(span.start);
        open.push_back(&span);
        mark(span.start);
    }
    closeBefore(std::numeric_limits<int>::max());
    m_first.push_back(static_cast<std::uint32_t>(m_stretches.size()));
}

} // namespace exo::analysis
