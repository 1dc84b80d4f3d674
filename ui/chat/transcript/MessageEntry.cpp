#include "ui/chat/transcript/MessageEntry.h"

#include "ui/chat/markdown/Parser.h"

namespace exo::ui {

MessageEntry::MessageEntry(api::Message message)
    : m_message(std::move(message)) {
    if (isPending()) beginStreaming();
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
    m_message = std::move(message);
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
    return unit.kind == UnitKind::ReasoningText ? m_reasoning[index] : blocks()[index];
}

bool MessageEntry::isLastPart(const Unit& unit) const {
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
    const auto add = [this](UnitKind kind, int block = -1) {
        Unit unit;
        unit.kind = kind;
        unit.block = block;
        units.push_back(std::move(unit));
    };
    if (m_message.compactedBefore) add(UnitKind::Boundary);
    add(UnitKind::Header);
    if (!m_message.reasoning.empty()) add(UnitKind::ReasoningToggle);
    for (std::size_t i = 0; i < m_reasoning.size(); ++i) {
        add(UnitKind::ReasoningText, static_cast<int>(i));
    }
    if (!m_parsed && !m_message.content.empty()) add(UnitKind::Unparsed);
    for (std::size_t i = 0; i < blocks().size(); ++i) {
        add(UnitKind::Text, static_cast<int>(i));
    }
    if (!m_message.attachments.empty()) add(UnitKind::Attachments);
    if (!m_message.citations.empty()) add(UnitKind::Sources);
    if (m_message.state != api::MessageState::Complete) add(UnitKind::State);
    if (!isUser() && !isPending()) add(UnitKind::Actions);
    keepLayouts(old);
}

// Text units whose block is what it was keep their layout; m_keep and m_oldTail say which.
void MessageEntry::keepLayouts(std::vector<Unit>& from) {
    std::vector<Unit*> byBlock(blocks().size(), nullptr);
    for (Unit& unit : from) {
        if (unit.kind != UnitKind::Text || static_cast<std::size_t>(unit.block) >= byBlock.size()) continue;
        const auto index = static_cast<std::size_t>(unit.block);
        const bool same = index < m_keep ||
                          (index - m_keep < m_oldTail.size() && m_oldTail[index - m_keep] == blocks()[index]);
        if (same) byBlock[index] = &unit;
    }
    liveLayouts = 0;
    for (Unit& unit : units) {
        if (unit.kind != UnitKind::Text) continue;
        if (Unit* kept = byBlock[static_cast<std::size_t>(unit.block)]) {
            unit = std::move(*kept);
            if (unit.layout) ++liveLayouts;
        }
    }
    m_oldTail.clear();
}

} // namespace exo::ui
