#include "core/server/HostCheck.h"

#include "core/base/Text.h"
#include "core/net/HttpServer.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace exo::server {

namespace {

struct Authority {
    std::string host; // lower case, without brackets and the root's dot
    std::string port; // empty = not given
};

Authority splitAuthority(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const bool bareIpv6 = bracket == std::string_view::npos && std::ranges::count(text, ':') > 1;
    if (colon != std::string_view::npos && !bareIpv6) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    if (bracket != std::string_view::npos) host = text.substr(1, bracket - 1);
    if (host.ends_with('.')) host.remove_suffix(1);
    return {toLowerAscii(host), std::string(port)};
}

bool isAddress(const std::string& host) {
    boost::system::error_code errc;
    boost::asio::ip::make_address(host, errc);
    return !errc;
}

bool listed(const Authority& authority, const std::vector<std::string>& entries) {
    return std::ranges::any_of(entries, [&](const std::string& entry) {
        const Authority allowed = splitAuthority(entry);
        return allowed.host == authority.host && (allowed.port.empty() || allowed.port == authority.port);
    });
}

} // namespace

bool HostPolicy::listensEverywhere() const {
    boost::system::error_code errc;
    const auto address = boost::asio::ip::make_address(listenHost, errc);
    return !errc && address.is_unspecified();
}

bool hostAllowed(std::string_view host, const HostPolicy& policy) {
    const Authority authority = splitAuthority(host);
    if (authority.host.empty()) return false;
    if (authority.host == "localhost") return true;
    const bool address = isAddress(authority.host);
    if (address && net::isLoopbackHost(authority.host)) return true;
    if (address && policy.listensEverywhere()) return true;
    if (authority.host == splitAuthority(policy.listenHost).host) return true;
    return listed(authority, policy.allowedHosts);
}

bool originAllowed(std::string_view origin, std::string_view host, const HostPolicy& policy) {
    const std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos) return false;
    const std::string_view name = origin.substr(0, scheme);
    if (name != "http" && name != "https") return false;
    const Authority from = splitAuthority(origin.substr(scheme + 3));
    const Authority to = splitAuthority(host);
    if (from.host == to.host && from.port == to.port) return true;
    return listed(from, policy.allowedHosts);
}

} // namespace exo::server
