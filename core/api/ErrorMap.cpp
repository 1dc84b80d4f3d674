#include "core/api/ErrorMap.h"

#include <array>

namespace exo::api {

namespace {

struct Row {
    ErrorCode code;
    HttpError http;
    const char* english;
    const char* chinese;
};

constexpr std::string_view k_invalid = "invalid_request_error";
constexpr std::string_view k_unavailable = "service_unavailable_error";

constexpr std::array k_rows{
    Row{ErrorCode::InvalidRequest, {400, k_invalid}, "The request is not valid.", "请求无效。"},
    Row{ErrorCode::InvalidJson, {400, k_invalid}, "The data is not valid JSON.", "数据不是有效的 JSON。"},
    Row{ErrorCode::RequestTooLarge,
        {413, k_invalid},
        "The request is too large. Send less text or smaller attachments.",
        "请求过大。请减少文本或使用较小的附件。"},
    Row{ErrorCode::InvalidApiKey,
        {401, k_invalid},
        "The API key is missing, wrong, expired or revoked.",
        "API 密钥缺失、错误、已过期或已吊销。"},
    Row{ErrorCode::PermissionDenied,
        {403, "permission_error"},
        "This is not allowed.",
        "没有权限执行此操作。"},
    Row{ErrorCode::NotFound, {404, k_invalid}, "It does not exist (any more).", "目标不存在或已被删除。"},
    Row{ErrorCode::ModelNotFound,
        {404, k_invalid},
        "No provider offers this model. Choose another one.",
        "没有提供商提供该模型。请选择其他模型。"},
    Row{ErrorCode::UnknownUrl, {404, k_invalid}, "There is no such address.", "地址不存在。"},
    Row{ErrorCode::MethodNotAllowed,
        {405, k_invalid},
        "This address does not accept the method.",
        "该地址不支持此方法。"},
    Row{ErrorCode::Conflict,
        {409, k_invalid},
        "Something else is still under way here. Wait or stop it first.",
        "此处仍有操作正在进行。请等待或先停止它。"},
    Row{ErrorCode::KeyReused,
        {422, k_invalid},
        "This Idempotency-Key was used with another request.",
        "该 Idempotency-Key 已用于另一个请求。"},
    Row{ErrorCode::NotCached,
        {504, "timeout_error"},
        "The answer is not in the cache, and only the cache was to be asked.",
        "缓存中没有该回答,而请求只允许使用缓存。"},
    Row{ErrorCode::RateLimitExceeded,
        {429, "rate_limit_error"},
        "Too many requests. Wait a moment and try again.",
        "请求过于频繁。请稍候再试。"},
    Row{ErrorCode::InsufficientQuota,
        {429, "insufficient_quota"},
        "The provider says the account has no credit left.",
        "提供商提示账户余额或配额不足。"},
    Row{ErrorCode::QueueFull,
        {503, k_unavailable},
        "Too many requests are waiting. Try again in a moment.",
        "排队的请求过多。请稍后再试。"},
    Row{ErrorCode::QueueTimeout,
        {503, k_unavailable},
        "The request waited too long for its turn. Try again in a moment.",
        "请求排队超时。请稍后再试。"},
    Row{ErrorCode::CircuitOpen,
        {503, k_unavailable},
        "The provider keeps failing and is given a pause. Try again soon.",
        "提供商持续出错,已暂停调用。请稍后再试。"},
    Row{ErrorCode::Overloaded,
        {503, k_unavailable},
        "The machine is overloaded. Try again in a moment.",
        "本机负载过高。请稍后再试。"},
    Row{ErrorCode::ShuttingDown, {503, k_unavailable}, "ExoBrain is shutting down.", "ExoBrain 正在关闭。"},
    Row{ErrorCode::NoProvider,
        {503, k_unavailable},
        "No provider is configured for this. Add one in the settings.",
        "尚未配置可用的提供商。请在设置中添加。"},
    Row{ErrorCode::UpstreamTimeout,
        {504, "timeout_error"},
        "The provider did not answer in time. Try again.",
        "提供商未在规定时间内响应。请重试。"},
    Row{ErrorCode::UpstreamConnection,
        {502, "upstream_error"},
        "The provider cannot be reached. Check the address, the network and the proxy.",
        "无法连接到提供商。请检查地址、网络和代理设置。"},
    Row{ErrorCode::UpstreamInvalidResponse,
        {502, "upstream_error"},
        "The provider sent an answer that makes no sense. Check that the address is that of an API.",
        "提供商返回了无法识别的内容。请确认地址是 API 地址。"},
    Row{ErrorCode::UpstreamRejected,
        {502, "upstream_error"},
        "The provider refused the request.",
        "提供商拒绝了该请求。"},
    Row{ErrorCode::ContextLengthExceeded,
        {400, k_invalid},
        "The conversation is longer than the model can read. Start a new one or choose a larger model.",
        "对话超出了模型的上下文长度。请新建对话或选择更大的模型。"},
    Row{ErrorCode::ContentFilter,
        {400, k_invalid},
        "The provider's content filter stopped the answer.",
        "提供商的内容过滤中止了回答。"},
    Row{ErrorCode::StreamInterrupted,
        {502, "upstream_error"},
        "The answer broke off before its end. What arrived is kept.",
        "回答中途中断。已收到的内容已保留。"},
    Row{ErrorCode::Cancelled, {499, k_invalid}, "Stopped.", "已停止。"},
    Row{ErrorCode::StorageError,
        {500, "server_error"},
        "Saving or reading data failed.",
        "保存或读取数据失败。"},
    Row{ErrorCode::StorageFull,
        {507, "server_error"},
        "The disk is full. Make room; nothing was lost.",
        "磁盘已满。请清理空间;已有数据没有丢失。"},
    Row{ErrorCode::StorageReadOnly,
        {503, k_unavailable},
        "The data can only be read at the moment.",
        "数据当前只能读取。"},
    Row{ErrorCode::StorageCorrupt,
        {500, "server_error"},
        "The database file is damaged. Restore a backup.",
        "数据库文件已损坏。请恢复备份。"},
    Row{ErrorCode::ConfigError, {400, k_invalid}, "The configuration is not valid.", "配置无效。"},
    Row{ErrorCode::IoError,
        {500, "server_error"},
        "A file or address could not be used.",
        "文件或地址无法使用。"},
    Row{ErrorCode::WorkTimeout, {504, "timeout_error"}, "The work took longer than it may.", "处理超时。"},
    Row{ErrorCode::WorkerCrashed,
        {500, "server_error"},
        "A worker process ended unexpectedly.",
        "工作进程意外退出。"},
    Row{ErrorCode::Unsupported, {400, k_invalid}, "This is not supported here.", "此处不支持该功能。"},
    Row{ErrorCode::Internal,
        {500, "server_error"},
        "Something went wrong inside ExoBrain.",
        "ExoBrain 内部出错。"},
};

const Row& rowOf(ErrorCode code) {
    for (const auto& row : k_rows)
        if (row.code == code) return row;
    return k_rows.back();
}

int statusOf(const Error& error) {
    const bool passThrough = error.upstreamStatus >= 400 && error.upstreamStatus < 500;
    return passThrough ? error.upstreamStatus : httpError(error.code).status;
}

// English sentence plus what is known, for programs and logs.
std::string messageOf(const Error& error) {
    if (error.detail.empty()) return rowOf(error.code).english;
    return error.detail;
}

// A request that is wrong in itself is told by status, type and param; clients look for a code only where it
// says more than these.
Json publicCode(ErrorCode code) {
    switch (code) {
    case ErrorCode::InvalidRequest:
    case ErrorCode::InvalidJson:
    case ErrorCode::MethodNotAllowed: return Json();
    default: return std::string(toString(code));
    }
}

std::string_view anthropicType(int status) {
    switch (status) {
    case 400: return "invalid_request_error";
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 503:
    case 529: return "overloaded_error";
    case 504: return "timeout_error";
    default: return status < 500 ? "invalid_request_error" : "api_error";
    }
}

} // namespace

HttpError httpError(ErrorCode code) {
    return rowOf(code).http;
}

std::string errorText(ErrorCode code, Language language) {
    const Row& row = rowOf(code);
    return language == Language::Chinese ? row.chinese : row.english;
}

Json openAiError(const Error& error) {
    Json inner = Json::object();
    inner["message"] = messageOf(error);
    inner["type"] = std::string(httpError(error.code).type);
    inner["param"] = error.param.empty() ? Json() : Json(error.param);
    inner["code"] = publicCode(error.code);
    Json body = Json::object();
    body["error"] = std::move(inner);
    return body;
}

Json anthropicError(const Error& error) {
    Json body = Json::object();
    body["type"] = "error";
    body["error"]["type"] = std::string(anthropicType(statusOf(error)));
    body["error"]["message"] = messageOf(error);
    return body;
}

Error errorFromResponse(int status, const Json& body) {
    const Json* inner = member(body, "error");
    const Json& source = inner ? *inner : body;
    Error error;
    const auto code = errorCodeFromString(stringOr(source, "code"));
    if (code) {
        error.code = *code;
    } else {
        error.code = ErrorCode::UpstreamInvalidResponse;
        for (const auto& row : k_rows) {
            if (row.http.status != status) continue;
            error.code = row.code;
            break;
        }
    }
    error.detail = std::string(stringOr(source, "message"));
    error.param = std::string(stringOr(source, "param"));
    error.retryable = status == 429 || status >= 500;
    return error;
}

} // namespace exo::api
