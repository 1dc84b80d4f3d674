// bench_metrics [--quick]: what recording one call costs on the hot path, by one thread and by four at once.
// Exit status 1 when it is 200 ns or more (not with --quick: a busy machine proves nothing).

#include "core/monitor/CallMetrics.h"
#include "core/monitor/HttpMetrics.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace exo;
using Steady = std::chrono::steady_clock;

constexpr double k_allowed = 200; // ns

// Nanoseconds of one `work`, the best of five rounds: what disturbs only ever slows.
double cost(int rounds, const std::function<void(int)>& work) {
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        const auto begin = Steady::now();
        for (int i = 0; i < rounds; ++i)
            work(i);
        const double ns = std::chrono::duration<double, std::nano>(Steady::now() - begin).count();
        best = std::min(best, ns / rounds);
    }
    return best;
}

double costOfThreads(int threads, int rounds, const std::function<void(int)>& work) {
    std::vector<double> costs(static_cast<std::size_t>(threads));
    std::vector<std::thread> running;
    for (double& mine : costs)
        running.emplace_back([&mine, rounds, &work] { mine = cost(rounds, work); });
    for (auto& thread : running)
        thread.join();
    return *std::ranges::max_element(costs);
}

} // namespace

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    const int rounds = quick ? 20'000 : 2'000'000;
    const SystemClock clock;
    CallMetrics calls(clock);
    HttpMetrics http(clock);
    const auto histogram = [&](int i) { calls.answer.record(std::chrono::microseconds(i % 100'000)); };
    const auto exchange = [&](int i) {
        http.record({"/v1/chat/completions", "deepseek-chat", i % 50 == 0 ? 503 : 200, "none", true, false,
                     std::chrono::microseconds(i % 100'000)});
    };
    // All that the gateway and the server record of one successful call.
    const auto call = [&](int i) {
        const std::chrono::microseconds time(i % 100'000);
        ++calls.total;
        calls.queueWait.record(time);
        calls.answer.record(time);
        calls.overhead.record(time);
        calls.inputTokens += 10;
        calls.outputTokens += 20;
        exchange(i);
    };
    struct Row {
        const char* name;
        double ns;
    };
    const Row rows[] = {{"a time into a histogram", cost(rounds, histogram)},
                        {"an exchange with its labels", cost(rounds, exchange)},
                        {"everything of one call", cost(rounds, call)},
                        {"everything of one call, 4 threads", costOfThreads(4, rounds, call)}};
    for (const Row& row : rows)
        std::printf("%-36s %7.1f ns\n", row.name, row.ns);
    const auto begin = Steady::now();
    const CallMetrics::Recent recent = calls.recent();
    std::printf("%-36s %7.1f us (p95 %.1f ms)\n", "the figures of five minutes",
                std::chrono::duration<double, std::micro>(Steady::now() - begin).count(), recent.p95Ms);
    return !quick && rows[2].ns >= k_allowed ? 1 : 0;
}
