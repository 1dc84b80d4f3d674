#pragma once
// The first stage of a call for text: a cached answer, a place beside an equal call that is under way, or a
// call of its own whose answer is kept. When that call fails an expired answer may still do. io thread; kept
// by the gateway and by the calls under way.

#include "core/cache/AnswerCache.h"
#include "core/gateway/CacheRules.h"
#include "core/gateway/Pipeline.h"
#include "core/gateway/SharedAnswer.h"

#include <map>
#include <memory>
#include <optional>

namespace exo {

class AnswerStage : public std::enable_shared_from_this<AnswerStage> {
  public:
    // `cache` may be empty: nothing is kept then, but equal calls still share one upstream call.
    AnswerStage(std::shared_ptr<Pipeline> pipeline, std::unique_ptr<AnswerCache> cache,
                const Settings& settings);

    Task<Completion> complete(CompletionRequest request, GatewayCall call);
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call);

    AnswerCache* cache() const { return m_cache.get(); }
    void reconfigure(const Settings& settings);
    // Lets go of the callers that still wait, without a word to them: their event loop has ended.
    void abandon();

  private:
    struct Plan {
        CacheKey key{};
        bool cacheable = false;
        std::optional<CacheHit> stale; // for the case that the call fails
    };

    template <class Answer>
    Task<Answer> begin(std::unique_ptr<Flight> flight, CompletionRequest request);
    template <class Answer>
    static Task<Answer> beginThere(std::shared_ptr<AnswerStage> self, std::unique_ptr<Flight> flight,
                                   CompletionRequest request, Plan plan);
    template <class Answer>
    Task<Answer> ask(std::unique_ptr<Flight> flight, CompletionRequest request, Plan plan);
    // A call whose answer others may share, and that is kept.
    static Task<Completion> askTogether(std::shared_ptr<AnswerStage> self, std::unique_ptr<Flight> flight,
                                        CompletionRequest request, Plan plan, std::type_identity<Completion>);
    static Task<std::unique_ptr<CompletionStream>>
    askTogether(std::shared_ptr<AnswerStage> self, std::unique_ptr<Flight> flight, CompletionRequest request,
                Plan plan, std::type_identity<std::unique_ptr<CompletionStream>>);

    // Looks into the cache in memory: an answer, or nothing and a plan.
    std::optional<Completion> lookHere(Flight& flight, const CompletionRequest& request, Plan& plan) const;
    // And into the one behind it. NotCached when only the cache was to be asked.
    Task<std::optional<Completion>> lookThere(Flight& flight, Plan& plan);
    bool mayLookThere(const Flight& flight) const; // or has something to say about it
    std::optional<Completion> take(Flight& flight, CacheHit hit, Plan& plan) const;
    // A reader of the call under way for this plan, begun now if there is none.
    std::unique_ptr<SharedReader> share(Flight& flight, CompletionRequest request, const Plan& plan,
                                        SharedAnswer::Kind kind, const asio::any_io_executor& executor);
    asio::awaitable<void> feed(std::shared_ptr<AnswerStage> self, std::shared_ptr<SharedAnswer> answer,
                               std::unique_ptr<Flight> flight, CompletionRequest request, CacheKey key);
    asio::awaitable<void> feedWhole(SharedAnswer& answer, Flight& flight, const CompletionRequest& request);
    asio::awaitable<void> feedStream(SharedAnswer& answer, std::unique_ptr<Flight> flight,
                                     CompletionRequest request);
    void storeStreamed(const SharedAnswer& answer, const Flight& flight, const Json& body,
                       const Json* native);
    void store(const Flight& flight, const Completion& completion, const Json& body, const Json* native);
    // The expired answer in place of the failure, when that is allowed.
    std::optional<Completion> insteadOf(const Error& error, Flight& flight, const Plan& plan) const;

    std::shared_ptr<Pipeline> m_pipeline;
    std::unique_ptr<AnswerCache> m_cache;
    std::map<CacheKey, std::shared_ptr<SharedAnswer>> m_running;
    Millis m_ttl{0};
    bool m_staleIfError = true;
};

} // namespace exo
