// Editing the configuration file in place, so that the user's comments and order stay.
#include "core/base/Paths.h"
#include "core/base/Text.h"
#include "core/config/Config.h"
#include "core/config/JsonText.h"

namespace exo {

namespace {

std::string indented(const Json& value, std::size_t columns) {
    std::string out;
    for (const char c : value.dump(2, ' ', false, Json::error_handler_t::replace)) {
        out += c;
        if (c == '\n') out.append(columns, ' ');
    }
    return out;
}

// Puts `key: value` after the last member of the object at `place`.
std::string insertMember(std::string text, const JsonPlace& place, std::string_view key, const Json& value,
                         std::size_t depth) {
    const std::string blank(2 * (depth + 1), ' ');
    const std::string entry =
        "\n" + blank + Json(std::string(key)).dump() + ": " + indented(value, blank.size());
    if (place.members == 0) {
        text.insert(place.begin + 1, entry + "\n" + std::string(2 * depth, ' '));
    } else {
        text.insert(place.lastMemberEnd, "," + entry);
    }
    return text;
}

std::string edit(std::string text, std::string_view path, const Json& value) {
    const auto places = locateJson(text);
    if (const auto it = places.find(std::string(path)); it != places.end()) {
        const std::size_t depth = static_cast<std::size_t>(std::ranges::count(path, '.')) + 1;
        return text.replace(it->second.begin, it->second.end - it->second.begin, indented(value, 2 * depth));
    }
    // The innermost object on the way that exists takes the rest as a nested member.
    const auto parts = split(path, '.');
    for (std::size_t have = parts.size() - 1;; --have) {
        std::string parent;
        for (std::size_t i = 0; i < have; ++i)
            parent += (i ? "." : "") + std::string(parts[i]);
        const auto it = places.find(parent);
        if (it == places.end()) continue; // the root is always there
        Json nested = value;
        for (std::size_t i = parts.size() - 1; i > have; --i) {
            Json outer = Json::object();
            outer[std::string(parts[i])] = std::move(nested);
            nested = std::move(outer);
        }
        return insertMember(std::move(text), it->second, parts[have], nested, have);
    }
}

} // namespace

Result<void> updateConfigFile(const std::filesystem::path& file, std::string_view path, const Json& value) {
    auto text = readFile(file, 4u << 20);
    if (!text.ok() && text.error().code != ErrorCode::NotFound) return std::move(text).error();
    std::string before = text.ok() ? *text : "";
    if (trim(before).empty()) before = "{\n}\n";
    EXO_TRY(const Json parsed, parseJson(before, JsonLimits{64, 4u << 20, true}));
    if (!parsed.is_object()) return fail(ErrorCode::ConfigError, file.string() + " is not a JSON object");
    const std::string after = edit(std::move(before), path, value);

    const std::filesystem::path trial = file.string() + ".check";
    EXO_CHECK(writeFileAtomically(trial, after));
    ConfigSources sources;
    sources.file = trial;
    sources.fileRequired = true;
    sources.environment = processEnvironment();
    const auto loaded = loadConfig(sources);
    std::error_code ignored;
    std::filesystem::remove(trial, ignored);
    if (!loaded.ok()) return loaded.error();
    return writeFileAtomically(file, after);
}

} // namespace exo
