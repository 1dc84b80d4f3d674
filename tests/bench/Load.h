#pragma once
// The benchmark's own load client: keep-alive connections, each sending its next request when the answer to
// the last is complete. One thread.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace exo::bench {

using Micros = std::chrono::duration<double, std::micro>;

struct LoadResult {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0; // broken connections and statuses other than 200
    double seconds = 0;
    std::vector<Micros> latencies; // of each request

    double perSecond() const { return seconds > 0 ? static_cast<double>(requests) / seconds : 0; }
    Micros percentile(double part) const; // 0–1
};

struct LoadOrder {
    std::uint16_t port = 0;
    int connections = 1;
    std::chrono::milliseconds duration{1000};
    std::string body; // of POST /v1/chat/completions
};

LoadResult runLoad(const LoadOrder& order);

// From sending a streamed request to the first bytes that hold `mark`, so many times one after the other.
std::vector<Micros> firstTokenTimes(std::uint16_t port, const std::string& body, const std::string& mark,
                                    int times);

Micros percentile(std::vector<Micros> values, double part);

} // namespace exo::bench
