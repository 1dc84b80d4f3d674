#pragma once
// Logging to stderr through spdlog: text for people, or one JSON object a line. Thread-safe. Control bytes in
// messages are escaped, so no message can forge a line. Prompt text and secrets are never logged (Secret has
// no formatter).

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo::log {

enum class Format { Text, Json };
enum class Level { Trace, Debug, Info, Warn, Error };

struct Options {
    Format format = Format::Text;
    Level level = Level::Info;
};

// Call once from main before threads start; calling again replaces the set-up (SIGHUP).
void setUp(const Options& options);
bool parseLevel(std::string_view text, Level& out);
// Replaces control bytes by \xNN; done by the sinks for every message.
std::string escapeControl(std::string_view text);

// The last few hundred lines are kept in memory, for whoever shows them.
struct Line {
    std::uint64_t seq = 0; // counts up from 1
    std::chrono::system_clock::time_point time;
    std::string level; // trace | debug | info | warning | error
    std::string message;
};
// Those after `afterSeq`, the oldest first, at most `most` (the latest). Any thread.
std::vector<Line> recentLines(std::uint64_t afterSeq, std::size_t most);

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::trace;
using spdlog::warn;

} // namespace exo::log
