#pragma once
// Small system calls of the storage row, with errors as values. Any thread.

#include "core/base/Result.h"

#include <filesystem>
#include <string_view>
#include <utility>

namespace exo {

// From errno: StorageFull on ENOSPC, EDQUOT and EFBIG, NotFound on ENOENT, else IoError.
Error errnoError(std::string_view doing, const std::filesystem::path& path);
Error errnoError(std::string_view doing, const std::filesystem::path& path, int code);

// Owns a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd)
        : m_fd(fd) {}
    Descriptor(Descriptor&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Descriptor();
    int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }

  private:
    int m_fd = -1;
};

Result<void> syncFile(const std::filesystem::path& file);
Result<void> syncFolder(const std::filesystem::path& folder);
// Makes the folder and those above it, readable by the user alone when it is new.
Result<void> makePrivateFolder(const std::filesystem::path& folder);
// Bytes a process without privileges may still write there.
Result<std::uint64_t> freeSpace(const std::filesystem::path& folder);

} // namespace exo
