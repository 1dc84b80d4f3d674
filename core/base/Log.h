#pragma once
// Logging to stderr through spdlog: text for people, or one JSON object a line. Thread-safe. Control bytes in
// messages are escaped, so no message can forge a line. Prompt text and secrets are never logged (Secret has
// no formatter).

#include <fmt/core.h>

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

// Only the arguments are bound here: formatting is compiled once, not in every file that logs.
bool enabled(Level level);
void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... Args>
void at(Level level, fmt::string_view format, const Args&... args) {
    if (enabled(level)) write(level, format, fmt::make_format_args(args...));
}

template <class... Args>
void trace(fmt::format_string<const Args&...> format, const Args&... args) {
    at(Level::Trace, format, args...);
}
template <class... Args>
void debug(fmt::format_string<const Args&...> format, const Args&... args) {
    at(Level::Debug, format, args...);
}
template <class... Args>
void info(fmt::format_string<const Args&...> format, const Args&... args) {
    at(Level::Info, format, args...);
}
template <class... Args>
void warn(fmt::format_string<const Args&...> format, const Args&... args) {
    at(Level::Warn, format, args...);
}
template <class... Args>
void error(fmt::format_string<const Args&...> format, const Args&... args) {
    at(Level::Error, format, args...);
}

} // namespace exo::log
