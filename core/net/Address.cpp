#include "core/net/Address.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/net/HttpServer.h"

#include <algorithm>
#include <charconv>

namespace exo::net {

namespace {

// Every address as 16 bytes, IPv4 as its IPv4-mapped form, so that one comparison serves both.
asio::ip::address_v6::bytes_type wideBytes(const asio::ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

bool samePrefix(const asio::ip::address_v6::bytes_type& a, const asio::ip::address_v6::bytes_type& b,
                int bits) {
    for (std::size_t i = 0; i < a.size() && bits > 0; ++i, bits -= 8) {
        const int mask = bits >= 8 ? 0xFF : (0xFF << (8 - bits)) & 0xFF;
        if ((a[i] & mask) != (b[i] & mask)) return false;
    }
    return true;
}

std::optional<int> parseNumber(std::string_view text, int max) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > max)
        return std::nullopt;
    return value;
}

// One hop of X-Forwarded-For, which may carry a port: "1.2.3.4:5678", "[::1]:5678".
std::optional<asio::ip::address> parseHop(std::string_view hop) {
    hop = trim(hop);
    if (const auto plain = parseAddress(hop)) return plain;
    const std::size_t colon = hop.rfind(':');
    if (colon == std::string_view::npos || !parseNumber(hop.substr(colon + 1), 65535)) return std::nullopt;
    const std::string_view host = hop.substr(0, colon);
    const bool ambiguous = host.find(':') != std::string_view::npos && !host.starts_with('[');
    return ambiguous ? std::nullopt : parseAddress(host);
}

} // namespace

std::optional<asio::ip::address> parseAddress(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    if (text.empty() || text.size() > 64) return std::nullopt;
    boost::system::error_code error;
    const auto address = asio::ip::make_address(std::string(text), error);
    if (error) return std::nullopt;
    return unmapped(address);
}

asio::ip::address unmapped(const asio::ip::address& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

bool isPrivateAddress(const asio::ip::address& address) {
    static const TrustedProxies networks({"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                                          "100.64.0.0/10", "127.0.0.0/8", "0.0.0.0/32", "::1", "::/128",
                                          "fc00::/7", "fe80::/10"});
    return networks.contains(address);
}

std::string clientBucket(const asio::ip::address& address) {
    const auto plain = unmapped(address);
    if (plain.is_v4()) return plain.to_string();
    auto bytes = plain.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t(0));
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
        const std::string_view text = trim(entry);
        const std::size_t slash = text.find('/');
        const auto address = parseAddress(text.substr(0, slash));
        const int width = address && address->is_v4() ? 32 : 128;
        const auto prefix =
            slash == std::string_view::npos ? width : parseNumber(text.substr(slash + 1), width);
        if (!address || !prefix) {
            log::warn("trusted proxy \"{}\" is neither an address nor a network; it is ignored", entry);
            continue;
        }
        m_networks.push_back({wideBytes(*address), *prefix + (128 - width)});
    }
}

bool TrustedProxies::contains(const asio::ip::address& address) const {
    const auto bytes = wideBytes(unmapped(address));
    return std::ranges::any_of(
        m_networks, [&](const Network& network) { return samePrefix(bytes, network.bytes, network.prefix); });
}

asio::ip::address TrustedProxies::client(const asio::ip::address& peer,
                                         const std::vector<Header>& headers) const {
    asio::ip::address client = unmapped(peer);
    if (!contains(client)) return client;
    for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
        if (!equalsIgnoreCase(header->name, "x-forwarded-for")) continue;
        const std::vector<std::string_view> hops = split(header->value, ',');
        for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
            const auto address = parseHop(*hop);
            if (!address) return client; // what lies left of an unreadable hop is not vouched for
            client = *address;
            if (!contains(client)) return client;
        }
    }
    return client;
}

Result<HostPort> parseHostPort(std::string_view text) {
    text = trim(text);
    const std::size_t colon = text.rfind(':');
    const auto port =
        colon == std::string_view::npos ? std::nullopt : parseNumber(text.substr(colon + 1), 65535);
    if (!port) return fail(ErrorCode::InvalidRequest, "expected host:port, e.g. 127.0.0.1:8686");
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool isV6 = host.find(':') != std::string_view::npos;
    if (host.empty() || host.find_first_of(" \t/[]@") != std::string_view::npos || isV6 != bracketed)
        return fail(ErrorCode::InvalidRequest, "expected host:port, with an IPv6 host in brackets");
    return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

bool isLoopbackHost(std::string_view host) {
    if (const auto address = parseAddress(host)) return address->is_loopback();
    if (host.ends_with('.')) host.remove_suffix(1);
    if (equalsIgnoreCase(host, "localhost")) return true;
    // RFC 6761, section 6.3: names below localhost are loopback too.
    constexpr std::string_view below = ".localhost";
    return host.size() > below.size() && equalsIgnoreCase(host.substr(host.size() - below.size()), below);
}

} // namespace exo::net
