#include "core/api/Types.h"
#include "core/base/Base64.h"

#include <algorithm>
#include <array>

namespace exo::api {

namespace {

constexpr std::size_t k_maxAttachmentBytes = 8u << 20;
constexpr std::size_t k_maxAttachments = 20;

std::string text(const Json& json, std::string_view key) {
    return std::string(stringOr(json, key));
}

WallTime time(const Json& json, std::string_view key) {
    return parseTime(stringOr(json, key)).value_or(WallTime{});
}

double number(const Json& json, std::string_view key) {
    const Json* value = member(json, key);
    return value && value->is_number() ? value->get<double>() : 0;
}

Result<const Json*> object(const Json& json) {
    if (!json.is_object()) return fail(ErrorCode::InvalidRequest, "a JSON object is expected");
    return &json;
}

bool allowedMimeType(std::string_view type) {
    static constexpr std::array<std::string_view, 6> k_exact{
        "application/json", "image/png", "image/jpeg", "image/gif", "image/webp", "application/xml"};
    return type.starts_with("text/") || std::ranges::find(k_exact, type) != k_exact.end();
}

Result<Attachment> attachmentFromRequest(const Json& json) {
    EXO_CHECK(object(json));
    Attachment attachment;
    EXO_TRY(attachment.name, getString(json, "name"));
    EXO_TRY(attachment.mimeType, getString(json, "mimeType"));
    if (attachment.name.size() > 1024)
        return fail(ErrorCode::InvalidRequest, "'name' is too long", "attachments");
    if (!allowedMimeType(attachment.mimeType))
        return fail(ErrorCode::InvalidRequest, "attachments are text or png, jpeg, gif, webp images",
                    "attachments");
    EXO_TRY(const auto encoded, getString(json, "data"));
    auto bytes = base64Decode(encoded);
    if (!bytes) return fail(ErrorCode::InvalidRequest, "'data' is not base64", "attachments");
    attachment.data = std::move(*bytes);
    if (attachment.data.size() > k_maxAttachmentBytes)
        return fail(ErrorCode::RequestTooLarge, "an attachment may have 8 MB", "attachments");
    attachment.size = static_cast<std::int64_t>(attachment.data.size());
    return attachment;
}

std::optional<Usage> usageFrom(const Json& json) {
    const Json* value = member(json, "usage");
    if (!value) return std::nullopt;
    return Usage{intOr(*value, "inputTokens"), intOr(*value, "outputTokens"), boolOr(*value, "estimated")};
}

std::optional<ErrorInfo> errorFrom(const Json& json) {
    const Json* value = member(json, "error");
    if (!value) return std::nullopt;
    return ErrorInfo{text(*value, "code"), text(*value, "message")};
}

Citation citationFrom(const Json& json) {
    return {text(json, "path"), static_cast<int>(intOr(json, "startLine")),
            static_cast<int>(intOr(json, "endLine"))};
}

template <class T, class F>
std::vector<T> listFrom(const Json& json, std::string_view key, F convert) {
    std::vector<T> out;
    const Json* list = member(json, key);
    if (!list || !list->is_array()) return out;
    for (const auto& item : *list)
        out.push_back(convert(item));
    return out;
}

} // namespace

Result<SessionPatch> sessionPatchFromJson(const Json& json) {
    EXO_CHECK(object(json));
    SessionPatch patch;
    EXO_TRY(patch.title, optString(json, "title"));
    EXO_TRY(patch.folder, optString(json, "folder"));
    EXO_TRY(patch.model, optString(json, "model"));
    EXO_TRY(patch.systemPrompt, optString(json, "systemPrompt"));
    EXO_TRY(patch.project, optString(json, "project"));
    EXO_TRY(patch.pinned, optBool(json, "pinned"));
    EXO_TRY(const auto leaf, optString(json, "leaf"));
    if (leaf) patch.leaf = MessageId(*leaf);
    return patch;
}

Result<SendRequest> sendRequestFromJson(const Json& json) {
    EXO_CHECK(object(json));
    SendRequest request;
    EXO_TRY(request.content, getString(json, "content"));
    EXO_TRY(const auto parent, optString(json, "parentId"));
    if (parent) request.parentId = MessageId(*parent);
    EXO_TRY(const auto model, optString(json, "model"));
    request.model = model.value_or("");
    const Json* attachments = member(json, "attachments");
    if (!attachments) return request;
    if (!attachments->is_array() || attachments->size() > k_maxAttachments)
        return fail(ErrorCode::InvalidRequest, "'attachments' must be a list of at most 20", "attachments");
    for (const auto& item : *attachments) {
        EXO_TRY(auto attachment, attachmentFromRequest(item));
        request.attachments.push_back(std::move(attachment));
    }
    return request;
}

Result<Session> sessionFromJson(const Json& json) {
    EXO_CHECK(object(json));
    Session session;
    EXO_TRY(auto id, getString(json, "id"));
    session.id = SessionId(std::move(id));
    session.title = text(json, "title");
    session.folder = text(json, "folder");
    session.pinned = boolOr(json, "pinned");
    session.model = text(json, "model");
    session.systemPrompt = text(json, "systemPrompt");
    session.project = text(json, "project");
    session.leaf = MessageId(text(json, "leaf"));
    session.createdAt = time(json, "createdAt");
    session.updatedAt = time(json, "updatedAt");
    session.messageCount = intOr(json, "messageCount");
    return session;
}

Result<Message> messageFromJson(const Json& json) {
    EXO_CHECK(object(json));
    Message message;
    EXO_TRY(auto id, getString(json, "id"));
    message.id = MessageId(std::move(id));
    message.sessionId = SessionId(text(json, "sessionId"));
    message.parentId = MessageId(text(json, "parentId"));
    message.seq = intOr(json, "seq");
    const auto role = roleFromString(stringOr(json, "role"));
    const auto state = stateFromString(stringOr(json, "state"));
    if (!role || !state) return fail(ErrorCode::InvalidRequest, "a message needs 'role' and 'state'");
    message.role = *role;
    message.state = *state;
    message.content = text(json, "content");
    message.reasoning = text(json, "reasoning");
    message.model = text(json, "model");
    message.provider = text(json, "provider");
    message.createdAt = time(json, "createdAt");
    message.usage = usageFrom(json);
    message.error = errorFrom(json);
    message.citations = listFrom<Citation>(json, "citations", citationFrom);
    message.toolCalls = listFrom<ToolCall>(json, "toolCalls", toolCallFromJson);
    message.attachments = listFrom<Attachment>(json, "attachments", [](const Json& item) {
        return Attachment{AttachmentId(text(item, "id")),
                          text(item, "name"),
                          text(item, "mimeType"),
                          intOr(item, "size"),
                          {}};
    });
    message.firstTokenMs = intOr(json, "firstTokenMs", -1);
    message.durationMs = intOr(json, "durationMs", -1);
    message.siblingIndex = static_cast<int>(intOr(json, "siblingIndex"));
    message.siblingCount = static_cast<int>(intOr(json, "siblingCount", 1));
    message.compactedBefore = boolOr(json, "compactedBefore");
    return message;
}

ToolCall toolCallFromJson(const Json& json) {
    return {text(json, "id"),
            text(json, "name"),
            text(json, "arguments"),
            text(json, "result"),
            boolOr(json, "failed"),
            intOr(json, "durationMs", -1),
            std::max<std::int64_t>(intOr(json, "contentOffset", -1), -1)};
}

Result<MessagePage> messagePageFromJson(const Json& json) {
    const Json* list = member(json, "messages");
    if (!list || !list->is_array()) return fail(ErrorCode::InvalidRequest, "'messages' must be a list");
    MessagePage page;
    for (const auto& item : *list) {
        EXO_TRY(auto message, messageFromJson(item));
        page.messages.push_back(std::move(message));
    }
    EXO_TRY(page.next, optInt(json, "next", 0, INT64_MAX));
    return page;
}

Result<SearchHit> searchHitFromJson(const Json& json) {
    EXO_CHECK(object(json));
    return SearchHit{SessionId(text(json, "sessionId")), MessageId(text(json, "messageId")),
                     text(json, "sessionTitle"), text(json, "snippet"), number(json, "score")};
}

Result<ModelInfo> modelFromJson(const Json& json) {
    EXO_TRY(auto id, getString(json, "id"));
    return ModelInfo{std::move(id), text(json, "provider"), text(json, "owned_by"),
                     intOr(json, "context_window"), boolOr(json, "alias")};
}

Result<ProviderInfo> providerFromJson(const Json& json) {
    ProviderInfo provider;
    EXO_TRY(provider.name, getString(json, "name"));
    provider.type = std::string(stringOr(json, "type", "openai"));
    provider.baseUrl = text(json, "baseUrl");
    provider.models = listFrom<std::string>(json, "models", [](const Json& item) {
        return item.is_string() ? item.get<std::string>() : std::string();
    });
    provider.hasKey = boolOr(json, "hasKey");
    provider.proxy = std::string(stringOr(json, "proxy", "system"));
    return provider;
}

Result<ProviderTest> providerTestFromJson(const Json& json) {
    EXO_CHECK(object(json));
    return ProviderTest{boolOr(json, "ok"), intOr(json, "latencyMs"), text(json, "model"), errorFrom(json)};
}

Result<ServiceStatus> serviceStatusFromJson(const Json& json) {
    EXO_CHECK(object(json));
    ServiceStatus status;
    status.level = std::string(stringOr(json, "level", "ok"));
    status.version = text(json, "version");
    status.active = intOr(json, "active");
    status.queued = intOr(json, "queued");
    status.total = intOr(json, "total");
    status.p95Ms = number(json, "p95Ms");
    status.errorRate = number(json, "errorRate");
    status.cpuUsage = number(json, "cpuUsage");
    status.memoryUsage = number(json, "memoryUsage");
    return status;
}

NamedEvent toEvent(const TurnEvent& event) {
    struct Visitor {
        NamedEvent operator()(const TurnStarted& e) const {
            Json data = Json::object();
            data["userMessageId"] = e.userMessageId.str();
            data["assistantMessageId"] = e.assistantMessageId.str();
            return {"message", std::move(data)};
        }
        NamedEvent operator()(const TurnDelta& e) const { return {"delta", Json{{"text", e.text}}}; }
        NamedEvent operator()(const TurnReasoning& e) const { return {"reasoning", Json{{"text", e.text}}}; }
        NamedEvent operator()(const TurnCitation& e) const { return {"citation", toJson(e.citation)}; }
        NamedEvent operator()(const TurnTool& e) const { return {"tool", toJson(e.call)}; }
        NamedEvent operator()(const TurnDone& e) const {
            return {"done", Json{{"message", toJson(e.message)}}};
        }
        NamedEvent operator()(const TurnFailed& e) const {
            Json data = Json::object();
            data["error"] = Json{{"code", std::string(toString(e.error.code))}, {"message", e.error.detail}};
            data["message"] = e.message.id.empty() ? Json() : toJson(e.message);
            return {"error", std::move(data)};
        }
    };
    return std::visit(Visitor{}, event);
}

Result<TurnEvent> turnEventFromJson(std::string_view name, const Json& data) {
    EXO_CHECK(object(data));
    if (name == "message")
        return TurnEvent(
            TurnStarted{MessageId(text(data, "userMessageId")), MessageId(text(data, "assistantMessageId"))});
    if (name == "delta") return TurnEvent(TurnDelta{text(data, "text")});
    if (name == "reasoning") return TurnEvent(TurnReasoning{text(data, "text")});
    if (name == "citation") return TurnEvent(TurnCitation{citationFrom(data)});
    if (name == "tool") return TurnEvent(TurnTool{toolCallFromJson(data)});
    const Json* inner = member(data, "message");
    if (name == "done") {
        EXO_TRY(auto message, messageFromJson(inner ? *inner : Json()));
        return TurnEvent(TurnDone{std::move(message)});
    }
    if (name != "error")
        return fail(ErrorCode::InvalidRequest, "unknown event \"" + std::string(name) + "\"");
    TurnFailed failed;
    const auto info = errorFrom(data).value_or(ErrorInfo{"internal_error", ""});
    failed.error = Error(errorCodeFromString(info.code).value_or(ErrorCode::Internal), info.message);
    if (inner) {
        EXO_TRY(failed.message, messageFromJson(*inner));
    }
    return TurnEvent(std::move(failed));
}

} // namespace exo::api
