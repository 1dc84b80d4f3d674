#pragma once
// What `exobrain monitor` shows: a page that is drawn anew on a terminal, a line each time in a pipe, or
// JSON. One thread.

#include "app/exobrain/MonitorProbe.h"
#include "core/api/Metrics.h"
#include "core/base/Json.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace exo::cli {

struct MonitorState {
    WallTime time{};
    std::string url;
    ServerView server;
    api::MetricsSnapshot metrics; // the machine as seen from here, the rest from the server
    api::AlertList alerts;
};

Json toJson(const MonitorState& state);
std::string plainLine(const MonitorState& state);

// Bars of eight heights; `top` is the full height, 0 = the highest value.
std::string sparkline(const std::deque<double>& values, double top);

class MonitorPage {
  public:
    // The text that draws the page in place of the one before.
    std::string draw(const MonitorState& state);

  private:
    struct Row {
        std::string name;
        double top = 0;
        std::deque<double> values;
    };
    std::string line(std::size_t row, double value, const std::string& text);

    std::vector<Row> m_rows{{"cpu", 1, {}},        {"memory", 1, {}}, {"disk", 1, {}},
                            {"requests/s", 0, {}}, {"p95", 0, {}},    {"latency", 0, {}}};
    std::int64_t m_requests = -1;
    WallTime m_time{};
};

} // namespace exo::cli
