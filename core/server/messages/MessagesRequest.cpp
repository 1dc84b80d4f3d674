#include "core/server/messages/MessagesRequest.h"

#include "core/server/ModelCall.h"
#include "core/sessions/TokenEstimate.h"

#include <string>
#include <utility>

namespace exo::server {

namespace {

constexpr std::int64_t k_maxTokens = 10'000'000;

Error bad(std::string param, std::string_view what) {
    std::string detail = param + ": " + std::string(what);
    return fail(ErrorCode::InvalidRequest, std::move(detail), std::move(param));
}

// An image or document by its source: base64 becomes a data: URL, an address stays one.
Result<std::string> urlOf(const Json& block, const std::string& place) {
    const Json* source = member(block, "source");
    if (!source || !source->is_object()) return bad(place + ".source", "is required");
    const std::string_view type = stringOr(*source, "type");
    if (type == "url") return std::string(stringOr(*source, "url"));
    if (type == "base64")
        return "data:" + std::string(stringOr(*source, "media_type")) + ";base64," +
               std::string(stringOr(*source, "data"));
    return bad(place + ".source.type", "must be base64 or url");
}

Result<Json> documentPart(const Json& block, const std::string& place) {
    const Json* source = member(block, "source");
    if (source && stringOr(*source, "type") == "text")
        return Json{{"type", "text"}, {"text", stringOr(*source, "data")}};
    EXO_TRY(std::string url, urlOf(block, place));
    Json file = {{"file_data", std::move(url)}};
    if (const auto title = stringOr(block, "title"); !title.empty()) file["filename"] = title;
    return Json{{"type", "file"}, {"file", std::move(file)}};
}

// The messages under construction. One Anthropic message may become several: each tool result is a message of
// its own in the neutral form, and they come before what else the user says.
class Conversation {
  public:
    Result<void> addSystem(const Json& system) {
        if (system.is_string()) {
            m_messages.push_back({{"role", "system"}, {"content", system}});
            return {};
        }
        if (!system.is_array()) return bad("system", "must be a string or a list of text blocks");
        Json parts = Json::array();
        for (const Json& block : system) {
            if (stringOr(block, "type") != "text") return bad("system", "holds text blocks only");
            parts.push_back({{"type", "text"}, {"text", stringOr(block, "text")}});
        }
        if (!parts.empty()) m_messages.push_back({{"role", "system"}, {"content", std::move(parts)}});
        return {};
    }

    Result<void> add(const Json& message, std::size_t index) {
        const std::string place = "messages." + std::to_string(index);
        if (!message.is_object()) return bad(place, "must be an object");
        const std::string_view role = stringOr(message, "role");
        if (role != "user" && role != "assistant") return bad(place + ".role", "must be user or assistant");
        const Json* content = member(message, "content");
        if (!content) return bad(place + ".content", "is required");
        if (content->is_string()) {
            m_messages.push_back({{"role", role}, {"content", *content}});
            return {};
        }
        if (!content->is_array()) return bad(place + ".content", "must be a string or a list of blocks");
        return role == "user" ? addUser(*content, place) : addAssistant(*content, place);
    }

    Json take() { return std::move(m_messages); }

  private:
    Result<void> addUser(const Json& blocks, const std::string& place) {
        Json parts = Json::array();
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const std::string at = place + ".content." + std::to_string(i);
            EXO_CHECK(addUserBlock(blocks[i], at, parts));
        }
        if (!parts.empty()) m_messages.push_back({{"role", "user"}, {"content", std::move(parts)}});
        return {};
    }

    Result<void> addUserBlock(const Json& block, const std::string& place, Json& parts) {
        const std::string_view type = stringOr(block, "type");
        if (type == "text") {
            parts.push_back({{"type", "text"}, {"text", stringOr(block, "text")}});
            return {};
        }
        if (type == "image") {
            EXO_TRY(std::string url, urlOf(block, place));
            parts.push_back({{"type", "image_url"}, {"image_url", {{"url", std::move(url)}}}});
            return {};
        }
        if (type == "document") {
            EXO_TRY(Json part, documentPart(block, place));
            parts.push_back(std::move(part));
            return {};
        }
        if (type == "tool_result") return addToolResult(block, place, parts);
        return bad(place + ".type", "is not supported");
    }

    // A tool message holds text; images of a result follow in the user's message.
    Result<void> addToolResult(const Json& block, const std::string& place, Json& parts) {
        const std::string_view id = stringOr(block, "tool_use_id");
        if (id.empty()) return bad(place + ".tool_use_id", "is required");
        std::string text = boolOr(block, "is_error") ? "Error: " : "";
        const Json* content = member(block, "content");
        if (content && content->is_string()) text += content->get_ref<const std::string&>();
        if (content && content->is_array()) {
            for (const Json& inner : *content) {
                if (stringOr(inner, "type") == "text") {
                    text += stringOr(inner, "text");
                } else {
                    EXO_CHECK(addUserBlock(inner, place + ".content", parts));
                }
            }
        }
        m_messages.push_back({{"role", "tool"}, {"tool_call_id", id}, {"content", std::move(text)}});
        return {};
    }

    Result<void> addAssistant(const Json& blocks, const std::string& place) {
        std::string text;
        Json calls = Json::array();
        for (const Json& block : blocks) {
            const std::string_view type = stringOr(block, "type");
            if (type == "text") {
                text += stringOr(block, "text");
            } else if (type == "tool_use") {
                const Json* input = member(block, "input");
                calls.push_back({{"id", stringOr(block, "id")},
                                 {"type", "function"},
                                 {"function",
                                  {{"name", stringOr(block, "name")},
                                   {"arguments", input ? dumpJson(*input) : std::string("{}")}}}});
            } else if (type != "thinking" && type != "redacted_thinking") { // thoughts are the target's own
                return bad(place + ".content", "holds a block of an unknown type");
            }
        }
        Json message = {{"role", "assistant"}};
        message["content"] = text.empty() && !calls.empty() ? Json(nullptr) : Json(std::move(text));
        if (!calls.empty()) message["tool_calls"] = std::move(calls);
        m_messages.push_back(std::move(message));
        return {};
    }

    Json m_messages = Json::array();
};

Result<Json> conversationOf(const Json& body) {
    Conversation conversation;
    if (const Json* system = member(body, "system")) EXO_CHECK(conversation.addSystem(*system));
    const Json* messages = member(body, "messages");
    if (!messages) return bad("messages", "is required");
    if (!messages->is_array() || messages->empty())
        return bad("messages", "must be a list with at least one message");
    for (std::size_t i = 0; i < messages->size(); ++i)
        EXO_CHECK(conversation.add((*messages)[i], i));
    return conversation.take();
}

Result<void> addTools(const Json& body, Json& out) {
    const Json* tools = member(body, "tools");
    if (!tools) return {};
    if (!tools->is_array()) return bad("tools", "must be a list");
    Json list = Json::array();
    for (const Json& tool : *tools) {
        const std::string_view type = stringOr(tool, "type", "custom");
        if (type != "custom")
            return fail(ErrorCode::Unsupported, "tools: only tools that you run yourself are supported",
                        "tools");
        if (stringOr(tool, "name").empty()) return bad("tools", "has a tool without a name");
        Json function = {{"name", stringOr(tool, "name")}};
        if (const auto text = stringOr(tool, "description"); !text.empty()) function["description"] = text;
        if (const Json* schema = member(tool, "input_schema")) function["parameters"] = *schema;
        list.push_back({{"type", "function"}, {"function", std::move(function)}});
    }
    if (!list.empty()) out["tools"] = std::move(list);
    return {};
}

// A choice among no tools is refused by OpenAI's API: it is checked, and goes no further.
Result<void> addToolChoice(const Json& body, Json& out) {
    const Json* choice = member(body, "tool_choice");
    if (!choice) return {};
    const bool hasTools = out.contains("tools");
    const std::string_view type = stringOr(*choice, "type");
    if (type == "auto" || type == "none") {
        out["tool_choice"] = type;
    } else if (type == "any") {
        out["tool_choice"] = "required";
    } else if (type == "tool" && !stringOr(*choice, "name").empty()) {
        out["tool_choice"] = {{"type", "function"}, {"function", {{"name", stringOr(*choice, "name")}}}};
    } else {
        return bad("tool_choice", "must be auto, any, none, or tool with a name");
    }
    if (boolOr(*choice, "disable_parallel_tool_use")) out["parallel_tool_calls"] = false;
    if (hasTools) return {};
    if (out["tool_choice"] != "auto" && out["tool_choice"] != "none")
        return bad("tool_choice", "names a tool, and there are no tools");
    out.erase("tool_choice");
    out.erase("parallel_tool_calls");
    return {};
}

Result<void> addSampling(const Json& body, Json& out) {
    EXO_TRY(const auto temperature, optNumber(body, "temperature", 0, 1));
    EXO_TRY(const auto topP, optNumber(body, "top_p", 0, 1));
    EXO_TRY([[maybe_unused]] const auto topK, optInt(body, "top_k", 0, k_maxTokens));
    if (temperature) out["temperature"] = *temperature;
    if (topP) out["top_p"] = *topP;
    if (const Json* stops = member(body, "stop_sequences")) {
        if (!stops->is_array()) return bad("stop_sequences", "must be a list of strings");
        for (const Json& stop : *stops)
            if (!stop.is_string()) return bad("stop_sequences", "must be a list of strings");
        if (!stops->empty()) out["stop"] = *stops;
    }
    if (const Json* metadata = member(body, "metadata"))
        if (const auto user = stringOr(*metadata, "user_id"); !user.empty()) out["user"] = user;
    return {};
}

// The budgets are those AnthropicRequest.cpp makes of an effort.
Result<void> addThinking(const Json& body, Json& out) {
    constexpr std::int64_t k_low = 2048, k_medium = 8192;
    const Json* thinking = member(body, "thinking");
    if (!thinking) return {};
    const std::string_view type = stringOr(*thinking, "type");
    if (type == "disabled") return {};
    if (type != "enabled" && type != "adaptive")
        return bad("thinking.type", "must be enabled, adaptive or disabled");
    std::string_view effort = "medium";
    if (type == "enabled") {
        EXO_TRY(const auto budget, getInt(*thinking, "budget_tokens", 1, k_maxTokens));
        effort = budget <= k_low ? "low" : budget <= k_medium ? "medium" : "high";
    }
    out["reasoning_effort"] = effort;
    return {};
}

Result<Json> neutralBody(const Json& body) {
    Json out = Json::object();
    EXO_TRY(out["messages"], conversationOf(body));
    EXO_CHECK(addSampling(body, out));
    EXO_CHECK(addTools(body, out));
    EXO_CHECK(addToolChoice(body, out));
    EXO_CHECK(addThinking(body, out));
    return out;
}

} // namespace

Result<MessagesCall> parseMessagesCall(Json body) {
    MessagesCall call;
    EXO_TRY(call.request.model, getString(body, "model"));
    if (call.request.model.empty()) return bad("model", "must not be empty");
    EXO_TRY(const auto limit, getInt(body, "max_tokens", 1, k_maxTokens));
    EXO_TRY(const auto stream, optBool(body, "stream"));
    call.stream = stream.value_or(false);
    EXO_TRY(call.request.body, neutralBody(body));
    call.request.body["max_tokens"] = limit;
    for (const char* ours : {"model", "stream"})
        body.erase(ours);
    call.request.anthropic = std::make_shared<const Json>(std::move(body));
    return call;
}

Result<std::int64_t> countMessagesTokens(Json body) {
    EXO_TRY(const std::string model, getString(body, "model"));
    EXO_TRY(const Json neutral, neutralBody(body));
    std::int64_t tokens = estimateTokens(textOfMessages(neutral["messages"]));
    if (const Json* tools = member(neutral, "tools")) tokens += estimateTokens(dumpJson(*tools));
    return tokens;
}

} // namespace exo::server
