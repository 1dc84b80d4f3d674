#include "ui/chat/transcript/MessageEntry.h"

#include "ui/chat/markdown/Parser.h"

#include <limits>

namespace exo::ui {

namespace {

constexpr int k_listedTools = 200;
constexpr std::size_t k_mostGroups = 200; // the last one takes the rest

qsizetype utf16Length(std::string_view utf8) {
    qsizetype length = 0;
    for (const char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        length += byte >= 0xF0 ? 2 : (byte & 0xC0) != 0x80 ? 1 : 0;
    }
    return length;
}

void addOutcome(const api::ToolCall& call, ToolSums& sums) {
    if (isOpen(call)) return;
    sums.failed += call.failed ? 1 : 0;
    sums.ms += std::max<std::int64_t>(0, call.durationMs);
}

} // namespace

MessageEntry::MessageEntry(api::Message message)
    : m_message(std::move(message)) {
    if (isPending()) beginStreaming();
    readTools();
    rebuildUnits();
}

void MessageEntry::beginStreaming() {
    m_streaming = true;
    m_parsed = true;
    m_document = {};
    m_document.append(QString::fromStdString(m_message.content));
}

void MessageEntry::setMessage(api::Message message) {
    const bool sameText = message.content == m_message.content;
    const bool sameReasoning = message.reasoning == m_message.reasoning;
    const bool sameTools = message.toolCalls == m_message.toolCalls;
    m_message = std::move(message);
    if (!sameTools) {
        std::erase_if(m_openTools, [this](int call) {
            return static_cast<std::size_t>(call) >= m_message.toolCalls.size();
        });
        readTools();
        openTools();
    }
    if (!sameText) placeTools();
    if (!sameReasoning) {
        m_reasoning.clear();
        if (m_reasoningShown) m_reasoning = md::parse(QString::fromStdString(m_message.reasoning));
    }
    if (m_streaming && !isPending() && sameText) {
        m_keep = m_document.stableCount();
        m_oldTail.assign(m_document.blocks().begin() + static_cast<std::ptrdiff_t>(m_keep),
                         m_document.blocks().end());
        m_document.finish();
        m_blocks = m_document.blocks();
        m_document = {};
        m_streaming = false;
    } else if (!sameText) {
        m_streaming = false;
        m_blocks.clear();
        const bool wasParsed = m_parsed;
        m_parsed = false;
        parseRequested = false;
        dropLayouts();
        units.clear();
        if (isPending())
            beginStreaming();
        else if (wasParsed)
            parse();
    } else {
        m_keep = blocks().size();
    }
    rebuildUnits();
}

void MessageEntry::appendText(const QString& text) {
    if (!m_streaming) beginStreaming();
    m_message.content += text.toStdString();
    m_keep = m_document.stableCount();
    m_oldTail.assign(m_document.blocks().begin() + static_cast<std::ptrdiff_t>(m_keep),
                     m_document.blocks().end());
    m_document.append(text);
    rebuildUnits();
}

void MessageEntry::appendReasoning(const QString& text) {
    m_message.reasoning += text.toStdString();
    if (m_reasoningShown) m_reasoning = md::parse(QString::fromStdString(m_message.reasoning));
    m_keep = blocks().size();
    rebuildUnits();
}

void MessageEntry::addCitation(const api::Citation& citation) {
    const auto& known = m_message.citations;
    if (std::find(known.begin(), known.end(), citation) != known.end()) return;
    m_message.citations.push_back(citation);
    m_keep = blocks().size();
    rebuildUnits();
}

void MessageEntry::setTool(const api::ToolCall& call) {
    const std::size_t before = m_message.toolCalls.size();
    const auto index = static_cast<int>(noteToolCall(m_message.toolCalls, call));
    if (m_message.toolCalls.size() > before) ++m_toolSums.calls;
    addOutcome(call, m_toolSums);
    m_toolFacts.erase(index);
    placeTools();
    if (m_openTools.contains(index)) openTools();
    m_keep = blocks().size();
    rebuildUnits();
}

void MessageEntry::readTools() {
    m_toolFacts.clear();
    m_toolSums = {};
    for (const api::ToolCall& call : m_message.toolCalls) {
        ++m_toolSums.calls;
        addOutcome(call, m_toolSums);
    }
    placeTools();
}

void MessageEntry::placeTools() {
    const std::string_view text = m_message.content;
    std::size_t bytes = 0;
    qsizetype letters = 0;
    m_toolPlaces.clear();
    for (const api::ToolCall& call : m_message.toolCalls) {
        const auto offset = static_cast<std::size_t>(
            std::clamp<std::int64_t>(call.contentOffset, 0, static_cast<std::int64_t>(text.size())));
        if (offset > bytes) {
            letters += utf16Length(text.substr(bytes, offset - bytes));
            bytes = offset;
        }
        m_toolPlaces.push_back(letters);
    }
}

// A call stands before the first piece of the text that begins behind it.
void MessageEntry::groupTools() {
    m_toolGroups.clear();
    const md::Blocks& all = blocks();
    for (std::size_t call = 0; call < m_message.toolCalls.size(); ++call) {
        const qsizetype place = m_toolPlaces[call];
        std::size_t block = 0;
        if (place > 0 && m_parsed) {
            const auto behind =
                std::lower_bound(all.begin(), all.end(), place,
                                 [](const md::Block& one, qsizetype limit) { return one.source < limit; });
            block = static_cast<std::size_t>(behind - all.begin());
        } else if (place > 0) {
            block = 1; // below the text that nobody looked at yet
        }
        if (m_toolGroups.empty() ||
            (m_toolGroups.back().block != block && m_toolGroups.size() < k_mostGroups))
            m_toolGroups.push_back({static_cast<int>(call), 0, block, {}});
        ToolGroup& group = m_toolGroups.back();
        ++group.count;
        ++group.sums.calls;
        addOutcome(m_message.toolCalls[call], group.sums);
    }
}

const ToolGroup& MessageEntry::toolGroupOf(int call) const {
    auto it = std::upper_bound(m_toolGroups.begin(), m_toolGroups.end(), call,
                               [](int wanted, const ToolGroup& group) { return wanted < group.first; });
    return *std::prev(it);
}

void MessageEntry::openTools() {
    m_toolParts.clear();
    m_keepTools = false;
    for (const int call : m_openTools) {
        auto parts = exo::ui::toolParts(m_message.toolCalls[static_cast<std::size_t>(call)], call);
        std::move(parts.begin(), parts.end(), std::back_inserter(m_toolParts));
    }
}

void MessageEntry::setToolsShown(int first, bool shown) {
    if (shown)
        m_shownGroups.insert(first);
    else
        m_shownGroups.erase(first);
    m_keep = blocks().size();
    rebuildUnits();
}

void MessageEntry::setToolShown(int call, bool shown) {
    if (shown)
        m_openTools.insert(call);
    else
        m_openTools.erase(call);
    openTools();
    m_keep = blocks().size();
    rebuildUnits();
}

int MessageEntry::listedTools(const ToolGroup& group) {
    return std::min(group.count, k_listedTools);
}

bool MessageEntry::toolRunsAtEnd() const {
    const int running = runningTool();
    return running >= 0 && toolGroupOf(running).block >= blocks().size();
}

int MessageEntry::runningTool() const {
    if (!isPending() || m_message.toolCalls.empty() || !isOpen(m_message.toolCalls.back())) return -1;
    return static_cast<int>(m_message.toolCalls.size()) - 1;
}

const ToolFacts& MessageEntry::toolFacts(int call) const {
    const auto it = m_toolFacts.find(call);
    if (it != m_toolFacts.end()) return it->second;
    return m_toolFacts.emplace(call, exo::ui::toolFacts(m_message.toolCalls[static_cast<std::size_t>(call)]))
        .first->second;
}

void MessageEntry::parse() {
    const QString text = QString::fromStdString(m_message.content);
    setBlocks(isUser() ? md::parsePlain(text) : md::parse(text));
}

void MessageEntry::setBlocks(md::Blocks blocks) {
    m_blocks = std::move(blocks);
    m_parsed = true;
    parseRequested = false;
    m_keep = 0;
    m_oldTail.clear();
    rebuildUnits();
}

const md::Block& MessageEntry::blockOf(const Unit& unit) const {
    const auto index = static_cast<std::size_t>(unit.block);
    if (unit.kind == UnitKind::ToolText) return m_toolParts[index].block;
    return unit.kind == UnitKind::ReasoningText ? m_reasoning[index] : blocks()[index];
}

bool MessageEntry::isLastPart(const Unit& unit) const {
    if (unit.kind == UnitKind::ToolText) return true;
    const md::Blocks& list = unit.kind == UnitKind::ReasoningText ? m_reasoning : blocks();
    const auto next = static_cast<std::size_t>(unit.block) + 1;
    return next >= list.size() || !list[next].continues;
}

void MessageEntry::setReasoningShown(bool shown) {
    if (shown == m_reasoningShown) return;
    m_reasoningShown = shown;
    if (shown)
        m_reasoning = md::parse(QString::fromStdString(m_message.reasoning));
    else
        m_reasoning.clear();
    m_keep = blocks().size();
    rebuildUnits();
}

int MessageEntry::codeGroup(int block) const {
    while (block > 0 && blocks()[static_cast<std::size_t>(block)].continues) {
        --block;
    }
    return block;
}

void MessageEntry::dropLayouts() {
    for (Unit& unit : units) {
        unit.layout.reset();
        unit.exact = false;
    }
    liveLayouts = 0;
}

void MessageEntry::rebuildUnits() {
    std::vector<Unit> old = std::exchange(units, {});
    groupTools();
    auto group = m_toolGroups.begin();
    const auto addGroupsBefore = [&](std::size_t block) {
        for (; group != m_toolGroups.end() && group->block <= block; ++group) {
            addToolUnits(*group);
        }
    };
    if (m_message.compactedBefore) addUnit(UnitKind::Boundary);
    addUnit(UnitKind::Header);
    if (!m_message.reasoning.empty()) addUnit(UnitKind::ReasoningToggle);
    for (std::size_t i = 0; i < m_reasoning.size(); ++i) {
        addUnit(UnitKind::ReasoningText, static_cast<int>(i));
    }
    addGroupsBefore(0);
    if (!m_parsed && !m_message.content.empty()) addUnit(UnitKind::Unparsed);
    for (std::size_t i = 0; i < blocks().size(); ++i) {
        addGroupsBefore(i);
        addUnit(UnitKind::Text, static_cast<int>(i));
    }
    addGroupsBefore(std::numeric_limits<std::size_t>::max());
    if (!m_message.attachments.empty()) addUnit(UnitKind::Attachments);
    if (!m_message.citations.empty()) addUnit(UnitKind::Sources);
    if (m_message.state != api::MessageState::Complete) addUnit(UnitKind::State);
    if (!isUser() && !isPending()) addUnit(UnitKind::Actions);
    keepLayouts(old);
}

void MessageEntry::addUnit(UnitKind kind, int block) {
    Unit unit;
    unit.kind = kind;
    unit.block = block;
    units.push_back(std::move(unit));
}

void MessageEntry::addToolUnits(const ToolGroup& group) {
    if (group.isList()) addUnit(UnitKind::ToolsToggle, group.first);
    if (group.isList() && !toolsShown(group.first)) return;
    const int end = group.first + listedTools(group);
    auto part = std::lower_bound(m_toolParts.begin(), m_toolParts.end(), group.first,
                                 [](const ToolPart& one, int call) { return one.call < call; });
    for (int call = group.first; call < end; ++call) {
        addUnit(UnitKind::ToolRow, call);
        for (; part != m_toolParts.end() && part->call == call; ++part) {
            addUnit(UnitKind::ToolText, static_cast<int>(part - m_toolParts.begin()));
        }
    }
    if (listedTools(group) < group.count) addUnit(UnitKind::ToolsMore, group.first);
}

// Text units whose block is what it was keep their layout; m_keep and m_oldTail say which.
void MessageEntry::keepLayouts(std::vector<Unit>& from) {
    std::vector<Unit*> byBlock(blocks().size(), nullptr);
    std::vector<Unit*> byPart(m_toolParts.size(), nullptr);
    for (Unit& unit : from) {
        if (m_keepTools && unit.kind == UnitKind::ToolText)
            byPart[static_cast<std::size_t>(unit.block)] = &unit;
        if (unit.kind != UnitKind::Text || static_cast<std::size_t>(unit.block) >= byBlock.size()) continue;
        const auto index = static_cast<std::size_t>(unit.block);
        const bool same = index < m_keep ||
                          (index - m_keep < m_oldTail.size() && m_oldTail[index - m_keep] == blocks()[index]);
        if (same) byBlock[index] = &unit;
    }
    liveLayouts = 0;
    for (Unit& unit : units) {
        if (unit.kind != UnitKind::Text && unit.kind != UnitKind::ToolText) continue;
        const auto& old = unit.kind == UnitKind::Text ? byBlock : byPart;
        if (Unit* kept = old[static_cast<std::size_t>(unit.block)]) {
            unit = std::move(*kept);
            if (unit.layout) ++liveLayouts;
        }
    }
    m_oldTail.clear();
    m_keepTools = true;
}

} // namespace exo::ui
