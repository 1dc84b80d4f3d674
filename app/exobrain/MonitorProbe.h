#pragma once
// How a server looks from outside. io thread.

#include "core/api/Metrics.h"
#include "core/net/HttpClient.h"

#include <optional>
#include <string>

namespace exo::cli {

struct ServerView {
    enum class State { Unknown, Up, Denied, Unreachable }; // Denied: it answers, but shows no metrics
    State state = State::Unknown;
    double latencyMs = 0;
    std::string error;
    std::optional<api::MetricsSnapshot> metrics;
};
std::string_view toText(ServerView::State state); // unknown | up | denied | unreachable

// One GET of /api/v1/metrics within five seconds, whatever the server does.
asio::awaitable<ServerView> lookAtServer(net::HttpClient& http, const Clock& clock, std::string url,
                                         Secret key, CancelToken cancel);

} // namespace exo::cli
