#include "core/server/TurnsApi.h"

#include "core/api/ErrorMap.h"
#include "core/net/Sse.h"
#include "core/server/Errors.h"

#include <utility>

namespace exo::server {

namespace {

// Commits the response with the first event.
class SseTurnSink final : public TurnSink {
  public:
    explicit SseTurnSink(Exchange& exchange)
        : m_exchange(exchange) {}

    Task<void> onEvent(api::TurnEvent event) override {
        if (!m_stream) {
            EXO_CO_TRY(m_stream, co_await m_exchange.startSse());
        }
        if (auto* failed = std::get_if<api::TurnFailed>(&event)) failed->error = shown(failed->error);
        const api::NamedEvent named = api::toEvent(event);
        std::string frame = net::formatSse(named.name, dumpJson(named.data));
        co_return co_await m_stream->write(std::move(frame));
    }

    // A turn that ended has sent its last event, whatever its result.
    Task<void> finish(Result<api::Message> result) {
        if (m_stream) co_return co_await m_stream->end({});
        if (!result.ok()) co_return std::move(result).error();
        co_return fail(ErrorCode::Internal, "the turn ended without an event");
    }

  private:
    static Error shown(const Error& error) {
        Error out = publicError(error);
        if (out.detail.empty()) out.detail = api::errorText(out.code, api::Language::English);
        return out;
    }

    Exchange& m_exchange;
    std::unique_ptr<net::SseStream> m_stream;
};

TurnContext turnContext(const Exchange& exchange) {
    TurnContext context;
    context.owner = exchange.principal.owner;
    context.requestId = exchange.request.requestId;
    context.priority = exchange.principal.priority;
    context.cancel = exchange.request.disconnected;
    return context;
}

} // namespace

void TurnsApi::addRoutes(Router& router) {
    using Member = Task<void> (TurnsApi::*)(Exchange&);
    const auto add = [&](const char* pattern, Member handler) {
        router.add(
            {"POST", pattern, Access::Key, [this, handler](Exchange& e) { return (this->*handler)(e); }});
    };
    add("/api/v1/sessions/{id}/messages", &TurnsApi::send);
    add("/api/v1/sessions/{id}/messages/{mid}/regenerate", &TurnsApi::regenerate);
    add("/api/v1/sessions/{id}/messages/{mid}/edit", &TurnsApi::edit);
    add("/api/v1/sessions/{id}/cancel", &TurnsApi::cancel);
}

Task<void> TurnsApi::send(Exchange& exchange) {
    EXO_CO_TRY(const auto body, exchange.jsonBody());
    EXO_CO_TRY(auto request, api::sendRequestFromJson(body));
    SseTurnSink sink(exchange);
    SessionId session(exchange.param(0));
    TurnContext context = turnContext(exchange);
    auto result =
        co_await m_services.chat.send(std::move(session), std::move(request), std::move(context), sink);
    co_return co_await sink.finish(std::move(result));
}

Task<void> TurnsApi::regenerate(Exchange& exchange) {
    EXO_CO_TRY(const auto body, exchange.jsonBody(Exchange::EmptyBody::IsObject));
    EXO_CO_TRY(const auto model, optString(body, "model"));
    SseTurnSink sink(exchange);
    SessionId session(exchange.param(0));
    MessageId message(exchange.param(1));
    std::string modelName = model.value_or("");
    TurnContext context = turnContext(exchange);
    auto result = co_await m_services.chat.regenerate(std::move(session), std::move(message),
                                                      std::move(modelName), std::move(context), sink);
    co_return co_await sink.finish(std::move(result));
}

Task<void> TurnsApi::edit(Exchange& exchange) {
    EXO_CO_TRY(const auto body, exchange.jsonBody());
    EXO_CO_TRY(auto content, getString(body, "content"));
    SseTurnSink sink(exchange);
    SessionId session(exchange.param(0));
    MessageId message(exchange.param(1));
    TurnContext context = turnContext(exchange);
    auto result = co_await m_services.chat.edit(std::move(session), std::move(message), std::move(content),
                                                std::move(context), sink);
    co_return co_await sink.finish(std::move(result));
}

Task<void> TurnsApi::cancel(Exchange& exchange) {
    SessionId session(exchange.param(0));
    EXO_CO_TRY(const bool stopped,
               co_await m_services.chat.stop(exchange.principal.owner, std::move(session)));
    const Json json{{"stopped", stopped}};
    co_return co_await exchange.replyJson(200, json);
}

} // namespace exo::server
