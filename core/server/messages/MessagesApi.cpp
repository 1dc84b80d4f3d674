#include "core/server/messages/MessagesApi.h"

#include "core/server/CacheHeaders.h"
#include "core/server/ModelCall.h"
#include "core/server/messages/MessagesAnswer.h"
#include "core/server/messages/MessagesRequest.h"
#include "core/sessions/TokenEstimate.h"

#include <utility>

namespace exo::server {

void MessagesApi::addRoutes(Router& router) {
    router.add(
        {"POST", "/v1/messages", Access::Key, [this](Exchange& exchange) { return create(exchange); }});
    router.add({"POST", "/v1/messages/count_tokens", Access::Key,
                [this](Exchange& exchange) { return countTokens(exchange); }});
}

bool MessagesApi::owns(std::string_view path) {
    return path == "/v1/messages" || path.starts_with("/v1/messages/");
}

Task<void> MessagesApi::create(Exchange& exchange) {
    exchange.headers.push_back({"request-id", exchange.request.requestId}); // what these clients read
    EXO_CO_TRY(auto body, exchange.jsonBody());
    EXO_CO_TRY(const auto wish, takeCacheWish(exchange.request, body));
    EXO_CO_TRY(auto message, parseMessagesCall(std::move(body)));
    GatewayCall call = makeCall(exchange, m_services);
    call.family = "messages";
    call.cache = wish;
    if (message.stream) {
        exchange.writer.keepAliveWith(MessagesEvents::k_ping);
        MessagesEvents events(message.request.model,
                              estimateTokens(textOfMessages(message.request.body["messages"])));
        co_return co_await streamAnswer(exchange, m_services.gateway, std::move(message.request),
                                        std::move(call), events);
    }
    auto completion = co_await m_services.gateway.complete(std::move(message.request), std::move(call));
    if (!completion.ok()) co_return withReason(std::move(completion).error(), exchange.request.disconnected);
    const Json answer = messagesAnswer(*completion);
    co_return co_await exchange.replyJson(200, answer);
}

Task<void> MessagesApi::countTokens(Exchange& exchange) {
    EXO_CO_TRY(auto body, exchange.jsonBody());
    EXO_CO_TRY(const std::int64_t tokens, countMessagesTokens(std::move(body)));
    const Json answer = {{"input_tokens", tokens}};
    co_return co_await exchange.replyJson(200, answer);
}

} // namespace exo::server
