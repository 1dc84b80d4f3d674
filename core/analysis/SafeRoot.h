#pragma once
// Opens files and folders below one root and never anything else: no symbolic link is followed, no special
// file is opened. Holds a descriptor of the root, so the root stays the same folder for as long as it lives.
// Any thread.

#include "core/base/Result.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace exo::analysis {

class FileHandle {
  public:
    FileHandle() = default;
    explicit FileHandle(int fd)
        : m_fd(fd) {}
    FileHandle(FileHandle&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1)) {}
    FileHandle& operator=(FileHandle&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~FileHandle();
    int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }
    int release() { return std::exchange(m_fd, -1); }

  private:
    int m_fd = -1;
};

// What tells whether a file is still the one we read. A write changes it, unless it comes in the same tick of
// the file system's clock or through a mapping. The time is ctime: mtime is set back by rsync, cp -p, tar.
struct FileStamp {
    std::int64_t size = 0;
    std::int64_t changedNs = 0; // since the epoch
    std::int64_t inode = 0;
    bool operator==(const FileStamp&) const = default;

    static FileStamp of(const struct stat& info);
};

// The same, with what tells file systems apart.
struct FileVersion {
    FileStamp stamp;
    std::int64_t device = 0;
    bool operator==(const FileVersion&) const = default;

    static FileVersion of(const struct stat& info);
};

struct FileBytes {
    std::string bytes;
    FileStamp stamp;
};

class SafeRoot {
  public:
    // `path` may itself be a link; it is resolved once. NotFound, or IoError when it is no folder or cannot
    // be read.
    static Result<SafeRoot> open(const std::filesystem::path& path);

    const std::string& path() const { return m_path; } // canonical
    int descriptor() const { return m_root.get(); }

    // `relative` is "" (the root) or "a/b"; fails with errno set. Regular files and folders only.
    FileHandle openFolder(const std::string& relative) const;
    FileHandle openFile(const std::string& relative) const;
    // The bytes are those of one version: a file that changes meanwhile is read again. RequestTooLarge when
    // it is larger than `maxBytes`; NotFound; IoError.
    Result<FileBytes> read(const std::string& relative, std::size_t maxBytes) const;
    // The same into a buffer that serves for many files.
    Result<FileVersion> readInto(std::string& bytes, const std::string& relative, std::size_t maxBytes) const;

  private:
    FileHandle openRegular(const std::string& relative, struct stat& info) const;
    FileHandle openBeneath(const std::string& relative, int flags) const;
    FileHandle openStepwise(const std::string& relative, int flags) const;

    std::string m_path;
    FileHandle m_root;
};

} // namespace exo::analysis
