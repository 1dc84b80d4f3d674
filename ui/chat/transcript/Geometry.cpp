#include "ui/chat/transcript/Geometry.h"

#include "ui/chat/transcript/ToolRows.h"

#include <algorithm>

namespace exo::ui {

namespace {

constexpr int k_mostLayouts = 320;
constexpr int k_keptLayouts = 200;

int spaceBefore(const md::Block& block, bool first) {
    if (first || block.continues) return 0;
    if (block.tight) return 4;
    switch (block.kind) {
    case md::BlockKind::Heading: return block.headingLevel <= 2 ? 20 : 16;
    case md::BlockKind::Code:
    case md::BlockKind::Table: return 12;
    case md::BlockKind::Rule: return 14;
    default: return 10;
    }
}

} // namespace

static TextPlace placeToolText(const MessageEntry& entry, const Unit& unit, int columnWidth) {
    const ToolPart& part = entry.toolParts()[static_cast<std::size_t>(unit.block)];
    TextPlace place;
    place.x = toolIndent(entry, part.call) + TranscriptStyle::k_toolIndent + TranscriptStyle::k_codePadX;
    place.spaceAbove = part.isFirst ? 2 : 8;
    place.above = TranscriptStyle::k_codeHeader + TranscriptStyle::k_codePadY;
    place.below = TranscriptStyle::k_codePadY + (part.isLast ? TranscriptStyle::k_toolGap : 0);
    place.width = std::max(40, columnWidth - place.x - TranscriptStyle::k_codePadX);
    return place;
}

TextPlace placeText(const MessageEntry& entry, const Unit& unit, int columnWidth) {
    if (unit.kind == UnitKind::ToolText) return placeToolText(entry, unit, columnWidth);
    const md::Block& block = entry.blockOf(unit);
    const bool reasoning = unit.kind == UnitKind::ReasoningText;
    const bool bubble = entry.isUser();
    const int last = static_cast<int>(reasoning ? entry.reasoning().size() : entry.blocks().size()) - 1;
    TextPlace place;
    place.spaceAbove = spaceBefore(block, unit.block == 0);
    for (const char level : block.levels) {
        place.x +=
            level == md::k_quoteLevel ? TranscriptStyle::k_quoteIndent : TranscriptStyle::k_levelIndent;
    }
    int right = 0;
    if (reasoning) {
        place.x += TranscriptStyle::k_quoteIndent;
        if (unit.block == last) place.below += TranscriptStyle::k_reasoningGap;
    }
    if (bubble) {
        place.x += TranscriptStyle::k_bubblePadX;
        right += TranscriptStyle::k_bubblePadX;
        if (unit.block == 0) place.above += TranscriptStyle::k_bubblePadY;
        if (unit.block == last) place.below += TranscriptStyle::k_bubblePadY;
    }
    if (block.kind == md::BlockKind::Code) {
        place.x += TranscriptStyle::k_codePadX;
        right += TranscriptStyle::k_codePadX;
        if (!block.continues) place.above += TranscriptStyle::k_codeHeader + TranscriptStyle::k_codePadY;
        if (entry.isLastPart(unit)) place.below += TranscriptStyle::k_codePadY;
    }
    place.width = std::max(40, columnWidth - place.x - right);
    return place;
}

void Geometry::setStyle(const TranscriptStyle& style) {
    m_style = &style;
    for (const auto& entry : m_entries) {
        entry->dropLayouts();
    }
    refreshAll();
}

void Geometry::setColumnWidth(int width) {
    if (width == m_columnWidth) return;
    m_columnWidth = width;
    for (const auto& entry : m_entries) {
        entry->dropLayouts();
    }
    refreshAll();
}

void Geometry::measure(MessageEntry& entry, Unit& unit) {
    switch (unit.kind) {
    case UnitKind::Text:
    case UnitKind::ToolText:
    case UnitKind::ReasoningText: {
        const TextPlace place = placeText(entry, unit, m_columnWidth);
        if (!unit.exact) unit.textHeight = estimateHeight(entry.blockOf(unit), *m_style, place.width);
        unit.height = place.height(unit.textHeight);
        break;
    }
    case UnitKind::Unparsed: {
        const auto& text = entry.message().content;
        // Bytes over-count Chinese by three, and a Chinese letter is as wide as two.
        unit.height =
            estimateTextHeight(static_cast<qsizetype>(text.size()) * 4 / 5,
                               std::count(text.begin(), text.end(), '\n') + 1, *m_style, m_columnWidth);
        break;
    }
    case UnitKind::ToolRow: {
        // The list of calls keeps the answer at a distance.
        const ToolGroup& group = entry.toolGroupOf(unit.block);
        const bool ends = group.isList() && unit.block + 1 == group.first + MessageEntry::listedTools(group);
        const bool closed = !entry.isToolShown(unit.block); // else its texts do
        unit.height = TranscriptStyle::k_headerRow + (ends && closed ? TranscriptStyle::k_toolGap : 0);
        break;
    }
    case UnitKind::ToolsToggle:
    case UnitKind::ToolsMore:
    case UnitKind::Header: unit.height = TranscriptStyle::k_headerRow; break;
    case UnitKind::Actions: unit.height = TranscriptStyle::k_actionsRow; break;
    default: unit.height = chromeHeight(entry, unit, *m_style, m_columnWidth); break;
    }
}

void Geometry::refresh(MessageEntry& entry) {
    int height = 0;
    for (Unit& unit : entry.units) {
        measure(entry, unit);
        height += unit.height;
    }
    entry.height = height + TranscriptStyle::k_messageGap;
    m_topsValid = false;
}

void Geometry::refreshAll() {
    for (const auto& entry : m_entries) {
        refresh(*entry);
    }
}

void Geometry::updateTops() {
    m_tops.resize(m_entries.size() + 1);
    int y = TranscriptStyle::k_messageGap;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        m_tops[i] = y;
        y += m_entries[i]->height;
    }
    m_tops.back() = y;
    m_topsValid = true;
}

int Geometry::totalHeight() {
    if (!m_topsValid) updateTops();
    return m_tops.back();
}

int Geometry::messageTop(int message) {
    if (!m_topsValid) updateTops();
    return m_tops[static_cast<std::size_t>(std::clamp(message, 0, static_cast<int>(m_entries.size())))];
}

int Geometry::messageAt(int y) {
    if (m_entries.empty()) return -1;
    if (!m_topsValid) updateTops();
    const auto it = std::upper_bound(m_tops.begin(), m_tops.end() - 1, y);
    return std::max(0, static_cast<int>(it - m_tops.begin()) - 1);
}

int Geometry::ensure(MessageEntry& entry, Unit& unit) {
    unit.lastUsed = ++m_clock;
    if (unit.layout) return 0;
    const TextPlace place = placeText(entry, unit, m_columnWidth);
    LayoutOptions options;
    options.width = place.width;
    options.secondary = unit.kind == UnitKind::ReasoningText;
    options.wrapCode = unit.kind != UnitKind::Text || entry.wrapped.contains(entry.codeGroup(unit.block));
    unit.layout = makeBlockLayout(entry.blockOf(unit), *m_style, options);
    ++m_built;
    ++entry.liveLayouts;
    unit.textHeight = unit.layout->height();
    unit.exact = true;
    const int before = unit.height;
    unit.height = place.height(unit.textHeight);
    const int change = unit.height - before;
    entry.height += change;
    if (change != 0) m_topsValid = false;
    return change;
}

int Geometry::liveLayouts() const {
    int count = 0;
    for (const auto& entry : m_entries) {
        count += entry->liveLayouts;
    }
    return count;
}

void Geometry::trim() {
    if (liveLayouts() <= k_mostLayouts) return;
    std::vector<std::pair<quint64, std::pair<MessageEntry*, Unit*>>> all;
    for (const auto& entry : m_entries) {
        if (entry->liveLayouts == 0) continue;
        for (Unit& unit : entry->units) {
            if (unit.layout) all.push_back({unit.lastUsed, {entry.get(), &unit}});
        }
    }
    if (all.size() <= k_keptLayouts) return;
    std::nth_element(all.begin(), all.end() - k_keptLayouts, all.end());
    for (auto it = all.begin(); it != all.end() - k_keptLayouts; ++it) {
        it->second.second->layout.reset();
        --it->second.first->liveLayouts;
    }
}

} // namespace exo::ui
