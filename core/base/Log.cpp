#include "core/base/Log.h"

#include "core/base/Json.h"
#include "core/base/LogFile.h"
#include "core/base/Text.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace exo::log {

namespace {

constexpr std::array k_levels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn, spdlog::level::err};

spdlog::level::level_enum toSpdlog(Level level) {
    return k_levels[static_cast<std::size_t>(level)];
}

std::string_view view(const spdlog::string_view_t& v) {
    return {v.data(), v.size()};
}

std::string isoTime(spdlog::log_clock::time_point when) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
    const std::time_t seconds = ms / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 64> text{};
    const std::size_t n = std::strftime(text.data(), text.size(), "%FT%T", &utc);
    std::snprintf(text.data() + n, text.size() - n, ".%03dZ", static_cast<int>(ms % 1000));
    return text.data();
}

class LineFormatter final : public spdlog::formatter {
  public:
    explicit LineFormatter(Format format)
        : m_format(format) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const std::string line = m_format == Format::Json ? jsonLine(message) : textLine(message);
        out.append(line.data(), line.data() + line.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LineFormatter>(m_format);
    }

  private:
    static std::string jsonLine(const spdlog::details::log_msg& message) {
        Json line = Json::object();
        line["time"] = isoTime(message.time);
        line["level"] = std::string(view(spdlog::level::to_string_view(message.level)));
        line["message"] = std::string(view(message.payload));
        return dumpJson(line) + "\n"; // JSON escapes control bytes itself
    }
    static std::string textLine(const spdlog::details::log_msg& message) {
        return isoTime(message.time) + " " + std::string(view(spdlog::level::to_string_view(message.level))) +
               " " + escapeControl(view(message.payload)) + "\n";
    }

    Format m_format;
};

constexpr std::size_t k_keptLines = 500;
constexpr std::size_t k_longestKept = 4096; // bytes of a message

// One for the process: a new set-up goes on with it.
class RecentLines {
  public:
    void add(const spdlog::details::log_msg& message) {
        const std::string_view text = utf8Prefix(view(message.payload), k_longestKept);
        const std::lock_guard lock(m_mutex);
        m_lines.push_back({++m_lastSeq, message.time,
                           std::string(view(spdlog::level::to_string_view(message.level))),
                           escapeControl(text)});
        if (m_lines.size() > k_keptLines) m_lines.pop_front();
    }
    std::vector<Line> after(std::uint64_t seq, std::size_t most) const {
        const std::lock_guard lock(m_mutex);
        const auto newer = [seq](const Line& line) { return line.seq > seq; };
        auto first = std::ranges::find_if(m_lines, newer);
        const auto count = static_cast<std::size_t>(m_lines.end() - first);
        if (count > most) first += static_cast<std::ptrdiff_t>(count - most);
        return {first, m_lines.end()};
    }

  private:
    mutable std::mutex m_mutex;
    std::deque<Line> m_lines;
    std::uint64_t m_lastSeq = 0;
};

RecentLines& kept() {
    static RecentLines lines;
    return lines;
}

class KeepingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  protected:
    void sink_it_(const spdlog::details::log_msg& message) override { kept().add(message); }
    void flush_() override {}
};

} // namespace

bool enabled(Level level) {
    return spdlog::default_logger_raw()->should_log(toSpdlog(level));
}

void write(Level level, fmt::string_view format, fmt::format_args arguments) {
    fmt::memory_buffer line;
    fmt::vformat_to(fmt::appender(line), format, arguments);
    spdlog::default_logger_raw()->log(toSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

std::vector<Line> recentLines(std::uint64_t afterSeq, std::size_t most) {
    return kept().after(afterSeq, most);
}

std::string escapeControl(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7F) {
            out += c;
            continue;
        }
        out += "\\x" + hexEncode(std::string_view(&c, 1));
    }
    return out;
}

bool parseLevel(std::string_view text, Level& out) {
    static constexpr std::array<std::pair<std::string_view, Level>, 6> k_names{{{"trace", Level::Trace},
                                                                                {"debug", Level::Debug},
                                                                                {"info", Level::Info},
                                                                                {"warn", Level::Warn},
                                                                                {"warning", Level::Warn},
                                                                                {"error", Level::Error}}};
    for (const auto& [name, level] : k_names) {
        if (name != text) continue;
        out = level;
        return true;
    }
    return false;
}

namespace {

void install(const Options& options, spdlog::sink_ptr file) {
    auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    console->set_formatter(std::make_unique<LineFormatter>(options.format));
    std::vector<spdlog::sink_ptr> sinks{std::move(console), std::make_shared<KeepingSink>()};
    if (file) {
        file->set_formatter(std::make_unique<LineFormatter>(options.format));
        sinks.push_back(std::move(file));
    }
    auto logger = std::make_shared<spdlog::logger>("exobrain", sinks.begin(), sinks.end());
    logger->set_level(toSpdlog(options.level));
    // A file is read while it grows; stderr is not buffered by us.
    logger->flush_on(sinks.size() > 2 ? spdlog::level::trace : spdlog::level::warn);
    spdlog::set_default_logger(std::move(logger));
}

} // namespace

void setUp(const Options& options) {
    install(options, nullptr);
}

Result<void> setUp(const Options& options, const File& file) {
    if (file.path.empty()) {
        install(options, nullptr);
        return {};
    }
    try {
        install(options, std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                             file.path.string(), file.size, static_cast<std::size_t>(file.keep)));
    } catch (const spdlog::spdlog_ex& thrown) {
        return fail(ErrorCode::IoError, std::string("the log file cannot be used: ") + thrown.what());
    }
    return {};
}

} // namespace exo::log
