#pragma once
// Addresses of clients: parsing, loopback and private ranges, and who is behind a trusted proxy. Pure
// functions.

#include "core/net/HttpClient.h"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::net {

// "1.2.3.4", "::1", "[::1]"; an IPv4-mapped IPv6 address comes out as IPv4. nullopt for names.
std::optional<asio::ip::address> parseAddress(std::string_view text);
asio::ip::address unmapped(const asio::ip::address& address);
// Not reachable from the internet: RFC 1918, link-local, shared (RFC 6598), unique local (RFC 4193),
// loopback, unspecified.
bool isPrivateAddress(const asio::ip::address& address);
// What one client counts as for connection caps: the address, or the /64 of an IPv6 address.
std::string clientBucket(const asio::ip::address& address);

// Addresses and CIDR networks ("127.0.0.1", "10.0.0.0/8", "fd00::/8").
class TrustedProxies {
  public:
    explicit TrustedProxies(
        const std::vector<std::string>& entries); // entries that do not parse are logged and skipped
    bool contains(const asio::ip::address& address) const;
    // The rightmost X-Forwarded-For hop that is not a trusted proxy; `peer` itself when it is not trusted or
    // when nothing usable was forwarded.
    asio::ip::address client(const asio::ip::address& peer, const std::vector<Header>& headers) const;

  private:
    struct Network {
        asio::ip::address_v6::bytes_type bytes;
        int prefix;
    };
    std::vector<Network> m_networks;
};

} // namespace exo::net
