#include "core/providers/OpenAiRequest.h"

#include "core/base/Text.h"

namespace exo {

namespace {

bool refusalNames(const Error& error, std::string_view member) {
    if (error.upstreamStatus != 400 && error.upstreamStatus != 422) return false;
    const std::string text = toLowerAscii(error.upstreamBody.empty() ? error.detail : error.upstreamBody);
    return text.find(member) != std::string::npos;
}

} // namespace

Result<std::string> openAiChatBody(CompletionRequest request, AnswerKind kind, StreamOptions options) {
    const Json* messages = member(request.body, "messages");
    if (!messages || !messages->is_array() || messages->empty())
        return fail(ErrorCode::InvalidRequest, "'messages' must be a list with at least one message",
                    "messages");
    Json body = std::move(request.body);
    body["model"] = std::move(request.model);
    if (kind == AnswerKind::Whole) {
        body.erase("stream");
        body.erase("stream_options");
        return dumpJson(body);
    }
    body["stream"] = true;
    if (options == StreamOptions::Omit) {
        body.erase("stream_options");
        return dumpJson(body);
    }
    Json& wanted = body["stream_options"];
    if (!wanted.is_object()) wanted = Json::object();
    wanted["include_usage"] = true;
    return dumpJson(body);
}

bool refusesStreamOptions(const Error& error) {
    return refusalNames(error, "stream_options") || refusalNames(error, "include_usage");
}

std::optional<std::string> withoutRefused(std::string_view body, const Error& refusal, Origin origin) {
    auto json = parseJson(body);
    if (!json) return std::nullopt;
    if (refusesStreamOptions(refusal) && json->erase("stream_options") > 0) return dumpJson(*json);
    if (origin == Origin::Written) return std::nullopt;
    if (refusalNames(refusal, "reasoning_effort") && json->erase("reasoning_effort") > 0)
        return dumpJson(*json);
    if (!refusalNames(refusal, "max_completion_tokens") || !json->contains("max_tokens")) return std::nullopt;
    (*json)["max_completion_tokens"] = std::move((*json)["max_tokens"]);
    json->erase("max_tokens");
    return dumpJson(*json);
}

} // namespace exo
