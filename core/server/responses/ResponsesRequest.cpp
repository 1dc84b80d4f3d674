#include "core/server/responses/ResponsesRequest.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace exo::server {

namespace {

Error bad(std::string param, std::string_view what) {
    std::string detail = "'" + param + "' " + std::string(what);
    return fail(ErrorCode::InvalidRequest, std::move(detail), std::move(param));
}

Error unsupported(std::string param, std::string_view what) {
    std::string detail = "'" + param + "' " + std::string(what);
    return fail(ErrorCode::Unsupported, std::move(detail), std::move(param));
}

Result<Json> partOf(const Json& part, const std::string& place) {
    const std::string_view type = stringOr(part, "type");
    if (type == "input_text" || type == "output_text" || type == "text")
        return Json{{"type", "text"}, {"text", stringOr(part, "text")}};
    if (type == "refusal") return Json{{"type", "text"}, {"text", stringOr(part, "refusal")}};
    if (type == "input_image") {
        const std::string_view url = stringOr(part, "image_url");
        if (url.empty())
            return unsupported(place + ".file_id", "needs a file kept at the provider; send image_url");
        Json image = {{"url", url}};
        if (const auto detail = stringOr(part, "detail"); !detail.empty()) image["detail"] = detail;
        return Json{{"type", "image_url"}, {"image_url", std::move(image)}};
    }
    if (type == "input_file") {
        const std::string_view data = stringOr(part, "file_data");
        if (data.empty())
            return unsupported(place + ".file_id", "needs a file kept at the provider; send file_data");
        Json file = {{"file_data", data}};
        if (const auto name = stringOr(part, "filename"); !name.empty()) file["filename"] = name;
        return Json{{"type", "file"}, {"file", std::move(file)}};
    }
    return bad(place + ".type", "is not supported");
}

Result<Json> contentOf(const Json& content, const std::string& place) {
    if (content.is_string()) return content;
    if (!content.is_array()) return bad(place, "must be a string or a list of parts");
    Json parts = Json::array();
    for (std::size_t i = 0; i < content.size(); ++i) {
        EXO_TRY(Json part, partOf(content[i], place + "[" + std::to_string(i) + "]"));
        parts.push_back(std::move(part));
    }
    return parts;
}

// Texts of a list of parts, joined: tool results and assistant messages are plain text in the neutral form.
std::string textOf(const Json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    for (const Json& part : content)
        text += stringOr(part, "text");
    return text;
}

class Conversation {
  public:
    void addInstructions(std::string_view text) {
        if (!text.empty()) m_messages.push_back({{"role", "system"}, {"content", text}});
    }

    Result<void> add(const Json& item, const std::string& place) {
        const std::string_view type = stringOr(item, "type", "message");
        if (type == "message") return addMessage(item, place);
        if (type == "function_call") return addCall(item, place);
        if (type == "function_call_output") return addResult(item, place);
        if (type == "reasoning") return {}; // the target's own thoughts cannot be handed to another
        if (type == "item_reference")
            return unsupported(place, "refers to an item kept at the provider; send the item itself");
        return bad(place + ".type", "is not supported");
    }

    Json take() { return std::move(m_messages); }

  private:
    Result<void> addMessage(const Json& item, const std::string& place) {
        const std::string_view role = stringOr(item, "role");
        constexpr std::array<std::string_view, 4> k_roles{"user", "assistant", "system", "developer"};
        if (std::find(k_roles.begin(), k_roles.end(), role) == k_roles.end())
            return bad(place + ".role", "must be user, assistant, system or developer");
        const Json* content = member(item, "content");
        if (!content) return bad(place + ".content", "is required");
        EXO_TRY(Json said, contentOf(*content, place + ".content"));
        if (role == "assistant") said = textOf(said);
        m_messages.push_back({{"role", role == "developer" ? "system" : role}, {"content", std::move(said)}});
        return {};
    }

    Result<void> addCall(const Json& item, const std::string& place) {
        if (stringOr(item, "call_id").empty()) return bad(place + ".call_id", "is required");
        if (stringOr(item, "name").empty()) return bad(place + ".name", "is required");
        Json call = {
            {"id", stringOr(item, "call_id")},
            {"type", "function"},
            {"function", {{"name", stringOr(item, "name")}, {"arguments", stringOr(item, "arguments")}}}};
        // Calls belong to the assistant's message before them.
        if (m_messages.empty() || stringOr(m_messages.back(), "role") != "assistant")
            m_messages.push_back({{"role", "assistant"}, {"content", nullptr}});
        m_messages.back()["tool_calls"].push_back(std::move(call));
        return {};
    }

    Result<void> addResult(const Json& item, const std::string& place) {
        if (stringOr(item, "call_id").empty()) return bad(place + ".call_id", "is required");
        const Json* output = member(item, "output");
        if (!output) return bad(place + ".output", "is required");
        EXO_TRY(const Json content, contentOf(*output, place + ".output"));
        m_messages.push_back(
            {{"role", "tool"}, {"tool_call_id", stringOr(item, "call_id")}, {"content", textOf(content)}});
        return {};
    }

    Json m_messages = Json::array();
};

Result<Json> conversationOf(const Json& body) {
    Conversation conversation;
    EXO_TRY(const auto instructions, optString(body, "instructions"));
    conversation.addInstructions(instructions.value_or(std::string()));
    const Json* input = member(body, "input");
    if (!input) return bad("input", "is required");
    if (input->is_string()) {
        EXO_CHECK(conversation.add({{"role", "user"}, {"content", *input}}, "input"));
        return conversation.take();
    }
    if (!input->is_array() || input->empty())
        return bad("input", "must be a text or a list of items, not empty");
    for (std::size_t i = 0; i < input->size(); ++i)
        EXO_CHECK(conversation.add((*input)[i], "input[" + std::to_string(i) + "]"));
    return conversation.take();
}

Result<void> refuseWhatNeedsState(const Json& body) {
    for (const char* key : {"previous_response_id", "conversation", "prompt"})
        if (member(body, key))
            return unsupported(key,
                               "needs answers kept at the server, which this one does not; send all items");
    if (boolOr(body, "background")) return unsupported("background", "is not possible here");
    return {};
}

Result<void> addTools(const Json& body, Json& out) {
    const Json* tools = member(body, "tools");
    if (!tools) return {};
    if (!tools->is_array()) return bad("tools", "must be a list");
    Json list = Json::array();
    for (const Json& tool : *tools) {
        if (stringOr(tool, "type") != "function")
            return unsupported("tools", "may hold tools of the type \"function\" only");
        if (stringOr(tool, "name").empty()) return bad("tools", "has a function without a name");
        Json function = Json::object();
        for (const char* key : {"name", "description", "parameters", "strict"})
            if (const Json* value = member(tool, key)) function[key] = *value;
        list.push_back({{"type", "function"}, {"function", std::move(function)}});
    }
    if (!list.empty()) out["tools"] = std::move(list);
    return {};
}

Result<void> addToolChoice(const Json& body, Json& out) {
    EXO_TRY(const auto parallel, optBool(body, "parallel_tool_calls"));
    if (parallel && out.contains("tools")) out["parallel_tool_calls"] = *parallel;
    const Json* choice = member(body, "tool_choice");
    if (!choice || !out.contains("tools")) return {};
    if (choice->is_string()) {
        out["tool_choice"] = *choice;
        return {};
    }
    if (stringOr(*choice, "type") != "function" || stringOr(*choice, "name").empty())
        return unsupported("tool_choice", "must be auto, none, required or a function");
    out["tool_choice"] = {{"type", "function"}, {"function", {{"name", stringOr(*choice, "name")}}}};
    return {};
}

Result<void> addFormat(const Json& body, Json& out) {
    const Json* text = member(body, "text");
    if (!text) return {};
    if (!text->is_object()) return bad("text", "must be an object");
    if (const auto verbosity = stringOr(*text, "verbosity"); !verbosity.empty()) out["verbosity"] = verbosity;
    const Json* format = member(*text, "format");
    if (!format) return {};
    const std::string_view type = stringOr(*format, "type");
    if (type == "json_object") out["response_format"] = {{"type", "json_object"}};
    if (type != "json_schema") return {};
    Json schema = Json::object();
    for (const char* key : {"name", "description", "schema", "strict"})
        if (const Json* value = member(*format, key)) schema[key] = *value;
    out["response_format"] = {{"type", "json_schema"}, {"json_schema", std::move(schema)}};
    return {};
}

Result<void> addSampling(const Json& body, Json& out) {
    EXO_TRY(const auto temperature, optNumber(body, "temperature", 0, 2));
    EXO_TRY(const auto topP, optNumber(body, "top_p", 0, 1));
    EXO_TRY(const auto limit, optInt(body, "max_output_tokens", 1, INT64_MAX));
    EXO_TRY(const auto user, optString(body, "user"));
    if (temperature) out["temperature"] = *temperature;
    if (topP) out["top_p"] = *topP;
    if (limit) out["max_completion_tokens"] = *limit;
    if (user) out["user"] = *user;
    if (const Json* reasoning = member(body, "reasoning"))
        if (const auto effort = stringOr(*reasoning, "effort"); !effort.empty())
            out["reasoning_effort"] = effort;
    return {};
}

Json echoOf(const Json& body) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> k_defaults{{
        {"instructions", "null"},
        {"max_output_tokens", "null"},
        {"metadata", "{}"},
        {"parallel_tool_calls", "true"},
        {"temperature", "1.0"},
        {"tool_choice", "\"auto\""},
        {"tools", "[]"},
        {"top_p", "1.0"},
        {"truncation", "\"disabled\""},
    }};
    Json echo = Json::object();
    for (const auto& [key, fallback] : k_defaults) {
        const Json* given = member(body, key);
        echo[std::string(key)] = given ? *given : Json::parse(fallback);
    }
    const Json* reasoning = member(body, "reasoning");
    echo["reasoning"] = {{"effort", nullptr}, {"summary", nullptr}};
    if (reasoning && reasoning->is_object()) echo["reasoning"].update(*reasoning);
    const Json* text = member(body, "text");
    echo["text"] = text && text->is_object() ? *text : Json::object();
    if (!echo["text"].contains("format")) echo["text"]["format"] = {{"type", "text"}};
    echo["user"] = member(body, "user") ? body["user"] : Json(nullptr);
    return echo;
}

} // namespace

Result<ResponsesCall> parseResponsesCall(const Json& body) {
    ResponsesCall call;
    EXO_TRY(call.request.model, getString(body, "model"));
    if (call.request.model.empty()) return bad("model", "must not be empty");
    EXO_CHECK(refuseWhatNeedsState(body));
    EXO_TRY(const auto stream, optBool(body, "stream"));
    call.stream = stream.value_or(false);
    call.request.body = Json::object();
    Json& out = call.request.body.edit();
    EXO_TRY(out["messages"], conversationOf(body));
    EXO_CHECK(addTools(body, out));
    EXO_CHECK(addToolChoice(body, out));
    EXO_CHECK(addFormat(body, out));
    EXO_CHECK(addSampling(body, out));
    call.echo = echoOf(body);
    return call;
}

} // namespace exo::server
