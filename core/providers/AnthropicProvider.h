#pragma once
// Servers that speak Anthropic's Messages API. io thread.

#include "core/providers/Prefill.h"
#include "core/providers/ProviderStream.h"

#include <memory>

namespace exo {

class AnthropicProvider final : public Provider {
  public:
    explicit AnthropicProvider(Upstream upstream)
        : m_upstream(std::move(upstream)) {}

    const std::string& name() const override { return m_upstream.name(); }
    const std::string& type() const override;
    Task<Completion> complete(CompletionRequest request, CallContext context) override;
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, CallContext context) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, CallContext context) override; // Unsupported
    Task<std::vector<api::ModelInfo>> listModels(CallContext context) override;
    // One stream for one request, as it is; for openStream().
    Task<std::unique_ptr<CompletionStream>> open(CompletionRequest request, CallContext context);

  private:
    std::vector<net::Header> headers() const;

    Upstream m_upstream;
    PrefillRefusals m_noPrefill;
};

} // namespace exo
