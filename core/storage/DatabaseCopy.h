#pragma once
// A consistent copy of a SQLite file that may be in use, by SQLite's online backup. Blocks.

#include "core/base/Result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace exo {

struct DatabaseCopy {
    std::filesystem::path from;
    std::filesystem::path to; // must not exist; removed again after a failure
    std::string vfs;          // of `from`; empty: the default one
    // Pages copied and pages in all; may be empty.
    std::function<void(std::int64_t done, std::int64_t total)> progress;
};

// The copy holds every commit that was acknowledged before the call and is one snapshot, whatever is written
// meanwhile; it is one file (mode 0600, no write-ahead log beside it), fsynced, and its integrity was
// checked. Never checkpoints the source. StorageCorrupt when what was copied is damaged; StorageFull,
// IoError, StorageError.
Result<void> copyDatabase(const DatabaseCopy& copy);

} // namespace exo
