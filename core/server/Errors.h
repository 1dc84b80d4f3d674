#pragma once
// An Error as the response of an HTTP call: status, OpenAI's JSON, Retry-After, x-should-retry. Any thread.

#include "core/base/Error.h"
#include "core/net/HttpServer.h"

namespace exo::server {

// What a client may see of an error: for failures of the machine or of an upstream, whose `detail` may name
// files, hosts or addresses, only the sentence of its code stays.
Error publicError(const Error& error);

// An upstream's 4xx answer goes out as it came (status and body); everything else in our own words.
net::ServerResponse errorResponse(const Error& error);

} // namespace exo::server
