#pragma once
// Who may use /v1 and /api: the loopback rule, API keys, Host and Origin. io thread.

#include "core/server/Exchange.h"
#include "core/server/HostCheck.h"
#include "core/server/KeyCache.h"

#include <functional>
#include <optional>
#include <string_view>

namespace exo::server {

// The key of `Authorization: Bearer …` or x-api-key; empty when there is none.
std::string_view presentedKey(const net::ServerRequest& request);

class Authenticator {
  public:
    // `policy` is asked for every request: a reload may change it.
    Authenticator(KeyCache& keys, std::function<HostPolicy()> policy)
        : m_keys(keys)
        , m_policy(std::move(policy)) {}

    // Whether a path needs authentication at all, known route or not.
    static bool guards(std::string_view path);
    // PermissionDenied (Host, Origin), InvalidApiKey, InvalidRequest (x-exobrain-priority).
    Task<Principal> authenticate(const net::ServerRequest& request);
    // The same at once, when nothing has to be waited for; nullopt says nothing about the request.
    std::optional<Principal> authenticateNow(const net::ServerRequest& request);
    // Whether the request presents a key that was proven before.
    bool knowsKeyOf(const net::ServerRequest& request) const { return m_keys.knows(presentedKey(request)); }

  private:
    Result<void> checkOrigin(const net::ServerRequest& request) const;
    // The loopback rule.
    bool mayGoWithoutKey(const net::ServerRequest& request) const;
    Task<Principal> principalOf(const net::ServerRequest& request);

    KeyCache& m_keys;
    std::function<HostPolicy()> m_policy;
    // The last that passed: a client names the same host each time.
    mutable std::string m_allowedHost;
    mutable HostPolicy m_allowedBy;
};

} // namespace exo::server
