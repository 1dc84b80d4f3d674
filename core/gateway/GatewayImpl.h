#pragma once
// The gateway as its callers see it; the work is the pipeline's. io thread.

#include "core/gateway/AnswerStage.h"
#include "core/gateway/EmbeddingStage.h"
#include "core/gateway/Gateway.h"
#include "core/gateway/LiveModels.h"
#include "core/gateway/Pipeline.h"

#include <memory>
#include <string>
#include <vector>

namespace exo {

class GatewayImpl final : public Gateway {
  public:
    GatewayImpl(std::shared_ptr<Pipeline> pipeline, std::shared_ptr<AnswerStage> answers,
                std::shared_ptr<EmbeddingStage> embeddings)
        : m_pipeline(std::move(pipeline))
        , m_answers(std::move(answers))
        , m_embeddings(std::move(embeddings))
        , m_live(std::make_shared<LiveModels>(m_pipeline->clock, m_pipeline->timers)) {}
    ~GatewayImpl() override;

    Task<Completion> complete(CompletionRequest request, GatewayCall call) override;
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, GatewayCall call) override;

    std::vector<api::ModelInfo> models() const override { return routing().models(); }
    Task<std::vector<api::ModelInfo>> allModels() override;
    std::string defaultModel() const override { return routing().defaultModel(); }
    std::int64_t contextTokens(std::string_view model) const override {
        return routing().contextTokens(model);
    }
    std::vector<api::ProviderInfo> providers() const override { return routing().providerInfos(); }
    Task<api::ProviderTest> testProvider(std::string name, CancelToken cancel) override;
    GatewayStats stats() const override;
    const CallMetrics* callMetrics() const override { return &m_pipeline->stats->metrics(); }
    std::vector<BreakerInfo> breakers() const override { return m_pipeline->states.breakers(); }
    Task<void> purgeCache() override;
    void noteSystem(double cpuUsage, std::uint64_t memoryUsed) override;
    void setCacheShare(double share) override;
    void reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers) override;
    void close() override;

  private:
    void applyCacheShare();
    const Routing& routing() const { return *m_pipeline->routing; }
    Task<api::ProviderTest> probe(std::shared_ptr<Provider> provider, std::string model, CancelToken cancel);

    std::shared_ptr<Pipeline> m_pipeline;
    std::shared_ptr<AnswerStage> m_answers;
    std::shared_ptr<EmbeddingStage> m_embeddings;
    std::shared_ptr<LiveModels> m_live;
    double m_cacheShare = 1;
};

} // namespace exo
