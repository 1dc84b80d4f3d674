#include "core/providers/OpenAiFields.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace exo {

namespace {

constexpr std::size_t k_maxName = 256;

// A part of a content list: {"type":"text","text":…}, {"type":"thinking","thinking":[…]} (Mistral), or a bare
// string.
void readPart(const Json& part, SaidText& said) {
    if (part.is_string()) {
        said.text += part.get_ref<const std::string&>();
        return;
    }
    const std::string_view type = stringOr(part, "type");
    if (type == "thinking" || type == "reasoning") {
        for (const std::string_view key : {"thinking", "reasoning", "text"}) {
            const Json* inner = member(part, key);
            if (inner && inner->is_string()) said.reasoning += inner->get_ref<const std::string&>();
            if (!inner || !inner->is_array()) continue;
            for (const Json& piece : *inner)
                said.reasoning += stringOr(piece, "text");
        }
        return;
    }
    said.text += stringOr(part, "text");
}

std::string mapFinish(std::string_view reason) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 16> table = {{
        {"stop", "stop"},
        {"length", "length"},
        {"tool_calls", "tool_calls"},
        {"content_filter", "content_filter"},
        {"function_call", "function_call"},
        {"max_tokens", "length"},
        {"model_length", "length"},
        {"model_context_window_exceeded", "length"},
        {"tool_use", "tool_calls"},
        {"tool_call", "tool_calls"},
        {"safety", "content_filter"},
        {"sensitive", "content_filter"},
        {"refusal", "content_filter"},
        {"error", "error"},
        {"network_error", "error"},
        {"insufficient_system_resource", "error"},
    }};
    const std::string lower = toLowerAscii(reason);
    for (const auto& [from, to] : table)
        if (from == lower) return std::string(to);
    return "stop"; // eos, end_turn, stop_sequence, …
}

void appendToolCalls(const Json& message, int choice, std::vector<CompletionEvent>& events) {
    const Json* calls = member(message, "tool_calls");
    if (!calls) return;
    int index = 0;
    for (const Json& call : *calls) {
        const Json* function = member(call, "function");
        ToolCallDelta delta;
        delta.index = index++;
        delta.id = stringOr(call, "id");
        if (function) delta.name = stringOr(*function, "name");
        if (function) delta.arguments = stringOr(*function, "arguments");
        delta.choice = choice;
        events.emplace_back(std::move(delta));
    }
}

void appendExtras(const Json& choice, const Json& message, int index, std::vector<CompletionEvent>& events) {
    ExtraDelta extra;
    extra.delta = Json::object();
    extra.choiceMembers = Json::object();
    extra.choice = index;
    for (const char* key : {"refusal", "annotations", "function_call", "audio"})
        if (const Json* value = member(message, key)) extra.delta[key] = *value;
    if (const Json* logprobs = member(choice, "logprobs")) extra.choiceMembers["logprobs"] = *logprobs;
    if (!extra.delta.empty() || !extra.choiceMembers.empty()) events.emplace_back(std::move(extra));
}

Json numbersOf(const Json& value, int depth) {
    Json out = Json::object();
    if (!value.is_object()) return out;
    for (const auto& [key, inner] : value.items()) {
        if (out.size() >= 32 || key.size() > 64) continue;
        if (inner.is_number_integer()) out[key] = std::clamp<std::int64_t>(intOr(value, key), 0, k_maxCount);
        if (inner.is_number_float() && std::isfinite(inner.get<double>()))
            out[key] = std::clamp(inner.get<double>(), 0.0, static_cast<double>(k_maxCount));
        if (inner.is_object() && depth < 2) out[key] = numbersOf(inner, depth + 1);
    }
    return out;
}

} // namespace

SaidText readText(const Json& object) {
    SaidText said;
    if (const Json* content = member(object, "content")) {
        if (content->is_string()) said.text = content->get<std::string>();
        if (content->is_array())
            for (const Json& part : *content)
                readPart(part, said);
    }
    // Some servers send the same text under two of these names.
    for (const std::string_view key : {"reasoning_content", "reasoning", "thinking"}) {
        const std::string_view text = stringOr(object, key);
        if (text.empty()) continue;
        said.reasoning += text;
        break;
    }
    return said;
}

std::string textOrJson(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (!value) return {};
    return value->is_string() ? value->get<std::string>() : dumpJson(*value);
}

std::string readFinishReason(const Json& choice) {
    const std::string_view reason = stringOr(choice, "finish_reason");
    return reason.empty() || reason == "null" ? std::string() : mapFinish(reason);
}

std::string readName(const Json& object, std::string_view key) {
    std::string name(utf8Prefix(stringOr(object, key), k_maxName));
    std::erase_if(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    return name;
}

api::Usage readUsage(const Json& usage) {
    const auto count = [&](std::string_view first, std::string_view second) {
        return std::clamp<std::int64_t>(intOr(usage, first, intOr(usage, second)), 0, k_maxCount);
    };
    api::Usage out;
    out.inputTokens = count("prompt_tokens", "input_tokens");
    out.outputTokens = count("completion_tokens", "output_tokens");
    return out;
}

Json usageNumbers(const Json& usage) {
    return numbersOf(usage, 0);
}

std::vector<CompletionEvent> eventsOf(const Completion& completion) {
    std::vector<CompletionEvent> events;
    const Json* choices = member(completion.body, "choices");
    for (std::size_t i = 0; choices && i < choices->size(); ++i) {
        const Json& choice = (*choices)[i];
        const int index = static_cast<int>(std::clamp<std::int64_t>(intOr(choice, "index"), 0, k_maxIndex));
        const Json* message = member(choice, "message");
        if (!message) continue;
        SaidText said = readText(*message);
        if (!said.reasoning.empty()) events.emplace_back(ReasoningDelta{std::move(said.reasoning), index});
        if (!said.text.empty()) events.emplace_back(TextDelta{std::move(said.text), index});
        appendToolCalls(*message, index, events);
        appendExtras(choice, *message, index, events);
        events.emplace_back(FinishDelta{readFinishReason(choice), index});
    }
    if (const Json* usage = member(completion.body, "usage"))
        events.emplace_back(UsageDelta{completion.usage, usageNumbers(*usage)});
    return events;
}

Error invalidAnswer(std::string detail) {
    Error error = fail(ErrorCode::UpstreamInvalidResponse, std::move(detail));
    error.retryable = true;
    return error;
}

} // namespace exo
