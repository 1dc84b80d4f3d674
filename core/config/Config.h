#pragma once
// Loads Settings: defaults < file < environment (EXOBRAIN_…) < flags, one table of settings. Any thread, at
// start and reload.

#include "core/base/Json.h"
#include "core/base/Result.h"
#include "core/config/Settings.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct ConfigSources {
    std::optional<std::filesystem::path> file;      // must exist when `fileRequired`
    bool fileRequired = false;                      // named by --config
    std::map<std::string, std::string> environment; // only EXOBRAIN_… and what env: names
    std::map<std::string, std::string> flags;       // "server.listen" → text
};

struct ConfigLine {     // of --print-config
    std::string path;   // "limits.maxConcurrentRequests"
    std::string value;  // secrets masked
    std::string origin; // "default", "/etc/exobrain/config.json:12", "environment EXOBRAIN_…", "flag"
};

struct LoadedConfig {
    Settings settings;
    std::vector<ConfigLine> lines;
    std::vector<std::string> warnings; // e.g. a literal key in the file
};

// ConfigError; `detail` reads: FILE:LINE: unknown key "limts" (did you mean "limits"?); every problem of the
// file is listed, one per line.
Result<LoadedConfig> loadConfig(const ConfigSources& sources);

// The environment of this process, as ConfigSources wants it.
std::map<std::string, std::string> processEnvironment();

// What a generated settings dialog or reference needs of one setting.
struct SettingInfo {
    std::string path;
    std::string kind; // size | duration | fraction | percent | integer | text | list | switch
    std::string defaultText;
    std::string description; // English, one line
};
std::vector<SettingInfo> settingsTable();

// Changes the file as the settings dialog does: sets `path` ("providers" included) to `value`, keeping all
// other members; comments are kept where their line does not change. Written atomically; the result must load
// or nothing is written.
Result<void> updateConfigFile(const std::filesystem::path& file, std::string_view path, const Json& value);

// Whether one entry of `providers` is valid by itself; InvalidRequest with the member otherwise.
Result<void> checkProvider(const Json& entry);

} // namespace exo
