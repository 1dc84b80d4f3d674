#include "core/server/ChatChunks.h"

#include "core/api/ErrorMap.h"
#include "core/base/JsonWrite.h"

#include <utility>

namespace exo::server {

namespace {

constexpr std::string_view k_done = "data: [DONE]\n\n";
constexpr int k_maxChoices = 128;

void mergeInto(Json& target, const Json& members) {
    if (!members.is_object()) return;
    for (const auto& [key, value] : members.items())
        if (!target.contains(key)) target[key] = value;
}

Json toolCallJson(const ToolCallDelta& call) {
    Json function = Json::object();
    if (!call.name.empty()) function["name"] = call.name;
    function["arguments"] = call.arguments;
    Json item = Json::object();
    item["index"] = call.index;
    if (!call.id.empty()) {
        item["id"] = call.id;
        item["type"] = "function";
    }
    item["function"] = std::move(function);
    return Json::array({std::move(item)});
}

// What the frame of a broken stream says. The end of our own drain is not the upstream's fault.
Json streamError(const Error& error) {
    const bool ours = error.code == ErrorCode::ShuttingDown;
    const ErrorCode code = ours ? ErrorCode::ShuttingDown : ErrorCode::StreamInterrupted;
    Json json = Json::object();
    json["message"] = api::errorText(code, api::Language::English);
    json["type"] = std::string(api::httpError(code).type);
    json["param"] = nullptr;
    json["code"] = std::string(toString(code));
    return json;
}

} // namespace

std::string ChatChunks::tail(std::string_view usage) const {
    std::string out = ",\"created\":" + std::to_string(m_options.created) + ",\"id\":";
    writeJsonString(m_options.id, out);
    out += ",\"model\":";
    writeJsonString(m_options.model, out);
    out += R"(,"object":"chat.completion.chunk")";
    if (!m_fingerprint.empty()) {
        out += ",\"system_fingerprint\":";
        writeJsonString(m_fingerprint, out);
    }
    if (!usage.empty()) out.append(",\"usage\":").append(usage);
    out += "}\n\n";
    return out;
}

void ChatChunks::appendFrame(std::string& out, const Json& choices, std::string_view tail) const {
    out += "data: {\"choices\":";
    writeJson(choices, out);
    out += tail;
}

Json ChatChunks::usage() const {
    if (m_usage) return usageJson(*m_usage);
    UsageDelta estimate;
    estimate.usage.inputTokens = m_options.promptTokens;
    estimate.usage.outputTokens = m_output.tokens();
    Json json = usageJson(estimate);
    json["estimated"] = true;
    return json;
}

void ChatChunks::count(std::string_view text) {
    if (m_options.includeUsage) m_output.add(text);
}

void ChatChunks::appendChoice(std::string& out, int index, Json delta, Json finishReason,
                              const Json& members) const {
    Json choice = Json::object();
    choice["index"] = index;
    choice["delta"] = std::move(delta);
    choice["finish_reason"] = std::move(finishReason);
    mergeInto(choice, members);
    appendFrame(out, Json::array({std::move(choice)}), m_tail);
}

// The most frequent chunk, written without a tree.
void ChatChunks::appendText(std::string& out, int index, std::string_view text) const {
    out += R"(data: {"choices":[{"delta":{"content":)";
    writeJsonString(text, out);
    out.append(R"(},"finish_reason":null,"index":)").append(std::to_string(index)).append("}]");
    out += m_tail;
}

ChatChunks::Choice& ChatChunks::choice(int index, std::string& out) {
    const auto [it, opened] = m_choices.try_emplace(index);
    if (opened) appendChoice(out, index, Json{{"role", "assistant"}, {"content", ""}});
    return it->second;
}

struct ChatChunks::Visitor {
    ChatChunks& self;
    std::string& out;

    // nullptr: nothing more may be said for this choice.
    Choice* open(int index) const {
        if (index < 0 || index >= k_maxChoices) return nullptr;
        Choice& choice = self.choice(index, out);
        return choice.finished ? nullptr : &choice;
    }
    void operator()(const TextDelta& event) const {
        if (!open(event.choice)) return;
        self.count(event.text);
        self.appendText(out, event.choice, event.text);
    }
    void operator()(const ReasoningDelta& event) const {
        if (open(event.choice)) self.appendChoice(out, event.choice, Json{{"reasoning_content", event.text}});
    }
    void operator()(const ToolCallDelta& event) const {
        Choice* choice = open(event.choice);
        if (!choice) return;
        choice->calledTool = true;
        self.count(event.arguments);
        self.appendChoice(out, event.choice, Json{{"tool_calls", toolCallJson(event)}});
    }
    void operator()(const ExtraDelta& event) const {
        if (!open(event.choice)) return;
        self.appendChoice(out, event.choice, event.delta.is_object() ? event.delta : Json::object(), {},
                          event.choiceMembers);
    }
    void operator()(const CitationDelta&) const {} // the text names file:line itself
    void operator()(const FinishDelta& event) const {
        Choice* choice = open(event.choice);
        if (!choice) return;
        choice->finished = true;
        self.appendChoice(out, event.choice, Json::object(), event.reason);
    }
    void operator()(const UsageDelta& event) const { self.m_usage = event; }
};

void ChatChunks::onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) {
    if (m_choices.empty()) { // all chunks of one answer carry the same id
        if (!head.id.empty()) m_options.id = head.id;
        if (!head.model.empty()) m_options.model = head.model;
        m_fingerprint = head.systemFingerprint;
        m_tail = tail(m_options.includeUsage ? "null" : "");
    }
    std::visit(Visitor{*this, out}, event);
}

std::string ChatChunks::finish() {
    std::string out;
    if (m_tail.empty()) m_tail = tail(m_options.includeUsage ? "null" : "");
    choice(0, out); // even an empty answer has one choice
    for (auto& [index, choice] : m_choices) {
        if (choice.finished) continue;
        choice.finished = true;
        appendChoice(out, index, Json::object(), choice.calledTool ? "tool_calls" : "stop");
    }
    if (m_options.includeUsage) appendFrame(out, Json::array(), tail(dumpJson(usage())));
    out += k_done;
    return out;
}

std::string ChatChunks::fail(const Error& error) {
    Json choices = Json::array();
    m_choices.try_emplace(0);
    for (const auto& [index, choice] : m_choices) {
        if (choice.finished) continue;
        choices.push_back(Json{{"index", index}, {"delta", Json::object()}, {"finish_reason", "error"}});
    }
    std::string out;
    std::string last = m_options.includeUsage ? tail("null") : tail("");
    last.insert(0, ",\"error\":" + dumpJson(streamError(error)));
    appendFrame(out, choices, last);
    out += k_done;
    return out;
}

} // namespace exo::server
