#pragma once
// Where ExoBrain keeps its state, and file writing that survives a crash.

#include "core/base/Result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace exo {

// All state lies under `home` when --home or EXOBRAIN_HOME names it; else in the XDG base directories
// (https://specifications.freedesktop.org/basedir-spec/latest/), or /var/lib/exobrain when started by
// systemd.
struct Paths {
    std::filesystem::path config; // directory of config.json
    std::filesystem::path data;   // database, attachments, backups
    std::filesystem::path cache;  // project indexes and other things that can be rebuilt
    std::filesystem::path run;    // sockets, lock

    static Paths fromHome(const std::filesystem::path& home);
    static Paths fromEnvironment();

    std::filesystem::path configFile() const { return config / "config.json"; }
    std::filesystem::path database() const { return data / "exobrain.db"; }

    // Makes the directories, readable by the user alone (0700).
    Result<void> create() const;
};

Result<std::string> readFile(const std::filesystem::path& path, std::size_t maxBytes);
// Temp file in the same directory, fsync, rename, fsync of the directory. Mode 0600. StorageFull on ENOSPC.
Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

} // namespace exo
