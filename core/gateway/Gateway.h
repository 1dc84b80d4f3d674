#pragma once
// The one way to a model: cache → admission → targets (breaker, retry, fallback, resume) → simplified answer.
// Every call of the desktop and of the HTTP API runs through here. io thread.

#include "core/cache/AnswerCache.h"
#include "core/config/Settings.h"
#include "core/gateway/Departure.h"
#include "core/limits/AdaptiveLimit.h"
#include "core/limits/Admission.h"
#include "core/limits/CircuitBreaker.h"
#include "core/monitor/CallMetrics.h"
#include "core/providers/Provider.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo {

// What the caller wants of the cache (RFC 9111 request directives).
struct CacheWish {
    bool read = true;             // no-cache: false
    bool write = true;            // no-store: both false
    bool onlyIfCached = false;    // CacheMiss instead of a call
    bool evenRandom = false;      // opt-in: also answers of a temperature above 0, of n > 1, with tool calls
    std::optional<Millis> maxAge; // older entries are not good enough
    std::optional<Millis> maxStale; // entries past their end by no more than this are
};

enum class CacheResult : std::uint8_t { Bypass, Miss, Hit, Stale, Coalesced };

// How far a call has come: where it is when its client goes.
enum class CallPhase : std::uint8_t { Arrived, Queued, Upstream, Backoff };

// Filled while a call runs; readable after it returned (for a stream: grows until its end).
struct CallReport {
    std::string provider;
    std::string model; // the upstream's name
    int attempts = 0;  // 0 when no provider was asked
    CacheResult cache = CacheResult::Bypass;
    std::string cacheKey;            // the first hex digits, empty when the call has none
    Millis cacheAge{0}, cacheTtl{0}; // of a hit
    std::vector<std::string>
        fallback;            // "provider/model" of each target that failed, then the one that answered
    bool simplified = false; // the local assistant stood in
    bool continued = false;  // a cut answer was gone on with instead of asked for again: it is not kept
    std::chrono::microseconds overhead{
        0}; // our own time, waiting in the queue and for the upstream not counted
    Millis queueWait{0};
    CallPhase phase = CallPhase::Arrived;
};

struct GatewayCall {
    CallContext context;
    std::string tenant; // key id, "" for the local user
    Priority priority = Priority::Normal;
    CacheWish cache;
    // The API a request came by; answers to requests of different families never share a cache entry.
    std::string family = "chat";
    std::shared_ptr<CallReport> report = std::make_shared<CallReport>();
    // An answer that was asked for is read to its end although context.cancel fires with ClientGone, and then
    // given up when `ending` fires. Whoever reads a stream must go on reading.
    bool drains = false;
    CancelToken ending;
    std::shared_ptr<Departure> departure;   // the gateway's own
    std::shared_ptr<SharedPriority> shared; // the same; of a call that several callers wait for
};

struct GatewayStats {
    std::int64_t total = 0, active = 0, queued = 0, failed = 0;
    std::int64_t queueFull = 0, queueTimeout = 0;
    // Of the last five minutes: time until the answer, or the first event of a stream, was there; and the
    // share of calls that failed for other reasons than the caller's (0–1). 0 while there are none.
    CallMetrics::Recent recent;
    std::int64_t inputTokens = 0, outputTokens = 0, retries = 0;
    std::int64_t coalesced = 0, resumed = 0, fallbacks = 0, simplified = 0;
    CacheStats cache;
    std::map<std::string, std::int64_t> rejected; // by reason
    std::map<std::string, std::string> badKeys;   // what is wrong with a provider's key, by its name
};

// What is waited for at a target: the first event of a stream, or all of an answer.
enum class Awaited : std::uint8_t { Stream, Whole };
inline constexpr std::array k_awaited{Awaited::Stream, Awaited::Whole};
constexpr std::string_view toText(Awaited kind) {
    return kind == Awaited::Stream ? "stream" : "whole";
}

struct BreakerInfo {
    std::string provider;
    std::string model;
    BreakerSnapshot breaker;
    std::map<Awaited, AdaptiveSnapshot> concurrency{}; // empty unless limits.adaptiveConcurrency is on
};

class Gateway {
  public:
    virtual ~Gateway() = default;

    // Errors: ModelNotFound, NoProvider, QueueFull, QueueTimeout, Upstream…, Cancelled, ShuttingDown.
    virtual Task<Completion> complete(CompletionRequest request, GatewayCall call) = 0;
    // Returns when the first event is there, so a failure before it is still a plain error. The slot is held
    // until the stream is destroyed.
    virtual Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call) = 0;
    virtual Task<EmbeddingResult> embed(EmbeddingRequest request, GatewayCall call) = 0;

    // Configured models and aliases, plus exobrain-local.
    virtual std::vector<api::ModelInfo> models() const = 0;
    // The same and what providers that list none say they have, as far as they answer in time. Never fails.
    virtual Task<std::vector<api::ModelInfo>> allModels() { co_return models(); }
    virtual std::string defaultModel() const = 0; // never empty
    virtual std::int64_t contextTokens(std::string_view model) const = 0;
    virtual std::vector<api::ProviderInfo> providers() const = 0;
    // One real, minimal call.
    virtual Task<api::ProviderTest> testProvider(std::string name, CancelToken cancel) = 0;
    virtual GatewayStats stats() const = 0;
    virtual const CallMetrics* callMetrics() const { return nullptr; } // as long as the gateway lives
    virtual std::vector<BreakerInfo> breakers() const = 0;             // of every target called so far
    virtual Task<void> purgeCache() = 0;
    // The system sample of each second; see limits/OverloadGuard.h.
    virtual void noteSystem(double cpuUsage, std::uint64_t memoryUsed) = 0;
    // The share of its size the cache in memory may use while the machine is short of memory, 0–1.
    virtual void setCacheShare(double share) { (void)share; }
    // Takes effect for calls that begin from now on; running ones end with the provider they began with.
    virtual void reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers) = 0;
    // No new calls (ShuttingDown); those in the queue leave it with the same error, running ones go on.
    virtual void close() = 0;
};

// `providers` are the settings' providers that could be made, plus the local assistant (type "local").
// `clock` and `timers` must outlive the gateway and its streams. Without a `cache` nothing is kept.
std::unique_ptr<Gateway> makeGateway(const Settings& settings,
                                     std::vector<std::unique_ptr<Provider>> providers, Clock& clock,
                                     Timers& timers, std::unique_ptr<AnswerCache> cache = nullptr);

inline constexpr std::string_view k_localModel = "exobrain-local";

} // namespace exo
