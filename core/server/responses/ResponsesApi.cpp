#include "core/server/responses/ResponsesApi.h"

#include "core/base/Ids.h"
#include "core/server/CacheHeaders.h"
#include "core/server/ModelCall.h"
#include "core/server/responses/ResponsesAnswer.h"
#include "core/server/responses/ResponsesRequest.h"
#include "core/sessions/TokenEstimate.h"

#include <utility>

namespace exo::server {

void ResponsesApi::addRoutes(Router& router) {
    router.add(
        {"POST", "/v1/responses", Access::Key, [this](Exchange& exchange) { return create(exchange); }});
}

Task<void> ResponsesApi::create(Exchange& exchange) {
    EXO_CO_TRY(auto body, exchange.jsonBody());
    EXO_CO_TRY(const auto wish, takeCacheWish(exchange.request, body));
    EXO_CO_TRY(auto response, parseResponsesCall(body));
    GatewayCall call = makeCall(exchange, m_services);
    call.family = "responses";
    call.cache = wish;
    ResponseHead head{newIdText("resp_"), response.request.model,
                      toUnixMillis(m_services.clock.wallNow()) / 1000, std::move(response.echo)};
    if (response.stream) {
        const auto input = estimateTokens(textOfMessages(response.request.body["messages"]));
        std::unique_ptr<AnswerEvents> events = std::make_unique<ResponsesEvents>(std::move(head), input);
        co_return co_await streamAnswer(exchange, m_services.gateway, std::move(response.request),
                                        std::move(call), std::move(events));
    }
    auto completion = co_await m_services.gateway.complete(std::move(response.request), std::move(call));
    if (!completion.ok()) co_return withReason(std::move(completion).error(), exchange.request.disconnected);
    const Json answer = responsesAnswer(*completion, std::move(head));
    co_return co_await exchange.replyJson(200, answer);
}

} // namespace exo::server
