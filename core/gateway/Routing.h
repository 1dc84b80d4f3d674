#pragma once
// Which provider answers for a model name: an immutable table made from the settings. Shared by the calls
// that began under it, so a reload never takes a provider away from a running call. io thread.

#include "core/config/Settings.h"
#include "core/providers/Provider.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct Target {
    std::shared_ptr<Provider> provider;
    std::string model; // the upstream's name
    std::string baseUrl;
    std::string account;                      // tells two keys of one server apart; no secret
    std::int64_t contextTokens = 0;           // 0 = not known
    CachePolicy cache = CachePolicy::Default; // of the name it was found by

    bool isLocal() const { return provider->type() == "local"; }
    std::string name() const { return provider->name() + "/" + model; }
};

using Targets = std::vector<Target>; // in the order they are tried

class Routing {
  public:
    Routing(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers);

    // A configured model, an alias (chains allowed, loops end), "provider/model", "" or "default"; a provider
    // that lists no models takes any other name. With no provider but the local assistant every name is its.
    // ModelNotFound names the nearest known one; NoProvider when there is nothing at all.
    Result<Target> resolve(std::string_view model) const;
    // The same, then the configured fallbacks in their order (by the name asked for, else by the name it
    // stands for), each target once and with its cache policy, found alike. A fallback that no longer exists
    // is left out.
    Result<std::shared_ptr<const Targets>> chain(std::string_view model) const;
    // The local assistant; nullopt when there is none.
    std::optional<Target> local() const;
    // Those whose settings name no models: they take any name.
    std::vector<std::shared_ptr<Provider>> withoutList() const;
    bool hasProviders() const { return !m_entries.empty(); } // besides the local assistant

    std::string defaultModel() const;
    std::int64_t contextTokens(std::string_view model) const;
    std::vector<api::ModelInfo> models() const;
    std::vector<api::ProviderInfo> providerInfos() const;
    // nullptr when there is no such provider.
    std::shared_ptr<Provider> provider(std::string_view name) const;
    // What a test of the provider asks for; empty when none is configured.
    std::string firstModel(std::string_view provider) const;

  private:
    struct Entry {
        std::shared_ptr<Provider> provider;
        ProviderSettings settings;
    };

    Target targetOf(const Entry& entry, std::string model) const;
    template <class Value>
    const Value* settingOf(const std::map<std::string, Value>& byName, std::string_view model,
                           const Target& target) const;
    Result<Target> resolveWithPolicy(std::string_view model) const;
    const Entry* findEntry(std::string_view name) const;
    std::optional<Target> configured(std::string_view model) const;
    std::optional<Target> prefixed(std::string_view model) const;
    std::optional<Target> named(std::string_view model) const;
    std::string followAliases(std::string_view model) const;
    Error unknownModel(std::string_view model) const;
    Result<Targets> findChain(std::string_view model) const;

    std::vector<Entry> m_entries; // in the order of the settings
    std::shared_ptr<Provider> m_local;
    Settings::Models m_models;
    std::vector<ProviderSettings> m_listed; // as configured, also those that could not be made
    // Of the names asked for lately: the table does not change, so neither do they.
    mutable std::map<std::string, std::shared_ptr<const Targets>, std::less<>> m_chains;
};

} // namespace exo
