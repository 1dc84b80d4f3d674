#include "core/net/Sse.h"

#include <algorithm>
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

SseParser::Rest::Rest(std::string_view all)
    : bytes(all)
    , lf(findByte(all, '\n')) {}

Result<bool> SseParser::step(Rest& rest) {
    if (m_tooLarge) return tooLarge();
    std::string_view& bytes = rest.bytes;
    while (!bytes.empty()) {
        if (m_skipLf) {
            m_skipLf = false;
            if (bytes.front() == '\n') {
                bytes.remove_prefix(1);
                rest.lf = findByte(bytes, '\n');
                continue;
            }
        }
        // The next LF is searched once and kept while CRs before it end lines: linear for CR-only streams
        // too.
        const std::size_t upToLf = std::min(rest.lf, bytes.size());
        const std::size_t end = std::min(findByte(bytes.substr(0, upToLf), '\r'), upToLf);
        if (m_line.size() + end + m_current.data.size() > m_maxEventBytes) return tooLarge();
        if (end == bytes.size()) {
            m_line.append(bytes);
            bytes = {};
            return false;
        }
        const bool complete = takeLine(bytes.substr(0, end));
        m_skipLf = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        if (rest.lf == end)
            rest.lf = findByte(bytes, '\n');
        else if (rest.lf != std::string_view::npos)
            rest.lf -= end + 1;
        if (complete) return true;
    }
    return false;
}

Error SseParser::tooLarge() {
    m_tooLarge = true;
    m_line = {};
    m_current = {};
    m_hasData = false;
    return fail(ErrorCode::UpstreamInvalidResponse,
                "an event is larger than " + std::to_string(m_maxEventBytes) + " bytes");
}

bool SseParser::completeAtEnd() {
    if (!m_line.empty()) (void)takeLine({}); // not blank: it completes nothing
    return line({});
}

// The id stays: it is the last event id until a later event changes it.
void SseParser::reset() {
    constexpr std::size_t k_kept = 16u << 10;
    if (m_current.data.capacity() > k_kept) m_current.data = {};
    m_current.data.clear();
    m_current.event.clear();
}

// `tail` completes the line whose beginning may have come with earlier bytes. True: and with it the event.
bool SseParser::takeLine(std::string_view tail) {
    if (m_line.empty()) return line(tail);
    m_line.append(tail);
    const bool complete = line(m_line);
    m_line.clear();
    return complete;
}

bool SseParser::line(std::string_view text) {
    if (m_atStart) {
        m_atStart = false;
        if (text.starts_with(k_bom)) text.remove_prefix(k_bom.size());
    }
    if (text.empty()) {
        if (!m_hasData) m_current.event.clear();
        return std::exchange(m_hasData, false);
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
    return false;
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
