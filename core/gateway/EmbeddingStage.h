#pragma once
// A call for embeddings: each input is looked up in the cache for itself, the rest is asked for in batches
// that the upstream takes, and all vectors of one answer come from the same model. An input that another call
// is asking for already is waited for. io thread; kept by the gateway and by the calls under way.

#include "core/gateway/AnswerStage.h"
#include "core/gateway/Pipeline.h"
#include "core/gateway/StoredEmbedding.h"
#include "core/net/Event.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
    // Lets go of the callers that wait for another's input: their event loop has ended.
    void abandon();

  private:
    struct Job;    // one call
    struct Claims; // the inputs one call asks for
    using Places = std::vector<std::size_t>;
    struct Running { // one input that is asked for
        explicit Running(std::shared_ptr<SharedPriority> p)
            : priority(std::move(p)) {}
        std::shared_ptr<SharedPriority> priority; // of the call that asks
        std::optional<StoredEmbedding> embedding;
        std::optional<Error> error;
        bool done = false;
        net::Event changed;
    };
    using Joined = std::vector<std::pair<std::size_t, std::shared_ptr<Running>>>;

    Result<void> route(Flight& flight, const EmbeddingRequest& request) const;
    Task<EmbeddingResult> answer(Flight& flight, Job& job);
    // Takes what the cache has for the first target; forgets what is of another one.
    asio::awaitable<void> look(Flight& flight, Job& job);
    asio::awaitable<void> lookRemote(Flight& flight, Job& job, const Places& places);
    // Asks for what nobody asks for yet, and waits for the rest.
    Task<void> ask(Flight& flight, Job& job);
    Task<void> fetchAll(Flight& flight, Job& job, Claims& claims);
    static Task<void> join(const Flight& flight, Job& job, const Joined& joined);
    bool take(CacheHit hit, const Flight& flight, Job& job, std::size_t place);
    // Asks for one batch, or learns that it has to be smaller.
    Task<void> fetch(Flight& flight, Job& job, const Places& places, Claims& claims);
    void keep(const Flight& flight, Job& job, const Places& places, EmbeddingResult result, Claims& claims);
    std::size_t batchOf(const Target& target) const;

    std::shared_ptr<Pipeline> m_pipeline;
    std::shared_ptr<AnswerStage> m_answers; // whose cache it is
    std::map<CacheKey, std::shared_ptr<Running>> m_running;
    std::map<std::string, std::size_t> m_batches; // inputs a target takes at once, where that was learnt
    Millis m_ttl;
};

} // namespace exo
