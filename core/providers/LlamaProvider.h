#pragma once
// A model file on this machine, served by a llama-server child of ours: the child's life is LlamaServer's,
// the calls are those of any OpenAI-compatible server. io thread.

#include "core/providers/LlamaServer.h"
#include "core/providers/OpenAiProvider.h"

#include <memory>
#include <string>
#include <vector>

namespace exo {

class LlamaProvider final : public Provider {
  public:
    // `http`, `clock` and `timers` must outlive the provider.
    LlamaProvider(ProviderSettings settings, net::HttpClient& http, const Clock& clock, Timers& timers);

    const std::string& name() const override { return m_settings.name; }
    const std::string& type() const override { return m_settings.type; }
    Task<Completion> complete(CompletionRequest request, CallContext context) override;
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, CallContext context) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, CallContext context) override;
    // The one model of the settings; asking does not start the child.
    Task<std::vector<api::ModelInfo>> listModels(CallContext context) override;

  private:
    // The provider of the address the child has now.
    Task<OpenAiProvider*> connected(CancelToken cancel);

    const ProviderSettings m_settings;
    net::HttpClient& m_http;
    const Clock& m_clock;
    LlamaServer m_server;
    // One for each child there was: a stream that breaks with its child still refers to its own.
    std::vector<std::unique_ptr<OpenAiProvider>> m_connections;
    std::string m_url; // of the last one
};

} // namespace exo
