#pragma once
// The HttpClient on libcurl: https, HTTP/2, proxies.

#include "core/net/HttpClient.h"

namespace exo::net {

std::unique_ptr<HttpClient> makeCurlClient(asio::io_context& io);

} // namespace exo::net
