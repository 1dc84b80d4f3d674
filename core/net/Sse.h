#pragma once
// Server-sent events, both ways (WHATWG HTML, section 9.2 "Server-sent events").

#include "core/base/Result.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

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

    Result<void> feed(std::string_view bytes);
    // The next complete event. An event without its closing blank line is not dispatched (as the standard
    // says); finish() dispatches it for upstreams that end without one.
    std::optional<SseEvent> next();
    void finish();

  private:
    Error tooLarge();
    void takeLine(std::string_view tail);
    void line(std::string_view text);
    void dispatch();

    std::size_t m_maxEventBytes;
    std::string m_line;
    SseEvent m_current;
    bool m_hasData = false;
    bool m_skipLf = false;
    bool m_atStart = true;
    bool m_tooLarge = false;
    std::deque<SseEvent> m_ready;
};

// "event: NAME\ndata: …\n\n"; `data` is split at line ends as the format demands. An empty name gives no
// event field.
std::string formatSse(std::string_view event, std::string_view data);

} // namespace exo::net
