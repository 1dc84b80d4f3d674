#include "core/server/Auth.h"

#include "core/base/Text.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

constexpr std::size_t k_maxKeyBytes = 256;

bool below(std::string_view path, std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

// The peer itself, and whoever it speaks for, are on this machine. A request a proxy passed on for somebody
// else is not local, although the proxy is.
bool isLocal(const net::ServerRequest& request) {
    return request.remoteIsLoopback && net::isLoopbackHost(request.remoteAddress);
}

Result<Priority> priorityOf(const net::ServerRequest& request, Priority granted) {
    const std::string_view wish = trim(request.header("x-exobrain-priority"));
    if (wish.empty()) return granted;
    Priority wanted = Priority::Normal;
    if (equalsIgnoreCase(wish, "high")) {
        wanted = Priority::High;
    } else if (equalsIgnoreCase(wish, "low")) {
        wanted = Priority::Low;
    } else if (!equalsIgnoreCase(wish, "normal")) {
        return fail(ErrorCode::InvalidRequest, "'x-exobrain-priority' must be high, normal or low",
                    "x-exobrain-priority");
    }
    return std::max(granted, wanted); // the header may only lower it
}

Principal principalOfKey(const KnownKey& key) {
    Principal principal;
    principal.owner = Owner::key(key.id);
    principal.tenant = key.id;
    principal.priority = key.priority;
    principal.rate = key.rate;
    return principal;
}

} // namespace

bool Authenticator::mayGoWithoutKey(const net::ServerRequest& request) const {
    return !m_keys.hasKeys() && isLocal(request);
}

std::string_view presentedKey(const net::ServerRequest& request) {
    constexpr std::string_view k_bearer = "bearer ";
    const std::string_view authorization = trim(request.header("authorization"));
    if (authorization.size() > k_bearer.size() &&
        equalsIgnoreCase(authorization.substr(0, k_bearer.size()), k_bearer))
        return trim(authorization.substr(k_bearer.size()));
    return trim(request.header("x-api-key"));
}

bool Authenticator::guards(std::string_view path) {
    return below(path, "/v1") || below(path, "/api");
}

Result<void> Authenticator::checkOrigin(const net::ServerRequest& request) const {
    HostPolicy policy = m_policy();
    const std::string_view host = trim(request.header("host"));
    const bool known = !host.empty() && host == m_allowedHost && policy == m_allowedBy;
    if (!known && !hostAllowed(host, policy))
        return fail(ErrorCode::PermissionDenied,
                    "this Host is not served here; add its name to server.allowedHosts");
    if (!known) {
        m_allowedHost = host;
        m_allowedBy = policy;
    }
    const std::string_view origin = trim(request.header("origin"));
    if (!origin.empty() && !originAllowed(origin, host, policy))
        return fail(ErrorCode::PermissionDenied, "requests from other origins are not accepted");
    return {};
}

Task<Principal> Authenticator::authenticate(const net::ServerRequest& request) {
    EXO_CO_CHECK(checkOrigin(request));
    EXO_CO_TRY(auto principal, co_await principalOf(request));
    EXO_CO_TRY(principal.priority, priorityOf(request, principal.priority));
    co_return principal;
}

std::optional<Principal> Authenticator::authenticateNow(const net::ServerRequest& request) {
    const std::string_view token = presentedKey(request);
    const KnownKey* key = token.size() > k_maxKeyBytes ? nullptr : m_keys.ready(token);
    if (!key || !checkOrigin(request).ok()) return std::nullopt;
    const auto priority = priorityOf(request, key->priority);
    if (!priority.ok()) return std::nullopt;
    Principal principal = principalOfKey(*key);
    principal.priority = *priority;
    return principal;
}

Task<Principal> Authenticator::principalOf(const net::ServerRequest& request) {
    EXO_CO_CHECK(co_await m_keys.freshen());
    std::string token(presentedKey(request));
    if (token.empty() || token.size() > k_maxKeyBytes) {
        if (mayGoWithoutKey(request)) co_return Principal{};
        co_return token.empty()
            ? fail(ErrorCode::InvalidApiKey, "an API key is needed: send 'Authorization: Bearer exo_…'")
            : fail(ErrorCode::InvalidApiKey, "the API key is wrong");
    }
    const auto key = co_await m_keys.find(std::move(token));
    if (!key.ok()) {
        // Clients that insist on sending some key are let in as well while the store has none.
        if (key.error().code == ErrorCode::InvalidApiKey && mayGoWithoutKey(request)) co_return Principal{};
        co_return key.error();
    }
    co_return principalOfKey(*key);
}

} // namespace exo::server
