#pragma once
// What every outgoing request must satisfy before a byte of it is sent. Pure functions.

#include "core/base/Result.h"
#include "core/net/HttpClient.h"

#include <string_view>

namespace exo::net {

// URL, method and headers cannot break out of their frame; InvalidRequest otherwise.
Result<void> checkRequest(const HttpRequest& request);
// The host part of an http URL, without user information and port; IPv6 in brackets.
std::string_view hostOf(std::string_view url);
bool startsWithNoCase(std::string_view text, std::string_view start);
bool hasControl(std::string_view text);
bool isToken(std::string_view text); // what a header may be called

} // namespace exo::net
