#include "core/mcp/JsonRpc.h"

#include "core/base/Text.h"

namespace exo::mcp {

namespace {

constexpr int k_maxDepth = 64;

bool isId(const Json& id) {
    return id.is_string() ? id.get_ref<const std::string&>().size() <= 256 : id.is_number_integer();
}

} // namespace

Json rpcResult(const Json& id, Json result) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

Json rpcError(const Json& id, int code, std::string_view message, Json data) {
    Json error{{"code", code}, {"message", message}};
    if (!data.is_null()) error["data"] = std::move(data);
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(error)}};
}

Json rpcNotification(std::string_view method, Json params) {
    return {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

void RpcReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t at = bytes.find('\n');
        const bool ended = at != std::string_view::npos;
        const std::string_view piece = bytes.substr(0, at);
        bytes.remove_prefix(ended ? at + 1 : bytes.size());
        if (m_skipping) {
            m_skipping = !ended;
            continue;
        }
        if (m_rest.size() + piece.size() > m_maxLine) {
            m_handlers.refused(rpcError(nullptr, k_invalidRequest,
                                        "a message may have " + std::to_string(m_maxLine) + " bytes"));
            std::string().swap(m_rest);
            m_skipping = !ended;
            continue;
        }
        m_rest += piece;
        if (ended) line(std::exchange(m_rest, {}));
    }
}

void RpcReader::end() {
    if (!m_rest.empty()) line(std::exchange(m_rest, {}));
    m_skipping = false;
}

void RpcReader::line(std::string_view text) {
    text = trim(text);
    if (text.empty()) return;
    JsonLimits limits;
    limits.maxDepth = k_maxDepth;
    limits.maxBytes = m_maxLine;
    const auto json = parseJson(text, limits);
    if (!json.ok())
        return m_handlers.refused(rpcError(nullptr, k_parseError, "not JSON: " + json.error().detail));
    if (!json->is_array()) return value(*json);
    if (json->empty() || json->size() > k_maxBatch) // batches exist in 2025-03-26 only
        return m_handlers.refused(rpcError(nullptr, k_invalidRequest, "a batch has 1 to 100 messages"));
    for (const Json& item : *json)
        value(item);
}

void RpcReader::value(const Json& json) {
    if (!json.is_object() || stringOr(json, "jsonrpc") != "2.0")
        return m_handlers.refused(rpcError(nullptr, k_invalidRequest, "not a JSON-RPC 2.0 message"));
    RpcMessage message;
    const auto id = json.find("id");
    const bool hasId = id != json.end();
    if (hasId && !isId(*id))
        return m_handlers.refused(rpcError(nullptr, k_invalidRequest, "an id is a text or an integer"));
    if (hasId) message.id = *id;
    const auto method = json.find("method");
    if (method == json.end()) {
        if (!hasId || (!json.contains("result") && !json.contains("error")))
            return m_handlers.refused(rpcError(message.id, k_invalidRequest, "a request names its method"));
        message.kind = RpcMessage::Kind::Response;
        return m_handlers.message(std::move(message));
    }
    if (!method->is_string())
        return m_handlers.refused(rpcError(message.id, k_invalidRequest, "a request names its method"));
    message.kind = hasId ? RpcMessage::Kind::Request : RpcMessage::Kind::Notification;
    message.method = method->get<std::string>();
    if (const auto params = json.find("params"); params != json.end()) {
        if (!params->is_object() && !params->is_array()) {
            if (hasId) m_handlers.refused(rpcError(message.id, k_invalidRequest, "params are an object"));
            return;
        }
        message.params = *params;
    }
    m_handlers.message(std::move(message));
}

} // namespace exo::mcp
