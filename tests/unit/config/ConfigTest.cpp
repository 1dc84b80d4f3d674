#include "core/config/Config.h"
#include "core/base/Paths.h"
#include "core/config/SettingsTable.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sys/stat.h>

using namespace exo;

namespace {

struct Fixture {
    test::TempHome home;
    ConfigSources sources;

    Result<LoadedConfig> load(std::string_view text) {
        const auto file = home / "config.json";
        REQUIRE(writeFileAtomically(file, text).ok());
        sources.file = file;
        return loadConfig(sources);
    }
    std::string problem(std::string_view text) {
        const auto loaded = load(text);
        REQUIRE_FALSE(loaded.ok());
        CHECK(loaded.error().code == ErrorCode::ConfigError);
        return loaded.error().detail;
    }
    static std::string origin(const LoadedConfig& config, std::string_view path) {
        for (const auto& line : config.lines)
            if (line.path == path) return line.origin;
        return "?";
    }
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_CASE(
    "how a provider goes on with a cut answer, and what a client's leaving does, are one of few words") {
    Json provider = {{"name", "p"}, {"baseUrl", "http://127.0.0.1:1"}};
    CHECK(providerFromConfig(provider)->prefill.empty());
    for (const char* word : {"off", "message", "continue_final_message", "prefix", "partial"}) {
        provider["prefill"] = word;
        const auto read = providerFromConfig(provider);
        REQUIRE(read.ok());
        CHECK(read->prefill == word);
    }
    for (const Json& bad : {Json("yes"), Json(""), Json(true)}) {
        provider["prefill"] = bad;
        CHECK_FALSE(providerFromConfig(provider).ok());
    }
    ConfigSources sources;
    sources.flags = {{"server.onDisconnect", "drain"}};
    const auto config = loadConfig(sources);
    REQUIRE(config.ok());
    CHECK(config->settings.server.onDisconnect == "drain");
    sources.flags = {{"server.onDisconnect", "ignore"}};
    CHECK_FALSE(loadConfig(sources).ok());
}

TEST_CASE("without any source the numbers are the documented defaults") {
    const auto config = loadConfig({});
    REQUIRE(config.ok());
    const Settings& s = config->settings;
    CHECK(s.server.listen == "127.0.0.1:8686");
    CHECK(s.server.maxBodySize == 10u << 20);
    CHECK(s.limits.maxConcurrentRequests == 50);
    CHECK(s.limits.maxQueuedRequests == 200);
    CHECK(s.limits.queueTimeout == Millis(10000));
    CHECK(s.limits.maxMemoryUsage == 3ull << 30);
    CHECK(s.limits.maxCpuUsage == doctest::Approx(0.8));
    CHECK(s.server.onDisconnect == "cancel");
    CHECK(s.limits.requestTimeout == Millis(30000));
    CHECK_FALSE(s.limits.adaptiveConcurrency);
    CHECK(s.rateLimit.window == Millis(60000));
    CHECK(s.rateLimit.maxRequests == 100);
    CHECK(s.circuitBreaker.failureThreshold == 50);
    CHECK(s.circuitBreaker.resetTimeout == Millis(30000));
    CHECK(s.cache.localSize == 500u << 20);
    CHECK(s.cache.localTtl == Millis(3600'000));
    CHECK(s.cache.redisSize == 1u << 30);
    CHECK(s.cache.redisMaxConnections == 20);
    CHECK(s.alerts.cpu.warning == doctest::Approx(0.70));
    CHECK(s.alerts.memory.critical == doctest::Approx(0.90));
    CHECK(s.alerts.disk.warning == doctest::Approx(0.80));
    for (const auto& line : config->lines)
        CHECK(line.origin == "default");
}

TEST_CASE_FIXTURE(Fixture,
                  "file is overridden by environment, environment by flags, and each origin is told") {
    sources.environment = {{"EXOBRAIN_LIMITS_MAX_CONCURRENT_REQUESTS", "7"},
                           {"EXOBRAIN_LIMITS_QUEUE_TIMEOUT", "2s"}};
    sources.flags = {{"limits.queueTimeout", "3s"}};
    const auto config = load(
        "{\n  // limits\n  \"limits\": {\n    \"maxConcurrentRequests\": 5,\n    \"queueTimeout\": 1000,\n"
        "    \"maxQueuedRequests\": 9 }\n}\n");
    REQUIRE(config.ok());
    CHECK(config->settings.limits.maxConcurrentRequests == 7);
    CHECK(config->settings.limits.queueTimeout == Millis(3000));
    CHECK(config->settings.limits.maxQueuedRequests == 9);
    CHECK(origin(*config, "limits.maxConcurrentRequests") ==
          "environment EXOBRAIN_LIMITS_MAX_CONCURRENT_REQUESTS");
    CHECK(origin(*config, "limits.queueTimeout") == "flag");
    CHECK(origin(*config, "limits.maxQueuedRequests") == (home / "config.json").string() + ":6");
}

TEST_CASE_FIXTURE(Fixture,
                  "an unknown key is named with its line and the nearest known key, all problems at once") {
    const auto text = problem("{\n  \"limts\": {},\n  \"server\": { \"lisen\": \"x\" },\n  \"providers\": "
                              "[\n    { \"name\": \"a\", "
                              "\"baseUrl\": \"http://h\",\n      \"apikey\": \"x\" } ]\n}");
    CHECK(contains(text, ":2: unknown key \"limts\" (did you mean \"limits\"?)"));
    CHECK(contains(text, ":3: unknown key \"lisen\" (did you mean \"listen\"?)"));
    CHECK(contains(text, ":6: unknown key \"apikey\" (did you mean \"apiKey\"?)"));
}

TEST_CASE_FIXTURE(Fixture, "values of the wrong type or range are errors with their line") {
    CHECK(contains(problem("{\n\"limits\": {\"maxConcurrentRequests\": \"many\"}}"),
                   ":2: limits.maxConcurrentRequests"));
    CHECK(contains(problem("{\"limits\": {\"maxConcurrentRequests\": 0}}"), "between 1"));
    CHECK(contains(problem("{\"limits\": 5}"), "must be an object"));
    CHECK(contains(problem("{\"cache\": {\"local\": {\"size\": \"lots\"}}}"), "cache.local.size"));
    CHECK(contains(problem("{\"alerts\": {\"cpu\": {\"warning\": \"90%\"}}}"),
                   "warning must not be above critical"));
    CHECK(contains(problem("{\n\n  \"limits\": {,}\n}"), ":3: "));
    CHECK(contains(problem("[]"), "JSON object"));
    CHECK(contains(problem("{\"providers\":[{\"name\":\"a b\",\"baseUrl\":\"http://h\"}]}"),
                   "name of a provider"));
    CHECK(contains(problem("{\"providers\":[{\"name\":\"a\",\"baseUrl\":\"http://"
                           "h\"},{\"name\":\"a\",\"baseUrl\":\"http://h\"}]}"),
                   "two providers"));
    CHECK(contains(problem("{\"providers\":[{\"name\":\"a\",\"type\":\"opnai\"}]}"), "'type' is one of"));
}

TEST_CASE_FIXTURE(Fixture, "keys come from the environment or a private file, and are masked when shown") {
    sources.environment = {{"MY_KEY", " sk-from-environment \n"}};
    const auto keyFile = home / "key";
    REQUIRE(writeFileAtomically(keyFile, "sk-from-file-0123\n").ok());
    const std::string text =
        "{\"providers\":[{\"name\":\"e\",\"baseUrl\":\"http://h\",\"apiKey\":\"env:MY_KEY\"},"
        "{\"name\":\"f\",\"baseUrl\":\"http://h\",\"apiKey\":\"file:" +
        keyFile.string() +
        "\"},"
        "{\"name\":\"l\",\"baseUrl\":\"http://h\",\"apiKey\":\"sk-literal-0123456789\"},"
        "{\"name\":\"u\",\"baseUrl\":\"http://h\",\"apiKey\":\"env:NOT_SET\"}]}";
    const auto config = load(text);
    REQUIRE(config.ok());
    CHECK(config->settings.providers[0].apiKey.reveal() == "sk-from-environment");
    CHECK(config->settings.providers[1].apiKey.reveal() == "sk-from-file-0123");
    CHECK(config->settings.providers[3].apiKey.empty());
    CHECK(config->warnings.size() == 2);
    for (const auto& line : config->lines)
        CHECK_FALSE(contains(line.value, "literal-0123456789"));
    REQUIRE(::chmod(keyFile.c_str(), 0644) == 0);
    CHECK(contains(problem(text), "chmod 600"));
}

TEST_CASE_FIXTURE(Fixture, "addresses that may hold a password are masked when shown") {
    const auto config = load(R"({"storage":{"url":"postgres://me:planted@h/d"},)"
                             R"("cache":{"redis":{"url":"redis://:planted@h"}}})");
    REQUIRE(config.ok());
    CHECK(config->settings.storage.url.reveal() == "postgres://me:planted@h/d");
    for (const auto& line : config->lines)
        CHECK_FALSE(contains(line.value, "planted"));
}

TEST_CASE_FIXTURE(Fixture, "lines are right behind comments of every shape") {
    const auto text = problem(
        "{ /*/ \"limts\"\n */ // \"x\": {\n  \"models\": { \"default\": \"/* no */\" },\n  \"limts\": 1 }");
    CHECK(contains(text, ":4: unknown key \"limts\""));
}

TEST_CASE_FIXTURE(Fixture, "a missing file is fine unless it was asked for") {
    sources.file = home / "none.json";
    CHECK(loadConfig(sources).ok());
    sources.fileRequired = true;
    CHECK_FALSE(loadConfig(sources).ok());
}

TEST_CASE_FIXTURE(Fixture, "the log of the server has a level, a form and a file") {
    const auto config =
        load(R"({"logging":{"level":"debug","format":"json","file":"/l.log","size":"1MB","keep":2}})");
    REQUIRE(config.ok());
    CHECK(config->settings.logging.level == "debug");
    CHECK(config->settings.logging.format == "json");
    CHECK(config->settings.logging.file == "/l.log");
    CHECK(config->settings.logging.size == 1u << 20);
    CHECK(config->settings.logging.keep == 2);
    CHECK(contains(problem(R"({"logging":{"level":"loud"}})"), "trace, debug, info, warn, error"));
    CHECK(contains(problem(R"({"logging":{"format":"xml"}})"), "text, json"));
    CHECK(contains(problem(R"({"logging":{"file":"server.log"}})"), "absolute path"));
    CHECK_FALSE(load(R"({"logging":{"size":"1KB"}})").ok());
    CHECK_FALSE(load(R"({"logging":{"keep":0}})").ok());
}

TEST_CASE_FIXTURE(Fixture, "every setting can come from the environment under a name of its own") {
    std::set<std::string> names;
    for (const auto& row : settingRows())
        CHECK(names.insert(environmentName(row.path)).second);
    CHECK(environmentName("limits.maxConcurrentRequests") == "EXOBRAIN_LIMITS_MAX_CONCURRENT_REQUESTS");
    sources.environment = {
        {"EXOBRAIN_PROVIDERS", "[{\"name\":\"a\",\"baseUrl\":\"http://h\",\"models\":[\"m\"]}]"},
        {"EXOBRAIN_ANALYSIS_ROOTS", "/a, /b"},
        {"EXOBRAIN_FALLBACK_ENABLE_CACHE", "false"}};
    const auto config = loadConfig(sources);
    REQUIRE(config.ok());
    CHECK(config->settings.providers[0].models == std::vector<std::string>{"m"});
    CHECK(config->settings.analysis.roots == std::vector<std::string>{"/a", "/b"});
    CHECK_FALSE(config->settings.fallback.enableCache);
}

TEST_CASE_FIXTURE(Fixture,
                  "editing the file keeps comments and other members, and refuses what would not load") {
    REQUIRE(load("{\n  // mine\n  \"limits\": { \"maxQueuedRequests\": 9 }, // why\n}\n").ok() ==
            false); // trailing comma
    const std::string before = "{\n  // mine\n  \"limits\": { \"maxQueuedRequests\": 9 } // why\n}\n";
    REQUIRE(load(before).ok());
    const auto file = home / "config.json";
    REQUIRE(updateConfigFile(file, "limits.maxQueuedRequests", 11).ok());
    REQUIRE(updateConfigFile(file, "models.default", "m").ok());
    REQUIRE(updateConfigFile(file, "cache.local.size", "64MB").ok());
    const std::string after = *readFile(file, 10000);
    CHECK(contains(after, "// mine"));
    CHECK(contains(after, "// why"));
    const auto config = load(after);
    REQUIRE(config.ok());
    CHECK(config->settings.limits.maxQueuedRequests == 11);
    CHECK(config->settings.models.defaultModel == "m");
    CHECK(config->settings.cache.localSize == 64u << 20);
    CHECK_FALSE(updateConfigFile(file, "limits.maxQueuedRequests", "no").ok());
    CHECK(*readFile(file, 10000) == after);
    const auto fresh = home / "new.json";
    REQUIRE(updateConfigFile(fresh, "models.default", "m").ok());
    sources.file = fresh;
    CHECK(loadConfig(sources)->settings.models.defaultModel == "m");
}

TEST_CASE_FIXTURE(Fixture, "a key can stand in the desktop's keyring") {
    const std::string text =
        R"({"providers":[{"name":"k","baseUrl":"http://h","apiKey":"keyring:deepseek"}]})";
    sources.environment = {{"PATH", (home / "none").string()}};
    CHECK(contains(problem(text), "libsecret-tools"));

    // Stands for libsecret's program: it knows one key.
    const auto tool = home / "bin" / "secret-tool";
    REQUIRE(std::filesystem::create_directories(tool.parent_path()));
    REQUIRE(writeFileAtomically(tool, "#!/bin/sh\n"
                                      "[ \"$*\" = 'lookup service exobrain key deepseek' ] || exit 1\n"
                                      "echo 'a warning of a library' >&2\n"
                                      "printf sk-from-keyring\n")
                .ok());
    REQUIRE(::chmod(tool.c_str(), 0755) == 0);
    sources.environment = {{"PATH", "/nowhere::" + tool.parent_path().string()}};
    const auto config = load(text);
    REQUIRE(config.ok());
    CHECK(config->settings.providers[0].apiKey.reveal() == "sk-from-keyring");
    CHECK(config->warnings.empty());
    for (const auto& line : config->lines)
        CHECK_FALSE(contains(line.value, "sk-from-keyring"));
    const std::string other = R"({"providers":[{"name":"k","baseUrl":"http://h","apiKey":"keyring:other"}]})";
    CHECK(contains(problem(other), "secret-tool store --label=ExoBrain service exobrain key other"));
}

TEST_CASE_FIXTURE(Fixture, "a llama provider names a model file") {
    const auto one = [](const std::string& members) { return "{\"providers\":[{" + members + "}]}"; };
    const auto config =
        load(one(R"("name":"l","type":"llama","modelFile":"/models/qwen.gguf","arguments":["-c","4096"])"));
    REQUIRE(config.ok());
    const ProviderSettings& provider = config->settings.providers[0];
    CHECK(provider.models == std::vector<std::string>{"qwen"});
    CHECK(provider.program == "llama-server");
    CHECK(provider.arguments == std::vector<std::string>{"-c", "4096"});
    CHECK(contains(problem(one(R"("name":"l","type":"llama")")), "needs a modelFile"));
    CHECK(contains(problem(one(R"("name":"l","type":"llama","modelFile":"qwen.gguf")")), "absolute path"));
    CHECK(contains(problem(one(R"("name":"o","baseUrl":"http://h","program":"x")")), "for the type llama"));
    CHECK(contains(problem(one(R"("name":"l","type":"llama","modelFile":"/m","arguments":[1])")),
                   "list of texts"));
}

TEST_CASE_FIXTURE(Fixture,
                  "a model's cache policy is one of three words, and a wrong one is told with its line") {
    CHECK(loadConfig({})->settings.models.cache.empty());
    const auto config = load(R"({"models":{"cache":{"a":"always","x/b-1.5":"never","c":"default"}}})");
    REQUIRE(config.ok());
    CHECK(config->settings.models.cache == std::map<std::string, CachePolicy>{{"a", CachePolicy::Always},
                                                                              {"x/b-1.5", CachePolicy::Never},
                                                                              {"c", CachePolicy::Default}});
    for (const auto& line : config->lines)
        if (line.path == "models.cache")
            CHECK(line.value == R"({"a":"always","c":"default","x/b-1.5":"never"})");
    CHECK(
        contains(problem("{\n \"models\": { \"cache\": {\n  \"a\": \"never\",\n  \"x/b-1.5\": \"on\" } }\n}"),
                 ":4: models.cache: \"x/b-1.5\" needs one of these: default, always, never"));
    CHECK(contains(problem("{\n \"models\": {\n  \"cache\": {\n   \"a\": true } }\n}"),
                   ":4: models.cache: \"a\""));
    CHECK(contains(problem("{\n \"models\": {\n  \"cache\": \"always\" }\n}"), ":3: models.cache: "));
    sources.environment = {{"EXOBRAIN_MODELS_CACHE", R"({"a":"no"})"}};
    CHECK(contains(problem("{}"), "EXOBRAIN_MODELS_CACHE: models.cache: \"a\""));
    sources.environment = {{"EXOBRAIN_MODELS_CACHE", R"({"a":"never"})"}};
    CHECK(load("{}")->settings.models.cache.at("a") == CachePolicy::Never);
}
