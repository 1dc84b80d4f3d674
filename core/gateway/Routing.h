#pragma once
// Which provider answers for a model name: an immutable table made from the settings. Shared by the calls
// that began under it, so a reload never takes a provider away from a running call. io thread.

#include "core/config/Settings.h"
#include "core/providers/Provider.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct Target {
    std::shared_ptr<Provider> provider;
    std::string model; // the upstream's name
};

class Routing {
  public:
    Routing(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers);

    // A configured model, an alias (chains allowed, loops end), "provider/model", "" or "default"; a provider
    // that lists no models takes any other name. With no provider but the local assistant every name is its.
    // ModelNotFound names the nearest known one; NoProvider when there is nothing at all.
    Result<Target> resolve(std::string_view model) const;

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

    const Entry* findEntry(std::string_view name) const;
    std::optional<Target> configured(std::string_view model) const;
    std::optional<Target> prefixed(std::string_view model) const;
    std::optional<Target> named(std::string_view model) const;
    std::string followAliases(std::string_view model) const;
    Error unknownModel(std::string_view model) const;
    std::int64_t configuredContext(const Target& target) const;

    std::vector<Entry> m_entries; // in the order of the settings
    std::shared_ptr<Provider> m_local;
    Settings::Models m_models;
    std::vector<ProviderSettings> m_listed; // as configured, also those that could not be made
};

} // namespace exo
