// The event-stream parser on foreign bytes: no crash, and the same events whether the bytes come at once, one
// by one, or in two pieces.
#include "core/net/Sse.h"

#include <cstdint>
#include <cstdlib>
#include <vector>

using exo::net::SseEvent;
using exo::net::SseParser;

namespace {

constexpr std::size_t k_limit = 4096;

struct Outcome {
    std::vector<SseEvent> events;
    bool refused = false;
    bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view text, std::size_t first, std::size_t step) {
    SseParser parser(k_limit);
    Outcome outcome;
    const auto take = [&](const SseEvent& event) { outcome.events.push_back(event); };
    for (std::size_t at = 0, size = first; at < text.size() && !outcome.refused; at += size, size = step) {
        outcome.refused = !parser.feed(text.substr(at, size), take).ok();
        if (size == 0) size = step;
    }
    if (!outcome.refused) parser.finish(take);
    return outcome;
}

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t all = size + 1;
    const Outcome whole = parse(text, all, all);
    require(parse(text, 1, 1) == whole);
    require(parse(text, size / 2 + 1, all) == whole);
    require(parse(text, size / 3 + 1, 7) == whole);
    for (const SseEvent& event : whole.events) {
        require(event.data.size() <= k_limit);
        require(event.event.find_first_of("\r\n") == std::string::npos);
        const Outcome again =
            parse(exo::net::formatSse(event.event, event.data), all + 64, all + 64 + 6 * k_limit);
        if (again.refused) continue; // "data: " before each line may take it past the limit
        require(again.events.size() == 1 && again.events[0].data == event.data);
        // The field takes one space away, so a name that begins with one is kept by a second.
        require(again.events[0].event == event.event);
    }
    return 0;
}
