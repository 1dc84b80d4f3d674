#pragma once
// Requests that come at a fixed rate, whatever becomes of those before: how a server behaves when more is
// asked of it than it may do.

#include "tests/bench/gateway/Load.h"

#include <map>

namespace exo::bench {

struct OpenLoadOrder {
    std::uint16_t port = 0;
    double perSecond = 100;
    std::chrono::milliseconds duration{5000};
    Request request;
};

struct OpenLoadResult {
    std::map<int, int> statuses; // 0: the connection broke
    std::vector<Micros> accepted, refused;
    double seconds = 0; // until the last answer
};

OpenLoadResult runOpenLoad(const OpenLoadOrder& order);

} // namespace exo::bench
