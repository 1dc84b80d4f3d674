#pragma once
// What the scripted upstream sends for one request: bytes with pauses between them, and how it ends. Every
// fault is a plan, so the connection code knows none of them.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace upstream {

using Millis = std::chrono::milliseconds;

struct Step {
    Millis delay{0}; // before the bytes
    std::string bytes;
    std::int64_t repeat = 1;
    Millis drip{0};    // when set, one byte at a time with this pause
    bool held = false; // until POST /control/release
};

enum class Ending {
    KeepAlive, // the next request may follow
    Close,     // orderly close
    Reset,     // RST
    Hang,      // the connection stays open and silent
};

struct Plan {
    std::vector<Step> steps;
    Ending ending = Ending::KeepAlive;

    // Depends on nothing but the request, so it may be sent again for the same bytes.
    bool immediate() const {
        if (ending != Ending::KeepAlive) return false;
        for (const Step& step : steps)
            if (step.delay.count() || step.drip.count() || step.repeat != 1 || step.held) return false;
        return true;
    }
};

} // namespace upstream
