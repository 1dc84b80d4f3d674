#pragma once
// The benchmark's own load client: keep-alive connections, each sending its next request when the answer to
// the last is complete. One thread.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo::bench {

using Micros = std::chrono::duration<double, std::micro>;

Micros percentile(std::vector<Micros> values, double part); // part 0–1

struct Request {
    std::string method = "POST";
    std::string path = "/v1/chat/completions";
    std::string body;
    std::string key;   // of exobrain; nginx and the upstream ignore it
    bool store = true; // exobrain may keep the answer

    // Where the body holds k_serial, each request sent gets a number of its own, so that no cache answers.
    static constexpr std::string_view k_serial = "#0000000000";
    std::string bytes(std::uint16_t port) const;
};

// A question of about 1 KB to the model `model`, whose name tells the upstream what to answer.
Request question(std::string_view model, bool stream, const std::string& key);
Request sameQuestion(std::string_view model, const std::string& key); // word for word, each time

// Writes the next number into the bytes of a request whose serial stands at `place` (npos: it has none).
void number(std::string& bytes, std::size_t place);

// Length of the first complete response in `bytes`, 0 when there is none yet. Counted or chunked.
std::size_t completeResponse(std::string_view bytes);

struct LoadResult {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0; // broken connections and statuses other than 200
    double seconds = 0;
    std::vector<Micros> latencies; // of each request

    double perSecond() const { return seconds > 0 ? static_cast<double>(requests) / seconds : 0; }
    Micros percentile(double part) const { return bench::percentile(latencies, part); }
};

struct LoadOrder {
    std::uint16_t port = 0;
    int connections = 1;
    std::chrono::milliseconds duration{1000};
    Request request;
};

LoadResult runLoad(const LoadOrder& order);

// From sending a streamed request to the first bytes that hold `mark`, so many times one after the other.
std::vector<Micros> firstTokenTimes(std::uint16_t port, const Request& request, const std::string& mark,
                                    int times);

} // namespace exo::bench
