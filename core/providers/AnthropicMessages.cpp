#include "core/base/Json.h"
#include "core/base/Text.h"
#include "core/providers/AnthropicRequest.h"

namespace exo {

namespace {

Error badMessage(std::string detail) {
    return fail(ErrorCode::InvalidRequest, std::move(detail), "messages");
}

// "data:image/png;base64,…" → {"type":"base64",…}; other addresses are left to the upstream to fetch.
Result<Json> sourceOf(std::string_view url) {
    if (!url.starts_with("data:")) return Json{{"type", "url"}, {"url", url}};
    const std::size_t comma = url.find(',');
    const std::string_view head = url.substr(5, comma == std::string_view::npos ? 0 : comma - 5);
    if (comma == std::string_view::npos || !head.ends_with(";base64"))
        return badMessage("a data: URL must be base64");
    const std::string_view mime = head.substr(0, head.find(';'));
    return Json{{"type", "base64"}, {"media_type", mime}, {"data", url.substr(comma + 1)}};
}

void keepCacheControl(const Json& part, Json& block) {
    if (const Json* control = member(part, "cache_control")) block["cache_control"] = *control;
}

Result<void> appendPart(const Json& part, Json& blocks) {
    if (part.is_string()) return appendPart(Json{{"type", "text"}, {"text", part}}, blocks);
    const std::string_view type = stringOr(part, "type");
    if (type == "text" || type == "refusal") {
        const std::string_view text = stringOr(part, type);
        if (trim(text).empty()) return {}; // the API refuses blank blocks
        Json block = {{"type", "text"}, {"text", text}};
        keepCacheControl(part, block);
        blocks.push_back(std::move(block));
        return {};
    }
    if (type == "image_url") {
        const Json* image = member(part, "image_url");
        if (!image) return badMessage("an image_url part has no image_url");
        EXO_TRY(Json source,
                sourceOf(image->is_string() ? std::string_view(image->get_ref<const std::string&>())
                                            : stringOr(*image, "url")));
        Json block = {{"type", "image"}, {"source", std::move(source)}};
        keepCacheControl(part, block);
        blocks.push_back(std::move(block));
        return {};
    }
    if (type == "file") {
        const Json* file = member(part, "file");
        if (!file || stringOr(*file, "file_data").empty()) return badMessage("a file part has no file_data");
        EXO_TRY(Json source, sourceOf(stringOr(*file, "file_data")));
        blocks.push_back({{"type", "document"}, {"source", std::move(source)}});
        return {};
    }
    return badMessage("content of the type \"" + std::string(utf8Prefix(type, 64)) +
                      "\" is not supported by this provider");
}

Result<Json> contentBlocks(const Json& message) {
    Json blocks = Json::array();
    const Json* content = member(message, "content");
    if (!content) return blocks;
    if (!content->is_array()) {
        EXO_CHECK(appendPart(*content, blocks));
        return blocks;
    }
    for (const Json& part : *content)
        EXO_CHECK(appendPart(part, blocks));
    return blocks;
}

// A model's own arguments may be broken JSON; the conversation must go on all the same.
Json toolInput(std::string_view arguments) {
    if (trim(arguments).empty()) return Json::object();
    auto parsed = parseJson(arguments);
    if (parsed && parsed->is_object()) return std::move(*parsed);
    return Json{{"arguments", arguments}};
}

class Builder {
  public:
    Result<void> add(const Json& message) {
        const std::string_view role = stringOr(message, "role");
        if (role == "system" || role == "developer") return addSystem(message);
        if (role == "user") return addUser(message);
        if (role == "assistant") return addAssistant(message);
        if (role == "tool") return addResult(message, std::string(stringOr(message, "tool_call_id")));
        if (role == "function") return addResult(message, m_lastFunctionId);
        return badMessage("a message has the unknown role \"" + std::string(utf8Prefix(role, 64)) + "\"");
    }

    Result<AnthropicConversation> finish() {
        if (m_out.messages.empty() && !m_out.system.empty()) {
            Json text = {{"type", "text"}, {"text", std::exchange(m_out.system, {})}};
            append("user", Json::array({std::move(text)}));
        }
        if (m_out.messages.empty()) return badMessage("there is no message with content");
        trimPrefill();
        return std::move(m_out);
    }

  private:
    Result<void> addSystem(const Json& message) {
        EXO_TRY(const Json blocks, contentBlocks(message));
        for (const Json& block : blocks) {
            if (!m_out.system.empty()) m_out.system += "\n\n";
            m_out.system += stringOr(block, "text");
        }
        return {};
    }
    Result<void> addUser(const Json& message) {
        EXO_TRY(Json blocks, contentBlocks(message));
        append("user", std::move(blocks));
        return {};
    }
    Result<void> addAssistant(const Json& message) {
        EXO_TRY(Json blocks, contentBlocks(message));
        if (const Json* calls = member(message, "tool_calls"); calls && calls->is_array())
            for (const Json& call : *calls)
                if (const Json* function = member(call, "function"))
                    blocks.push_back(toolUse(stringOr(call, "id"), *function));
        if (const Json* call = member(message, "function_call")) {
            m_lastFunctionId = "call_" + std::to_string(++m_functionCalls);
            blocks.push_back(toolUse(m_lastFunctionId, *call));
        }
        append("assistant", std::move(blocks));
        return {};
    }
    Result<void> addResult(const Json& message, std::string id) {
        if (id.empty()) return badMessage("a tool message has no tool_call_id");
        EXO_TRY(Json content, contentBlocks(message));
        Json block = {{"type", "tool_result"}, {"tool_use_id", std::move(id)}};
        if (!content.empty()) block["content"] = std::move(content);
        append("user", Json::array({std::move(block)}));
        return {};
    }

    static Json toolUse(std::string_view id, const Json& function) {
        return {{"type", "tool_use"},
                {"id", id},
                {"name", stringOr(function, "name")},
                {"input", toolInput(stringOr(function, "arguments"))}};
    }

    // Neighbours of one role become one message.
    void append(std::string_view role, Json blocks) {
        if (blocks.empty()) return;
        if (m_out.messages.empty() || stringOr(m_out.messages.back(), "role") != role) {
            m_out.messages.push_back({{"role", role}, {"content", std::move(blocks)}});
            return;
        }
        Json& content = m_out.messages.back()["content"];
        for (Json& block : blocks)
            content.push_back(std::move(block));
    }

    // An answer begun by us must not end in white space.
    void trimPrefill() {
        Json& last = m_out.messages.back();
        if (stringOr(last, "role") != "assistant") return;
        Json& block = last["content"].back();
        if (stringOr(block, "type") != "text") return;
        const std::string text(stringOr(block, "text"));
        block["text"] = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    }

    AnthropicConversation m_out;
    std::string m_lastFunctionId;
    int m_functionCalls = 0;
};

} // namespace

Result<AnthropicConversation> anthropicMessages(const Json& messages) {
    if (!messages.is_array() || messages.empty())
        return badMessage("'messages' must be a list with at least one message");
    Builder builder;
    for (const Json& message : messages) {
        if (!message.is_object()) return badMessage("a message is not an object");
        EXO_CHECK(builder.add(message));
    }
    return builder.finish();
}

} // namespace exo
