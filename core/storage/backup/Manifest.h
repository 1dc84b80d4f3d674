#pragma once
// What a backup says about itself: its first file, manifest.json. Only the files it may name exist for a
// restore; everything about a backup is foreign until it was checked against this.

#include "core/base/Clock.h"
#include "core/base/Json.h"
#include "core/base/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

inline constexpr std::string_view k_manifestName = "manifest.json";
inline constexpr std::string_view k_backedUpDatabase = "exobrain.db";
inline constexpr std::string_view k_backedUpConfig = "config/config.json";
inline constexpr std::string_view k_backedUpKeys = "config/keys/"; // NAME.key
inline constexpr std::size_t k_mostOfManifest = 1u << 20;

struct BackedUpFile {
    std::string name; // in the archive: one of the above
    std::uint64_t size = 0;
    std::string sha256; // hex
};

struct Manifest {
    std::string version; // of the program that made it
    WallTime createdAt{};
    int schema = 0;
    std::int64_t sessions = 0, messages = 0;
    std::string keyFolder; // where the key files lay, as the configuration names them
    std::vector<BackedUpFile> files;

    const BackedUpFile* find(std::string_view name) const;
    std::uint64_t totalSize() const;
};

Json toJson(const Manifest& manifest);
// StorageCorrupt; Unsupported for a form newer than this program's.
Result<Manifest> manifestFromText(std::string_view text);

} // namespace exo
