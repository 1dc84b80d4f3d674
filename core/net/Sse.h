#pragma once
// Server-sent events, both ways (WHATWG HTML, section 9.2 "Server-sent events").

#include "core/base/Result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace exo::net {

struct SseEvent {
    std::string event; // empty = "message"
    std::string data;
    std::string id;
    bool operator==(const SseEvent&) const = default;
};

// Incremental parser: the same events come out however the bytes are split. Accepts LF, CRLF and CR, a BOM,
// comments, `data:` without a space and multi-line data. An event larger than `maxEventBytes` is
// UpstreamInvalidResponse, now and for every later feed(). SseEvent::id is the last id seen so far, as the
// standard has it.
class SseParser {
  public:
    explicit SseParser(std::size_t maxEventBytes = 4u << 20)
        : m_maxEventBytes(maxEventBytes) {}

    // Calls `take` with each event these bytes complete (const SseEvent&, which is used again for the next).
    template <class Take>
    Result<void> feed(std::string_view bytes, Take take) {
        Rest rest(bytes);
        for (;;) {
            EXO_TRY(const bool complete, step(rest));
            if (!complete) return {};
            take(std::as_const(m_current));
            reset();
        }
    }
    // An event without its closing blank line is not dispatched (as the standard says); this dispatches it
    // for upstreams that end without one.
    template <class Take>
    void finish(Take take) {
        if (!completeAtEnd()) return;
        take(std::as_const(m_current));
        reset();
    }

  private:
    struct Rest { // of what feed() was given
        explicit Rest(std::string_view all);
        std::string_view bytes;
        std::size_t lf; // where the next one is
    };
    Result<bool> step(Rest& rest); // up to the end of an event
    bool completeAtEnd();
    void reset();
    Error tooLarge();
    bool takeLine(std::string_view tail);
    bool line(std::string_view text);

    std::size_t m_maxEventBytes;
    std::string m_line;
    SseEvent m_current;
    bool m_hasData = false;
    bool m_skipLf = false;
    bool m_atStart = true;
    bool m_tooLarge = false;
};

// "event: NAME\ndata: …\n\n"; `data` is split at line ends as the format demands. An empty name gives no
// event field.
std::string formatSse(std::string_view event, std::string_view data);

} // namespace exo::net
