#include "app/exobrain/MonitorView.h"

#include "app/exobrain/Terminal.h"
#include "core/base/Units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace exo::cli {

namespace {

constexpr std::size_t k_width = 48; // values of a sparkline
constexpr std::size_t k_mostAlerts = 8;

std::string percent(double fraction) {
    return std::to_string(std::lround(fraction * 100)) + "%";
}

std::string fixed(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string alertText(const api::Alert& alert) {
    return std::string(api::toText(alert.level)) + "  " + alert.message;
}

const char* colourOf(api::AlertLevel level) {
    switch (level) {
    case api::AlertLevel::Ok: return "\x1b[32m";
    case api::AlertLevel::Warning: return "\x1b[33m";
    case api::AlertLevel::Critical: break;
    }
    return "\x1b[31m";
}

} // namespace

Json toJson(const MonitorState& state) {
    Json server = {{"url", state.url},
                   {"state", std::string(toText(state.server.state))},
                   {"latencyMs", state.server.latencyMs},
                   {"error", state.server.error.empty() ? Json() : Json(state.server.error)}};
    return {{"time", api::formatTime(state.time)},
            {"level", std::string(api::toText(state.alerts.level))},
            {"server", std::move(server)},
            {"metrics", api::toJson(state.metrics)},
            {"alerts", api::toJson(state.alerts)["alerts"]}};
}

std::string plainLine(const MonitorState& state) {
    const auto& system = state.metrics.system;
    std::string line =
        api::formatTime(state.time) + " level=" + std::string(api::toText(state.alerts.level)) +
        " server=" + std::string(toText(state.server.state)) + " latency=" + fixed(state.server.latencyMs) +
        "ms cpu=" + percent(system.cpu.usage) + " load=" + fixed(system.cpu.load) +
        " memory=" + percent(system.memoryUsage()) + " disk=" + percent(system.diskUsage());
    if (state.server.metrics) {
        const auto& business = state.metrics.business;
        line += " requests=" + std::to_string(business.requests.total) +
                " active=" + std::to_string(business.requests.active) +
                " queued=" + std::to_string(business.requests.queued) +
                " p95=" + fixed(business.performance.p95ResponseTime) +
                "ms errors=" + percent(business.performance.errorRate);
    }
    for (const auto& alert : state.alerts.active)
        line += " alert=" + alert.metric + (alert.subject.empty() ? "" : "(" + alert.subject + ")");
    return line + "\n";
}

std::string sparkline(const std::deque<double>& values, double top) {
    static constexpr std::array<const char*, 8> k_bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    if (top <= 0)
        for (const double value : values)
            top = std::max(top, value);
    std::string out;
    for (const double value : values) {
        const double share = top > 0 ? std::clamp(value / top, 0.0, 1.0) : 0;
        out += k_bars[static_cast<std::size_t>(std::lround(share * 7))];
    }
    return out;
}

std::string MonitorPage::line(std::size_t row, double value, const std::string& text) {
    Row& shown = m_rows[row];
    shown.values.push_back(value);
    if (shown.values.size() > k_width) shown.values.pop_front();
    std::string out = "  " + shown.name;
    out.append(14 - std::min<std::size_t>(13, out.size()), ' ');
    out += sparkline(shown.values, shown.top);
    out.append(k_width - shown.values.size() + 2, ' ');
    return out + text + "\x1b[K\n";
}

std::string MonitorPage::draw(const MonitorState& state) {
    const auto& system = state.metrics.system;
    const auto& business = state.metrics.business;
    const double seconds = std::chrono::duration<double>(state.time - m_time).count();
    const bool comparable = m_requests >= 0 && seconds > 0 && business.requests.total >= m_requests;
    const double rate = comparable ? static_cast<double>(business.requests.total - m_requests) / seconds : 0;
    m_requests = business.requests.total;
    m_time = state.time;

    const std::string level(api::toText(state.alerts.level));
    std::string out = "\x1b[H"; // home; lines are cleared one by one, so that nothing flickers
    out += std::string("\x1b[1mexobrain monitor\x1b[0m  ") + escapeForTerminal(state.url) + "  " +
           std::string(toText(state.server.state)) + "  " + colourOf(state.alerts.level) + level +
           "\x1b[0m\x1b[K\n\x1b[K\n";
    out += line(0, system.cpu.usage, percent(system.cpu.usage) + "  load " + fixed(system.cpu.load));
    out += line(1, system.memoryUsage(),
                percent(system.memoryUsage()) + "  " + formatSize(system.memory.available) + " free");
    out += line(2, system.diskUsage(),
                percent(system.diskUsage()) + "  " + formatSize(system.disk.available) + " free");
    out += line(3, rate,
                fixed(rate) + "  " + std::to_string(business.requests.active) + " active, " +
                    std::to_string(business.requests.queued) + " queued");
    out += line(4, business.performance.p95ResponseTime,
                fixed(business.performance.p95ResponseTime) + " ms  errors " +
                    percent(business.performance.errorRate));
    out += line(5, state.server.latencyMs, fixed(state.server.latencyMs) + " ms");
    out += "\x1b[K\n";
    for (std::size_t i = 0; i < std::min(k_mostAlerts, state.alerts.active.size()); ++i) {
        const api::Alert& alert = state.alerts.active[i];
        out += std::string("  ") + colourOf(alert.level) + fitLine(escapeForTerminal(alertText(alert)), 100) +
               "\x1b[0m\x1b[K\n";
    }
    if (!state.server.error.empty())
        out += "  " + fitLine(escapeForTerminal(state.server.error), 100) + "\x1b[K\n";
    return out + "\x1b[J";
}

} // namespace exo::cli
