#pragma once
// A call for embeddings: each input is looked up in the cache for itself, the rest is asked for in batches
// that the upstream takes, and all vectors of one answer come from the same model. io thread; kept by the
// gateway and by the calls under way.

#include "core/gateway/AnswerStage.h"
#include "core/gateway/Pipeline.h"
#include "core/gateway/StoredEmbedding.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace exo {

class EmbeddingStage {
  public:
    EmbeddingStage(std::shared_ptr<Pipeline> pipeline, std::shared_ptr<AnswerStage> answers,
                   const Settings& settings)
        : m_pipeline(std::move(pipeline))
        , m_answers(std::move(answers))
        , m_ttl(settings.cache.localTtl) {}

    Task<EmbeddingResult> embed(EmbeddingRequest request, GatewayCall call);
    void reconfigure(const Settings& settings) { m_ttl = settings.cache.localTtl; }

  private:
    struct Job; // one call
    using Places = std::vector<std::size_t>;

    Result<void> route(Flight& flight, const EmbeddingRequest& request) const;
    Task<EmbeddingResult> answer(Flight& flight, Job& job);
    // Takes what the cache has for the first target; forgets what is of another one.
    asio::awaitable<void> look(Flight& flight, Job& job);
    bool take(CacheHit hit, const Flight& flight, Job& job, std::size_t place);
    // Asks for one batch, or learns that it has to be smaller.
    Task<void> fetch(Flight& flight, Job& job, const Places& places);
    void keep(const Flight& flight, Job& job, const Places& places, EmbeddingResult result);
    std::size_t batchOf(const Target& target) const;

    std::shared_ptr<Pipeline> m_pipeline;
    std::shared_ptr<AnswerStage> m_answers;       // whose cache it is
    std::map<std::string, std::size_t> m_batches; // inputs a target takes at once, where that was learnt
    Millis m_ttl;
};

} // namespace exo
