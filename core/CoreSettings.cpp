// Changing the configuration while running: all or nothing.
#include "core/CoreParts.h"
#include "core/base/Log.h"
#include "core/cache/AnswerCache.h"
#include "core/net/Endpoint.h"

#include <algorithm>

namespace exo {

namespace fs = std::filesystem;

namespace {

constexpr JsonLimits k_configLimits{.maxDepth = 64, .maxBytes = 4u << 20, .allowComments = true};

Result<Json> providersInFile(const fs::path& file) {
    auto text = readFile(file, k_configLimits.maxBytes);
    if (!text.ok() && text.error().code == ErrorCode::NotFound) return Json::array();
    if (!text.ok()) return std::move(text).error();
    EXO_TRY(const Json config, parseJson(*text, k_configLimits));
    const Json* list = member(config, "providers");
    return list && list->is_array() ? *list : Json::array();
}

auto findProvider(Json& list, std::string_view name) {
    return std::find_if(list.begin(), list.end(),
                        [&](const Json& item) { return stringOr(item, "name") == name; });
}

} // namespace

Result<void> Core::reload(const std::function<Result<void>(const Settings&)>& accept) {
    EXO_TRY(LoadedConfig config, loadConfig(m_parts->options.sources));
    if (accept) EXO_CHECK(accept(config.settings));
    EXO_CHECK(checkCacheSettings(config.settings.cache));
    EXO_TRY(auto providers, m_parts->makeProviders(config.settings));
    for (const auto& warning : config.warnings)
        log::warn("{}", warning);
    m_parts->gateway->reconfigure(config.settings, std::move(providers));
    m_parts->config = std::move(config);
    m_parts->monitor->reconfigure();
    return {};
}

Result<void> Core::saveProvider(const std::string& oldName, const api::ProviderInfo& provider,
                                const std::optional<Secret>& newKey) {
    const fs::path file = m_parts->options.sources.file.value_or(paths().configFile());
    EXO_TRY(Json list, providersInFile(file));
    auto entry = findProvider(list, oldName.empty() ? provider.name : oldName);
    if (entry == list.end()) {
        list.push_back(Json::object());
        entry = list.end() - 1;
    }
    Json& item = *entry;
    item["name"] = provider.name;
    item["type"] = provider.type;
    item["baseUrl"] = provider.baseUrl;
    item["models"] = provider.models;
    item["proxy"] = provider.proxy;
    if (newKey && newKey->empty()) item.erase("apiKey");
    if (newKey && !newKey->empty()) {
        EXO_CHECK(checkProvider(item)); // the name becomes part of a path
        const fs::path folder = paths().config / "keys";
        std::error_code errc;
        fs::create_directories(folder, errc);
        if (errc) return fail(ErrorCode::IoError, "cannot create " + folder.string() + ": " + errc.message());
        fs::permissions(folder, fs::perms::owner_all, errc);
        const fs::path keyFile = folder / (provider.name + ".key");
        EXO_CHECK(writeFileAtomically(keyFile, std::string(newKey->reveal()) + "\n"));
        item["apiKey"] = "file:" + keyFile.string();
    }
    EXO_CHECK(updateConfigFile(file, "providers", list));
    return reload();
}

Result<void> Core::removeProvider(const std::string& name) {
    const fs::path file = m_parts->options.sources.file.value_or(paths().configFile());
    EXO_TRY(Json list, providersInFile(file));
    const auto entry = findProvider(list, name);
    if (entry == list.end())
        return fail(ErrorCode::NotFound, "no provider is named \"" + name + "\" in " + file.string());
    const std::string source(stringOr(*entry, "apiKey"));
    list.erase(entry);
    EXO_CHECK(updateConfigFile(file, "providers", list));
    const fs::path folder = paths().config / "keys";
    if (source.starts_with("file:") && fs::path(source.substr(5)).parent_path() == folder) {
        std::error_code ignored;
        fs::remove(source.substr(5), ignored);
    }
    return reload();
}

Result<std::string> Core::previewEndpoint(const std::string& baseUrl, const std::string& type) {
    const bool anthropic = type == "anthropic";
    EXO_TRY(const auto base,
            net::normaliseEndpoint(baseUrl, anthropic ? net::ApiFamily::Anthropic : net::ApiFamily::OpenAi));
    return net::endpointUrl(base, anthropic ? "/messages" : "/chat/completions");
}

} // namespace exo
