#pragma once
// Reading backups back. Whatever the file says is foreign: only the names of Manifest.h, sizes and checksums
// as told, no links, nothing outside the folder it is unpacked into. Blocks.

#include "core/storage/backup/Manifest.h"

#include <filesystem>

namespace exo {

// Reads all of it: every file is there, once, with its size and checksum; the database is one of ours and
// its schema is none that only a newer program knows. StorageCorrupt, Unsupported (newer), IoError, NotFound.
Result<Manifest> verifyBackup(const std::filesystem::path& file);

struct RestoreTarget {
    std::filesystem::path data;       // folder of the database
    std::filesystem::path database;   // in it
    std::filesystem::path configFile; // its folder is made when it is missing
    std::filesystem::path keyFolder;
};

struct Restored {
    Manifest manifest;
    std::filesystem::path replaced; // folder with what was there before; empty when nothing was
};

// Puts a backup in the place of what is there. The caller holds the lock of the home. Unpacks beside the
// target, verifies (the database's integrity too), and only then moves what it replaces into
// data/replaced-…; a failure before that changes nothing. An interrupted restore never leaves a home without
// a database. A configuration that named key files in the old home names those in this one.
Result<Restored> restoreBackup(const std::filesystem::path& file, const RestoreTarget& target, WallTime now);

} // namespace exo
