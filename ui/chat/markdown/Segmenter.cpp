#include "ui/chat/markdown/Segmenter.h"

namespace exo::ui::md {

namespace {

qsizetype indentOf(QStringView line, qsizetype& chars) {
    qsizetype columns = 0;
    for (chars = 0; chars < line.size(); ++chars) {
        if (line[chars] == u' ')
            ++columns;
        else if (line[chars] == u'\t')
            columns += 4 - columns % 4;
        else
            break;
    }
    return columns;
}

bool isListItem(QStringView text) {
    if (text.isEmpty()) return false;
    if (text[0] == u'-' || text[0] == u'+' || text[0] == u'*') {
        return text.size() == 1 || text[1] == u' ' || text[1] == u'\t';
    }
    qsizetype digits = 0;
    while (digits < text.size() && text[digits] >= u'0' && text[digits] <= u'9') {
        ++digits;
    }
    if (digits == 0 || digits > 9 || digits >= text.size()) return false;
    if (text[digits] != u'.' && text[digits] != u')') return false;
    return digits + 1 == text.size() || text[digits + 1] == u' ' || text[digits + 1] == u'\t';
}

bool isDefinition(QStringView text) {
    if (text.size() < 4 || text[0] != u'[') return false;
    const auto close = text.indexOf(u"]:");
    return close > 1 && close < 1000;
}

} // namespace

void Segmenter::noteFence(qsizetype indent, QChar mark, qsizetype count, QStringView rest) {
    if (m_fence.isNull()) {
        if (mark == u'`' && rest.contains(u'`')) return; // inline code
        if (indent >= 4 && !m_inList) return;            // indented code
        m_fence = mark;
        m_fenceCount = count;
        m_fenceIndent = indent;
        return;
    }
    if (mark != m_fence || count < m_fenceCount || !rest.trimmed().isEmpty()) {
        // Inside a list the item may have ended here and this may open a fence of its own.
        if (m_inList && indent < m_fenceIndent) m_unsure = true;
        return;
    }
    if (m_inList && indent != m_fenceIndent) {
        m_unsure = true;
        return;
    }
    if (indent < 4 || m_inList) m_fence = {};
}

bool Segmenter::addLine(QStringView line) {
    qsizetype chars = 0;
    const qsizetype indent = indentOf(line, chars);
    const QStringView text = line.mid(chars);
    if (text.trimmed().isEmpty()) {
        m_previousBlank = true;
        return false;
    }
    bool cut = false;
    const bool item = isListItem(text);
    const bool openFence = !m_fence.isNull() && (m_fenceIndent == 0 || !m_inList);
    if (m_previousBlank && !m_first && !m_unsure && indent == 0 && !openFence && !(item && m_inList)) {
        if (m_fence.isNull()) {
            cut = true;
            m_inList = false;
        } else if (m_fenceIndent < 4) {
            m_unsure =
                true; // the fence may be the list's, then it ended, or stand beside it, then it is open
        }
    }
    m_first = false;
    m_previousBlank = false;
    if (m_fence.isNull() && item) {
        m_inList = true;
    }
    if (m_fence.isNull() && indent < 4 && isDefinition(text)) m_sawDefinition = true;
    if (text[0] == u'`' || text[0] == u'~') {
        qsizetype count = 0;
        while (count < text.size() && text[count] == text[0]) {
            ++count;
        }
        if (count >= 3) noteFence(indent, text[0], count, text.mid(count));
    }
    return cut;
}

} // namespace exo::ui::md
