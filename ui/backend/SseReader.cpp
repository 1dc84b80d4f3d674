#include "ui/backend/SseReader.h"

namespace exo::ui {

bool SseReader::feed(const QByteArray& bytes, const Sink& sink) {
    for (const char c : bytes) {
        const bool second = m_afterCarriageReturn && c == '\n';
        m_afterCarriageReturn = false;
        if (second) continue;
        if (c == '\n' || c == '\r') {
            m_afterCarriageReturn = c == '\r';
            line(std::exchange(m_line, {}), sink);
            continue;
        }
        m_line += c;
        if (m_line.size() + m_data.size() > k_maxEventBytes) return false;
    }
    return true;
}

void SseReader::line(const QByteArray& text, const Sink& sink) {
    QByteArray rest = text;
    if (m_first && rest.startsWith("\xEF\xBB\xBF")) rest.remove(0, 3);
    m_first = false;
    if (rest.isEmpty()) {
        if (m_hasData) sink(m_name.isEmpty() ? QByteArray("message") : m_name, m_data);
        m_name.clear();
        m_data.clear();
        m_hasData = false;
        return;
    }
    const qsizetype colon = rest.indexOf(':');
    if (colon == 0) return; // a comment keeps the connection alive
    const QByteArray field = colon < 0 ? rest : rest.left(colon);
    QByteArray value = colon < 0 ? QByteArray() : rest.mid(colon + 1);
    if (value.startsWith(' ')) value.remove(0, 1);
    if (field == "event") m_name = value;
    if (field == "data") {
        if (m_hasData) m_data += '\n';
        m_data += value;
        m_hasData = true;
    }
}

} // namespace exo::ui
