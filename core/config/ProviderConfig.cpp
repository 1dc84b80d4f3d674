#include "core/config/Config.h"
#include "core/config/SettingsTable.h"

#include <algorithm>
#include <array>

namespace exo {

namespace {

constexpr std::array<std::string_view, 7> k_members{"name",   "type",  "baseUrl",      "apiKey",
                                                    "models", "proxy", "contextTokens"};
constexpr std::array<std::string_view, 4> k_types{"openai", "anthropic", "llama", "local"};

bool goodName(std::string_view name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, good);
}

Result<void> readModels(const Json& json, ProviderSettings& provider) {
    const Json* models = member(json, "models");
    if (!models) return {};
    if (!models->is_array())
        return fail(ErrorCode::InvalidRequest, "'models' must be a list of names", "models");
    for (const auto& model : *models) {
        if (!model.is_string() || model.get_ref<const std::string&>().empty())
            return fail(ErrorCode::InvalidRequest, "'models' must be a list of names", "models");
        provider.models.push_back(model.get<std::string>());
    }
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
    EXO_CHECK(readModels(json, provider));
    EXO_CHECK(readContextTokens(json, provider));
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
