#pragma once
// Which process owns a home: an advisory lock on run/lock, freed by the kernel when its holder dies. The file
// tells who holds it. The owner migrates and checkpoints the database (DatabaseOptions::Role::Owner), others
// open it as guests.

#include "core/base/Result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace exo {

struct LockHolder {
    std::int64_t pid = 0; // 0: not readable
    std::string kind;     // "serve", "desktop", "command"
    std::string url;      // where the holder serves HTTP, empty when it does not
};

class HomeLock {
  public:
    // Conflict when another process (or another HomeLock of this one) holds it; `detail` says who.
    static Result<HomeLock> acquire(const std::filesystem::path& runFolder, std::string kind);
    // Who holds it now; nullopt when nobody does. Never takes the lock.
    static std::optional<LockHolder> holder(const std::filesystem::path& runFolder);

    HomeLock(HomeLock&& other) noexcept;
    HomeLock& operator=(HomeLock&& other) noexcept;
    ~HomeLock();

    // Shown to others, e.g. once the server listens.
    Result<void> setUrl(std::string url);

  private:
    HomeLock(int fd, LockHolder self)
        : m_fd(fd)
        , m_self(std::move(self)) {}
    Result<void> publish();

    int m_fd = -1;
    LockHolder m_self;
};

} // namespace exo
