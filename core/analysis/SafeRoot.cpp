#include "core/analysis/SafeRoot.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace exo::analysis {

namespace fs = std::filesystem;

FileHandle::~FileHandle() {
    if (m_fd >= 0) ::close(m_fd);
}

FileStamp FileStamp::of(const struct stat& info) {
    return {static_cast<std::int64_t>(info.st_size),
            info.st_ctim.tv_sec * 1'000'000'000LL + info.st_ctim.tv_nsec,
            static_cast<std::int64_t>(info.st_ino)};
}

FileVersion FileVersion::of(const struct stat& info) {
    return {FileStamp::of(info), static_cast<std::int64_t>(info.st_dev)};
}

Result<SafeRoot> SafeRoot::open(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    if (error == std::errc::no_such_file_or_directory)
        return fail(ErrorCode::NotFound, "no such folder: " + path.string(), "project");
    if (error) return fail(ErrorCode::IoError, path.string() + ": " + error.message(), "project");
    SafeRoot root;
    root.m_path = canonical.string();
    root.m_root = FileHandle(::open(root.m_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.m_root) {
        const int code = errno;
        return fail(code == ENOENT ? ErrorCode::NotFound : ErrorCode::IoError,
                    root.m_path + ": " + std::strerror(code), "project");
    }
    return root;
}

FileHandle SafeRoot::openBeneath(const std::string& relative, int flags) const {
    // Once the kernel (before 5.6) or a sandbox refuses openat2, the slower way is taken.
    struct open_how how {};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const long fd =
        ::syscall(SYS_openat2, m_root.get(), relative.empty() ? "." : relative.c_str(), &how, sizeof how);
    if (fd >= 0) return FileHandle(static_cast<int>(fd));
    if (errno == ENOSYS || errno == EPERM) return openStepwise(relative, flags);
    return {};
}

FileHandle SafeRoot::openStepwise(const std::string& relative, int flags) const {
    FileHandle folder(::openat(m_root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::size_t start = 0;
    while (folder) {
        const std::size_t slash = relative.find('/', start);
        const bool last = slash == std::string::npos;
        const std::string name = relative.substr(start, last ? std::string::npos : slash - start);
        if (name == "..") {
            errno = EXDEV;
            return {};
        }
        const int step = last ? flags : O_RDONLY | O_DIRECTORY;
        FileHandle next(
            ::openat(folder.get(), name.empty() ? "." : name.c_str(), step | O_NOFOLLOW | O_CLOEXEC));
        if (last) return next;
        folder = std::move(next);
        start = slash + 1;
    }
    return {};
}

FileHandle SafeRoot::openFolder(const std::string& relative) const {
    return openBeneath(relative, O_RDONLY | O_DIRECTORY);
}

FileHandle SafeRoot::openRegular(const std::string& relative, struct stat& info) const {
    // O_NONBLOCK: opening a FIFO must not wait for its writer. It has no effect on a regular file.
    FileHandle file = openBeneath(relative, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file && (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))) {
        errno = EINVAL;
        return {};
    }
    return file;
}

FileHandle SafeRoot::openFile(const std::string& relative) const {
    struct stat info {};
    return openRegular(relative, info);
}

namespace {

// Reads to the end, at most `limit` bytes; `expected` is what the file says it has.
bool readAll(int fd, std::size_t expected, std::size_t limit, std::string& out) {
    constexpr std::size_t k_step = 64 * 1024;
    std::size_t have = 0;
    out.resize(std::min(expected + 1, limit)); // one more: whether it ends there
    while (have < limit) {
        if (have == out.size()) out.resize(std::min(have + k_step, limit));
        const ssize_t n = ::read(fd, out.data() + have, out.size() - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        if (n == 0) break;
        have += static_cast<std::size_t>(n);
        if (have == expected) break; // whether it grew, its stamp tells
    }
    out.resize(have);
    return true;
}

} // namespace

Result<FileVersion> SafeRoot::readInto(std::string& bytes, const std::string& relative,
                                       std::size_t maxBytes) const {
    constexpr int k_attempts = 3; // a file that changes under every read is given up
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        struct stat before {
        }, after{};
        const FileHandle file = openRegular(relative, before);
        if (!file)
            return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::IoError,
                        relative + ": " + std::strerror(errno));
        const auto size = static_cast<std::size_t>(before.st_size);
        if (size > maxBytes) return fail(ErrorCode::RequestTooLarge, relative);
        if (!readAll(file.get(), size, maxBytes + 1, bytes))
            return fail(ErrorCode::IoError, relative + ": " + std::strerror(errno));
        if (bytes.size() > maxBytes) return fail(ErrorCode::RequestTooLarge, relative);
        const FileVersion version = FileVersion::of(before);
        if (::fstat(file.get(), &after) == 0 && FileVersion::of(after) == version) return version;
    }
    return fail(ErrorCode::IoError, relative + ": changes while it is read");
}

Result<FileBytes> SafeRoot::read(const std::string& relative, std::size_t maxBytes) const {
    FileBytes content;
    EXO_TRY(const FileVersion version, readInto(content.bytes, relative, maxBytes));
    content.stamp = version.stamp;
    return content;
}

} // namespace exo::analysis
