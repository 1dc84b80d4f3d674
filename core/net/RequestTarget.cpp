#include "core/base/Text.h"
#include "core/net/RequestParser.h"

namespace exo::net {

namespace {

enum class Plus { Literal, Space };

int hexValue(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> percentDecode(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' && plus == Plus::Space ? ' ' : text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hexValue(text[i + 1]);
        const int low = hexValue(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

bool climbs(std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = path.find_first_of("/\\");
        if (path.substr(0, end) == "..") return true;
        if (end == std::string_view::npos) return false;
        path.remove_prefix(end + 1);
    }
    return false;
}

bool hasControl(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
    }
    return false;
}

} // namespace

Result<void> parseTarget(ServerRequest& request) {
    std::string_view target = request.target;
    if (target == "*" && request.method == "OPTIONS") {
        request.path = "*";
        return {};
    }
    // The absolute form, which servers must accept (RFC 9112, 3.2.2).
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() || !equalsIgnoreCase(target.substr(0, scheme.size()), scheme))
            continue;
        const std::size_t slash = target.find_first_of("/?", scheme.size());
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
        break;
    }
    if (target.find('#') != std::string_view::npos)
        return fail(ErrorCode::InvalidRequest, "a fragment in the target");
    const std::size_t question = target.find('?');
    request.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    const std::string_view path = target.substr(0, question);
    std::optional<std::string> decoded = percentDecode(path.empty() ? "/" : path, Plus::Literal);
    if (!decoded || !decoded->starts_with('/') || hasControl(*decoded) || !isValidUtf8(*decoded) ||
        climbs(*decoded))
        return fail(ErrorCode::InvalidRequest, "the path is malformed");
    request.path = std::move(*decoded);
    return {};
}

std::string ServerRequest::queryValue(std::string_view key) const {
    for (const std::string_view pair : split(query, '&')) {
        const std::size_t equals = pair.find('=');
        if (percentDecode(pair.substr(0, equals), Plus::Space) != key) continue;
        if (equals == std::string_view::npos) return {};
        return sanitizeUtf8(percentDecode(pair.substr(equals + 1), Plus::Space).value_or(std::string()));
    }
    return {};
}

} // namespace exo::net
