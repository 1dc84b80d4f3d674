#include "core/config/Config.h"

#include "core/base/Paths.h"
#include "core/base/Text.h"
#include "core/config/JsonText.h"
#include "core/config/Keyring.h"
#include "core/config/SettingsTable.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxConfigBytes = 4u << 20;

const SettingRow* rowOf(std::string_view path) {
    for (const auto& row : settingRows())
        if (row.path == path) return &row;
    return nullptr;
}

// A known setting lies at or below `path`.
bool isGroup(std::string_view path) {
    const std::string prefix = std::string(path) + ".";
    return std::ranges::any_of(settingRows(), [&](const auto& row) { return row.path.starts_with(prefix); });
}

template <class Names>
std::string nearest(std::string_view name, const Names& names) {
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(3, name.size() / 2);
    for (const std::string_view candidate : names) {
        const std::size_t distance = editDistance(toLowerAscii(name), toLowerAscii(candidate));
        if (distance >= bestDistance) continue;
        bestDistance = distance;
        best = candidate;
    }
    return best;
}

// Names one level below `parent`: "" → server, limits, …
std::vector<std::string> childNames(std::string_view parent) {
    const std::string prefix = parent.empty() ? "" : std::string(parent) + ".";
    std::vector<std::string> names;
    for (const auto& row : settingRows()) {
        if (!row.path.starts_with(prefix)) continue;
        const std::string_view rest = row.path.substr(prefix.size());
        const std::string name(rest.substr(0, rest.find('.')));
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

class Loader {
  public:
    explicit Loader(const ConfigSources& sources)
        : m_sources(sources) {
        for (const auto& row : settingRows())
            m_origins[std::string(row.path)] = "default";
    }

    Result<LoadedConfig> run() {
        EXO_CHECK(readFileLayer());
        readEnvironment();
        readFlags();
        resolveKeys();
        checkConsistency();
        if (!m_problems.empty()) {
            std::string all;
            for (const auto& problem : m_problems)
                all += (all.empty() ? "" : "\n") + problem;
            return fail(ErrorCode::ConfigError, all);
        }
        for (const auto& row : settingRows())
            m_out.lines.push_back(
                {std::string(row.path), row.show(m_out.settings), m_origins[std::string(row.path)]});
        return std::move(m_out);
    }

  private:
    void apply(const SettingRow& row, const Json& value, const std::string& where,
               const std::string& origin) {
        auto done = row.set(m_out.settings, value);
        if (done.ok()) {
            m_origins[std::string(row.path)] = origin;
            return;
        }
        const bool inFile = origin == where;
        const std::string inner =
            std::string(row.path) + "." + done.error().param; // the member that is wrong
        m_problems.push_back((inFile && m_places.contains(inner) ? this->where(inner) : where) + ": " +
                             std::string(row.path) + ": " + done.error().detail);
    }

    Result<void> readFileLayer() {
        if (!m_sources.file) return {};
        auto text = exo::readFile(*m_sources.file, k_maxConfigBytes);
        if (!text.ok()) {
            if (text.error().code == ErrorCode::NotFound && !m_sources.fileRequired) return {};
            return fail(ErrorCode::ConfigError, text.error().detail);
        }
        const auto json = parseJson(*text, JsonLimits{64, k_maxConfigBytes, true});
        const std::string name = m_sources.file->string();
        if (!json.ok())
            return fail(ErrorCode::ConfigError,
                        name + ":" + lineOfError(*text, json.error()) + json.error().detail);
        if (!json->is_object())
            return fail(ErrorCode::ConfigError, name + ":1: the configuration is a JSON object");
        m_places = locateJson(*text);
        readObject("", *json);
        return {};
    }

    // "12: " from "… at byte N".
    static std::string lineOfError(std::string_view text, const Error& error) {
        const auto at = error.detail.rfind("byte ");
        if (at == std::string::npos) return " ";
        const std::size_t byte = std::strtoull(error.detail.c_str() + at + 5, nullptr, 10);
        const auto line = 1 + std::ranges::count(text.substr(0, std::min(byte, text.size())), '\n');
        return std::to_string(line) + ": ";
    }

    std::string where(const std::string& path) const {
        const auto it = m_places.find(path);
        return m_sources.file->string() + ":" + std::to_string(it == m_places.end() ? 1 : it->second.line);
    }

    void readObject(const std::string& prefix, const Json& object) {
        for (const auto& [key, value] : object.items()) {
            const std::string path = prefix.empty() ? key : prefix + "." + key;
            if (const SettingRow* row = rowOf(path)) {
                if (path == "providers") checkProviderMembers(value);
                apply(*row, value, where(path), where(path));
            } else if (isGroup(path)) {
                if (value.is_object()) {
                    readObject(path, value);
                } else {
                    m_problems.push_back(where(path) + ": \"" + path + "\" must be an object");
                }
            } else {
                reportUnknown(path, key, childNames(prefix));
            }
        }
    }

    template <class Names>
    void reportUnknown(const std::string& path, const std::string& key, const Names& names) {
        const std::string hint = nearest(key, names);
        m_problems.push_back(where(path) + ": unknown key \"" + key + "\"" +
                             (hint.empty() ? "" : " (did you mean \"" + hint + "\"?)"));
    }

    void checkProviderMembers(const Json& list) {
        if (!list.is_array()) return;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!list[i].is_object()) continue;
            const auto known = providerMembers();
            for (const auto& [key, value] : list[i].items())
                if (std::ranges::find(known, key) == known.end())
                    reportUnknown("providers[" + std::to_string(i) + "]." + key, key, known);
        }
    }

    void readEnvironment() {
        for (const auto& row : settingRows()) {
            const std::string name = environmentName(row.path);
            if (const auto it = m_sources.environment.find(name); it != m_sources.environment.end())
                apply(row, Json(it->second), name, "environment " + name);
        }
    }

    void readFlags() {
        for (const auto& [path, text] : m_sources.flags) {
            if (const SettingRow* row = rowOf(path)) apply(*row, Json(text), "--" + path, "flag");
        }
    }

    void resolveKeys() {
        for (auto& provider : m_out.settings.providers) {
            const std::string owner = "provider \"" + provider.name + "\"";
            resolveInto(provider.apiKey, provider.apiKeySource, owner);
        }
        auto& alerts = m_out.settings.alerts;
        resolveInto(alerts.webhookSecret, alerts.webhookSecretSource, "alerts.webhookSecret");
    }

    void resolveInto(Secret& secret, const std::string& source, const std::string& owner) {
        auto key = resolveKey(source, owner);
        if (key.ok())
            secret = std::move(key).value();
        else
            m_problems.push_back(owner + ": " + key.error().detail);
    }

    Result<Secret> resolveKey(const std::string& source, const std::string& owner) {
        const auto rest = [&](std::string_view scheme) { return source.substr(scheme.size()); };
        if (source.empty()) return Secret();
        if (source.starts_with("env:")) {
            const auto it = m_sources.environment.find(rest("env:"));
            if (it != m_sources.environment.end()) return Secret(std::string(trim(it->second)));
            m_out.warnings.push_back(owner + ": the environment variable " + rest("env:") + " is not set");
            return Secret();
        }
        if (source.starts_with("file:")) return readKeyFile(rest("file:"));
        if (source.starts_with("credential:")) {
            const auto it = m_sources.environment.find("CREDENTIALS_DIRECTORY");
            const std::string name = rest("credential:");
            if (it == m_sources.environment.end() || name.find('/') != std::string::npos)
                return fail(ErrorCode::ConfigError, "credential:" + name + " needs systemd's LoadCredential");
            auto text = exo::readFile(std::filesystem::path(it->second) / name, 64u << 10);
            if (!text.ok()) return std::move(text).error();
            return Secret(std::string(trim(*text)));
        }
        if (source.starts_with("keyring:")) return readKeyring(rest("keyring:"), m_sources.environment);
        m_out.warnings.push_back(owner +
                                 ": the key stands literally in the configuration; env: or file: is safer");
        return Secret(source);
    }

    static Result<Secret> readKeyFile(const std::string& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0)
            return fail(ErrorCode::ConfigError, "cannot read the key file " + path);
        if ((info.st_mode & 077U) != 0)
            return fail(ErrorCode::ConfigError,
                        "the key file " + path + " may be read by others; run: chmod 600 " + path);
        auto text = exo::readFile(path, 64u << 10);
        if (!text.ok()) return std::move(text).error();
        return Secret(std::string(trim(*text)));
    }

    void checkConsistency() {
        const auto& alerts = m_out.settings.alerts;
        const auto ordered = [&](const char* name, const ThresholdPair& pair) {
            if (pair.warning > pair.critical)
                m_problems.push_back("alerts." + std::string(name) + ": warning must not be above critical");
        };
        ordered("cpu", alerts.cpu);
        ordered("memory", alerts.memory);
        ordered("disk", alerts.disk);
    }

    const ConfigSources& m_sources;
    LoadedConfig m_out;
    std::map<std::string, std::string> m_origins;
    std::map<std::string, JsonPlace> m_places;
    std::vector<std::string> m_problems;
};

} // namespace

Result<LoadedConfig> loadConfig(const ConfigSources& sources) {
    return Loader(sources).run();
}

std::map<std::string, std::string> processEnvironment() {
    std::map<std::string, std::string> out;
    for (char** entry = ::environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

std::vector<SettingInfo> settingsTable() {
    const Settings defaults;
    std::vector<SettingInfo> out;
    for (const auto& row : settingRows())
        out.push_back(
            {std::string(row.path), std::string(row.kind), row.show(defaults), std::string(row.description)});
    return out;
}

} // namespace exo
