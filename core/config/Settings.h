#pragma once
// The typed settings. Filled by config/Config.h from defaults < file < environment < flags; constant
// afterwards (a reload makes a new value). Numbers and names are those of the contract. Plain data: any
// thread.

#include "core/base/Clock.h"
#include "core/base/Secret.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace exo {

struct ProviderSettings {
    std::string name;
    std::string type = "openai"; // openai | anthropic | llama | local
    std::string baseUrl;         // as written; net::normaliseEndpoint makes the URL
    std::string
        apiKeySource; // env:NAME | file:PATH | keyring:NAME | credential:NAME | literal; for showing, masked
    Secret apiKey;    // resolved
    std::vector<std::string> models;
    std::map<std::string, std::int64_t> contextTokens; // per model, where known
    std::string proxy = "system";                      // none | system | a proxy URL
    std::string prefill;   // how a cut answer is gone on with, see providers/Prefill.h; empty: as is known
    std::string modelFile; // llama: the GGUF file, absolute
    std::string program;   // llama: llama-server, from PATH or a path
    std::vector<std::string> arguments; // llama: more of them, as they are
};

// Default: what a repeated question may well be answered with again. Always: also answers meant to vary, as
// if each request said `x-exobrain-cache: on`. Never: nothing is looked up, stored or shared.
enum class CachePolicy : std::uint8_t { Default, Always, Never };

struct ThresholdPair {
    double warning = 0;
    double critical = 0;
};

struct Settings {
    struct Server {
        std::string listen = "127.0.0.1:8686";
        std::uint64_t maxBodySize = 10u << 20;
        std::vector<std::string> trustedProxies{"127.0.0.1"};
        std::vector<std::string> allowedHosts; // besides loopback names and the listen address
        std::string onDisconnect = "cancel";   // cancel | drain: of a model call whose client leaves
    } server;
    struct Limits {
        int maxConcurrentRequests = 50;
        int maxQueuedRequests = 200;
        std::uint64_t maxQueuedSize = 16u << 20; // of the bodies that wait
        Millis queueTimeout{10000};
        std::uint64_t maxMemoryUsage = 3ull << 30;
        double maxCpuUsage = 0.8;
        Millis requestTimeout{30000};
        Millis firstTokenTimeout{10000};  // of a stream that another target could answer instead
        bool adaptiveConcurrency = false; // each target is given so many calls at once as it answers in time
    } limits;
    struct RateLimit {
        Millis window{60000};
        int maxRequests = 100;
        bool shared = true; // counted in cache.redis.url, when there is one
    } rateLimit;
    struct CircuitBreaker {
        int failureThreshold = 50; // per cent of the finished calls in the window
        Millis resetTimeout{30000};
        Millis window{30000};
        int minimumCalls = 10;
        int failureCount = 0;      // failed calls in the window that open it whatever their share; 0: none do
        int consecutiveErrors = 5; // transport errors in a row
        Millis maxResetTimeout{0}; // each vain probe doubles the time up to this; 0: it stays as it is
        int probes = 1;            // at a time
        int successesToClose = 2;
    } circuitBreaker;
    struct Fallback {
        bool enableCache = true;
        bool simplifiedResponse = true;
    } fallback;
    struct Cache {
        std::uint64_t localSize = 500u << 20;
        Millis localTtl{3600'000};
        Secret redisUrl; // may hold a password
        std::uint64_t redisSize = 1u << 30;
        int redisMaxConnections = 20;
        Millis redisTimeout{50}; // that a lookup may take
    } cache;
    struct Storage {
        Secret url; // postgres://…, may hold a password; empty: SQLite in the home
    } storage;
    struct Idempotency { // of answers kept for an Idempotency-Key
        Millis ttl{3600'000};
        int maxEntries = 4096;
        std::uint64_t maxSize = 64u << 20;
    } idempotency;
    struct Alerts {
        ThresholdPair cpu{0.70, 0.85};
        ThresholdPair memory{0.75, 0.90};
        ThresholdPair disk{0.80, 0.90};
        std::string webhook;
        std::string webhookSecretSource; // as a provider's apiKeySource
        Secret webhookSecret;            // resolved
    } alerts;
    struct Cleanup {
        Millis interval{300'000};
        int keepBackups = 7;
        Millis metricsRetention{30ll * 86400'000};
    } cleanup;
    std::vector<ProviderSettings> providers;
    struct Models {
        std::string defaultModel;
        std::map<std::string, std::string> aliases;
        std::map<std::string, std::vector<std::string>> fallbacks;
        std::map<std::string, CachePolicy> cache; // of what the cache may hold
    } models;
    struct Analysis {
        std::vector<std::string> roots;
        int workers = 2;
        std::uint64_t maxFileSize = 2u << 20;
    } analysis;
    struct Logging { // of the server
        std::string level = "info";
        std::string format = "text";    // text | json
        std::string file;               // besides stderr; absolute, empty: none
        std::uint64_t size = 10u << 20; // at which the file is rotated
        int keep = 5;                   // rotated files
    } logging;
};

} // namespace exo
