#include "core/storage/FileOps.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace exo {

namespace fs = std::filesystem;

Error errnoError(std::string_view doing, const fs::path& path, int code) {
    const ErrorCode kind = code == ENOSPC || code == EDQUOT || code == EFBIG ? ErrorCode::StorageFull
                           : code == ENOENT                                  ? ErrorCode::NotFound
                                                                             : ErrorCode::IoError;
    return fail(kind, std::string(doing) + " " + path.string() + ": " + std::strerror(code));
}

Error errnoError(std::string_view doing, const fs::path& path) {
    return errnoError(doing, path, errno);
}

Descriptor::~Descriptor() {
    if (m_fd >= 0) ::close(m_fd);
}

namespace {

Result<void> syncPath(const fs::path& path, int flags) {
    const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) return errnoError("cannot sync", path);
    return {};
}

} // namespace

Result<void> syncFile(const fs::path& file) {
    return syncPath(file, O_RDONLY);
}

Result<void> syncFolder(const fs::path& folder) {
    return syncPath(folder, O_RDONLY | O_DIRECTORY);
}

Result<void> makePrivateFolder(const fs::path& folder) {
    std::error_code errc;
    const bool existed = fs::exists(folder, errc);
    fs::create_directories(folder, errc);
    if (errc) return errnoError("cannot create", folder, errc.value());
    if (!existed) ::chmod(folder.c_str(), 0700);
    return {};
}

Result<std::uint64_t> freeSpace(const fs::path& folder) {
    struct statvfs info {};
    if (::statvfs(folder.c_str(), &info) != 0) return errnoError("cannot look at", folder);
    return std::uint64_t{info.f_bavail} * std::uint64_t{info.f_frsize};
}

} // namespace exo
