#pragma once
// Which Host and Origin a request may carry. Keeps a web page from talking to a server on the user's machine:
// by DNS rebinding (a foreign name that resolves to 127.0.0.1) or straight across origins. Any thread.

#include "core/base/Result.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo::server {

struct HostPolicy {
    std::string listenHost;                // of server.listen
    std::vector<std::string> allowedHosts; // "name" (any port) or "name:port"

    bool listensEverywhere() const; // 0.0.0.0 or ::
    bool operator==(const HostPolicy&) const = default;
};

// Loopback names and addresses, the listen address and allowedHosts pass, with any port. When listening
// everywhere every address literal passes: rebinding needs a name.
bool hostAllowed(std::string_view host, const HostPolicy& policy);
// An Origin passes when it is the Host itself or one of allowedHosts. "null" does not pass.
bool originAllowed(std::string_view origin, std::string_view host, const HostPolicy& policy);

} // namespace exo::server
