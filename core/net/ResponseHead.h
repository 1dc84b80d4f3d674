#pragma once
// The head of a response as bytes. Pure but for the cached date.

#include "core/net/HttpServer.h"

#include <optional>

namespace exo::net {

enum class BodyFraming { Length, Chunked, UntilClose, None };

struct ResponseFrame {
    BodyFraming framing = BodyFraming::Length;
    std::size_t length = 0;
    std::string_view requestId;
    bool http10 = false;
    bool keepAlive = true;
};

// Headers with control characters in name or value are dropped and logged: they cannot be sent safely.
// Framing headers, Date and x-request-id of the handler give way to the server's own.
std::string formatHead(int status, const std::vector<Header>& headers, const ResponseFrame& frame);

// IMF-fixdate of now (RFC 9110, 5.6.7), made once a second.
std::string_view httpDate();

} // namespace exo::net
