#include "core/providers/OpenAiAnswer.h"

#include "core/base/Ids.h"
#include "core/base/Text.h"
#include "core/providers/ErrorMapping.h"
#include "core/providers/OpenAiFields.h"
#include "core/providers/PassOn.h"

#include <algorithm>
#include <optional>

namespace exo {

namespace {

constexpr std::size_t k_maxModels = 5000;

Result<Json> parseAnswer(std::string_view text) {
    auto json = parseJson(text);
    if (!json) return invalidAnswer("the answer is not JSON");
    if (const Json* error = member(*json, "error")) return errorFromMember(*error);
    return json;
}

Json rebuildToolCalls(const Json& calls) {
    Json out = Json::array();
    for (const Json& call : calls) {
        const Json* function = member(call, "function");
        if (!function || out.size() > static_cast<std::size_t>(k_maxIndex)) continue;
        std::string id = readName(call, "id");
        std::string arguments = textOrJson(*function, "arguments");
        out.push_back({{"id", id.empty() ? newIdText("call_") : std::move(id)},
                       {"type", "function"},
                       {"function",
                        {{"name", readName(*function, "name")},
                         {"arguments", arguments.empty() ? "{}" : std::move(arguments)}}}});
    }
    return out;
}

Json rebuildMessage(const Json& message) {
    SaidText said = readText(message);
    Json out = Json::object();
    out["role"] = "assistant";
    const Json* content = member(message, "content");
    out["content"] = content ? Json(std::move(said.text)) : Json(nullptr);
    if (!said.reasoning.empty()) out["reasoning_content"] = std::move(said.reasoning);
    if (const Json* calls = member(message, "tool_calls"); calls && calls->is_array()) {
        Json rebuilt = rebuildToolCalls(*calls);
        if (!rebuilt.empty()) out["tool_calls"] = std::move(rebuilt);
    }
    if (const Json* call = member(message, "function_call"); call && call->is_object())
        out["function_call"] = {{"name", readName(*call, "name")},
                                {"arguments", textOrJson(*call, "arguments")}};
    if (const Json* refusal = member(message, "refusal"); refusal && refusal->is_string())
        out["refusal"] = *refusal;
    if (const Json* notes = member(message, "annotations"); notes && notes->is_array())
        out["annotations"] = *notes;
    if (const Json* audio = member(message, "audio"); audio && audio->is_object()) out["audio"] = *audio;
    return out;
}

std::string finishOrGuess(const Json& choice, const Json& message) {
    std::string reason = readFinishReason(choice);
    if (!reason.empty()) return reason;
    return message.contains("tool_calls") ? "tool_calls" : "stop";
}

Result<Json> rebuildChoice(const Json& choice, std::size_t position) {
    if (!choice.is_object()) return invalidAnswer("a choice is not an object");
    if (const Json* error = member(choice, "error")) return errorFromMember(*error);
    const Json* message = member(choice, "message");
    Json rebuilt;
    if (message && message->is_object()) {
        rebuilt = rebuildMessage(*message);
    } else if (!message && member(choice, "text")) { // servers that only know completions
        rebuilt = {{"role", "assistant"}, {"content", stringOr(choice, "text")}};
    } else {
        return invalidAnswer("a choice has no message");
    }
    std::string reason = finishOrGuess(choice, rebuilt);
    if (reason == "error") return invalidAnswer("the upstream gave up in the middle of the answer");
    const std::int64_t index = intOr(choice, "index", static_cast<std::int64_t>(position));
    Json out = {{"index", std::clamp<std::int64_t>(index, 0, k_maxIndex)},
                {"message", std::move(rebuilt)},
                {"finish_reason", std::move(reason)}};
    if (const Json* logprobs = member(choice, "logprobs"); logprobs && logprobs->is_object())
        out["logprobs"] = *logprobs;
    return out;
}

std::string modelOr(const Json& json, const AnswerDefaults& defaults) {
    std::string model = readName(json, "model");
    return model.empty() ? defaults.model : model;
}

// The first of the vendors' names for the size of the context that is there.
std::int64_t contextOf(const Json& model) {
    for (const std::string_view key : {"context_length", "max_model_len", "context_window",
                                       "max_context_length", "loaded_context_length", "max_input_tokens"})
        if (const std::int64_t size = intOr(model, key); size > 0)
            return std::min(size, std::int64_t(1'000'000'000));
    const Json* meta = member(model, "meta"); // llama-server
    return meta ? std::clamp<std::int64_t>(intOr(*meta, "n_ctx_train"), 0, 1'000'000'000) : 0;
}

const Json* modelList(const Json& json) {
    if (json.is_array()) return &json;
    for (const std::string_view key : {"data", "models"})
        if (const Json* list = member(json, key); list && list->is_array()) return list;
    return nullptr;
}

} // namespace

Result<Completion> openAiCompletion(std::string text, const AnswerDefaults& defaults) {
    if (auto asItIs = passOn(text)) return std::move(*asItIs);
    EXO_TRY(const Json json, parseAnswer(text));
    const Json* choices = member(json, "choices");
    if (!choices || !choices->is_array() || choices->empty())
        return invalidAnswer("the answer has no choices");
    if (choices->size() > static_cast<std::size_t>(k_maxIndex) + 1)
        return invalidAnswer("the answer has too many choices");

    Completion completion;
    completion.model = modelOr(json, defaults);
    Json rebuilt = Json::array();
    for (std::size_t i = 0; i < choices->size(); ++i) {
        EXO_TRY(Json choice, rebuildChoice((*choices)[i], i));
        rebuilt.push_back(std::move(choice));
    }
    std::string id = readName(json, "id");
    const std::int64_t created = intOr(json, "created");
    Json body = Json::object();
    body["id"] = id.empty() ? newIdText("chatcmpl-") : std::move(id);
    body["object"] = "chat.completion";
    body["created"] = created > 0 && created < k_maxCount ? created : defaults.createdSeconds;
    body["model"] = completion.model;
    body["choices"] = std::move(rebuilt);
    if (const Json* usage = member(json, "usage"); usage && usage->is_object()) {
        completion.usage = readUsage(*usage);
        body["usage"] = usageNumbers(*usage);
    }
    for (const char* key : {"system_fingerprint", "service_tier"})
        if (std::string value = readName(json, key); !value.empty()) body[key] = std::move(value);
    completion.body = std::move(body);
    return completion;
}

Result<std::vector<api::ModelInfo>> openAiModels(std::string_view text, const std::string& provider) {
    EXO_TRY(const Json json, parseAnswer(text));
    const Json* list = modelList(json);
    if (!list) return invalidAnswer("the answer is no list of models");
    std::vector<api::ModelInfo> models;
    for (const Json& item : *list) {
        if (models.size() >= k_maxModels) break;
        api::ModelInfo model;
        model.id = item.is_string() ? readName(Json{{"id", item}}, "id") : readName(item, "id");
        if (model.id.empty()) model.id = readName(item, "name");
        if (model.id.empty()) continue;
        model.provider = provider;
        model.ownedBy = readName(item, "owned_by");
        model.contextTokens = contextOf(item);
        models.push_back(std::move(model));
    }
    return models;
}

} // namespace exo
