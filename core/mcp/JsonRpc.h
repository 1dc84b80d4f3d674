#pragma once
// JSON-RPC 2.0 as the Model Context Protocol speaks it over stdio: one message a line. Bytes in, messages and
// refusals out; what is no message is answered, never thrown. One thread.

#include "core/base/Json.h"

#include <functional>
#include <string>
#include <string_view>

namespace exo::mcp {

enum RpcCode : int {
    k_parseError = -32700,
    k_invalidRequest = -32600,
    k_methodNotFound = -32601,
    k_invalidParams = -32602,
    k_internalError = -32603,
    k_tooBusy = -32000
};

struct RpcMessage {
    enum class Kind : std::uint8_t { Request, Notification, Response };
    Kind kind = Kind::Notification;
    Json id; // text or integer; null for a notification
    std::string method;
    Json params = Json::object();
};

Json rpcResult(const Json& id, Json result);
Json rpcError(const Json& id, int code, std::string_view message, Json data = nullptr);
Json rpcNotification(std::string_view method, Json params);

class RpcReader {
  public:
    struct Handlers {
        std::function<void(RpcMessage)> message;
        std::function<void(Json error)> refused; // an error response to be sent
    };
    static constexpr std::size_t k_maxLine = 4u << 20;
    static constexpr std::size_t k_maxBatch = 100;

    explicit RpcReader(Handlers handlers, std::size_t maxLine = k_maxLine)
        : m_handlers(std::move(handlers))
        , m_maxLine(maxLine) {}

    void feed(std::string_view bytes);
    // The end of the input: an unended last line counts.
    void end();

  private:
    void line(std::string_view text);
    void value(const Json& json);

    Handlers m_handlers;
    std::size_t m_maxLine;
    std::string m_rest;
    bool m_skipping = false; // the rest of a line that was too long
};

} // namespace exo::mcp
