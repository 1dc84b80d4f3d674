#include "core/providers/OpenAiRequest.h"

#include "core/base/Text.h"

namespace exo {

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
    if (error.upstreamStatus != 400 && error.upstreamStatus != 422) return false;
    const std::string text = toLowerAscii(error.upstreamBody.empty() ? error.detail : error.upstreamBody);
    return text.find("stream_options") != std::string::npos ||
           text.find("include_usage") != std::string::npos;
}

std::string withoutStreamOptions(std::string_view body) {
    auto json = parseJson(body);
    if (!json) return std::string(body);
    json->erase("stream_options");
    return dumpJson(*json);
}

} // namespace exo
