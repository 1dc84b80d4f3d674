#include "core/server/messages/MessagesAnswer.h"

#include "core/api/ErrorMap.h"
#include "core/base/Ids.h"
#include "core/server/Errors.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

void appendEvent(std::string& out, std::string_view name, const Json& data) {
    out += "event: ";
    out += name;
    out += "\ndata: ";
    out += dumpJson(data);
    out += "\n\n";
}

std::string_view stopReason(std::string_view finishReason) {
    if (finishReason == "length") return "max_tokens";
    if (finishReason == "tool_calls" || finishReason == "function_call") return "tool_use";
    return finishReason == "content_filter" ? "refusal" : "end_turn";
}

Json usageOf(const Json& openAi) {
    std::int64_t cached = 0;
    if (const Json* details = member(openAi, "prompt_tokens_details"))
        cached = intOr(*details, "cached_tokens");
    const std::int64_t prompt = intOr(openAi, "prompt_tokens");
    // OpenAI counts cached tokens among the prompt's, Anthropic beside them.
    return {{"input_tokens", std::max<std::int64_t>(0, prompt - cached)},
            {"cache_read_input_tokens", cached},
            {"cache_creation_input_tokens", 0},
            {"output_tokens", intOr(openAi, "completion_tokens")}};
}

// A model's own arguments may be broken JSON; they are passed on as text then.
Json inputOf(std::string_view arguments) {
    auto parsed = parseJson(arguments);
    if (parsed.ok() && parsed->is_object()) return std::move(*parsed);
    return arguments.empty() ? Json::object() : Json{{"arguments", arguments}};
}

// The sentence of an upstream's own error, in whichever shape it came.
std::string upstreamSentence(const Json& body) {
    const Json* error = member(body, "error");
    if (!error) return {};
    return std::string(error->is_string() ? std::string_view(error->get_ref<const std::string&>())
                                          : stringOr(*error, "message"));
}

} // namespace

Json messagesAnswer(const Completion& completion) {
    Json content = Json::array();
    std::string_view reason = "stop";
    const Json* choices = member(completion.body, "choices");
    if (choices && choices->is_array() && !choices->empty()) {
        const Json& choice = choices->front();
        reason = stringOr(choice, "finish_reason", "stop");
        const Json* message = member(choice, "message");
        static const Json k_none = Json::object();
        const Json& said = message ? *message : k_none;
        if (const auto thoughts = stringOr(said, "reasoning_content"); !thoughts.empty())
            content.push_back({{"type", "thinking"},
                               {"thinking", thoughts},
                               {"signature", stringOr(said, "reasoning_signature")}});
        if (const auto text = stringOr(said, "content"); !text.empty())
            content.push_back({{"type", "text"}, {"text", text}});
        if (const Json* calls = member(said, "tool_calls"); calls && calls->is_array())
            for (const Json& call : *calls)
                if (const Json* function = member(call, "function"))
                    content.push_back({{"type", "tool_use"},
                                       {"id", stringOr(call, "id")},
                                       {"name", stringOr(*function, "name")},
                                       {"input", inputOf(stringOr(*function, "arguments"))}});
    }
    const Json* usage = member(completion.body, "usage");
    std::string id(stringOr(completion.body, "id"));
    return {{"id", id.starts_with("msg_") ? id : newIdText("msg_")},
            {"type", "message"},
            {"role", "assistant"},
            {"model", completion.model},
            {"content", std::move(content)},
            {"stop_reason", stopReason(reason)},
            {"stop_sequence", nullptr},
            {"usage", usageOf(usage ? *usage : usageJson({completion.usage, {}}))}};
}

net::ServerResponse messagesError(const Error& error, std::string_view requestId) {
    net::ServerResponse response = errorResponse(error);
    const auto parsed = parseJson(response.body);
    Json body;
    if (parsed.ok() && stringOr(*parsed, "type") == "error") {
        body = *parsed;
    } else {
        body = api::anthropicError(publicError(error));
        const std::string sentence = parsed.ok() ? upstreamSentence(*parsed) : std::string();
        if (!sentence.empty()) body["error"]["message"] = sentence;
    }
    if (!body.contains("request_id")) body["request_id"] = requestId;
    response.body = dumpJson(body);
    response.headers.push_back({"request-id", std::string(requestId)});
    for (net::Header& header : response.headers)
        if (header.name == "Content-Type") header.value = "application/json";
    return response;
}

void MessagesEvents::start(std::string& out, const StreamHead& head) {
    if (m_started) return;
    m_started = true;
    if (!head.model.empty()) m_model = head.model;
    const Json message = {{"id", head.id.starts_with("msg_") ? head.id : newIdText("msg_")},
                          {"type", "message"},
                          {"role", "assistant"},
                          {"model", m_model},
                          {"content", Json::array()},
                          {"stop_reason", nullptr},
                          {"stop_sequence", nullptr},
                          {"usage", {{"input_tokens", m_inputTokens}, {"output_tokens", 0}}}};
    appendEvent(out, "message_start", {{"type", "message_start"}, {"message", message}});
    out += k_ping;
}

void MessagesEvents::open(std::string& out, Block block, Json content) {
    close(out);
    m_block = block;
    ++m_index;
    appendEvent(out, "content_block_start",
                {{"type", "content_block_start"}, {"index", m_index}, {"content_block", std::move(content)}});
}

void MessagesEvents::close(std::string& out) {
    if (m_block == Block::None) return;
    m_block = Block::None;
    m_tool = -1;
    appendEvent(out, "content_block_stop", {{"type", "content_block_stop"}, {"index", m_index}});
}

void MessagesEvents::delta(std::string& out, Json content) {
    appendEvent(out, "content_block_delta",
                {{"type", "content_block_delta"}, {"index", m_index}, {"delta", std::move(content)}});
}

void MessagesEvents::callTool(std::string& out, const ToolCallDelta& call) {
    m_calledTool = true;
    // Blocks follow one another here, so calls that an upstream interleaves cannot be told apart; the first
    // fragment of each names it.
    if (m_block != Block::Tool || m_tool != call.index) {
        open(out, Block::Tool,
             {{"type", "tool_use"},
              {"id", call.id.empty() ? newIdText("toolu_") : call.id},
              {"name", call.name},
              {"input", Json::object()}});
        m_tool = call.index;
    }
    if (!call.arguments.empty()) delta(out, {{"type", "input_json_delta"}, {"partial_json", call.arguments}});
}

struct MessagesEvents::Visitor {
    MessagesEvents& self;
    std::string& out;

    void operator()(const TextDelta& event) const {
        if (event.choice != 0) return;
        if (self.m_block != Block::Text) self.open(out, Block::Text, {{"type", "text"}, {"text", ""}});
        self.m_output.add(event.text);
        self.delta(out, {{"type", "text_delta"}, {"text", event.text}});
    }
    void operator()(const ReasoningDelta& event) const {
        if (event.choice != 0) return;
        if (self.m_block != Block::Thinking)
            self.open(out, Block::Thinking, {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}});
        self.m_output.add(event.text);
        self.delta(out, {{"type", "thinking_delta"}, {"thinking", event.text}});
    }
    void operator()(const ToolCallDelta& event) const {
        if (event.choice != 0) return;
        self.m_output.add(event.arguments);
        self.callTool(out, event);
    }
    void operator()(const ExtraDelta& event) const {
        const auto signature = stringOr(event.delta, "reasoning_signature");
        if (!signature.empty() && self.m_block == Block::Thinking)
            self.delta(out, {{"type", "signature_delta"}, {"signature", signature}});
        const auto refusal = stringOr(event.delta, "refusal");
        if (!refusal.empty()) (*this)(TextDelta{std::string(refusal), event.choice});
    }
    void operator()(const CitationDelta&) const {} // the text names file:line itself
    void operator()(const FinishDelta& event) const {
        if (event.choice == 0) self.m_reason = event.reason;
    }
    void operator()(const UsageDelta& event) const { self.m_usage = event; }
};

void MessagesEvents::onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) {
    start(out, head);
    std::visit(Visitor{*this, out}, event);
}

Json MessagesEvents::usage() const {
    if (m_usage) return usageOf(usageJson(*m_usage));
    return {{"input_tokens", m_inputTokens}, {"output_tokens", m_output.tokens()}};
}

std::string MessagesEvents::finish() {
    std::string out;
    start(out, {});
    close(out);
    if (m_reason.empty()) m_reason = m_calledTool ? "tool_calls" : "stop";
    appendEvent(out, "message_delta",
                {{"type", "message_delta"},
                 {"delta", {{"stop_reason", stopReason(m_reason)}, {"stop_sequence", nullptr}}},
                 {"usage", usage()}});
    appendEvent(out, "message_stop", {{"type", "message_stop"}});
    return out;
}

std::string MessagesEvents::fail(const Error& error) {
    const bool ours = error.code == ErrorCode::ShuttingDown;
    std::string out;
    appendEvent(out, "error",
                api::anthropicError(Error(ours ? ErrorCode::ShuttingDown : ErrorCode::StreamInterrupted)));
    return out;
}

} // namespace exo::server
