#pragma once
// Any server that speaks OpenAI's API: OpenAI, DeepSeek, Qwen, Moonshot, GLM, OpenRouter, Ollama, vLLM,
// llama-server, … io thread.

#include "core/providers/OpenAiRequest.h"
#include "core/providers/Prefill.h"
#include "core/providers/ProviderStream.h"
#include "core/providers/Upstream.h"

#include <memory>

namespace exo {

class OpenAiProvider final : public Provider {
  public:
    explicit OpenAiProvider(Upstream upstream)
        : m_upstream(std::move(upstream)) {}

    const std::string& name() const override { return m_upstream.name(); }
    const std::string& type() const override;
    Task<Completion> complete(CompletionRequest request, CallContext context) override;
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, CallContext context) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, CallContext context) override;
    Task<std::vector<api::ModelInfo>> listModels(CallContext context) override;
    // One stream for one request, as it is; for openStream().
    Task<std::unique_ptr<CompletionStream>> open(CompletionRequest request, CallContext context);

  private:
    std::vector<net::Header> headers() const;
    // A body without what was refused, again and again as long as that helps.
    Task<std::string> fetchChanged(const CompletionRequest& request, const CallContext& context,
                                   Error refusal);
    Task<std::unique_ptr<net::HttpResponse>> exchangeChanged(const CompletionRequest& request,
                                                             const CallContext& context,
                                                             StreamOptions options, Error refusal);

    Upstream m_upstream;
    StreamOptions m_streamOptions = StreamOptions::Ask; // Omit once the server has refused them
    PrefillRefusals m_noPrefill;
};

} // namespace exo
