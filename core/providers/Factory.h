#pragma once
// Makes the providers that the settings name.

#include "core/config/Settings.h"
#include "core/net/HttpClient.h"
#include "core/providers/Provider.h"

#include <memory>

namespace exo {

// For the types openai and anthropic. ConfigError for a bad address; Unsupported for `llama` and `local`,
// which Core makes: the one owns a child process, the other needs no server. `http` and `clock` must outlive
// the provider.
Result<std::unique_ptr<Provider>> makeProvider(const ProviderSettings& settings, net::HttpClient& http,
                                               const Clock& clock);

} // namespace exo
