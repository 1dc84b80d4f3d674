#include "core/storage/backup/Manifest.h"

#include <algorithm>
#include <set>

namespace exo {

namespace {

constexpr std::int64_t k_form = 1;
constexpr std::size_t k_mostFiles = 1000;
constexpr std::size_t k_hexDigest = 64;
constexpr std::int64_t k_largest = std::int64_t{1} << 44; // 16 TB, so that a sum cannot overflow

Error broken(const std::string& what) {
    std::string text = "the backup's manifest ";
    text += what;
    return fail(ErrorCode::StorageCorrupt, std::move(text));
}

bool isKeyName(std::string_view name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return name.ends_with(".key") && name.size() > 4 && name.size() <= 128 && name.front() != '.' &&
           std::ranges::all_of(name, good);
}

bool isKnownName(std::string_view name) {
    if (name == k_backedUpDatabase || name == k_backedUpConfig) return true;
    return name.starts_with(k_backedUpKeys) && isKeyName(name.substr(k_backedUpKeys.size()));
}

Result<BackedUpFile> fileFromJson(const Json& json) {
    if (!json.is_object()) return broken("is not understood");
    BackedUpFile file;
    file.name = stringOr(json, "name");
    file.sha256 = stringOr(json, "sha256");
    EXO_TRY(const std::int64_t size, getInt(json, "size", 0, k_largest));
    file.size = static_cast<std::uint64_t>(size);
    if (!isKnownName(file.name)) return broken("names a file that no backup has: " + file.name);
    return file;
}

} // namespace

const BackedUpFile* Manifest::find(std::string_view name) const {
    const auto found = std::ranges::find(files, name, &BackedUpFile::name);
    return found == files.end() ? nullptr : &*found;
}

std::uint64_t Manifest::totalSize() const {
    std::uint64_t sum = 0;
    for (const auto& file : files)
        sum += file.size;
    return sum;
}

Json toJson(const Manifest& manifest) {
    Json json = Json::object();
    json["exobrainBackup"] = k_form;
    json["version"] = manifest.version;
    json["createdAt"] = toUnixMillis(manifest.createdAt);
    json["schema"] = manifest.schema;
    json["sessions"] = manifest.sessions;
    json["messages"] = manifest.messages;
    json["keyFolder"] = manifest.keyFolder;
    json["files"] = Json::array();
    for (const auto& file : manifest.files)
        json["files"].push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
    return json;
}

Result<Manifest> manifestFromText(std::string_view text) {
    const auto json = parseJson(text, JsonLimits{16, k_mostOfManifest, false});
    if (!json.ok() || !json->is_object()) return broken("is not JSON");
    const std::int64_t form = intOr(*json, "exobrainBackup");
    if (form > k_form)
        return fail(ErrorCode::Unsupported, "the backup was made by a newer ExoBrain (" +
                                                std::string(stringOr(*json, "version")) + ")");
    const Json* files = member(*json, "files");
    if (form != k_form || !files || !files->is_array() || files->size() > k_mostFiles)
        return broken("is not understood");
    Manifest manifest;
    // Nothing vouches for the manifest but its own completeness: a damaged name is a missing member.
    for (const char* name : {"version", "createdAt", "schema", "sessions", "messages", "keyFolder"})
        if (!member(*json, name)) return broken("lacks a member: " + std::string(name));
    manifest.version = stringOr(*json, "version");
    manifest.createdAt = fromUnixMillis(intOr(*json, "createdAt"));
    manifest.schema = static_cast<int>(std::clamp<std::int64_t>(intOr(*json, "schema"), 0, 1'000'000));
    manifest.sessions = intOr(*json, "sessions");
    manifest.messages = intOr(*json, "messages");
    manifest.keyFolder = stringOr(*json, "keyFolder");
    std::set<std::string> names;
    for (const Json& item : *files) {
        EXO_TRY(BackedUpFile file, fileFromJson(item));
        if (!names.insert(file.name).second) return broken("names a file twice: " + file.name);
        manifest.files.push_back(std::move(file));
        if (manifest.files.back().sha256.size() != k_hexDigest)
            return broken("has no checksum for " + manifest.files.back().name);
    }
    if (!manifest.find(k_backedUpDatabase)) return broken("names no database");
    return manifest;
}

} // namespace exo
