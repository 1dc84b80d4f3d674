#include "app/exobrain/MonitorProbe.h"

#include <utility>

namespace exo::cli {

namespace {

constexpr Millis k_connectWithin{2000}, k_answerWithin{5000};
constexpr std::size_t k_mostOfAnswer = 4u << 20;

Task<ServerView> ask(net::HttpClient& http, std::string url, Secret key, CancelToken cancel) {
    net::HttpRequest request;
    while (url.ends_with('/'))
        url.pop_back();
    request.url = url + "/api/v1/metrics";
    if (!key.empty()) request.headers.push_back({"x-api-key", std::string(key.reveal())});
    request.timeouts = {k_connectWithin, k_answerWithin, k_answerWithin, k_answerWithin};
    request.proxy.mode = net::ProxySettings::Mode::None;
    request.maxBodyBytes = k_mostOfAnswer;
    EXO_CO_TRY(const auto response, co_await http.send(std::move(request), cancel));
    EXO_CO_TRY(const std::string body, co_await response->readAll());
    ServerView view;
    if (response->status() == 401 || response->status() == 403) {
        view.state = ServerView::State::Denied;
        view.error = "it wants an API key: --key-file, or EXOBRAIN_API_KEY";
        co_return view;
    }
    if (response->status() != 200)
        co_return fail(ErrorCode::UpstreamInvalidResponse,
                       "it answered " + std::to_string(response->status()));
    EXO_CO_TRY(const Json json, parseJson(body));
    EXO_CO_TRY(view.metrics, api::metricsSnapshotFromJson(json));
    view.state = ServerView::State::Up;
    co_return view;
}

} // namespace

std::string_view toText(ServerView::State state) {
    switch (state) {
    case ServerView::State::Unknown: return "unknown";
    case ServerView::State::Up: return "up";
    case ServerView::State::Denied: return "denied";
    case ServerView::State::Unreachable: break;
    }
    return "unreachable";
}

asio::awaitable<ServerView> lookAtServer(net::HttpClient& http, const Clock& clock, std::string url,
                                         Secret key, CancelToken cancel) {
    const SteadyTime begin = clock.now();
    auto answer = co_await ask(http, std::move(url), std::move(key), std::move(cancel));
    ServerView view;
    if (answer.ok()) {
        view = std::move(answer).value();
    } else {
        view.state = ServerView::State::Unreachable;
        view.error = answer.error().toLogString();
    }
    view.latencyMs = std::chrono::duration<double, std::milli>(clock.now() - begin).count();
    co_return view;
}

} // namespace exo::cli
