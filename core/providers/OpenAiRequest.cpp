#include "core/providers/OpenAiRequest.h"

#include "core/base/JsonWrite.h"
#include "core/base/Text.h"

namespace exo {

namespace {

constexpr std::size_t k_usualBody = 2u << 10;

bool refusalNames(const Error& error, std::string_view member) {
    if (error.upstreamStatus != 400 && error.upstreamStatus != 422) return false;
    const std::string text = toLowerAscii(error.upstreamBody.empty() ? error.detail : error.upstreamBody);
    return text.find(member) != std::string::npos;
}

} // namespace

Result<std::string> openAiChatBody(const CompletionRequest& request, AnswerKind kind, StreamOptions options) {
    const Json* messages = member(request.body, "messages");
    if (!messages || !messages->is_array() || messages->empty())
        return fail(ErrorCode::InvalidRequest, "'messages' must be a list with at least one message",
                    "messages");
    std::string out;
    out.reserve(k_usualBody);
    out += "{\"model\":";
    writeJsonString(request.model, out);
    for (const auto& [key, value] : request.body.tree().get_ref<const Json::object_t&>()) {
        if (key == "model" || key == "stream" || key == "stream_options") continue;
        out += ',';
        writeJsonString(key, out);
        out += ':';
        writeJson(value, out);
    }
    if (kind == AnswerKind::Stream) out += R"(,"stream":true)";
    if (kind == AnswerKind::Stream && options != StreamOptions::Omit) {
        const Json* given = member(request.body, "stream_options");
        Json wanted = given && given->is_object() ? *given : Json::object();
        wanted["include_usage"] = true;
        out += R"(,"stream_options":)";
        writeJson(wanted, out);
    }
    out += '}';
    return out;
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
