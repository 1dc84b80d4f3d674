#include "app/exobrain/doctor/ServerProbe.h"

#include "app/exobrain/doctor/MachineFacts.h"
#include "core/monitor/ProcText.h"
#include "core/net/AsioTimers.h"

#include <algorithm>
#include <array>

namespace exo::doctor {

namespace {

constexpr Millis k_connectWithin{2000}, k_answerWithin{10'000};
constexpr Millis k_eventWithin{5000};
constexpr Millis k_betweenCalls{20}, k_betweenSamples{500};
constexpr std::size_t k_mostOfAnswer = 4u << 20;
// None of them counts towards a rate limit.
constexpr std::array k_routes{"/healthz",       "/readyz",          "/version",       "/openapi.json",
                              "/api/v1/alerts", "/api/v1/sessions", "/api/v1/metrics"};

bool somebodyServes(std::uint16_t port) {
    for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"})
        if (std::ranges::count(listeningPorts(proc::text(file)), port) > 0) return true;
    return false;
}

Task<Answer> exchange(net::HttpClient& http, net::HttpRequest request, std::string* server) {
    EXO_CO_TRY(const auto response, co_await http.send(std::move(request), {}));
    Answer answer;
    EXO_CO_TRY(answer.body, co_await response->readAll());
    answer.status = response->status();
    if (server) *server = net::findHeader(response->headers(), "server");
    co_return answer;
}

} // namespace

net::HttpRequest ServerProbe::request(std::string url) const {
    net::HttpRequest request;
    request.url = std::move(url);
    if (!m_target.key.empty())
        request.headers.push_back({"Authorization", "Bearer " + std::string(m_target.key.reveal())});
    request.timeouts = {k_connectWithin, k_answerWithin, k_answerWithin, k_answerWithin};
    request.proxy.mode = net::ProxySettings::Mode::None;
    request.maxBodyBytes = k_mostOfAnswer;
    return request;
}

asio::awaitable<Answer> ServerProbe::ask(std::string url, std::string body) {
    net::HttpRequest call = request(std::move(url));
    if (!body.empty()) {
        call.method = "POST";
        call.headers.push_back({"Content-Type", "application/json"});
        call.body = std::move(body);
    }
    const SteadyTime begin = m_clock.now();
    auto got = co_await exchange(m_http, std::move(call), nullptr);
    Answer answer;
    if (got.ok())
        answer = std::move(got).value();
    else
        answer.error = got.error().toLogString();
    answer.ms = std::chrono::duration<double, std::milli>(m_clock.now() - begin).count();
    co_return answer;
}

asio::awaitable<std::optional<api::MetricsSnapshot>> ServerProbe::metrics(std::string& error) {
    const Answer answer = co_await ask(m_target.url + "/api/v1/metrics");
    if (!answer.good()) {
        error = answer.status == 0 ? answer.error : std::to_string(answer.status);
        co_return std::nullopt;
    }
    const auto json = parseJson(answer.body);
    if (!json.ok()) {
        error = "no JSON";
        co_return std::nullopt;
    }
    auto snapshot = api::metricsSnapshotFromJson(*json);
    if (!snapshot.ok()) {
        error = snapshot.error().detail;
        co_return std::nullopt;
    }
    co_return std::move(snapshot).value();
}

asio::awaitable<std::int64_t> ServerProbe::lastLogLine(Answer& answer) {
    answer = co_await ask(m_target.url + "/api/v1/log?limit=1");
    if (!answer.good()) co_return 0;
    const auto json = parseJson(answer.body);
    const Json* lines = json.ok() ? member(*json, "lines") : nullptr;
    co_return lines && lines->is_array() && !lines->empty() ? intOr(lines->back(), "seq") : 0;
}

asio::awaitable<std::optional<double>> ServerProbe::firstEvent(std::string url) {
    net::HttpRequest call = request(std::move(url));
    call.timeouts = {k_connectWithin, k_eventWithin, k_eventWithin, k_eventWithin};
    const SteadyTime begin = m_clock.now();
    auto response = co_await m_http.send(std::move(call), {});
    if (!response.ok() || (*response)->status() != 200) co_return std::nullopt;
    const auto first = co_await (*response)->read();
    if (!first.ok() || first->empty()) co_return std::nullopt;
    co_return std::chrono::duration<double, std::milli>(m_clock.now() - begin).count();
}

asio::awaitable<ServerFacts::Proxy> ServerProbe::lookAtProxy(std::string url) {
    ServerFacts::Proxy proxy;
    proxy.url = std::move(url);
    const SteadyTime begin = m_clock.now();
    auto got = co_await exchange(m_http, request(proxy.url + "/healthz"), &proxy.server);
    if (got.ok())
        proxy.health = std::move(got).value();
    else
        proxy.health.error = got.error().toLogString();
    proxy.health.ms = std::chrono::duration<double, std::milli>(m_clock.now() - begin).count();
    if (proxy.health.good()) proxy.firstEventMs = co_await firstEvent(proxy.url + "/api/v1/metrics/stream");
    co_return proxy;
}

asio::awaitable<ServerFacts> ServerProbe::lookAtServer() {
    ServerFacts facts;
    facts.url = m_target.url;
    facts.health = co_await ask(m_target.url + "/healthz");
    facts.ready = co_await ask(m_target.url + "/readyz");
    facts.version = co_await ask(m_target.url + "/version");
    facts.models = co_await ask(m_target.url + "/v1/models");
    facts.before = co_await metrics(facts.metricsError);
    Answer log;
    const std::int64_t lineBefore = co_await lastLogLine(log);
    facts.call = co_await ask(m_target.url + "/v1/chat/completions",
                              R"({"model":"exobrain-local","max_tokens":16,)"
                              R"("messages":[{"role":"user","content":"ping"}]})");
    facts.after = co_await metrics(facts.metricsError);
    facts.newLogLines = std::max<std::int64_t>(0, co_await lastLogLine(log) - lineBefore);
    std::string proxy = m_target.proxy;
    if (proxy.empty() && somebodyServes(80)) proxy = "http://127.0.0.1";
    const bool guessed = m_target.proxy.empty();
    if (!proxy.empty()) facts.proxy = co_await lookAtProxy(std::move(proxy));
    if (facts.proxy) facts.proxy->guessed = guessed;
    co_return facts;
}

asio::awaitable<LoadFacts> ServerProbe::lookAtLoad() {
    LoadFacts facts;
    const SteadyTime begin = m_clock.now(), end = begin + m_target.sample;
    SteadyTime sampled{};
    for (std::size_t i = 0; m_clock.now() < end; ++i) {
        const Answer answer = co_await ask(m_target.url + k_routes[i % k_routes.size()]);
        facts.ms.push_back(answer.ms);
        if (!answer.good()) ++facts.failures;
        if (m_clock.now() - sampled >= k_betweenSamples) {
            sampled = m_clock.now();
            std::string ignored;
            const auto now = co_await metrics(ignored);
            if (now) {
                facts.cpu.push_back(now->system.cpu.usage);
                facts.memory.push_back(now->system.memoryUsage());
                facts.resident.emplace_back(std::chrono::duration<double>(sampled - begin).count(),
                                            static_cast<double>(now->service.resident));
                facts.growing = std::ranges::any_of(now->service.alerts, [](const api::Alert& alert) {
                    return alert.metric == "resident-growth";
                });
            }
        }
        (void)co_await net::sleepFor(m_timers, k_betweenCalls, {});
    }
    co_return facts;
}

} // namespace exo::doctor
