#include "core/server/responses/ResponsesAnswer.h"

#include "core/api/ErrorMap.h"
#include "core/base/Ids.h"

#include <utility>

namespace exo::server {

namespace {

Json textPart(std::string_view text) {
    return {
        {"type", "output_text"}, {"text", text}, {"annotations", Json::array()}, {"logprobs", Json::array()}};
}

Json summaryPart(std::string_view text) {
    return {{"type", "summary_text"}, {"text", text}};
}

Json messageItem(std::string_view status, Json content) {
    return {{"id", newIdText("msg_")},
            {"type", "message"},
            {"role", "assistant"},
            {"status", status},
            {"content", std::move(content)}};
}

Json callItem(std::string_view status, std::string_view callId, std::string_view name,
              std::string_view arguments) {
    return {{"id", newIdText("fc_")}, {"type", "function_call"}, {"status", status}, {"call_id", callId},
            {"name", name},           {"arguments", arguments}};
}

Json usageOf(const Json& openAi) {
    const auto detail = [&](const char* group, const char* name) -> std::int64_t {
        const Json* details = member(openAi, group);
        return details ? intOr(*details, name) : 0;
    };
    return {{"input_tokens", intOr(openAi, "prompt_tokens")},
            {"input_tokens_details", {{"cached_tokens", detail("prompt_tokens_details", "cached_tokens")}}},
            {"output_tokens", intOr(openAi, "completion_tokens")},
            {"output_tokens_details",
             {{"reasoning_tokens", detail("completion_tokens_details", "reasoning_tokens")}}},
            {"total_tokens", intOr(openAi, "total_tokens")}};
}

// Why an answer is not whole; empty when it is.
std::string_view incompleteReason(std::string_view finishReason) {
    if (finishReason == "length") return "max_output_tokens";
    return finishReason == "content_filter" ? "content_filter" : "";
}

Json responseObject(const ResponseHead& head, std::string_view status, Json output, Json usage) {
    Json json = head.echo.is_object() ? head.echo : Json::object();
    json["id"] = head.id;
    json["object"] = "response";
    json["created_at"] = head.createdAt;
    json["status"] = status;
    json["background"] = false;
    json["error"] = nullptr;
    json["incomplete_details"] = nullptr;
    json["model"] = head.model;
    json["output"] = std::move(output);
    json["previous_response_id"] = nullptr;
    json["store"] = false; // nothing is kept, whatever was asked for
    json["usage"] = std::move(usage);
    return json;
}

Json finishedResponse(const ResponseHead& head, std::string_view finishReason, Json output, Json usage) {
    const std::string_view reason = incompleteReason(finishReason);
    Json json = responseObject(head, reason.empty() ? "completed" : "incomplete", std::move(output),
                               std::move(usage));
    if (!reason.empty()) json["incomplete_details"] = {{"reason", reason}};
    return json;
}

} // namespace

Json responsesAnswer(const Completion& completion, ResponseHead head) {
    if (!completion.model.empty()) head.model = completion.model;
    Json output = Json::array();
    std::string_view reason = "stop";
    const Json* choices = member(completion.body, "choices");
    if (choices && choices->is_array() && !choices->empty()) {
        const Json& choice = choices->front();
        reason = stringOr(choice, "finish_reason", "stop");
        static const Json k_none = Json::object();
        const Json* message = member(choice, "message");
        const Json& said = message ? *message : k_none;
        if (const auto thoughts = stringOr(said, "reasoning_content"); !thoughts.empty())
            output.push_back({{"id", newIdText("rs_")},
                              {"type", "reasoning"},
                              {"summary", Json::array({summaryPart(thoughts)})}});
        const auto text = stringOr(said, "content");
        const Json* calls = member(said, "tool_calls");
        if (!text.empty() || !calls) {
            const bool whole = incompleteReason(reason).empty();
            output.push_back(messageItem(whole ? "completed" : "incomplete", Json::array({textPart(text)})));
        }
        if (calls && calls->is_array())
            for (const Json& call : *calls)
                if (const Json* function = member(call, "function"))
                    output.push_back(callItem("completed", stringOr(call, "id"), stringOr(*function, "name"),
                                              stringOr(*function, "arguments")));
    }
    const Json* usage = member(completion.body, "usage");
    return finishedResponse(head, reason, std::move(output),
                            usageOf(usage ? *usage : usageJson({completion.usage, {}})));
}

void ResponsesEvents::append(std::string& out, std::string_view type, Json data) {
    data["type"] = type;
    data["sequence_number"] = m_sequence++;
    out += "event: ";
    out += type;
    out += "\ndata: ";
    out += dumpJson(data);
    out += "\n\n";
}

void ResponsesEvents::start(std::string& out, const StreamHead& head) {
    if (m_started) return;
    m_started = true;
    if (!head.model.empty()) m_head.model = head.model;
    const Json response = responseObject(m_head, "in_progress", Json::array(), nullptr);
    append(out, "response.created", {{"response", response}});
    append(out, "response.in_progress", {{"response", response}});
}

void ResponsesEvents::open(std::string& out, Item kind, Json item) {
    close(out);
    m_kind = kind;
    m_item = std::move(item);
    m_text.clear();
    append(out, "response.output_item.added", {{"output_index", m_output.size()}, {"item", m_item}});
    openPart(out);
}

void ResponsesEvents::openPart(std::string& out) {
    Json place = {{"item_id", m_item["id"]}, {"output_index", m_output.size()}};
    if (m_kind == Item::Message) {
        place["content_index"] = 0;
        place["part"] = textPart("");
        append(out, "response.content_part.added", std::move(place));
    } else if (m_kind == Item::Reasoning) {
        place["summary_index"] = 0;
        place["part"] = summaryPart("");
        append(out, "response.reasoning_summary_part.added", std::move(place));
    }
}

void ResponsesEvents::closePart(std::string& out) {
    const Json place = {{"item_id", m_item["id"]}, {"output_index", m_output.size()}};
    const auto with = [&](Json extra) {
        extra.update(place);
        return extra;
    };
    if (m_kind == Item::Message) {
        append(out, "response.output_text.done",
               with({{"content_index", 0}, {"text", m_text}, {"logprobs", Json::array()}}));
        append(out, "response.content_part.done", with({{"content_index", 0}, {"part", textPart(m_text)}}));
        m_item["content"] = Json::array({textPart(m_text)});
    } else if (m_kind == Item::Reasoning) {
        append(out, "response.reasoning_summary_text.done", with({{"summary_index", 0}, {"text", m_text}}));
        append(out, "response.reasoning_summary_part.done",
               with({{"summary_index", 0}, {"part", summaryPart(m_text)}}));
        m_item["summary"] = Json::array({summaryPart(m_text)});
    } else {
        append(out, "response.function_call_arguments.done",
               with({{"arguments", m_text}, {"name", m_item["name"]}}));
        m_item["arguments"] = m_text;
    }
}

void ResponsesEvents::close(std::string& out) {
    if (m_kind == Item::None) return;
    closePart(out);
    if (m_kind != Item::Reasoning)
        m_item["status"] = incompleteReason(m_reason).empty() ? "completed" : "incomplete";
    append(out, "response.output_item.done", {{"output_index", m_output.size()}, {"item", m_item}});
    m_output.push_back(std::move(m_item));
    m_kind = Item::None;
    m_tool = -1;
}

void ResponsesEvents::say(std::string& out, const std::string& text) {
    if (m_kind != Item::Message) open(out, Item::Message, messageItem("in_progress", Json::array()));
    m_text += text;
    m_estimate.add(text);
    append(out, "response.output_text.delta",
           {{"item_id", m_item["id"]},
            {"output_index", m_output.size()},
            {"content_index", 0},
            {"delta", text},
            {"logprobs", Json::array()}});
}

void ResponsesEvents::think(std::string& out, const std::string& text) {
    if (m_kind != Item::Reasoning)
        open(out, Item::Reasoning,
             {{"id", newIdText("rs_")}, {"type", "reasoning"}, {"summary", Json::array()}});
    m_text += text;
    m_estimate.add(text);
    append(out, "response.reasoning_summary_text.delta",
           {{"item_id", m_item["id"]},
            {"output_index", m_output.size()},
            {"summary_index", 0},
            {"delta", text}});
}

void ResponsesEvents::callTool(std::string& out, const ToolCallDelta& call) {
    if (m_kind != Item::Call || m_tool != call.index) {
        const std::string id = call.id.empty() ? newIdText("call_") : call.id;
        open(out, Item::Call, callItem("in_progress", id, call.name, ""));
        m_tool = call.index;
    }
    if (call.arguments.empty()) return;
    m_text += call.arguments;
    m_estimate.add(call.arguments);
    append(out, "response.function_call_arguments.delta",
           {{"item_id", m_item["id"]}, {"output_index", m_output.size()}, {"delta", call.arguments}});
}

struct ResponsesEvents::Visitor {
    ResponsesEvents& self;
    std::string& out;

    void operator()(const TextDelta& event) const {
        if (event.choice == 0) self.say(out, event.text);
    }
    void operator()(const ReasoningDelta& event) const {
        if (event.choice == 0) self.think(out, event.text);
    }
    void operator()(const ToolCallDelta& event) const {
        if (event.choice == 0) self.callTool(out, event);
    }
    void operator()(const ExtraDelta& event) const {
        const auto refusal = stringOr(event.delta, "refusal");
        if (!refusal.empty() && event.choice == 0) self.say(out, std::string(refusal));
    }
    void operator()(const CitationDelta&) const {} // the text names file:line itself
    void operator()(const FinishDelta& event) const {
        if (event.choice == 0) self.m_reason = event.reason;
    }
    void operator()(const UsageDelta& event) const { self.m_usage = event; }
};

void ResponsesEvents::onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) {
    start(out, head);
    std::visit(Visitor{*this, out}, event);
}

Json ResponsesEvents::usage() const {
    if (m_usage) return usageOf(usageJson(*m_usage));
    return usageOf(usageJson({{m_inputTokens, m_estimate.tokens(), true}, {}}));
}

std::string ResponsesEvents::finish() {
    std::string out;
    start(out, {});
    if (m_kind == Item::None && m_output.empty())
        open(out, Item::Message, messageItem("in_progress", Json::array())); // even nothing is an answer
    close(out);
    const Json response = finishedResponse(m_head, m_reason, m_output, usage());
    const bool whole = incompleteReason(m_reason).empty();
    append(out, whole ? "response.completed" : "response.incomplete", {{"response", response}});
    return out;
}

std::string ResponsesEvents::fail(const Error& error) {
    const bool ours = error.code == ErrorCode::ShuttingDown;
    const ErrorCode code = ours ? ErrorCode::ShuttingDown : ErrorCode::StreamInterrupted;
    std::string out;
    start(out, {});
    m_reason = "error";
    Json output = m_output;
    if (m_kind == Item::Message) {
        m_item["content"] = Json::array({textPart(m_text)});
        m_item["status"] = "incomplete";
        output.push_back(m_item);
    }
    Json response = responseObject(m_head, "failed", std::move(output), usage());
    response["error"] = {{"code", "server_error"}, {"message", api::errorText(code, api::Language::English)}};
    append(out, "response.failed", {{"response", std::move(response)}});
    return out;
}

} // namespace exo::server
