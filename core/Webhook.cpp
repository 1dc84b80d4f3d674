#include "core/Webhook.h"

#include "core/base/Log.h"
#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/base/Version.h"
#include "core/net/AsioTimers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace exo {

namespace {

constexpr Millis k_firstPause{1000};
constexpr std::size_t k_mostOfAnswer = 64u << 10; // nobody reads it

} // namespace

std::string webhookSignature(const Secret& secret, std::string_view timestamp, std::string_view body) {
    const std::string text = std::string(timestamp) + "." + std::string(body);
    return "sha256=" + hexEncode(hmacSha256(secret.reveal(), text));
}

Webhook::Webhook(asio::any_io_executor executor, net::HttpClient& http, Clock& clock, Timers& timers,
                 Target target)
    : m_executor(std::move(executor))
    , m_state(std::make_shared<State>(State{http, clock, timers, std::move(target), {}, {}})) {}

Webhook::~Webhook() {
    stop();
}

void Webhook::stop() {
    m_state->cancel.cancel(CancelReason::Shutdown);
}

void Webhook::tell(const api::Alert& alert, std::string_view origin) {
    State& state = *m_state;
    if (state.target.url.empty() || state.cancel.cancelled()) return;
    const Json json = {{"event", alert.endedAt ? "recovery" : "alert"},
                       {"origin", std::string(origin)},
                       {"time", api::formatTime(state.clock.wallNow())},
                       {"alert", api::toJson(alert)}};
    state.queue.push_back(dumpJson(json));
    if (state.queue.size() > k_longestQueue) {
        state.queue.pop_front();
        ++state.dropped;
    }
    if (state.running) return;
    state.running = true;
    asio::co_spawn(m_executor, work(m_state), asio::detached);
}

asio::awaitable<void> Webhook::work(std::shared_ptr<State> state) {
    const CancelToken token = state->cancel.token();
    while (!state->queue.empty() && !token.cancelled()) {
        const std::string body = std::move(state->queue.front());
        state->queue.pop_front();
        Millis pause = k_firstPause;
        for (int made = 1; !token.cancelled(); ++made, pause *= 2) {
            const auto sent = co_await post(*state, body);
            if (sent.ok()) {
                ++state->delivered;
                break;
            }
            if (made == k_attempts || !sent.error().retryable) {
                ++state->dropped;
                log::warn("the webhook was not told: {}", sent.error().toLogString());
                break;
            }
            (void)co_await net::sleepFor(state->timers, pause, token);
        }
    }
    state->running = false;
}

Task<void> Webhook::post(State& state, std::string body) {
    const std::string timestamp = std::to_string(toUnixMillis(state.clock.wallNow()) / 1000);
    net::HttpRequest request;
    request.method = "POST";
    request.url = state.target.url;
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "exobrain/" + std::string(k_version)},
                       {"x-exobrain-timestamp", timestamp}};
    if (!state.target.secret.empty())
        request.headers.push_back(
            {"x-exobrain-signature", webhookSignature(state.target.secret, timestamp, body)});
    request.body = std::move(body);
    request.timeouts.headers = Millis(10'000);
    request.timeouts.total = Millis(15'000);
    request.maxBodyBytes = k_mostOfAnswer;
    auto response = co_await state.http.send(std::move(request), state.cancel.token());
    if (!response.ok()) {
        Error error = std::move(response).error();
        error.retryable = error.code != ErrorCode::InvalidRequest;
        co_return error;
    }
    const int status = (*response)->status();
    if (status >= 200 && status < 300) co_return Result<void>();
    Error error = fail(ErrorCode::UpstreamRejected, "it answered " + std::to_string(status));
    error.retryable = status >= 500 || status == 408 || status == 429;
    co_return error;
}

} // namespace exo
