#include "core/gateway/CacheRules.h"

#include "core/base/Sha256.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace exo {

namespace {

constexpr std::string_view k_schema = "exo-answer-1";
constexpr std::array<std::string_view, 8> k_transport = {
    "cache", "metadata", "model", "service_tier", "store", "stream", "stream_options", "user"};
// What makes an answer depend on more than the request.
constexpr std::array<std::string_view, 8> k_stateful = {
    "previous_response_id", "background", "conversation",       "audio",
    "prediction",           "container",  "web_search_options", "mcp_servers"};
constexpr int k_maxDepth = 100;

class Hasher {
  public:
    void field(std::string_view text) { // cannot run into its neighbour
        const std::uint64_t size = text.size();
        put(&size, sizeof size);
        put(text.data(), text.size());
    }
    void tag(char c) { put(&c, 1); }
    void value(const Json& json, int depth);
    CacheKey finish() {
        flush();
        return m_sum.finish();
    }
    void object(const Json& json, int depth, bool top);

  private:
    // Small pieces are collected: each update of the digest costs more than the bytes in it.
    void put(const void* data, std::size_t size) {
        if (m_used + size > m_buffer.size()) flush();
        if (size > m_buffer.size()) {
            m_sum.add({static_cast<const char*>(data), size});
            return;
        }
        std::copy_n(static_cast<const char*>(data), size, m_buffer.data() + m_used);
        m_used += size;
    }
    void flush() {
        m_sum.add({m_buffer.data(), m_used});
        m_used = 0;
    }
    void number(const Json& json);

    Sha256 m_sum;
    std::array<char, 1024> m_buffer;
    std::size_t m_used = 0;
};

// 1, 1.0 and 1e0 are the same number.
void Hasher::number(const Json& json) {
    if (json.is_number_unsigned()) {
        tag('n');
        return field(std::to_string(json.get<std::uint64_t>()));
    }
    if (json.is_number_integer()) {
        tag('n');
        return field(std::to_string(json.get<std::int64_t>()));
    }
    const double value = json.get<double>();
    constexpr double k_exact = 9007199254740992.0; // 2^53
    tag('n');
    if (std::trunc(value) == value && std::abs(value) <= k_exact)
        return field(std::to_string(static_cast<std::int64_t>(value)));
    field(dumpJson(json)); // the shortest form that reads back as the same number
}

void Hasher::object(const Json& json, int depth, bool top) {
    tag('{');
    for (const auto& [key, inner] : json.items()) { // sorted: Json keeps its members in order
        if (top && std::ranges::binary_search(k_transport, std::string_view(key))) continue;
        field(key);
        value(inner, depth + 1);
    }
    tag('}');
}

void Hasher::value(const Json& json, int depth) {
    if (depth > k_maxDepth) return field(dumpJson(json));
    switch (json.type()) {
    case Json::value_t::object: return object(json, depth, false);
    case Json::value_t::array:
        tag('[');
        for (const Json& inner : json)
            value(inner, depth + 1);
        return tag(']');
    case Json::value_t::string: tag('s'); return field(json.get_ref<const std::string&>());
    case Json::value_t::boolean: return tag(json.get<bool>() ? 't' : 'f');
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float: return number(json);
    default: return tag('0');
    }
}

bool hasServerTool(const Json& body) {
    const Json* tools = member(body, "tools");
    if (!tools || !tools->is_array()) return false;
    return std::ranges::any_of(*tools, [](const Json& tool) {
        const std::string_view type = stringOr(tool, "type");
        return !type.empty() && type != "function" && type != "custom";
    });
}

// A file the upstream keeps may change behind its name.
bool namesFile(const Json& json, int depth = 0) {
    if (depth > k_maxDepth) return true;
    if (json.is_object() && (json.contains("file_id") || json.contains("vector_store_ids"))) return true;
    if (!json.is_structured()) return false;
    return std::ranges::any_of(json, [&](const Json& inner) { return namesFile(inner, depth + 1); });
}

bool isRandom(const Json& body) {
    const Json* temperature = member(body, "temperature");
    if (temperature && temperature->is_number() && temperature->get<double>() > 0) return true;
    return intOr(body, "n", 1) > 1;
}

bool dependsOnMore(const Json& body) {
    if (boolOr(body, "store")) return true;
    for (const std::string_view key : k_stateful)
        if (const Json* value = member(body, key); value && *value != Json(false)) return true;
    const Json* modalities = member(body, "modalities");
    if (modalities && modalities->is_array() &&
        std::ranges::find(*modalities, Json("audio")) != modalities->end())
        return true;
    return hasServerTool(body);
}

bool isComplete(const Json& choice, ToolCalls calls) {
    const Json* message = member(choice, "message");
    if (!message) return false;
    const std::string_view reason = stringOr(choice, "finish_reason");
    const bool whole = reason == "stop" || reason == "length";
    if (message->contains("tool_calls") || message->contains("function_call"))
        return calls == ToolCalls::Keep && (whole || reason == "tool_calls" || reason == "function_call");
    return whole && !stringOr(*message, "content").empty();
}

} // namespace

CacheKey cacheKey(std::string_view family, std::string_view tenant, const Target& target, const Json& body,
                  const Json* native) {
    Hasher hasher;
    hasher.field(k_schema);
    hasher.field(family);
    hasher.field(tenant);
    hasher.field(target.provider->name());
    hasher.field(target.provider->type());
    hasher.field(target.baseUrl);
    hasher.field(target.model);
    hasher.object(native ? *native : body, 0, true);
    return hasher.finish();
}

std::string keyPrefix(const CacheKey& key) {
    constexpr std::string_view k_digits = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < 8; ++i) {
        out += k_digits[key[i] >> 4];
        out += k_digits[key[i] & 15];
    }
    return out;
}

bool isCacheable(const Json& body, Randomness randomness, const Json* native) {
    if (!body.is_object()) return false;
    if (randomness == Randomness::Respect && isRandom(body)) return false;
    if (dependsOnMore(body) || (native && dependsOnMore(*native))) return false;
    const Json* messages = member(body, "messages");
    return messages && !namesFile(*messages);
}

bool mayStore(const Completion& completion, ToolCalls calls) {
    if (member(completion.body, "error")) return false; // a failure that came as 200
    const Json* choices = member(completion.body, "choices");
    if (!choices || !choices->is_array() || choices->empty()) return false;
    return std::ranges::all_of(*choices, [&](const Json& choice) { return isComplete(choice, calls); });
}

} // namespace exo
