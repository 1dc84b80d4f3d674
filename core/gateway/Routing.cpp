#include "core/gateway/Routing.h"

#include "core/base/Text.h"
#include "core/gateway/Gateway.h"
#include "core/providers/ModelTable.h"

#include <algorithm>
#include <functional>
#include <set>

namespace exo {

namespace {

constexpr std::size_t k_maxNameForGuess = 128;
constexpr std::size_t k_maxChains = 256;

std::string withoutCredentials(const std::string& url) {
    const std::size_t scheme = url.find("://");
    const std::size_t at = url.rfind('@');
    if (scheme == std::string::npos || at == std::string::npos || at < scheme) return url;
    return url.substr(0, scheme + 3) + "***@" + url.substr(at + 1);
}

} // namespace

Routing::Routing(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers)
    : m_models(settings.models)
    , m_listed(settings.providers) {
    for (std::unique_ptr<Provider>& made : providers) {
        std::shared_ptr<Provider> provider = std::move(made);
        if (provider->type() == "local") {
            m_local = std::move(provider);
            continue;
        }
        const auto listed = std::ranges::find(m_listed, provider->name(), &ProviderSettings::name);
        ProviderSettings own;
        if (listed != m_listed.end()) own = *listed;
        own.name = provider->name();
        m_entries.push_back({std::move(provider), std::move(own)});
    }
}

const Routing::Entry* Routing::findEntry(std::string_view name) const {
    const auto entry =
        std::ranges::find_if(m_entries, [&](const Entry& e) { return e.settings.name == name; });
    return entry == m_entries.end() ? nullptr : &*entry;
}

std::shared_ptr<Provider> Routing::provider(std::string_view name) const {
    if (const Entry* entry = findEntry(name)) return entry->provider;
    return m_local && m_local->name() == name ? m_local : nullptr;
}

std::string Routing::firstModel(std::string_view provider) const {
    const Entry* entry = findEntry(provider);
    if (entry) return entry->settings.models.empty() ? std::string() : entry->settings.models.front();
    return std::string(k_localModel);
}

Target Routing::targetOf(const Entry& entry, std::string model) const {
    Target target{entry.provider, std::move(model), entry.settings.baseUrl, {}, 0};
    if (!entry.settings.apiKey.empty())
        target.account = std::to_string(std::hash<std::string_view>()(entry.settings.apiKey.reveal()));
    const auto size = entry.settings.contextTokens.find(target.model);
    target.contextTokens =
        size == entry.settings.contextTokens.end() ? knownContextTokens(target.model) : size->second;
    return target;
}

std::optional<Target> Routing::local() const {
    if (!m_local) return std::nullopt;
    return Target{m_local, std::string(k_localModel), {}, {}, 0};
}

// What is set for the name asked for, else for the name it stands for.
template <class Value>
const Value* Routing::settingOf(const std::map<std::string, Value>& byName, std::string_view model,
                                const Target& target) const {
    if (byName.empty()) return nullptr;
    const std::string names[] = {std::string(model), followAliases(model), target.name(), target.model};
    for (const std::string& name : names) {
        const auto found = byName.find(name);
        if (found != byName.end()) return &found->second;
    }
    return nullptr;
}

Result<Target> Routing::resolveWithPolicy(std::string_view model) const {
    EXO_TRY(Target target, resolve(model));
    if (const CachePolicy* policy = settingOf(m_models.cache, model, target)) target.cache = *policy;
    return target;
}

Result<std::shared_ptr<const Targets>> Routing::chain(std::string_view model) const {
    if (const auto known = m_chains.find(model); known != m_chains.end()) return known->second;
    EXO_TRY(auto found, findChain(model));
    auto targets = std::make_shared<const Targets>(std::move(found));
    if (m_chains.size() >= k_maxChains) m_chains.clear();
    m_chains.emplace(model, targets);
    return targets;
}

Result<Targets> Routing::findChain(std::string_view model) const {
    EXO_TRY(Target primary, resolveWithPolicy(model));
    Targets targets;
    const std::vector<std::string>* fallbacks = settingOf(m_models.fallbacks, model, primary);
    targets.push_back(std::move(primary));
    if (!fallbacks) return targets;
    for (const std::string& name : *fallbacks) {
        auto target = resolveWithPolicy(name);
        if (!target) continue;
        const auto same = [&](const Target& t) {
            return t.provider == target->provider && t.model == target->model;
        };
        if (std::ranges::none_of(targets, same)) targets.push_back(std::move(*target));
    }
    return targets;
}

std::optional<Target> Routing::configured(std::string_view model) const {
    for (const Entry& entry : m_entries)
        if (std::ranges::find(entry.settings.models, model) != entry.settings.models.end())
            return targetOf(entry, std::string(model));
    return std::nullopt;
}

std::optional<Target> Routing::prefixed(std::string_view model) const {
    const std::size_t slash = model.find('/');
    if (slash == std::string_view::npos || slash + 1 == model.size()) return std::nullopt;
    const Entry* entry = findEntry(model.substr(0, slash));
    if (!entry) return std::nullopt;
    return targetOf(*entry, std::string(model.substr(slash + 1)));
}

std::optional<Target> Routing::named(std::string_view model) const {
    if (model == k_localModel && m_local) return local();
    if (auto target = configured(model)) return target;
    return prefixed(model);
}

// The last name of the chain; a loop ends where it would begin again.
std::string Routing::followAliases(std::string_view model) const {
    std::string name(model);
    std::set<std::string> seen;
    while (!named(name) && seen.insert(name).second) {
        const auto alias = m_models.aliases.find(name);
        if (alias == m_models.aliases.end()) break;
        name = alias->second;
    }
    return name;
}

Result<Target> Routing::resolve(std::string_view model) const {
    if (m_entries.empty() && !m_local) return fail(ErrorCode::NoProvider, "no provider is configured");
    if (m_entries.empty()) return *local();
    std::string name = followAliases(model);
    if (auto target = named(name)) return std::move(*target);
    if (name.empty() || name == "default") {
        name = followAliases(defaultModel());
        if (auto target = named(name)) return std::move(*target);
    }
    if (model == k_localModel) return fail(ErrorCode::NoProvider, "the local assistant is not available");
    for (const Entry& entry : m_entries)
        if (entry.settings.models.empty() && !name.empty()) return targetOf(entry, name);
    return unknownModel(model);
}

Error Routing::unknownModel(std::string_view model) const {
    Error error = fail(ErrorCode::ModelNotFound, {}, "model");
    error.detail = "unknown model \"" + std::string(utf8Prefix(model, k_maxNameForGuess)) + "\"";
    if (model.size() > k_maxNameForGuess) return error;
    const std::string lower = toLowerAscii(model);
    std::string nearest;
    std::size_t best = std::max<std::size_t>(3, model.size() / 2);
    for (const api::ModelInfo& known : models()) {
        const std::size_t distance = editDistance(lower, toLowerAscii(known.id));
        if (distance >= best) continue;
        best = distance;
        nearest = known.id;
    }
    if (!nearest.empty()) error.detail += " (did you mean \"" + nearest + "\"?)";
    return error;
}

std::string Routing::defaultModel() const {
    if (!m_models.defaultModel.empty()) return m_models.defaultModel;
    for (const Entry& entry : m_entries)
        if (!entry.settings.models.empty()) return entry.settings.models.front();
    return std::string(k_localModel);
}

std::int64_t Routing::contextTokens(std::string_view model) const {
    const auto target = resolve(model);
    const std::int64_t tokens = target ? target->contextTokens : 0;
    return tokens > 0 ? tokens : k_defaultContextTokens;
}

std::vector<api::ModelInfo> Routing::models() const {
    std::vector<api::ModelInfo> list;
    std::set<std::string> taken;
    const auto add = [&](std::string id, const Target& target, bool alias) {
        api::ModelInfo info;
        info.id = std::move(id);
        info.provider = target.provider->name();
        info.ownedBy = info.provider;
        info.contextTokens = target.contextTokens;
        info.isAlias = alias;
        if (taken.insert(info.id).second) list.push_back(std::move(info));
    };
    for (const Entry& entry : m_entries)
        for (const std::string& model : entry.settings.models) {
            std::string id = taken.contains(model) ? entry.settings.name + "/" + model : model;
            add(std::move(id), targetOf(entry, model), false);
        }
    for (const auto& [alias, ignored] : m_models.aliases)
        if (const auto target = named(followAliases(alias))) add(alias, *target, true);
    if (m_local) add(std::string(k_localModel), *local(), false);
    return list;
}

std::vector<std::shared_ptr<Provider>> Routing::withoutList() const {
    std::vector<std::shared_ptr<Provider>> list;
    for (const Entry& entry : m_entries)
        if (entry.settings.models.empty()) list.push_back(entry.provider);
    return list;
}

std::vector<api::ProviderInfo> Routing::providerInfos() const {
    std::vector<api::ProviderInfo> list;
    for (const ProviderSettings& settings : m_listed) {
        api::ProviderInfo info;
        info.name = settings.name;
        info.type = settings.type;
        info.baseUrl = settings.baseUrl;
        info.models = settings.models;
        info.hasKey = !settings.apiKey.empty();
        info.proxy = withoutCredentials(settings.proxy);
        list.push_back(std::move(info));
    }
    return list;
}

} // namespace exo
