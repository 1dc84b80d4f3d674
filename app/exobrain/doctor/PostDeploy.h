#pragma once
// The checklists after a deployment and of performance, judged from what was seen of a server from outside
// (ServerProbe.h). Pure.

#include "app/exobrain/doctor/Check.h"
#include "core/api/Metrics.h"

#include <optional>
#include <string>
#include <vector>

namespace exo::doctor {

struct Answer {
    int status = 0; // 0: none came, `error` says why
    double ms = 0;
    std::string body;
    std::string error;
    bool good() const { return status == 200; }
};

struct ServerFacts {
    std::string url;
    Answer health, ready, version, models;
    Answer call;                                       // one model call, to the local assistant
    std::optional<api::MetricsSnapshot> before, after; // of that call
    std::string metricsError;
    std::optional<Answer> log; // its newest lines; nullopt: not asked
    std::int64_t newLogLines = 0;
    struct Proxy {
        std::string url;
        Answer health;
        std::optional<double> firstEventMs; // of a stream through it
        std::string server;                 // its header
        bool guessed = false;               // nobody named it: it may serve other names, or something else
    };
    std::optional<Proxy> proxy; // nullopt: nobody listens where one would be
};

struct LoadFacts {
    std::vector<double> ms; // of calls of routes that ask no model
    int failures = 0;
    std::vector<double> cpu, memory;                 // usage of the machine or budget, each sample
    std::vector<std::pair<double, double>> resident; // seconds since the begin, bytes
    bool growing = false;                            // the server's own alert on the last hours
};

std::vector<Check> postDeployChecks(const ServerFacts& facts);
std::vector<Check> performanceChecks(const LoadFacts& facts);

// The value below which `share` of them lie; 0 without values.
double quantile(std::vector<double> values, double share);
// Bytes a second, by a line of least squares through the second half: a start fills caches.
double slope(const std::vector<std::pair<double, double>>& points);

} // namespace exo::doctor
