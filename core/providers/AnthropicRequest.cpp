#include "core/providers/AnthropicRequest.h"

#include "core/base/Text.h"
#include "core/providers/ModelTable.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::int64_t k_maxTokens = 1'000'000;

Json toolOf(const Json& function) {
    const Json* schema = member(function, "parameters");
    Json tool = {{"name", stringOr(function, "name")}};
    if (const std::string_view text = stringOr(function, "description"); !text.empty())
        tool["description"] = text;
    tool["input_schema"] =
        schema && schema->is_object() ? *schema : Json{{"type", "object"}, {"properties", Json::object()}};
    return tool;
}

Result<Json> toolsOf(const Json& body) {
    Json tools = Json::array();
    if (const Json* list = member(body, "tools")) {
        if (!list->is_array()) return fail(ErrorCode::InvalidRequest, "'tools' must be a list", "tools");
        for (const Json& tool : *list) {
            const Json* function = member(tool, "function");
            if (!function || !function->is_object())
                return fail(ErrorCode::InvalidRequest,
                            "this provider knows tools of the type \"function\" only", "tools");
            tools.push_back(toolOf(*function));
        }
    }
    if (const Json* functions = member(body, "functions"); functions && functions->is_array())
        for (const Json& function : *functions)
            tools.push_back(toolOf(function));
    return tools;
}

Json choiceOf(const Json& body) {
    Json choice = Json::object();
    const Json* wanted = member(body, "tool_choice");
    if (!wanted) wanted = member(body, "function_call");
    if (wanted && wanted->is_string()) {
        const auto& text = wanted->get_ref<const std::string&>();
        choice["type"] = text == "none" ? "none" : text == "required" ? "any" : "auto";
    }
    if (wanted && wanted->is_object()) {
        const Json* function = member(*wanted, "function");
        choice = {{"type", "tool"}, {"name", stringOr(function ? *function : *wanted, "name")}};
    }
    if (boolOr(body, "parallel_tool_calls", true)) return choice;
    if (choice.empty()) choice["type"] = "auto";
    if (choice["type"] != "none") choice["disable_parallel_tool_use"] = true;
    return choice;
}

Result<void> addTools(const Json& body, Json& out) {
    EXO_TRY(Json tools, toolsOf(body));
    if (tools.empty()) return {};
    out["tools"] = std::move(tools);
    Json choice = choiceOf(body);
    if (!choice.empty()) out["tool_choice"] = std::move(choice);
    return {};
}

Result<void> addStops(const Json& body, Json& out) {
    const Json* stop = member(body, "stop");
    if (!stop) return {};
    Json list = Json::array();
    const Json given = stop->is_array() ? *stop : Json::array({*stop});
    for (const Json& item : given) {
        if (!item.is_string())
            return fail(ErrorCode::InvalidRequest, "'stop' must be a string or a list of strings", "stop");
        if (!trim(item.get_ref<const std::string&>()).empty()) list.push_back(item); // blank ones are refused
    }
    if (!list.empty()) out["stop_sequences"] = std::move(list);
    return {};
}

// The API has no such member; asking in words works well enough.
void addFormat(const Json& body, std::string& system) {
    const Json* format = member(body, "response_format");
    if (!format) return;
    const std::string_view type = stringOr(*format, "type");
    if (type != "json_object" && type != "json_schema") return;
    if (!system.empty()) system += "\n\n";
    system += "Answer with one JSON value and nothing else: no text around it and no code fence.";
    const Json* wrapper = member(*format, "json_schema");
    const Json* schema = wrapper ? member(*wrapper, "schema") : nullptr;
    if (schema) system += " It must match this JSON Schema:\n" + dumpJson(*schema);
}

std::int64_t thinkingBudget(std::string_view effort) {
    if (effort == "minimal" || effort == "low") return 1024;
    if (effort == "medium") return 4096;
    return effort == "high" || effort == "xhigh" ? 16384 : 0;
}

// A tool result must be answered in the thoughts that asked for it, and OpenAI's form does not carry their
// signature.
bool answersToolResult(const Json& messages) {
    for (const Json& block : messages.back()["content"])
        if (stringOr(block, "type") == "tool_result") return true;
    return false;
}

bool forcesTool(const Json& out) {
    const Json* choice = member(out, "tool_choice");
    return choice && (stringOr(*choice, "type") == "any" || stringOr(*choice, "type") == "tool");
}

void addThinking(const CompletionRequest& request, Json& out) {
    if (const Json* thinking = member(request.body, "thinking"); thinking && thinking->is_object()) {
        out["thinking"] = *thinking;
    } else {
        const std::int64_t budget = thinkingBudget(stringOr(request.body, "reasoning_effort"));
        if (budget == 0 || !supportsThinking(request.model)) return;
        if (answersToolResult(out["messages"]) || forcesTool(out)) return;
        out["thinking"] = {{"type", "enabled"}, {"budget_tokens", budget}};
        out["max_tokens"] = intOr(out, "max_tokens") + budget; // the limit counts the thoughts too
    }
    if (stringOr(out["thinking"], "type") == "disabled") return;
    for (const char* key : {"temperature", "top_p", "top_k"}) // refused beside thinking
        out.erase(key);
}

Result<void> addSampling(const Json& body, Json& out) {
    EXO_TRY(const auto temperature, optNumber(body, "temperature", 0, 2));
    EXO_TRY(const auto topP, optNumber(body, "top_p", 0, 1));
    EXO_TRY(const auto topK, optInt(body, "top_k", 0, 1'000'000));
    if (temperature) out["temperature"] = std::min(*temperature, 1.0);
    if (topP && !temperature) out["top_p"] = *topP; // newer models refuse both together
    if (topK && *topK > 0) out["top_k"] = *topK;
    return {};
}

Result<std::int64_t> maxTokensOf(const CompletionRequest& request) {
    EXO_TRY(const auto newer, optInt(request.body, "max_completion_tokens", 1, k_maxTokens));
    EXO_TRY(const auto older, optInt(request.body, "max_tokens", 1, k_maxTokens));
    return newer.value_or(older.value_or(defaultAnswerTokens(request.model)));
}

} // namespace

Result<Json> anthropicBody(const CompletionRequest& request, AnswerKind kind) {
    if (request.anthropic) {
        Json native = *request.anthropic;
        native["model"] = request.model;
        if (kind == AnswerKind::Stream) native["stream"] = true;
        return native;
    }
    const Json& body = request.body;
    EXO_TRY(const auto choices, optInt(body, "n", 1, 128));
    if (choices.value_or(1) != 1)
        return fail(ErrorCode::InvalidRequest, "this provider gives one choice only", "n");
    const Json* messages = member(body, "messages");
    EXO_TRY(AnthropicConversation conversation, anthropicMessages(messages ? *messages : Json()));
    addFormat(body, conversation.system);

    Json out = {{"model", request.model}};
    EXO_TRY(out["max_tokens"], maxTokensOf(request));
    if (!conversation.system.empty()) out["system"] = std::move(conversation.system);
    out["messages"] = std::move(conversation.messages);
    EXO_CHECK(addSampling(body, out));
    EXO_CHECK(addStops(body, out));
    EXO_CHECK(addTools(body, out));
    addThinking(request, out);
    if (const std::string_view user = stringOr(body, "user"); !user.empty())
        out["metadata"] = {{"user_id", user}};
    if (kind == AnswerKind::Stream) out["stream"] = true;
    return out;
}

} // namespace exo
