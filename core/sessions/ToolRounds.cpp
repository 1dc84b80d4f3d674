#include "core/sessions/ToolRounds.h"

#include "core/base/Text.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxArguments = 64 << 10; // bytes of one call
constexpr std::size_t k_bytesOfToken = 3;
constexpr std::size_t k_leastRoom = 400; // below it nothing useful fits
constexpr std::size_t k_maxIndex = 63;

} // namespace

Json ToolRounds::offer(const std::vector<ToolSpec>& specs) {
    Json tools = Json::array();
    for (const ToolSpec& spec : specs) {
        const Json function{
            {"name", spec.name}, {"description", spec.description}, {"parameters", spec.inputSchema}};
        tools.push_back({{"type", "function"}, {"function", function}});
    }
    return tools;
}

ToolRounds::ToolRounds(std::int64_t roomTokens)
    : m_room(static_cast<std::size_t>(std::max<std::int64_t>(roomTokens, 0)) * k_bytesOfToken) {}

void ToolRounds::absorb(const ToolCallDelta& delta) {
    if (delta.choice != 0 || delta.index < 0) return;
    const auto index = std::min(static_cast<std::size_t>(delta.index), k_maxIndex);
    if (m_asked.size() <= index) m_asked.resize(index + 1);
    api::ToolCall& call = m_asked[index];
    if (!delta.id.empty()) call.id = delta.id;
    if (!delta.name.empty()) call.name = delta.name;
    if (call.arguments.size() + delta.arguments.size() <= k_maxArguments) call.arguments += delta.arguments;
}

std::vector<api::ToolCall> ToolRounds::take() {
    std::vector<api::ToolCall> calls = std::exchange(m_asked, {});
    std::erase_if(calls, [](const api::ToolCall& call) { return call.name.empty(); });
    ++m_rounds;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (calls[i].id.empty()) calls[i].id = newIdText("call_");
        if (trim(calls[i].arguments).empty()) calls[i].arguments = "{}";
        if (i < k_maxCallsOfRound && m_rounds <= k_maxToolRounds) continue;
        calls[i].failed = true;
        calls[i].durationMs = 0;
        calls[i].result = "Too many calls: at most " + std::to_string(k_maxCallsOfRound) + " at once.";
    }
    return calls;
}

Result<Json> ToolRounds::argumentsOf(const api::ToolCall& call) {
    auto json = parseJson(call.arguments);
    if (!json.ok())
        return fail(ErrorCode::InvalidRequest, "The arguments are not JSON: " + json.error().detail);
    if (!json->is_object()) return fail(ErrorCode::InvalidRequest, "The arguments must be a JSON object.");
    return json;
}

std::string ToolRounds::fit(std::string text) {
    text = sanitizeUtf8(text);
    if (m_room < k_leastRoom) return "There is no room for more results: answer with what you have.";
    if (text.size() > m_room) {
        text = std::string(utf8Prefix(text, m_room - 100));
        text += "\n… cut: there is no room for more in this conversation.";
    }
    m_room -= std::min(m_room, text.size());
    return text;
}

void ToolRounds::addTo(Json& body, const std::string& said, const std::vector<api::ToolCall>& calls) {
    Json asked = Json::array();
    for (const api::ToolCall& call : calls) {
        // What is no JSON object would make the provider refuse the whole conversation.
        const std::string arguments = argumentsOf(call).ok() ? call.arguments : "{}";
        const Json function{{"name", call.name}, {"arguments", arguments}};
        asked.push_back({{"id", call.id}, {"type", "function"}, {"function", function}});
    }
    Json& messages = body["messages"];
    messages.push_back({{"role", "assistant"},
                        {"content", said.empty() ? Json() : Json(said)},
                        {"tool_calls", std::move(asked)}});
    for (const api::ToolCall& call : calls)
        messages.push_back({{"role", "tool"}, {"tool_call_id", call.id}, {"content", call.result}});
    if (m_rounds >= k_maxToolRounds || m_room < k_leastRoom) body["tool_choice"] = "none";
}

} // namespace exo
