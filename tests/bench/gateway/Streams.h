#pragma once
// Many streamed requests at once over one thread, each on a connection of its own.

#include "tests/bench/gateway/Load.h"

#include <functional>

namespace exo::bench {

struct StreamOrder {
    std::uint16_t port = 0;
    int streams = 1;
    Request request; // streamed; the answer's first text is "word1"
    Request probe;   // sent one after the other while all streams run
    int probes = 0;
    std::function<void()> onAllStreaming; // when the first text of each has come
    std::function<void()> onProbed;       // after the last probe
    std::chrono::seconds timeout{60};
};

struct StreamsResult {
    int complete = 0; // ended with [DONE] and the end of the body
    int broken = 0;
    std::vector<Micros> firstToken;      // of the streams, from the start of all
    std::vector<Micros> probeFirstToken; // of the probes
};

StreamsResult runStreams(const StreamOrder& order);

} // namespace exo::bench
