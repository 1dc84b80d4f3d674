#include "core/providers/LlamaProvider.h"

namespace exo {

LlamaProvider::LlamaProvider(ProviderSettings settings, net::HttpClient& http, const Clock& clock,
                             Timers& timers)
    : m_settings(std::move(settings))
    , m_http(http)
    , m_clock(clock)
    , m_server(m_settings, http, clock, timers) {}

Task<OpenAiProvider*> LlamaProvider::connected(CancelToken cancel) {
    EXO_CO_TRY(const std::string url, co_await m_server.ready(std::move(cancel)));
    if (url != m_url) {
        ProviderSettings settings = m_settings;
        settings.baseUrl = url;
        settings.proxy = "none";
        EXO_CO_TRY(Upstream upstream, Upstream::make(settings, net::ApiFamily::OpenAi, m_http, m_clock));
        m_connections.push_back(std::make_unique<OpenAiProvider>(std::move(upstream)));
        m_url = url;
    }
    co_return m_connections.back().get();
}

Task<Completion> LlamaProvider::complete(CompletionRequest request, CallContext context) {
    EXO_CO_TRY(OpenAiProvider * provider, co_await connected(context.cancel));
    co_return co_await provider->complete(std::move(request), std::move(context));
}

Task<std::unique_ptr<CompletionStream>> LlamaProvider::stream(CompletionRequest request,
                                                              CallContext context) {
    EXO_CO_TRY(OpenAiProvider * provider, co_await connected(context.cancel));
    co_return co_await provider->stream(std::move(request), std::move(context));
}

Task<EmbeddingResult> LlamaProvider::embed(EmbeddingRequest request, CallContext context) {
    EXO_CO_TRY(OpenAiProvider * provider, co_await connected(context.cancel));
    co_return co_await provider->embed(std::move(request), std::move(context));
}

Task<std::vector<api::ModelInfo>> LlamaProvider::listModels(CallContext) {
    std::vector<api::ModelInfo> models;
    for (const std::string& id : m_settings.models) {
        api::ModelInfo model;
        model.id = id;
        model.provider = m_settings.name;
        model.ownedBy = "llamacpp";
        models.push_back(std::move(model));
    }
    co_return models;
}

} // namespace exo
