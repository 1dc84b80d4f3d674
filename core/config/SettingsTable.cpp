#include "core/config/SettingsTable.h"

#include "core/base/Text.h"
#include "core/base/Units.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace exo {

namespace {

Result<std::string> scalarText(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number()) return value.dump();
    return fail(ErrorCode::InvalidRequest, "a text or a number is expected");
}

template <class Get> // Get: Settings& → reference to the member
SettingRow sizeRow(std::string_view path, std::string_view description, std::uint64_t least, Get get) {
    return {path, "size", description,
            [get, least](Settings& s, const Json& json) -> Result<void> {
                EXO_TRY(const std::string text, scalarText(json));
                EXO_TRY(const std::uint64_t bytes, parseSize(text));
                if (bytes < least)
                    return fail(ErrorCode::InvalidRequest, "at least " + formatSize(least) + " is needed");
                get(s) = bytes;
                return {};
            },
            [get](const Settings& s) { return formatSize(get(s)); }};
}

template <class Get>
SettingRow durationRow(std::string_view path, std::string_view description, Millis bareUnit, Millis least,
                       Get get) {
    return {path, "duration", description,
            [get, bareUnit, least](Settings& s, const Json& json) -> Result<void> {
                EXO_TRY(const std::string text, scalarText(json));
                EXO_TRY(const Millis duration, parseDuration(text, bareUnit));
                if (duration < least)
                    return fail(ErrorCode::InvalidRequest,
                                "at least " + formatDuration(least) + " is needed");
                get(s) = duration;
                return {};
            },
            [get](const Settings& s) { return formatDuration(get(s)); }};
}

template <class Get>
SettingRow fractionRow(std::string_view path, std::string_view description, Get get) {
    return {path, "fraction", description,
            [get](Settings& s, const Json& json) -> Result<void> {
                EXO_TRY(const std::string text, scalarText(json));
                EXO_TRY(get(s), parseFraction(text));
                return {};
            },
            [get](const Settings& s) { return std::to_string(std::lround(get(s) * 100)) + "%"; }};
}

template <class Get>
SettingRow integerRow(std::string_view path, std::string_view description, int least, int most, Get get) {
    return {path, "integer", description,
            [get, least, most](Settings& s, const Json& json) -> Result<void> {
                Json value = json;
                if (value.is_string()) { // from the environment
                    EXO_TRY(value, parseJson(value.get_ref<const std::string&>()));
                }
                Json holder = Json::object();
                holder["value"] = std::move(value);
                EXO_TRY(const auto number, getInt(holder, "value", least, most));
                get(s) = static_cast<int>(number);
                return {};
            },
            [get](const Settings& s) { return std::to_string(get(s)); }};
}

template <class Get>
SettingRow switchRow(std::string_view path, std::string_view description, Get get) {
    return {path, "switch", description,
            [get](Settings& s, const Json& json) -> Result<void> {
                const std::string text =
                    json.is_string() ? toLowerAscii(json.get<std::string>()) : json.dump();
                if (text != "true" && text != "false")
                    return fail(ErrorCode::InvalidRequest, "true or false is expected");
                get(s) = text == "true";
                return {};
            },
            [get](const Settings& s) { return std::string(get(s) ? "true" : "false"); }};
}

template <class Get>
SettingRow textRow(std::string_view path, std::string_view description, Get get) {
    return {path, "text", description,
            [get](Settings& s, const Json& json) -> Result<void> {
                if (!json.is_string()) return fail(ErrorCode::InvalidRequest, "a text is expected");
                get(s) = json.get<std::string>();
                return {};
            },
            [get](const Settings& s) { return get(s); }};
}

template <class Get>
SettingRow secretRow(std::string_view path, std::string_view description, Get get) {
    return {path, "text", description,
            [get](Settings& s, const Json& json) -> Result<void> {
                if (!json.is_string()) return fail(ErrorCode::InvalidRequest, "a text is expected");
                get(s) = Secret(json.get<std::string>());
                return {};
            },
            [get](const Settings& s) { return get(s).masked(); }};
}

template <class Get>
SettingRow choiceRow(std::string_view path, std::string_view description,
                     std::vector<std::string_view> choices, Get get) {
    return {path, "text", description,
            [get, choices = std::move(choices)](Settings& s, const Json& json) -> Result<void> {
                const std::string text = json.is_string() ? json.get<std::string>() : json.dump();
                if (std::ranges::find(choices, text) == choices.end()) {
                    std::string all;
                    for (const auto choice : choices)
                        all += (all.empty() ? "" : ", ") + std::string(choice);
                    return fail(ErrorCode::InvalidRequest, "one of these is expected: " + all);
                }
                get(s) = text;
                return {};
            },
            [get](const Settings& s) { return get(s); }};
}

Result<void> setLogFile(Settings& s, const Json& json) {
    if (!json.is_string()) return fail(ErrorCode::InvalidRequest, "a text is expected");
    const auto& file = json.get_ref<const std::string&>();
    if (!file.empty() && file.front() != '/')
        return fail(ErrorCode::InvalidRequest, "an absolute path is expected");
    s.logging.file = file;
    return {};
}

Result<std::vector<std::string>> textList(const Json& json) {
    std::vector<std::string> out;
    if (json.is_string()) { // from the environment: comma separated
        for (const auto part : split(json.get_ref<const std::string&>(), ','))
            if (const auto text = trim(part); !text.empty()) out.emplace_back(text);
        return out;
    }
    if (!json.is_array()) return fail(ErrorCode::InvalidRequest, "a list of texts is expected");
    for (const auto& item : json) {
        if (!item.is_string()) return fail(ErrorCode::InvalidRequest, "a list of texts is expected");
        out.push_back(item.get<std::string>());
    }
    return out;
}

template <class Get>
SettingRow listRow(std::string_view path, std::string_view description, Get get) {
    return {path, "list", description,
            [get](Settings& s, const Json& json) -> Result<void> {
                EXO_TRY(get(s), textList(json));
                return {};
            },
            [get](const Settings& s) { return dumpJson(get(s)); }};
}

// Members whose names are the user's own (aliases, fallbacks, providers) come as one JSON value.
Result<Json> structured(const Json& json) {
    if (!json.is_string()) return json;
    return parseJson(json.get_ref<const std::string&>());
}

Result<void> setAliases(Settings& s, const Json& json) {
    EXO_TRY(const Json value, structured(json));
    if (!value.is_object()) return fail(ErrorCode::InvalidRequest, "an object of alias: model is expected");
    s.models.aliases.clear();
    for (const auto& [alias, model] : value.items()) {
        if (!model.is_string())
            return fail(ErrorCode::InvalidRequest, "the alias \"" + alias + "\" needs the name of a model");
        s.models.aliases[alias] = model.get<std::string>();
    }
    return {};
}

Result<void> setFallbacks(Settings& s, const Json& json) {
    EXO_TRY(const Json value, structured(json));
    if (!value.is_object())
        return fail(ErrorCode::InvalidRequest, "an object of model: [models] is expected");
    s.models.fallbacks.clear();
    for (const auto& [model, chain] : value.items()) {
        EXO_TRY(s.models.fallbacks[model], textList(chain));
    }
    return {};
}

constexpr std::array<std::pair<std::string_view, CachePolicy>, 3> k_cachePolicies{
    {{"default", CachePolicy::Default}, {"always", CachePolicy::Always}, {"never", CachePolicy::Never}}};

Result<void> setCachePolicies(Settings& s, const Json& json) {
    EXO_TRY(const Json value, structured(json));
    if (!value.is_object()) return fail(ErrorCode::InvalidRequest, "an object of model: policy is expected");
    s.models.cache.clear();
    for (const auto& [model, said] : value.items()) {
        const auto known = std::ranges::find_if(
            k_cachePolicies, [&word = said](const auto& policy) { return word == policy.first; });
        if (known == k_cachePolicies.end())
            return fail(ErrorCode::InvalidRequest,
                        "\"" + model + "\" needs one of these: default, always, never", model);
        s.models.cache[model] = known->second;
    }
    return {};
}

std::string showCachePolicies(const Settings& s) {
    Json object = Json::object();
    for (const auto& [model, policy] : s.models.cache)
        object[model] =
            std::ranges::find(k_cachePolicies, policy, [](const auto& p) { return p.second; })->first;
    return dumpJson(object);
}

Result<void> setProviders(Settings& s, const Json& json) {
    EXO_TRY(const Json value, structured(json));
    if (!value.is_array()) return fail(ErrorCode::InvalidRequest, "a list of providers is expected");
    s.providers.clear();
    for (const auto& item : value) {
        EXO_TRY(auto provider, providerFromConfig(item));
        for (const auto& other : s.providers)
            if (other.name == provider.name)
                return fail(ErrorCode::InvalidRequest, "two providers are named \"" + provider.name + "\"");
        s.providers.push_back(std::move(provider));
    }
    return {};
}

std::string showProviders(const Settings& s) {
    Json list = Json::array();
    for (const auto& provider : s.providers) {
        Json item = Json::object();
        item["name"] = provider.name;
        item["type"] = provider.type;
        item["baseUrl"] = provider.baseUrl;
        item["apiKey"] = maskKeySource(provider.apiKeySource);
        item["models"] = provider.models;
        item["proxy"] = provider.proxy;
        if (!provider.prefill.empty()) item["prefill"] = provider.prefill;
        list.push_back(std::move(item));
    }
    return dumpJson(list);
}

#define EXO_GET(member)                                                                                      \
    [](auto& s) -> auto& {                                                                                   \
        return s.member;                                                                                     \
    }

std::vector<SettingRow> makeRows() {
    constexpr Millis ms{1};
    constexpr Millis second{1000};
    std::vector<SettingRow> rows{
        textRow("server.listen", "Address of the HTTP server", EXO_GET(server.listen)),
        sizeRow("server.maxBodySize", "Largest request body", 1024, EXO_GET(server.maxBodySize)),
        listRow("server.trustedProxies", "Proxies whose X-Forwarded-For is believed",
                EXO_GET(server.trustedProxies)),
        listRow("server.allowedHosts", "Host names the server answers to, besides loopback",
                EXO_GET(server.allowedHosts)),
        choiceRow("server.onDisconnect",
                  "When the client of a model call leaves: cancel it, or drain: read the answer to its end",
                  {"cancel", "drain"}, EXO_GET(server.onDisconnect)),
        integerRow("limits.maxConcurrentRequests", "Model calls running at once", 1, 100000,
                   EXO_GET(limits.maxConcurrentRequests)),
        integerRow("limits.maxQueuedRequests", "Model calls waiting for their turn", 0, 100000,
                   EXO_GET(limits.maxQueuedRequests)),
        sizeRow("limits.maxQueuedSize", "Bodies of the calls that wait", 64u << 10,
                EXO_GET(limits.maxQueuedSize)),
        durationRow("limits.queueTimeout", "Longest wait in the queue", ms, ms, EXO_GET(limits.queueTimeout)),
        sizeRow("limits.maxMemoryUsage", "Memory of the server above which load is refused", 64u << 20,
                EXO_GET(limits.maxMemoryUsage)),
        fractionRow("limits.maxCpuUsage", "CPU use of the server above which load is refused",
                    EXO_GET(limits.maxCpuUsage)),
        durationRow("limits.requestTimeout", "Time limit of one attempt", ms, Millis(100),
                    EXO_GET(limits.requestTimeout)),
        durationRow("limits.firstTokenTimeout", "Wait for a first token while a fallback is left", ms,
                    Millis(100), EXO_GET(limits.firstTokenTimeout)),
        switchRow("limits.adaptiveConcurrency",
                  "Give each target fewer calls at once while its answers take longer to begin",
                  EXO_GET(limits.adaptiveConcurrency)),
        durationRow("rateLimit.windowMs", "Window of the rate limit", ms, second, EXO_GET(rateLimit.window)),
        integerRow("rateLimit.maxRequests", "Requests per key or address in the window", 1, 10000000,
                   EXO_GET(rateLimit.maxRequests)),
        switchRow("rateLimit.shared", "Servers with the same cache.redis.url count together",
                  EXO_GET(rateLimit.shared)),
        integerRow("circuitBreaker.failureThreshold", "Per cent of failed calls that opens the breaker", 1,
                   100, EXO_GET(circuitBreaker.failureThreshold)),
        durationRow("circuitBreaker.resetTimeout", "Time a breaker stays open", ms, ms,
                    EXO_GET(circuitBreaker.resetTimeout)),
        durationRow("circuitBreaker.windowMs", "Window the failures are counted in", ms, second,
                    EXO_GET(circuitBreaker.window)),
        integerRow("circuitBreaker.minimumCalls", "Finished calls before a breaker may open", 1, 1000000,
                   EXO_GET(circuitBreaker.minimumCalls)),
        integerRow("circuitBreaker.failureCount",
                   "Failed calls in the window that open a breaker whatever their share; 0: none do", 0,
                   1000000, EXO_GET(circuitBreaker.failureCount)),
        integerRow("circuitBreaker.consecutiveErrors", "Transport errors in a row that open a breaker", 1,
                   1000000, EXO_GET(circuitBreaker.consecutiveErrors)),
        durationRow("circuitBreaker.maxResetTimeout",
                    "Each vain probe doubles the time a breaker stays open up to this; 0: it stays as it is",
                    ms, Millis(0), EXO_GET(circuitBreaker.maxResetTimeout)),
        integerRow("circuitBreaker.probes", "Probes at a time", 1, 3, EXO_GET(circuitBreaker.probes)),
        integerRow("circuitBreaker.successesToClose", "Successful probes that close a breaker", 1, 100,
                   EXO_GET(circuitBreaker.successesToClose)),
        switchRow("fallback.enableCache", "Answer from the cache when no provider can",
                  EXO_GET(fallback.enableCache)),
        switchRow("fallback.simplifiedResponse", "Let the local assistant answer when no provider can",
                  EXO_GET(fallback.simplifiedResponse)),
        sizeRow("cache.local.size", "Size of the cache in memory", 1u << 20, EXO_GET(cache.localSize)),
        durationRow("cache.local.ttl", "Life of a cached answer", second, second, EXO_GET(cache.localTtl)),
        secretRow("cache.redis.url", "Redis as second-level cache, e.g. redis://127.0.0.1:6379",
                  EXO_GET(cache.redisUrl)),
        sizeRow("cache.redis.size", "Memory Redis may use", 1u << 20, EXO_GET(cache.redisSize)),
        integerRow("cache.redis.maxConnections", "Connections to Redis", 1, 1000,
                   EXO_GET(cache.redisMaxConnections)),
        durationRow("cache.redis.timeout", "Longest wait for an answer from Redis", ms, ms,
                    EXO_GET(cache.redisTimeout)),
        secretRow("storage.url",
                  "PostgreSQL for sessions, keys and usage, e.g. postgres://exobrain@10.0.0.5/exobrain",
                  EXO_GET(storage.url)),
        durationRow("idempotency.ttl", "How long the answer to an Idempotency-Key is kept", second, second,
                    EXO_GET(idempotency.ttl)),
        integerRow("idempotency.maxEntries", "Answers kept for an Idempotency-Key", 1, 1000000,
                   EXO_GET(idempotency.maxEntries)),
        sizeRow("idempotency.maxSize", "Bytes of all of them", 1u << 20, EXO_GET(idempotency.maxSize)),
        fractionRow("alerts.cpu.warning", "CPU use that warns", EXO_GET(alerts.cpu.warning)),
        fractionRow("alerts.cpu.critical", "CPU use that is critical", EXO_GET(alerts.cpu.critical)),
        fractionRow("alerts.memory.warning", "Memory use that warns", EXO_GET(alerts.memory.warning)),
        fractionRow("alerts.memory.critical", "Memory use that is critical", EXO_GET(alerts.memory.critical)),
        fractionRow("alerts.disk.warning", "Disk use that warns", EXO_GET(alerts.disk.warning)),
        fractionRow("alerts.disk.critical", "Disk use that is critical", EXO_GET(alerts.disk.critical)),
        textRow("alerts.webhook", "URL that is told of alerts", EXO_GET(alerts.webhook)),
        {"alerts.webhookSecret", "text", "Key that signs them: env:NAME, file:PATH or credential:NAME",
         [](Settings& s, const Json& json) -> Result<void> {
             if (!json.is_string()) return fail(ErrorCode::InvalidRequest, "a text is expected");
             s.alerts.webhookSecretSource = json.get<std::string>();
             return {};
         },
         [](const Settings& s) { return maskKeySource(s.alerts.webhookSecretSource); }},
        durationRow("cleanup.interval", "Time between two clean-ups", second, second,
                    EXO_GET(cleanup.interval)),
        integerRow("cleanup.keepBackups", "Backups to keep", 1, 10000, EXO_GET(cleanup.keepBackups)),
        durationRow("cleanup.metricsRetention", "Age at which metrics are deleted", second, second,
                    EXO_GET(cleanup.metricsRetention)),
        {"providers", "list", "Language-model providers", setProviders, showProviders},
        textRow("models.default", "Model used when none is named", EXO_GET(models.defaultModel)),
        {"models.aliases", "object", "Other names for models", setAliases,
         [](const Settings& s) { return dumpJson(s.models.aliases); }},
        {"models.fallbacks", "object", "Models to try when one fails", setFallbacks,
         [](const Settings& s) { return dumpJson(s.models.fallbacks); }},
        {"models.cache", "object",
         "What of a model's answers is cached: default, always (also those meant to vary), never",
         setCachePolicies, showCachePolicies},
        listRow("analysis.roots", "Folders the HTTP API may analyse", EXO_GET(analysis.roots)),
        integerRow("analysis.workers", "Worker processes of the analysis", 1, 256, EXO_GET(analysis.workers)),
        sizeRow("analysis.maxFileSize", "Largest file that is analysed", 1024, EXO_GET(analysis.maxFileSize)),
        choiceRow("logging.level", "Least level the server logs: trace, debug, info, warn or error",
                  {"trace", "debug", "info", "warn", "error"}, EXO_GET(logging.level)),
        choiceRow("logging.format", "Form of the log: text, or json (one object a line)", {"text", "json"},
                  EXO_GET(logging.format)),
        {"logging.file", "text", "File the server logs to besides stderr, an absolute path", setLogFile,
         [](const Settings& s) { return s.logging.file; }},
        sizeRow("logging.size", "Size at which the log file is rotated", 4096, EXO_GET(logging.size)),
        integerRow("logging.keep", "Rotated log files to keep", 1, 1000, EXO_GET(logging.keep)),
    };
    return rows;
}

#undef EXO_GET

} // namespace

std::span<const SettingRow> settingRows() {
    static const std::vector<SettingRow> k_rows = makeRows();
    return k_rows;
}

std::string environmentName(std::string_view path) {
    std::string name = "EXOBRAIN_";
    for (const char c : path) {
        if (c == '.') {
            name += '_';
            continue;
        }
        if (c >= 'A' && c <= 'Z') name += '_';
        name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

} // namespace exo
