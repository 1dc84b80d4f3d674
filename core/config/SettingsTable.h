#pragma once
// The one table of settings: path, kind, how to read a value into Settings, how to show it. Everything that
// knows about settings (loading, --print-config, the settings dialog, the reference) goes through it.

#include "core/base/Json.h"
#include "core/base/Result.h"
#include "core/config/Settings.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace exo {

struct SettingRow {
    std::string_view path;
    std::string_view kind;
    std::string_view description;
    std::function<Result<void>(Settings&, const Json&)> set;
    std::function<std::string(const Settings&)> show; // secrets masked
};

std::span<const SettingRow> settingRows();

// "limits.maxConcurrentRequests" → "EXOBRAIN_LIMITS_MAX_CONCURRENT_REQUESTS".
std::string environmentName(std::string_view path);

// The members of one entry of `providers`.
Result<ProviderSettings> providerFromConfig(const Json& json);
std::span<const std::string_view> providerMembers();
// A masked form for showing: references as they are, a literal key as "sk-a…".
std::string maskKeySource(std::string_view source);

} // namespace exo
