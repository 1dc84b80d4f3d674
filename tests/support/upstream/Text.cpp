#include "tests/support/upstream/Dialect.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace upstream {

namespace {

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

// Text of a message: a string, or an array of parts.
std::string contentText(const Json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (content.is_array())
        for (const Json& part : content)
            if (part.is_object() && part.contains("text") && part["text"].is_string())
                text += part["text"].get<std::string>();
    return text;
}

std::string base64(const std::string& bytes) {
    static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out += i + j <= bytes.size() ? alphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    return out;
}

std::vector<float> vectorOf(const std::string& text) {
    std::uint32_t hash = 2166136261u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    std::vector<float> values;
    for (int i = 0; i < 8; ++i) {
        hash = hash * 1664525u + 1013904223u;
        values.push_back(static_cast<float>(hash >> 16) / 65536.0f - 0.5f);
    }
    return values;
}

Json embedding(const std::string& text, std::size_t index, bool asBase64) {
    const std::vector<float> values = vectorOf(text);
    Json item{{"object", "embedding"}, {"index", index}};
    if (asBase64) {
        std::string bytes(values.size() * sizeof(float), '\0');
        std::memcpy(bytes.data(), values.data(), bytes.size());
        item["embedding"] = base64(bytes);
    } else {
        item["embedding"] = values;
    }
    return item;
}

// OpenAI's message of the role "tool", or Anthropic's blocks in one of the user.
std::string toolResultIn(const Json& message) {
    const Json& content = message["content"];
    if (message.value("role", "") == "tool") return contentText(content);
    if (!content.is_array()) return {};
    for (const Json& block : content)
        if (block.is_object() && block.value("type", "") == "tool_result" && block.contains("content"))
            return contentText(block["content"]);
    return {};
}

} // namespace

std::string Answer::text() const {
    std::string all;
    for (const std::string& token : tokens)
        all += token;
    return all;
}

std::vector<std::string> tokenize(std::string_view text) {
    std::vector<std::string> tokens;
    std::string current;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool wordEnded = c == ' ' && !current.empty() && current.back() != ' ';
        const bool wide = static_cast<unsigned char>(c) >= 0xC0;
        if ((wordEnded || wide) && !current.empty()) tokens.push_back(std::exchange(current, {}));
        current += c;
        while (i + 1 < text.size() && isContinuation(text[i + 1]))
            current += text[++i];
    }
    if (!current.empty()) tokens.push_back(current);
    return tokens;
}

std::vector<std::string> fragments(std::string_view text) {
    std::vector<std::string> pieces;
    while (!text.empty()) {
        std::size_t size = std::min<std::size_t>(5, text.size());
        while (size < text.size() && isContinuation(text[size]))
            ++size;
        pieces.emplace_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return pieces;
}

int countWords(std::string_view text) {
    return static_cast<int>(tokenize(text).size());
}

ModelRequest readRequest(Json body) {
    ModelRequest request;
    request.body = std::move(body);
    const Json& b = request.body;
    if (!b.is_object()) return request;
    if (b.contains("model") && b["model"].is_string()) request.model = b["model"].get<std::string>();
    request.stream = b.contains("stream") && b["stream"] == true;
    request.wantsUsage = b.contains("stream_options") && b["stream_options"].is_object() &&
                         b["stream_options"].value("include_usage", false);
    if (b.contains("system")) request.inputTokens += countWords(contentText(b["system"]));
    if (!b.contains("messages") || !b["messages"].is_array()) return request;
    for (const Json& message : b["messages"]) {
        if (!message.is_object() || !message.contains("content")) continue;
        const std::string text = contentText(message["content"]);
        request.inputTokens += countWords(text);
        request.toolResult = toolResultIn(message);
        request.begun = message.value("role", "") == "assistant" ? text : std::string();
        if (message.value("role", "") == "user" && request.toolResult.empty()) request.lastUserText = text;
    }
    return request;
}

Json embeddings(const Json& body) {
    const bool asBase64 = body.is_object() && body.value("encoding_format", "float") == "base64";
    Json data = Json::array();
    int tokens = 0;
    const Json input = body.is_object() && body.contains("input") ? body["input"] : Json("");
    const Json texts = input.is_array() ? input : Json::array({input});
    for (const Json& text : texts) {
        const std::string plain = text.is_string() ? text.get<std::string>() : text.dump();
        tokens += countWords(plain);
        data.push_back(embedding(plain, data.size(), asBase64));
    }
    return {{"object", "list"},
            {"data", data},
            {"model", body.is_object() ? body.value("model", "") : ""},
            {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}};
}

} // namespace upstream
