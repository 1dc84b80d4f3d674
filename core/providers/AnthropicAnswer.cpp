#include "core/providers/AnthropicAnswer.h"

#include "core/base/Ids.h"
#include "core/providers/ErrorMapping.h"
#include "core/providers/OpenAiFields.h"

#include <algorithm>
#include <array>
#include <utility>

namespace exo {

namespace {

struct Blocks {
    std::string text;
    std::string reasoning;
    std::string signature; // what the thoughts are sent back with
    Json toolCalls = Json::array();
};

Blocks readBlocks(const Json& content) {
    Blocks blocks;
    for (const Json& block : content) {
        const std::string_view type = stringOr(block, "type");
        if (type == "text") blocks.text += stringOr(block, "text");
        if (type == "thinking") {
            blocks.reasoning += stringOr(block, "thinking");
            blocks.signature = stringOr(block, "signature");
        }
        if (type != "tool_use" || blocks.toolCalls.size() > static_cast<std::size_t>(k_maxIndex)) continue;
        const Json* input = member(block, "input");
        blocks.toolCalls.push_back({{"id", readName(block, "id")},
                                    {"type", "function"},
                                    {"function",
                                     {{"name", readName(block, "name")},
                                      {"arguments", input ? dumpJson(*input) : std::string("{}")}}}});
    }
    return blocks;
}

Json messageOf(Blocks blocks) {
    const bool textless = blocks.text.empty() && !blocks.toolCalls.empty();
    Json message = {{"role", "assistant"}};
    message["content"] = textless ? Json(nullptr) : Json(std::move(blocks.text));
    if (!blocks.reasoning.empty()) message["reasoning_content"] = std::move(blocks.reasoning);
    if (!blocks.signature.empty()) message["reasoning_signature"] = std::move(blocks.signature);
    if (!blocks.toolCalls.empty()) message["tool_calls"] = std::move(blocks.toolCalls);
    return message;
}

} // namespace

Result<Completion> anthropicCompletion(std::string_view text, const AnswerDefaults& defaults) {
    const auto json = parseJson(text);
    if (!json) return invalidAnswer("the answer is not JSON");
    if (const Json* error = member(*json, "error")) return errorFromMember(*error);
    const Json* content = member(*json, "content");
    if (!content || !content->is_array()) return invalidAnswer("the answer has no content");

    Completion completion;
    completion.model = readName(*json, "model");
    if (completion.model.empty()) completion.model = defaults.model;
    std::string id = readName(*json, "id");
    std::string reason = anthropicFinishReason(stringOr(*json, "stop_reason"));
    AnthropicUsage usage;
    if (const Json* counts = member(*json, "usage")) usage.read(*counts);
    completion.usage = usage.total();

    Json choice = {{"index", 0},
                   {"message", messageOf(readBlocks(*content))},
                   {"finish_reason", reason.empty() ? "stop" : std::move(reason)}};
    Json body = Json::object();
    body["id"] = id.empty() ? newIdText("chatcmpl-") : std::move(id);
    body["object"] = "chat.completion";
    body["created"] = defaults.createdSeconds;
    body["model"] = completion.model;
    body["choices"] = Json::array({std::move(choice)});
    if (usage.seen) body["usage"] = usage.openAiNumbers();
    completion.body = std::move(body);
    return completion;
}

std::string anthropicFinishReason(std::string_view stopReason) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> table = {{
        {"", ""},
        {"max_tokens", "length"},
        {"model_context_window_exceeded", "length"},
        {"tool_use", "tool_calls"},
        {"refusal", "content_filter"},
    }};
    for (const auto& [from, to] : table)
        if (from == stopReason) return std::string(to);
    return "stop"; // end_turn, stop_sequence, pause_turn
}

void AnthropicUsage::read(const Json& usage) {
    if (!usage.is_object()) return;
    const auto take = [&](std::string_view key, std::int64_t& into) {
        if (member(usage, key)) into = std::clamp<std::int64_t>(intOr(usage, key), 0, k_maxCount);
    };
    take("input_tokens", input);
    take("output_tokens", output);
    take("cache_read_input_tokens", cacheRead);
    take("cache_creation_input_tokens", cacheWrite);
    seen = true;
}

api::Usage AnthropicUsage::total() const {
    api::Usage usage;
    usage.inputTokens = input + cacheRead + cacheWrite;
    usage.outputTokens = output;
    return usage;
}

Json AnthropicUsage::openAiNumbers() const {
    const api::Usage sum = total();
    return {{"prompt_tokens", sum.inputTokens},
            {"completion_tokens", sum.outputTokens},
            {"total_tokens", sum.inputTokens + sum.outputTokens},
            {"prompt_tokens_details", {{"cached_tokens", cacheRead}, {"cache_creation_tokens", cacheWrite}}}};
}

} // namespace exo
