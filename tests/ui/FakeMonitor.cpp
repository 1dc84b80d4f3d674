#include "tests/ui/FakeMonitor.h"

namespace exo::ui {

namespace {

constexpr std::uint64_t k_gigabyte = 1ull << 30;

// A course that looks like one: two waves and a little noise, the same at every run.
std::vector<std::optional<double>> course(double middle, double swing, unsigned seed) {
    std::vector<std::optional<double>> values;
    unsigned noise = seed;
    for (int i = 0; i < 300; ++i) {
        noise = noise * 1664525u + 1013904223u;
        const double jitter = static_cast<double>(noise >> 16 & 0xff) / 255 - 0.5;
        const double wave = std::sin(i / 23.0 + seed) * 0.6 + std::sin(i / 7.0) * 0.25 + jitter * 0.4;
        values.push_back(std::max(0.0, middle + swing * wave));
    }
    return values;
}

} // namespace

void FakeMonitor::fillWithExample() {
    const WallTime now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
    snapshot.system.cpu = {0.12, 0.4};
    snapshot.system.memory = {k_gigabyte * 16 / 10, k_gigabyte * 23 / 10, k_gigabyte};
    snapshot.system.disk = {k_gigabyte * 25, k_gigabyte * 15};
    snapshot.system.process = {212, 3 * 86400.0 + 4 * 3600};
    snapshot.business.requests = {18'204, 1, 0};
    snapshot.business.performance = {430, 812, 0.003};
    snapshot.gateway.timeToFirstTokenP95 = 460;
    snapshot.gateway.cacheHitRate = 0.34;
    snapshot.service.level = api::AlertLevel::Warning;
    snapshot.service.redis = "up";
    snapshot.service.cache = {12'408, 6'190, 12'014, 0, 40, 182ull << 20, 500ull << 20, 310, 900, 0, 0};
    snapshot.service.breakers = {
        {"deepseek", "deepseek-chat", "closed", 0.004, 812, "", {}, {}},
        {"qwen", "qwen-max", "half-open", 0.52, 46, "no headers within 30 s", now, now},
        {"ollama", "qwen2.5-coder", "open", 1.0, 10, "connection refused", now,
         now + std::chrono::seconds(18)}};
    history.from = now - std::chrono::seconds(300);
    history.step = Millis(1000);
    history.series = {{"cpu", "fraction", course(0.14, 0.08, 1), {}},
                      {"memory", "fraction", course(0.41, 0.01, 2), {}},
                      {"disk", "fraction", course(0.63, 0.002, 3), {}},
                      {"requests", "1/s", course(14, 6, 4), {}},
                      {"p95", "ms", course(812, 260, 5), {}},
                      {"firstTokenP95", "ms", course(460, 130, 6), {}},
                      {"cacheHitRate", "fraction", course(0.34, 0.06, 7), {}},
                      {"errorRate", "fraction", course(0.004, 0.004, 8), {}}};
    api::Alert open{"breaker", "ollama/qwen2.5-coder", api::AlertLevel::Warning, 1, 0.5, "", "", now, {}};
    api::Alert past{"disk", "", api::AlertLevel::Warning, 0.81, 0.80, "fraction", "", now, now};
    alerts = {
        api::AlertLevel::Warning,
        {open},
        {past},
        {{"cpu", "fraction", 0.6, 0.8}, {"memory", "fraction", 0.75, 0.9}, {"disk", "fraction", 0.8, {}}}};
    log = {{1, now, "info", "listening on http://127.0.0.1:8686"},
           {2, now, "info", "cleanup: 214 expired answers, 3.1 MB freed"},
           {3, now, "warning", "breaker of ollama/qwen2.5-coder opened: connection refused"}};
}

} // namespace exo::ui
