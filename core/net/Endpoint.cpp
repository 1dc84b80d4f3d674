#include "core/net/Endpoint.h"

#include "core/base/Text.h"
#include "core/net/Address.h"
#include "core/net/HttpServer.h"

#include <array>
#include <charconv>

namespace exo::net {

namespace {

struct Parts {
    std::string scheme; // empty when none was given
    std::string host;   // IPv6 in brackets
    int port = 0;       // 0 = the default of the scheme
    std::string path;   // empty or "/a/b"
};

// Invisible or decorative characters that come along with copying from web pages and chats.
constexpr std::array<std::string_view, 14> k_wrapping = {"\"",     "'",      "`",      "<",      ">",
                                                         "\u00A0", "\u200B", "\u200C", "\u200D", "\u2060",
                                                         "\uFEFF", "\u3000", "\u201C", "\u201D"};

std::string_view unwrap(std::string_view text) {
    for (bool changed = true; changed;) {
        changed = false;
        text = trim(text);
        for (const std::string_view mark : k_wrapping) {
            if (text.starts_with(mark)) {
                text.remove_prefix(mark.size());
                changed = true;
            }
            if (text.ends_with(mark)) {
                text.remove_suffix(mark.size());
                changed = true;
            }
        }
    }
    return text;
}

Error invalid(std::string detail) {
    return fail(ErrorCode::InvalidRequest, std::move(detail), "baseUrl");
}

bool isDigits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Names as DNS and IDNA take them; non-ASCII labels are left to libcurl, which converts them (IDNA 2008).
Result<std::string> checkedName(std::string_view host) {
    std::string name = toLowerAscii(host);
    if (name.ends_with('.')) name.pop_back();
    if (name.empty() || name.size() > 253) return invalid("the host name is missing or too long");
    for (const std::string_view label : split(name, '.')) {
        if (label.empty() || label.size() > 63) return invalid("the host name has an empty or too long part");
        if (label.front() == '-' || label.back() == '-')
            return invalid("a part of the host name begins or ends with '-'");
        for (const char c : label) {
            const bool ascii = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!ascii && static_cast<unsigned char>(c) < 0x80)
                return invalid("the host name holds a character that no host name has");
        }
    }
    const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
    // "127.1" and "0x7f.1" are addresses to some resolvers and names to others.
    if (isDigits(last) || last.starts_with("0x")) {
        if (const auto address = parseAddress(name); !address) return invalid("not a dotted IPv4 address");
    }
    return name;
}

Result<std::string> checkedHost(std::string_view host) {
    if (!host.starts_with('[')) return checkedName(host);
    boost::system::error_code error;
    const auto address = asio::ip::make_address_v6(std::string(host.substr(1, host.size() - 2)), error);
    if (error || address.scope_id() != 0) return invalid("not an IPv6 address");
    return "[" + address.to_string() + "]";
}

Result<void> splitAuthority(std::string_view authority, Parts& parts) {
    if (authority.find('@') != std::string_view::npos)
        return invalid("leave user names and passwords out of the address; keys have a field of their own");
    std::string_view host = authority;
    std::string_view port;
    const std::size_t closing = authority.starts_with('[') ? authority.find(']') : 0;
    if (closing == std::string_view::npos) return invalid("the IPv6 address is not closed");
    const std::size_t colon = authority.find(':', closing);
    if (colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parts.port);
        if (!isDigits(port) || error != std::errc() || end != port.data() + port.size() || parts.port < 1 ||
            parts.port > 65535)
            return invalid("the port must be a number from 1 to 65535");
    }
    if (closing != 0 && host.size() != closing + 1) return invalid("text after the IPv6 address");
    EXO_TRY(parts.host, checkedHost(host));
    return {};
}

// Keeps what a path may hold (RFC 3986, 3.3), percent-encodes the rest, drops empty and trailing segments.
Result<std::string> cleanPath(std::string_view path) {
    std::string out;
    for (const std::string_view segment : split(path, '/')) {
        if (segment.empty() || segment == ".") continue;
        const std::string folded = toLowerAscii(segment);
        if (folded == ".." || folded == "%2e%2e" || folded == ".%2e" || folded == "%2e.")
            return invalid("the path must not contain \"..\"");
        out += '/';
        for (std::size_t i = 0; i < segment.size(); ++i) {
            const char c = segment[i];
            // The apostrophe, too: at the end it would be taken for wrapping the next time.
            if (static_cast<unsigned char>(c) >= 0x80 || c == '\'') {
                out += '%';
                for (const char digit : hexEncode(std::string_view(&c, 1)))
                    out += digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
                continue;
            }
            if (c == '%' && (i + 2 >= segment.size() || !isHex(segment[i + 1]) || !isHex(segment[i + 2])))
                return invalid("a '%' in the path is not followed by two hexadecimal digits");
            if (std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos)
                return invalid("the path holds a character that no URL has");
            out += c;
        }
    }
    return out;
}

Result<Parts> splitUrl(std::string_view text) {
    Parts parts;
    if (text.empty()) return invalid("the address is empty");
    if (!isValidUtf8(text)) return invalid("the address is not UTF-8");
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
            return invalid("the address holds white space");
    }
    if (text.find_first_of("?#") != std::string_view::npos)
        return invalid("the address must not have a query (?) or a fragment (#)");
    if (const std::size_t mark = text.find("://"); mark != std::string_view::npos) {
        parts.scheme = toLowerAscii(text.substr(0, mark));
        if (parts.scheme != "http" && parts.scheme != "https")
            return invalid("only http and https are supported");
        text.remove_prefix(mark + 3);
    } else if (text.starts_with("//")) {
        text.remove_prefix(2);
    }
    const std::size_t slash = text.find('/');
    EXO_CHECK(splitAuthority(text.substr(0, slash), parts));
    EXO_TRY(parts.path, cleanPath(slash == std::string_view::npos ? std::string_view() : text.substr(slash)));
    return parts;
}

// Ends of full request URLs, longest first where one ends with another.
constexpr std::array<std::string_view, 11> k_requestPaths = {"/chat/completions",
                                                             "/messages/count_tokens",
                                                             "/messages",
                                                             "/completions",
                                                             "/responses",
                                                             "/embeddings",
                                                             "/models",
                                                             "/images/generations",
                                                             "/audio/transcriptions",
                                                             "/audio/speech",
                                                             "/rerank"};

void dropRequestPath(std::string& path) {
    for (bool changed = true; changed;) {
        changed = false;
        for (const std::string_view suffix : k_requestPaths) {
            if (path.size() < suffix.size()) continue;
            if (!equalsIgnoreCase(std::string_view(path).substr(path.size() - suffix.size()), suffix))
                continue;
            path.resize(path.size() - suffix.size());
            changed = true;
        }
    }
}

// "v1", "v4", "v1beta", "v1.1": the path already says which API it means.
bool isVersion(std::string_view segment) {
    return segment.size() >= 2 && (segment[0] == 'v' || segment[0] == 'V') && segment[1] >= '0' &&
           segment[1] <= '9';
}

bool hasVersion(std::string_view path) {
    for (const std::string_view segment : split(path, '/')) {
        if (isVersion(segment)) return true;
    }
    return false;
}

// Where a vendor's OpenAI-compatible API is not at /v1: what people paste → the base, from the vendors' own
// pages.
struct KnownHost {
    std::string_view hostEnd; // the host, or its end when it begins with a dot
    std::string_view given;
    std::string_view base;
};
constexpr std::array<KnownHost, 19> k_knownHosts = {{
    {"open.bigmodel.cn", "", "/api/paas/v4"},
    {"api.z.ai", "", "/api/paas/v4"},
    {"dashscope.aliyuncs.com", "", "/compatible-mode/v1"},
    {"dashscope.aliyuncs.com", "/compatible-mode", "/compatible-mode/v1"},
    {"dashscope-intl.aliyuncs.com", "", "/compatible-mode/v1"},
    {"dashscope-intl.aliyuncs.com", "/compatible-mode", "/compatible-mode/v1"},
    {".volces.com", "", "/api/v3"},
    {".volces.com", "/api", "/api/v3"},
    {"qianfan.baidubce.com", "", "/v2"},
    {"generativelanguage.googleapis.com", "", "/v1beta/openai"},
    {"generativelanguage.googleapis.com", "/v1beta", "/v1beta/openai"},
    {"openrouter.ai", "", "/api/v1"},
    {"openrouter.ai", "/api", "/api/v1"},
    {"api.groq.com", "", "/openai/v1"},
    {"api.groq.com", "/openai", "/openai/v1"},
    {".openai.azure.com", "", "/openai/v1"},
    {".openai.azure.com", "/openai", "/openai/v1"},
    {"models.github.ai", "", "/inference"},
    {"api.fireworks.ai", "", "/inference/v1"},
}};

std::string openAiPath(const Parts& parts) {
    for (const KnownHost& known : k_knownHosts) {
        const bool match = known.hostEnd.starts_with('.') ? parts.host.ends_with(known.hostEnd)
                                                          : parts.host == known.hostEnd;
        if (match && parts.path == known.given) return std::string(known.base);
    }
    if (parts.path.empty()) return "/v1";
    // Ollama's own API lives at /api of its port; its OpenAI-compatible one at /v1.
    const bool ollama = parts.port == 11434 && (parts.path == "/api" || parts.path.starts_with("/api/"));
    return ollama ? "/v1" : parts.path;
}

// Clients of the Anthropic API append /v1/messages to a base such as https://api.deepseek.com/anthropic.
std::string anthropicPath(const Parts& parts) {
    return hasVersion(parts.path) ? parts.path : parts.path + "/v1";
}

std::string guessScheme(const Parts& parts) {
    if (parts.port == 443) return "https";
    if (isLoopbackHost(parts.host)) return "http";
    if (const auto address = parseAddress(parts.host)) return isPrivateAddress(*address) ? "http" : "https";
    // A name without a dot, .local (RFC 6762) and .internal never leave the local network.
    const bool local = parts.host.find('.') == std::string::npos || parts.host.ends_with(".local") ||
                       parts.host.ends_with(".internal") || parts.host.ends_with(".lan");
    return local || parts.port == 80 ? "http" : "https";
}

} // namespace

Result<std::string> normaliseEndpoint(std::string_view text, ApiFamily family) {
    EXO_TRY(Parts parts, splitUrl(unwrap(text)));
    if (parts.scheme.empty()) parts.scheme = guessScheme(parts);
    if (parts.port == (parts.scheme == "https" ? 443 : 80)) parts.port = 0;
    dropRequestPath(parts.path);
    parts.path = family == ApiFamily::Anthropic ? anthropicPath(parts) : openAiPath(parts);
    std::string url = parts.scheme + "://" + parts.host;
    if (parts.port != 0) url += ":" + std::to_string(parts.port);
    return url + parts.path;
}

std::string endpointUrl(std::string_view base, std::string_view path) {
    while (base.ends_with('/'))
        base.remove_suffix(1);
    while (path.starts_with('/'))
        path.remove_prefix(1);
    std::string url;
    url.reserve(base.size() + path.size() + 1);
    url += base;
    url += '/';
    url += path;
    return url;
}

} // namespace exo::net
