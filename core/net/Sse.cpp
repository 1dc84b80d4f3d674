#include "core/net/Sse.h"

#include <cstring>

namespace exo::net {

namespace {

constexpr std::string_view k_bom = "\xEF\xBB\xBF";

std::size_t findByte(std::string_view text, char byte) {
    const void* found = text.empty() ? nullptr : std::memchr(text.data(), byte, text.size());
    return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data())
                 : std::string_view::npos;
}

// Calls `take` for each line; CRLF, LF and CR all end one.
template <class Take>
void forEachLine(std::string_view text, Take take) {
    for (;;) {
        const std::size_t end = text.find_first_of("\r\n");
        take(text.substr(0, end));
        if (end == std::string_view::npos) return;
        const bool crLf = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
        text.remove_prefix(end + (crLf ? 2 : 1));
    }
}

} // namespace

Result<void> SseParser::feed(std::string_view bytes) {
    if (m_tooLarge) return tooLarge();
    std::size_t lf = findByte(bytes, '\n');
    while (!bytes.empty()) {
        if (m_skipLf) {
            m_skipLf = false;
            if (bytes.front() == '\n') {
                bytes.remove_prefix(1);
                lf = findByte(bytes, '\n');
                continue;
            }
        }
        // The next LF is searched once and kept while CRs before it end lines: linear for CR-only streams
        // too.
        const std::size_t upToLf = std::min(lf, bytes.size());
        const std::size_t end = std::min(findByte(bytes.substr(0, upToLf), '\r'), upToLf);
        if (m_line.size() + end + m_current.data.size() > m_maxEventBytes) return tooLarge();
        if (end == bytes.size()) {
            m_line.append(bytes);
            return {};
        }
        takeLine(bytes.substr(0, end));
        m_skipLf = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        if (lf == end)
            lf = findByte(bytes, '\n');
        else if (lf != std::string_view::npos)
            lf -= end + 1;
    }
    return {};
}

Error SseParser::tooLarge() {
    m_tooLarge = true;
    m_line = {};
    m_current = {};
    m_hasData = false;
    return fail(ErrorCode::UpstreamInvalidResponse,
                "an event is larger than " + std::to_string(m_maxEventBytes) + " bytes");
}

std::optional<SseEvent> SseParser::next() {
    if (m_ready.empty()) return std::nullopt;
    std::optional<SseEvent> event(std::move(m_ready.front()));
    m_ready.pop_front();
    return event;
}

void SseParser::finish() {
    if (!m_line.empty()) takeLine({});
    dispatch();
}

// `tail` completes the line whose beginning may have come with earlier bytes.
void SseParser::takeLine(std::string_view tail) {
    if (m_line.empty()) {
        line(tail);
        return;
    }
    m_line.append(tail);
    line(m_line);
    m_line.clear();
}

void SseParser::line(std::string_view text) {
    if (m_atStart) {
        m_atStart = false;
        if (text.starts_with(k_bom)) text.remove_prefix(k_bom.size());
    }
    if (text.empty()) {
        dispatch();
        return;
    }
    const std::size_t colon = findByte(text, ':');
    const std::string_view field = text.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
        if (m_hasData) m_current.data += '\n';
        m_current.data.append(value);
        m_hasData = true;
    } else if (field == "event") {
        m_current.event = value;
    } else if (field == "id" && value.find('\0') == std::string_view::npos) {
        m_current.id = value;
    }
}

void SseParser::dispatch() {
    if (!m_hasData) {
        m_current.event.clear();
        return;
    }
    m_hasData = false;
    // The id stays: it is the last event id until a later event changes it.
    SseEvent& ready = m_ready.emplace_back();
    ready.event = std::exchange(m_current.event, {});
    ready.data = std::exchange(m_current.data, {});
    ready.id = m_current.id;
}

std::string formatSse(std::string_view event, std::string_view data) {
    std::string out;
    out.reserve(event.size() + data.size() + 24);
    if (!event.empty()) {
        out += "event: ";
        forEachLine(event, [&](std::string_view part) { out += part; });
        out += '\n';
    }
    forEachLine(data, [&](std::string_view part) {
        out += "data: ";
        out += part;
        out += '\n';
    });
    out += '\n';
    return out;
}

} // namespace exo::net
