#pragma once
// Makes the providers that the settings name.

#include "core/config/Settings.h"
#include "core/net/HttpClient.h"
#include "core/providers/Provider.h"

#include <memory>

namespace exo {

// For the types openai and anthropic. ConfigError for a bad address; Unsupported for `llama` (no child
// processes yet) and for `local`, which needs no server and is made by Core. `http` and `clock` must outlive
// the provider.
Result<std::unique_ptr<Provider>> makeProvider(const ProviderSettings& settings, net::HttpClient& http,
                                               const Clock& clock);

} // namespace exo
