#include "core/server/ChatCompletionsApi.h"

#include "core/server/CacheHeaders.h"
#include "core/server/ChatChunks.h"
#include "core/server/ModelCall.h"
#include "core/sessions/TokenEstimate.h"

#include <algorithm>
#include <array>
#include <utility>

namespace exo::server {

namespace {

constexpr std::array<std::string_view, 6> k_roles{"system",    "developer", "user",
                                                  "assistant", "tool",      "function"};

struct NumberRule {
    std::string_view name;
    double min;
    double max;
};
constexpr std::array k_numbers{NumberRule{"temperature", 0, 2}, NumberRule{"top_p", 0, 1},
                               NumberRule{"presence_penalty", -2, 2}, NumberRule{"frequency_penalty", -2, 2}};

struct WholeRule {
    std::string_view name;
    std::int64_t min;
    std::int64_t max;
};
constexpr std::array k_wholes{WholeRule{"n", 1, 128}, WholeRule{"max_tokens", -1, INT64_MAX},
                              WholeRule{"max_completion_tokens", -1, INT64_MAX},
                              WholeRule{"top_logprobs", 0, 20}};

Error bad(std::string param, std::string_view what) {
    std::string detail = "'" + param + "' " + std::string(what);
    return fail(ErrorCode::InvalidRequest, std::move(detail), std::move(param));
}

Result<void> checkMessage(const Json& message, std::size_t index) {
    const std::string place = "messages[" + std::to_string(index) + "]";
    if (!message.is_object()) return bad(place, "must be an object");
    const std::string_view role = stringOr(message, "role");
    if (std::ranges::find(k_roles, role) == k_roles.end())
        return bad(place + ".role", "must be one of system, developer, user, assistant, tool, function");
    const Json* content = member(message, "content");
    const bool mayLack = role == "assistant" || role == "function";
    if (!content && !mayLack) return bad(place + ".content", "is required");
    if (content && !content->is_string() && !content->is_array())
        return bad(place + ".content", "must be a string or a list of parts");
    if (!content || !content->is_array()) return {};
    for (const Json& part : *content)
        if (stringOr(part, "type").empty()) return bad(place + ".content", "has a part without 'type'");
    return {};
}

Result<void> checkMessages(const Json& body) {
    const Json* messages = member(body, "messages");
    if (!messages) return bad("messages", "is required");
    if (!messages->is_array() || messages->empty())
        return bad("messages", "must be a list with at least one message");
    for (std::size_t i = 0; i < messages->size(); ++i)
        EXO_CHECK(checkMessage((*messages)[i], i));
    return {};
}

Result<void> checkParameters(const Json& body) {
    for (const auto& rule : k_numbers) {
        EXO_TRY([[maybe_unused]] const auto value, optNumber(body, rule.name, rule.min, rule.max));
    }
    for (const auto& rule : k_wholes) {
        EXO_TRY([[maybe_unused]] const auto value, optInt(body, rule.name, rule.min, rule.max));
    }
    const Json* tools = member(body, "tools");
    if (tools && !tools->is_array()) return bad("tools", "must be a list");
    return {};
}

} // namespace

Result<ChatCall> parseChatCall(Json body) {
    ChatCall call;
    EXO_TRY(call.request.model, getString(body, "model"));
    if (call.request.model.empty()) return bad("model", "must not be empty");
    EXO_CHECK(checkMessages(body));
    EXO_CHECK(checkParameters(body));
    EXO_TRY(const auto stream, optBool(body, "stream"));
    call.stream = stream.value_or(false);
    Json others = Json::object(); // options that are the upstream's
    if (const Json* options = member(body, "stream_options")) {
        if (!options->is_object()) return bad("stream_options", "must be an object");
        if (!call.stream) return bad("stream_options", "is only allowed when 'stream' is true");
        EXO_TRY(const auto include, optBool(*options, "include_usage"));
        call.includeUsage = include.value_or(false);
        others = *options;
        others.erase("include_usage");
    }
    for (const char* ours : {"model", "stream", "stream_options"})
        body.erase(ours);
    if (!others.empty()) body["stream_options"] = std::move(others);
    call.request.body = std::move(body);
    return call;
}

void ChatCompletionsApi::addRoutes(Router& router) {
    router.add({"POST", "/v1/chat/completions", Access::Key,
                [this](Exchange& exchange) { return create(exchange); }});
}

namespace {

struct Asked {
    ChatCall chat;
    CacheWish wish;
};

Result<Asked> readRequest(const Exchange& exchange) {
    EXO_TRY(auto body, exchange.jsonBody());
    EXO_TRY(const auto wish, takeCacheWish(exchange.request, body));
    EXO_TRY(auto chat, parseChatCall(std::move(body)));
    return Asked{std::move(chat), wish};
}

Task<void> refuse(Error error) {
    co_return error;
}

} // namespace

// No coroutine: its frame would be there as long as the answer's.
Task<void> ChatCompletionsApi::create(Exchange& exchange) {
    auto asked = readRequest(exchange);
    if (!asked.ok()) return refuse(std::move(asked).error());
    GatewayCall call = makeCall(exchange, m_services);
    call.cache = asked->wish;
    if (asked->chat.stream) return stream(exchange, std::move(asked->chat), std::move(call));
    return answer(exchange, std::move(asked->chat.request), std::move(call));
}

Task<void> ChatCompletionsApi::answer(Exchange& exchange, CompletionRequest request, GatewayCall call) {
    auto completion = co_await m_services.gateway.complete(std::move(request), std::move(call));
    if (!completion.ok()) co_return withReason(std::move(completion).error(), exchange.request.disconnected);
    co_return co_await exchange.replyJsonText(200, completion->body.text());
}

Task<void> ChatCompletionsApi::stream(Exchange& exchange, ChatCall chat, GatewayCall call) {
    ChatChunks::Options options;
    options.id = newIdText("chatcmpl-");
    options.model = chat.request.model;
    options.created = toUnixMillis(m_services.clock.wallNow()) / 1000;
    options.includeUsage = chat.includeUsage;
    if (chat.includeUsage)
        options.promptTokens = estimateTokens(textOfMessages(chat.request.body["messages"]));
    ChatChunks chunks(std::move(options));

    co_return co_await streamAnswer(exchange, m_services.gateway, std::move(chat.request), std::move(call),
                                    chunks);
}

} // namespace exo::server
