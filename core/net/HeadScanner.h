#pragma once
// Finds the end of the head of an HTTP/1.x message within limits, and refuses what Beast would let through or
// wait for (bare LF, folded lines). Pure.

#include "core/base/Result.h"

#include <optional>
#include <string_view>

namespace exo::net {

// Why a message cannot be taken. Status: what a server answers; 0: nobody is there to be told.
struct Problem {
    int status = 0;
    ErrorBox error; // none with status 0
};

struct HeadLimits {
    std::size_t firstLine = 8u << 10;
    std::size_t headerBytes = 32u << 10;
    int headers = 100;
    bool folding = false; // old servers still fold header lines (RFC 9112, 5.2)
};

class HeadScanner {
  public:
    explicit HeadScanner(HeadLimits limits)
        : m_limits(limits) {}
    // `bytes` begins with the first line and grows from call to call.
    std::optional<Problem> scan(std::string_view bytes);
    bool complete() const { return m_complete; }
    std::size_t size() const { return m_lineStart; } // of the head with its empty line

  private:
    std::optional<Problem> checkLine(std::string_view line);
    std::optional<Problem> checkSizes(std::size_t unfinishedLine) const;

    HeadLimits m_limits;
    std::size_t m_lineStart = 0;
    std::size_t m_scanned = 0;
    std::size_t m_firstLineSize = 0; // with CRLF, 0 before it has ended
    int m_headers = 0;
    bool m_complete = false;
};

} // namespace exo::net
