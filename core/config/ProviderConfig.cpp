#include "core/config/Config.h"
#include "core/config/SettingsTable.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace exo {

namespace {

constexpr std::array<std::string_view, 11> k_members{"name",    "type",      "baseUrl",       "apiKey",
                                                     "models",  "proxy",     "contextTokens", "modelFile",
                                                     "program", "arguments", "prefill"};
constexpr std::array<std::string_view, 5> k_prefills{"off", "message", "continue_final_message", "prefix",
                                                     "partial"};
constexpr std::array<std::string_view, 4> k_types{"openai", "anthropic", "llama", "local"};

bool goodName(std::string_view name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, good);
}

Result<void> readTexts(const Json& json, const std::string& name, std::vector<std::string>& texts) {
    const Json* list = member(json, name);
    if (!list) return {};
    const auto isText = [](const Json& item) {
        return item.is_string() && !item.get_ref<const std::string&>().empty();
    };
    if (!list->is_array() || !std::ranges::all_of(*list, isText))
        return fail(ErrorCode::InvalidRequest, "'" + name + "' must be a list of texts", name);
    for (const auto& item : *list)
        texts.push_back(item.get<std::string>());
    return {};
}

// What a llama-server child is started with.
Result<void> readLlama(const Json& json, ProviderSettings& provider) {
    EXO_TRY(const auto file, optString(json, "modelFile"));
    EXO_TRY(const auto program, optString(json, "program"));
    provider.modelFile = file.value_or("");
    provider.program = program.value_or("llama-server");
    EXO_CHECK(readTexts(json, "arguments", provider.arguments));
    const bool isLlama = provider.type == "llama";
    if (isLlama && (provider.modelFile.empty() || provider.modelFile.front() != '/'))
        return fail(ErrorCode::InvalidRequest,
                    "the provider \"" + provider.name +
                        "\" needs a modelFile: the absolute path of a GGUF file",
                    "modelFile");
    if (!isLlama && (file || program || !provider.arguments.empty()))
        return fail(ErrorCode::InvalidRequest,
                    "'modelFile', 'program' and 'arguments' are for the type llama", "modelFile");
    if (isLlama && provider.models.empty())
        provider.models.push_back(std::filesystem::path(provider.modelFile).stem().string());
    return {};
}

Result<void> readContextTokens(const Json& json, ProviderSettings& provider) {
    const Json* sizes = member(json, "contextTokens");
    if (!sizes) return {};
    if (!sizes->is_object())
        return fail(ErrorCode::InvalidRequest, "'contextTokens' must be an object of model: tokens",
                    "contextTokens");
    for (const auto& [model, tokens] : sizes->items()) {
        EXO_TRY(provider.contextTokens[model], getInt(*sizes, model, 256, 100'000'000));
    }
    return {};
}

} // namespace

std::span<const std::string_view> providerMembers() {
    return k_members;
}

Result<ProviderSettings> providerFromConfig(const Json& json) {
    if (!json.is_object())
        return fail(ErrorCode::InvalidRequest, "a provider is an object with name, type, baseUrl …");
    ProviderSettings provider;
    EXO_TRY(provider.name, getString(json, "name"));
    if (!goodName(provider.name))
        return fail(ErrorCode::InvalidRequest,
                    "the name of a provider is made of letters, digits, '-', '_', '.'", "name");
    EXO_TRY(const auto type, optString(json, "type"));
    provider.type = type.value_or("openai");
    if (std::ranges::find(k_types, provider.type) == k_types.end())
        return fail(ErrorCode::InvalidRequest, "'type' is one of openai, anthropic, llama, local", "type");
    EXO_TRY(const auto baseUrl, optString(json, "baseUrl"));
    provider.baseUrl = baseUrl.value_or("");
    if (provider.baseUrl.empty() && provider.type == "openai")
        return fail(ErrorCode::InvalidRequest, "the provider \"" + provider.name + "\" needs a baseUrl",
                    "baseUrl");
    if (provider.baseUrl.empty() && provider.type == "anthropic")
        provider.baseUrl = "https://api.anthropic.com";
    EXO_TRY(const auto key, optString(json, "apiKey"));
    provider.apiKeySource = key.value_or("");
    EXO_TRY(const auto proxy, optString(json, "proxy"));
    provider.proxy = proxy.value_or("system");
    EXO_TRY(const auto prefill, optString(json, "prefill"));
    provider.prefill = prefill.value_or("");
    if (prefill && std::ranges::find(k_prefills, *prefill) == k_prefills.end())
        return fail(ErrorCode::InvalidRequest,
                    "'prefill' is one of off, message, continue_final_message, prefix, partial", "prefill");
    EXO_CHECK(readTexts(json, "models", provider.models));
    EXO_CHECK(readContextTokens(json, provider));
    EXO_CHECK(readLlama(json, provider));
    return provider;
}

Result<void> checkProvider(const Json& entry) {
    EXO_CHECK(providerFromConfig(entry));
    return {};
}

std::string maskKeySource(std::string_view source) {
    for (const std::string_view scheme : {"env:", "file:", "keyring:", "credential:"})
        if (source.starts_with(scheme)) return std::string(source);
    return Secret(std::string(source)).masked();
}

} // namespace exo
