#include "core/providers/AnthropicStream.h"

#include "core/base/Ids.h"
#include "core/base/Text.h"
#include "core/providers/ErrorMapping.h"
#include "core/providers/OpenAiFields.h"

namespace exo {

Result<void> AnthropicStreamDecoder::onEvent(const net::SseEvent& event) {
    const auto data = parseJson(event.data);
    if (!data || !data->is_object()) {
        if (event.event == "error") return errorFromMember(Json(std::string(utf8Prefix(event.data, 300))));
        return {}; // malformed: its loss shows at the end, if at all
    }
    if (const Json* error = member(*data, "error")) return errorFromMember(*error);
    const std::string_view type = stringOr(*data, "type", event.event);
    if (type == "message_start") onMessageStart(*data);
    if (type == "content_block_start") return onBlockStart(*data);
    if (type == "content_block_delta") return onBlockDelta(*data);
    if (type == "content_block_stop") return onBlockStop(*data);
    if (type == "message_delta") onMessageDelta(*data);
    if (type == "message_stop") return onMessageStop();
    return {}; // ping, and what later versions add
}

void AnthropicStreamDecoder::onEnd() {
    if (!m_reason.empty()) finishAnswer();
}

Result<Completion> AnthropicStreamDecoder::onWholeBody(std::string_view text) {
    return anthropicCompletion(text, m_defaults);
}

void AnthropicStreamDecoder::onMessageStart(const Json& data) {
    const Json* message = member(data, "message");
    if (!message) return;
    m_started = true;
    head.id = readName(*message, "id");
    head.model = readName(*message, "model");
    if (const Json* usage = member(*message, "usage")) m_usage.read(*usage);
}

Result<void> AnthropicStreamDecoder::onBlockStart(const Json& data) {
    const Json* block = member(data, "content_block");
    if (!block) return {};
    m_started = true;
    const std::string_view type = stringOr(*block, "type");
    if (type == "text") return say(stringOr(*block, "text"));
    if (type == "thinking") return think(stringOr(*block, "thinking"));
    if (type != "tool_use" || m_toolCount > k_maxIndex) return {};
    ToolBlock tool;
    tool.index = m_toolCount++;
    if (const Json* input = member(*block, "input"); input && input->is_object() && !input->empty())
        tool.wholeInput = dumpJson(*input);
    ToolCallDelta delta;
    delta.index = tool.index;
    delta.id = readName(*block, "id");
    if (delta.id.empty()) delta.id = newIdText("call_");
    delta.name = readName(*block, "name");
    m_tools[intOr(data, "index")] = std::move(tool);
    ready.emplace_back(std::move(delta));
    return {};
}

Result<void> AnthropicStreamDecoder::onBlockDelta(const Json& data) {
    const Json* delta = member(data, "delta");
    if (!delta) return {};
    m_started = true;
    const std::string_view type = stringOr(*delta, "type");
    if (type == "text_delta") return say(stringOr(*delta, "text"));
    if (type == "thinking_delta") return think(stringOr(*delta, "thinking"));
    if (type == "signature_delta") return sign(stringOr(*delta, "signature"));
    if (type != "input_json_delta") return {}; // citations
    const auto tool = m_tools.find(intOr(data, "index"));
    return tool == m_tools.end() ? Result<void>() : argue(tool->second, stringOr(*delta, "partial_json"));
}

// A call without arguments is the empty object in OpenAI's form.
Result<void> AnthropicStreamDecoder::onBlockStop(const Json& data) {
    const auto tool = m_tools.find(intOr(data, "index"));
    if (tool == m_tools.end() || tool->second.hasArguments) return {};
    const std::string input = tool->second.wholeInput.empty() ? "{}" : tool->second.wholeInput;
    return argue(tool->second, input);
}

void AnthropicStreamDecoder::onMessageDelta(const Json& data) {
    if (const Json* usage = member(data, "usage")) m_usage.read(*usage);
    const Json* delta = member(data, "delta");
    if (!delta) return;
    std::string reason = anthropicFinishReason(stringOr(*delta, "stop_reason"));
    if (!reason.empty()) m_reason = std::move(reason);
}

Result<void> AnthropicStreamDecoder::onMessageStop() {
    if (!m_started && m_reason.empty()) return invalidAnswer("the answer is empty");
    finishAnswer();
    return {};
}

void AnthropicStreamDecoder::finishAnswer() {
    if (finished) return;
    std::string reason = std::move(m_reason);
    if (reason.empty()) reason = m_toolCount > 0 ? "tool_calls" : "stop";
    ready.emplace_back(FinishDelta{std::move(reason), 0});
    if (m_usage.seen) ready.emplace_back(UsageDelta{m_usage.total(), m_usage.openAiNumbers()});
    finished = true;
}

Result<void> AnthropicStreamDecoder::say(std::string_view text) {
    if (text.empty()) return {};
    EXO_CHECK(count(text.size()));
    ready.emplace_back(TextDelta{std::string(text), 0});
    return {};
}

Result<void> AnthropicStreamDecoder::think(std::string_view text) {
    if (text.empty()) return {};
    EXO_CHECK(count(text.size()));
    ready.emplace_back(ReasoningDelta{std::string(text), 0});
    return {};
}

// What the thoughts must be sent back with; opaque.
Result<void> AnthropicStreamDecoder::sign(std::string_view signature) {
    if (signature.empty()) return {};
    EXO_CHECK(count(signature.size()));
    ready.emplace_back(ExtraDelta{Json{{"reasoning_signature", signature}}, {}, 0});
    return {};
}

Result<void> AnthropicStreamDecoder::argue(ToolBlock& block, std::string_view arguments) {
    if (arguments.empty()) return {};
    EXO_CHECK(count(arguments.size()));
    block.hasArguments = true;
    ToolCallDelta delta;
    delta.index = block.index;
    delta.arguments = arguments;
    ready.emplace_back(std::move(delta));
    return {};
}

} // namespace exo
