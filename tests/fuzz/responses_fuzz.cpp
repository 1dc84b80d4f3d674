// The request of OpenAI's Responses API from foreign bytes: no crash, and what is accepted can be said to
// providers of every type.
#include "core/providers/AnthropicRequest.h"
#include "core/providers/OpenAiRequest.h"
#include "core/server/responses/ResponsesRequest.h"

#include <cstdint>
#include <cstdlib>

using namespace exo;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = parseJson({reinterpret_cast<const char*>(data), size});
    if (!body || !body->is_object()) return 0;
    auto call = server::parseResponsesCall(*body);
    if (!call) {
        require(call.error().code == ErrorCode::InvalidRequest ||
                call.error().code == ErrorCode::Unsupported);
        require(!call.error().param.empty());
        return 0;
    }
    require(!member(*body, "previous_response_id") && !boolOr(*body, "background"));
    const Json& neutral = call->request.body;
    require(!neutral.contains("stream") && !neutral.contains("model") && !neutral.contains("store"));
    for (const Json& message : neutral.at("messages")) {
        require(!stringOr(message, "role").empty());
        require(message.contains("content"));
    }
    require(call->echo.is_object() && call->echo.contains("instructions"));
    (void)dumpJson(call->echo);
    (void)anthropicBody(call->request, AnswerKind::Stream); // may be refused, not crash
    const bool empty = neutral.at("messages").empty();
    CompletionRequest request = std::move(call->request);
    require(openAiChatBody(request, AnswerKind::Stream, StreamOptions::Ask).ok() == !empty);
    return 0;
}
