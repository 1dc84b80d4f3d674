#include "core/providers/ErrorMapping.h"

#include "core/base/Text.h"

#include <array>
#include <span>

namespace exo {

namespace {

constexpr std::size_t k_maxMessage = 300;

// What the vendors' error bodies have in common.
struct Said {
    std::string message;
    std::string type;
    std::string code;
    int numericCode = 0;
};

std::string codeText(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return {};
}

void readObject(const Json& object, Said& said) {
    said.message = stringOr(object, "message");
    said.type = stringOr(object, "type");
    if (const Json* code = member(object, "code")) said.code = codeText(*code);
    if (said.code.empty()) said.code = stringOr(object, "status"); // Google's
    const std::int64_t number = intOr(object, "code");
    if (number >= 400 && number <= 599) said.numericCode = static_cast<int>(number);
    // OpenRouter puts the words of the real upstream here.
    if (const Json* metadata = member(object, "metadata")) {
        const std::string_view raw = stringOr(*metadata, "raw");
        if (!raw.empty()) said.message += said.message.empty() ? std::string(raw) : ": " + std::string(raw);
    }
}

// {"error":{…}}, {"error":"…"}, {"message":…}, {"detail":…} (FastAPI), [{"error":…}] (Google).
Said readBody(const Json& body) {
    Said said;
    const Json& object = body.is_array() && !body.empty() ? body.front() : body;
    const Json* error = member(object, "error");
    if (error && error->is_object()) {
        readObject(*error, said);
        return said;
    }
    readObject(object, said);
    if (error && error->is_string()) said.message = error->get<std::string>();
    const Json* detail = member(object, "detail");
    if (said.message.empty() && detail)
        said.message = detail->is_string() ? detail->get<std::string>() : dumpJson(*detail);
    return said;
}

bool containsAny(std::string_view text, std::span<const std::string_view> needles) {
    return std::ranges::any_of(needles,
                               [&](std::string_view n) { return text.find(n) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 17> k_contextPhrases = {"context_length_exceeded",
                                                               "maximum context length",
                                                               "context length exceeded",
                                                               "context window",
                                                               "context length of",
                                                               "prompt is too long",
                                                               "input is too long",
                                                               "exceed context limit",
                                                               "exceed_context_size",
                                                               "available context size",
                                                               "maximum number of tokens allowed",
                                                               "range of input length should be",
                                                               "exceeded model token limit",
                                                               "reduce the length of the messages",
                                                               "maximum prompt length",
                                                               "model_context_window_exceeded",
                                                               "prompt too long"};
constexpr std::array<std::string_view, 8> k_filterPhrases = {
    "content_filter", "content_policy_violation", "data_inspection_failed",    "responsibleaipolicyviolation",
    "contentfilter",  "content exists risk",      "content management policy", "inappropriate content"};
constexpr std::array<std::string_view, 10> k_quotaPhrases = {"insufficient_quota",
                                                             "billing_hard_limit",
                                                             "insufficient_balance",
                                                             "insufficient balance",
                                                             "billing_error",
                                                             "exceeded_current_quota",
                                                             "exceeded your current quota",
                                                             "credit balance is too low",
                                                             "arrearage",
                                                             "insufficient credits"};

int statusOfType(std::string_view type) {
    struct Row {
        std::string_view type;
        int status;
    };
    constexpr Row rows[] = {
        {"invalid_request_error", 400}, {"authentication_error", 401}, {"billing_error", 402},
        {"permission_error", 403},      {"not_found_error", 404},      {"request_too_large", 413},
        {"rate_limit_error", 429},      {"rate_limit_exceeded", 429},  {"insufficient_quota", 429},
        {"timeout_error", 504},         {"overloaded_error", 529}};
    for (const Row& row : rows)
        if (row.type == type) return row.status;
    return 500;
}

ErrorCode classify(int status, const Said& said) {
    const std::string text = toLowerAscii(said.code + '\n' + said.type + '\n' + said.message);
    if (status == 402 || containsAny(text, k_quotaPhrases)) return ErrorCode::InsufficientQuota;
    const bool aboutRequest = status >= 400 && status < 500 && status != 401 && status != 429;
    if (!aboutRequest && status < 500) return ErrorCode::UpstreamRejected;
    if (containsAny(text, k_filterPhrases)) return ErrorCode::ContentFilter;
    if (containsAny(text, k_contextPhrases)) return ErrorCode::ContextLengthExceeded;
    return ErrorCode::UpstreamRejected;
}

Error makeError(int status, const Said& said) {
    Error error(classify(status, said));
    error.upstreamStatus = status;
    error.retryable =
        error.code == ErrorCode::UpstreamRejected && (status >= 500 || status == 408 || status == 429);
    error.detail = "the upstream answered " + std::to_string(status);
    std::string message = said.message.empty() ? said.code : said.message;
    if (message.empty()) message = said.type;
    if (!message.empty()) error.detail += ": " + std::string(utf8Prefix(message, k_maxMessage));
    return error;
}

} // namespace

Error errorFromResponse(int status, const std::vector<net::Header>& headers, std::string body, WallTime now) {
    if (body.size() > k_maxErrorBody) body.resize(k_maxErrorBody);
    const auto json = parseJson(body);
    const bool structured = json && json->is_structured();
    Error error = makeError(status, structured ? readBody(*json) : Said{});
    if (structured)
        error.upstreamBody = std::move(body);
    else if (status >= 300 && status < 400)
        error.detail += " (a redirect; is the base URL right?)";
    error.retryAfter = parseRetryAfter(headers, now);
    return error;
}

Error errorFromMember(const Json& error) {
    Said said;
    if (error.is_string())
        said.message = error.get<std::string>();
    else
        readObject(error, said);
    int status = said.numericCode;
    if (status == 0) status = statusOfType(said.type);
    if (status == 500) status = statusOfType(said.code);
    return makeError(status, said);
}

void scrub(std::string& text, std::string_view secret, std::string_view replacement) {
    if (secret.size() < 4) return;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + replacement.size()))
        text.replace(at, secret.size(), replacement);
}

} // namespace exo
