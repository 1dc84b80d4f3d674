// The request of Anthropic's Messages API from foreign bytes: no crash, and what is accepted can be said to
// providers of every type, without what is the gateway's own.
#include "core/providers/AnthropicRequest.h"
#include "core/providers/OpenAiRequest.h"
#include "core/server/messages/MessagesRequest.h"

#include <cstdint>
#include <cstdlib>

using namespace exo;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void checkNeutral(const Json& body) {
    require(!body.contains("stream") && !body.contains("model"));
    require(body.at("messages").is_array());
    for (const Json& message : body.at("messages")) {
        require(!stringOr(message, "role").empty());
        require(message.contains("content"));
        if (const Json* calls = member(message, "tool_calls")) require(calls->is_array() && !calls->empty());
    }
    if (const Json* tools = member(body, "tools")) require(tools->is_array() && !tools->empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto body = parseJson({reinterpret_cast<const char*>(data), size});
    if (!body || !body->is_object()) return 0;
    const auto tokens = server::countMessagesTokens(*body);
    require(!tokens || *tokens >= 0);
    const auto call = server::parseMessagesCall(std::move(*body));
    if (!call) {
        require(call.error().code != ErrorCode::Internal);
        return 0;
    }
    require(tokens.ok()); // it asks for less
    require(!call->request.model.empty());
    checkNeutral(call->request.body);
    require(!call->request.anthropic->contains("stream"));
    const auto native = anthropicBody(call->request, AnswerKind::Stream);
    require(native.ok() && stringOr(*native, "model") == call->request.model);
    CompletionRequest translated{call->request.model, call->request.body, nullptr};
    (void)anthropicBody(translated, AnswerKind::Whole); // back again: may be refused, not crash
    const bool empty = call->request.body.tree().at("messages").empty();
    require(openAiChatBody(translated, AnswerKind::Whole, StreamOptions::Omit).ok() == !empty);
    return 0;
}
