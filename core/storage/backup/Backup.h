#pragma once
// Backups of a home: one tar file with a manifest of checksums, a consistent copy of the database (messages,
// attachments, keys and usage lie in it), the configuration and the key files of the home. What may be lost
// (histories of metrics, caches, indexes) is not in it. Works beside a running server. Blocks.

#include "core/storage/backup/Manifest.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace exo {

struct BackupSource {
    std::filesystem::path database;
    std::filesystem::path configFile; // may be missing
    std::filesystem::path keyFolder;  // may be missing
    std::string version;              // of this program
};

struct BackupMade {
    std::filesystem::path file;
    std::uint64_t size = 0;
    Manifest manifest;
};

// Done and total, in pages of the database.
using BackupProgress = std::function<void(std::int64_t done, std::int64_t total)>;

// Writes folder/exobrain-YYYYMMDDTHHMMSS.mmmZ.tar: complete, verified by reading it again, fsynced, and only
// then under its name; after a failure nothing of it is left. NotFound without a database; StorageFull,
// StorageCorrupt (the database is damaged), IoError.
Result<BackupMade> makeBackup(const BackupSource& source, const std::filesystem::path& folder, WallTime now,
                              const BackupProgress& progress = {});

// The finished backups in a folder, the newest first; nothing else that lies there. Empty when it cannot be
// read.
struct BackupEntry {
    std::filesystem::path file;
    WallTime createdAt{}; // by its name
};
std::vector<BackupEntry> listBackups(const std::filesystem::path& folder);

// Keeps the `keep` newest; gives the deleted ones. Also removes what backups that were killed left behind a
// day ago.
std::vector<std::filesystem::path> pruneBackups(const std::filesystem::path& folder, std::size_t keep,
                                                WallTime now);

// Remembers a backup that was made into a folder of its own, so that whoever watches the age of the newest
// one sees it too. `data` is the folder of the database.
Result<void> noteBackup(const std::filesystem::path& data, const BackupMade& made);
// Of data/backups and of what was noted.
std::optional<WallTime> newestBackup(const std::filesystem::path& data);

} // namespace exo
