#include "core/providers/Factory.h"

#include "core/providers/AnthropicProvider.h"
#include "core/providers/OpenAiProvider.h"

namespace exo {

Result<std::unique_ptr<Provider>> makeProvider(const ProviderSettings& settings, net::HttpClient& http,
                                               const Clock& clock) {
    if (settings.type == "openai") {
        EXO_TRY(Upstream upstream, Upstream::make(settings, net::ApiFamily::OpenAi, http, clock));
        return std::unique_ptr<Provider>(std::make_unique<OpenAiProvider>(std::move(upstream)));
    }
    if (settings.type == "anthropic") {
        EXO_TRY(Upstream upstream, Upstream::make(settings, net::ApiFamily::Anthropic, http, clock));
        return std::unique_ptr<Provider>(std::make_unique<AnthropicProvider>(std::move(upstream)));
    }
    if (settings.type == "llama")
        return fail(ErrorCode::Unsupported, "a llama-server child needs a LlamaProvider of its own", "type");
    if (settings.type == "local")
        return fail(ErrorCode::Unsupported, "the local assistant is built in and needs no set-up", "type");
    return fail(ErrorCode::ConfigError, "unknown provider type \"" + settings.type + "\"", "type");
}

} // namespace exo
