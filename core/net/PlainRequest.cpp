#include "core/net/PlainRequest.h"

#include "core/base/Text.h"
#include "core/net/Address.h"
#include "core/net/HttpServer.h"
#include "core/net/RequestCheck.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace exo::net {

namespace {

bool isSet(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value;
}

// As libcurl reads the environment for http URLs; whether no_proxy names the host is left to it.
bool mayHaveProxy(const ProxySettings& proxy, std::string_view host) {
    switch (proxy.mode) {
    case ProxySettings::Mode::None: return false;
    case ProxySettings::Mode::Custom: return true;
    case ProxySettings::Mode::System: break;
    }
    if (isLoopbackHost(host)) return false;
    return isSet("http_proxy") || isSet("all_proxy") || isSet("ALL_PROXY");
}

bool isPlainName(std::string_view host) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_';
    };
    if (host.empty() || host.size() > 253 || !std::ranges::all_of(host, plain)) return false;
    // "127.1" and "0x7f.1" are addresses to libcurl.
    const std::string_view last = host.substr(host.rfind('.') + 1);
    const bool number = last.empty() || (last.front() >= '0' && last.front() <= '9');
    return !number || parseAddress(host).has_value();
}

// Headers whose meaning depends on the connection.
bool isHopByHop(std::string_view name) {
    for (const std::string_view own : {"host", "connection", "expect", "upgrade", "te", "keep-alive",
                                       "trailer", "proxy-connection", "proxy-authorization"}) {
        if (name.size() == own.size() && equalsIgnoreCase(name, own)) return true;
    }
    return false;
}

// "host", "host:8080", "[::1]:8080" into the target.
bool splitAuthority(std::string_view authority, PlainTarget& out) {
    const bool bracketed = authority.starts_with('[');
    const std::size_t hostEnd = bracketed ? authority.find(']') : authority.find(':');
    std::string_view host = authority.substr(0, hostEnd);
    std::string_view rest = hostEnd == std::string_view::npos ? "" : authority.substr(hostEnd);
    if (bracketed) {
        if (rest.empty()) return false;
        host.remove_prefix(1);
        rest.remove_prefix(1);
    }
    if (!rest.empty()) {
        const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), out.port);
        const bool number = error == std::errc() && end == rest.data() + rest.size() && out.port > 0;
        if (rest.front() != ':' || !number) return false;
    }
    const bool known = bracketed ? host.find('%') == std::string_view::npos && parseAddress(host).has_value()
                                 : isPlainName(host);
    out.host = host;
    out.loopback = isLoopbackHost(host);
    out.authority = authority;
    return known;
}

bool has(const HttpRequest& request, std::string_view name) {
    return std::ranges::any_of(request.headers,
                               [name](const Header& header) { return equalsIgnoreCase(header.name, name); });
}

void append(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(value.empty() ? ":" : ": ").append(value).append("\r\n");
}

} // namespace

std::optional<PlainTarget> plainTarget(const HttpRequest& request) {
    std::string_view rest = request.url;
    if (!startsWithNoCase(rest, "http://")) return std::nullopt;
    rest.remove_prefix(7);
    rest = rest.substr(0, rest.find('#'));
    const std::size_t slash = rest.find_first_of("/?");
    PlainTarget target;
    if (!splitAuthority(rest.substr(0, slash), target)) return std::nullopt;
    if (mayHaveProxy(request.proxy, target.host)) return std::nullopt;
    target.target = slash == std::string_view::npos ? "/" : rest.substr(slash);
    if (target.target.front() == '?') target.target.insert(0, 1, '/');
    // libcurl resolves dots and encodes what is not ASCII.
    if (target.target.find("/.") != std::string::npos) return std::nullopt;
    const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (std::ranges::any_of(target.target, foreign)) return std::nullopt;
    if (namesConnection(request.headers)) return std::nullopt;
    return target;
}

bool namesConnection(const std::vector<Header>& headers) {
    return std::ranges::any_of(headers, [](const Header& header) { return isHopByHop(header.name); });
}

std::string formatRequestHead(const HttpRequest& request, const PlainTarget& target) {
    std::string out;
    out.reserve(512);
    out.append(request.method).append(" ").append(target.target).append(" HTTP/1.1\r\n");
    append(out, "Host", target.authority);
    if (!has(request, "accept")) append(out, "Accept", "*/*");
    // On loopback compressing costs more than sending.
    if (!target.loopback && !has(request, "accept-encoding")) append(out, "Accept-Encoding", "gzip");
    for (const Header& header : request.headers)
        append(out, header.name, trim(header.value));
    const std::string& method = request.method;
    if (!request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
        append(out, "Content-Length", std::to_string(request.body.size()));
    out += "\r\n";
    return out;
}

} // namespace exo::net
