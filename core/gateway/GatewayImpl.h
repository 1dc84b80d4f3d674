#pragma once
// The pipeline: resolve → admit → attempts. Each stage is a function that takes the Flight of a call; a
// further stage (cache, breaker, fallback) wraps the next one. io thread.

#include "core/gateway/CallStats.h"
#include "core/gateway/Flight.h"
#include "core/gateway/Gateway.h"
#include "core/gateway/Routing.h"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace exo {

class GatewayImpl final : public Gateway {
  public:
    GatewayImpl(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers, Clock& clock,
                Timers& timers);

    Task<Completion> complete(CompletionRequest request, GatewayCall call) override;
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, GatewayCall call) override;

    std::vector<api::ModelInfo> models() const override { return m_routing->models(); }
    std::string defaultModel() const override { return m_routing->defaultModel(); }
    std::int64_t contextTokens(std::string_view model) const override {
        return m_routing->contextTokens(model);
    }
    std::vector<api::ProviderInfo> providers() const override { return m_routing->providerInfos(); }
    Task<api::ProviderTest> testProvider(std::string name, CancelToken cancel) override;
    GatewayStats stats() const override;
    std::vector<BreakerInfo> breakers() const override;
    Task<void> purgeCache() override;
    void noteSystem(double cpuUsage, std::uint64_t memoryUsed) override;
    void reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers) override;
    void close() override;

  private:
    // The whole pipeline; `flight` outlives it for a stream.
    template <class Answer, class Request>
    Task<Answer> run(Flight& flight, Request request);
    Task<void> admit(Flight& flight, const Json& body);
    // Tries, and after a passing failure tries once more.
    template <class Answer, class Request>
    Task<Answer> attempts(Flight& flight, Request request);
    std::unique_ptr<Flight> takeOff(GatewayCall call);
    // How long to wait before the next attempt; nullopt when there is none.
    std::optional<Millis> nextAttempt(const Flight& flight, const Error& error);
    Task<api::ProviderTest> probe(std::shared_ptr<Provider> provider, std::string model, CancelToken cancel);

    Clock& m_clock;
    Timers& m_timers;
    std::shared_ptr<const Routing> m_routing;
    Millis m_requestTimeout;
    Admission m_admission;
    std::shared_ptr<CallStats> m_stats = std::make_shared<CallStats>();
    std::minstd_rand m_random; // spreads the backoff, nothing more
};

} // namespace exo
