#include "core/net/HeadScanner.h"

#include "core/base/Result.h"

#include <algorithm>
#include <cstring>

namespace exo::net {

namespace {

Problem bad(std::string detail) {
    return {400, fail(ErrorCode::InvalidRequest, std::move(detail))};
}

Problem tooLarge(int status, std::string detail) {
    return {status, fail(ErrorCode::RequestTooLarge, std::move(detail))};
}

} // namespace

std::optional<Problem> HeadScanner::scan(std::string_view bytes) {
    while (!m_complete) {
        const void* found = m_scanned < bytes.size()
                                ? std::memchr(bytes.data() + m_scanned, '\n', bytes.size() - m_scanned)
                                : nullptr;
        if (!found) {
            m_scanned = bytes.size();
            return checkSizes(bytes.size() - m_lineStart);
        }
        const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        const std::size_t length = end + 1 - m_lineStart;
        if (auto problem = checkSizes(length)) return problem; // first, as when the bytes come one by one
        if (auto problem = checkLine(bytes.substr(m_lineStart, length))) return problem;
        m_lineStart = m_scanned = end + 1;
        if (auto problem = checkSizes(0)) return problem;
    }
    return std::nullopt;
}

std::optional<Problem> HeadScanner::checkLine(std::string_view line) {
    if (!line.ends_with("\r\n")) return bad("a header line ends with a bare LF");
    if (m_firstLineSize == 0) {
        m_firstLineSize = line.size();
        return std::nullopt;
    }
    if (line.size() == 2) {
        m_complete = true;
        return std::nullopt;
    }
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (folded && !m_limits.folding) return bad("a folded header line");
    ++m_headers;
    return std::nullopt;
}

std::optional<Problem> HeadScanner::checkSizes(std::size_t unfinishedLine) const {
    if (std::max(m_firstLineSize, m_firstLineSize == 0 ? unfinishedLine : 0) > m_limits.firstLine + 2)
        return tooLarge(414,
                        "the first line is longer than " + std::to_string(m_limits.firstLine) + " bytes");
    if (m_firstLineSize != 0 && m_lineStart - m_firstLineSize + unfinishedLine > m_limits.headerBytes + 2)
        return tooLarge(431,
                        "the headers are larger than " + std::to_string(m_limits.headerBytes) + " bytes");
    if (m_headers > m_limits.headers)
        return tooLarge(431, "more than " + std::to_string(m_limits.headers) + " headers");
    return std::nullopt;
}

} // namespace exo::net
