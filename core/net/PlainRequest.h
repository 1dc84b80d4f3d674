#pragma once
// Requests the plain client can send: http, no proxy, a URL without surprises. Everything else is libcurl's.

#include "core/net/HttpClient.h"

#include <optional>
#include <string>

namespace exo::net {

struct PlainTarget {
    std::string host; // name or address, IPv6 without brackets
    std::uint16_t port = 80;
    std::string authority; // "host:port" as the URL has it: the Host header
    std::string target;    // path and query
    bool loopback = false;
};

// nullopt when libcurl must send it. The request has passed checkRequest().
std::optional<PlainTarget> plainTarget(const HttpRequest& request);
// Whether one of the headers has a meaning that depends on the connection: libcurl knows what to do then.
bool namesConnection(const std::vector<Header>& headers);
// Request line and headers with the empty line.
std::string formatRequestHead(const HttpRequest& request, const PlainTarget& target);

} // namespace exo::net
