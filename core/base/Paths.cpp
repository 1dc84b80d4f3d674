#include "core/base/Paths.h"

#include "core/base/Ids.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exo {

namespace fs = std::filesystem;

namespace {

Error systemError(std::string_view what, const fs::path& path) {
    const int code = errno;
    const ErrorCode kind = code == ENOSPC || code == EDQUOT ? ErrorCode::StorageFull
                           : code == ENOENT                 ? ErrorCode::NotFound
                                                            : ErrorCode::IoError;
    return fail(kind, std::string(what) + " " + path.string() + ": " + std::strerror(code));
}

class Descriptor {
  public:
    explicit Descriptor(int fd)
        : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (m_fd >= 0) ::close(m_fd);
    }
    int get() const { return m_fd; }

  private:
    int m_fd;
};

Result<void> writeAll(int fd, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return systemError("cannot write", path);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(fd) != 0) return systemError("cannot sync", path);
    return {};
}

fs::path environmentPath(const char* name, const fs::path& fallback) {
    const char* value = std::getenv(name);
    return value && *value == '/' ? fs::path(value)
                                  : fallback; // relative values are invalid by the XDG rules
}

} // namespace

Paths Paths::fromHome(const fs::path& home) {
    const fs::path root = fs::absolute(home);
    return {root, root, root / "cache", root / "run"};
}

Paths Paths::fromEnvironment() {
    if (const char* home = std::getenv("EXOBRAIN_HOME"); home && *home) return fromHome(home);
    if (const char* state = std::getenv("STATE_DIRECTORY"); state && *state == '/') return fromHome(state);
    const fs::path user = environmentPath("HOME", "/var/lib");
    const fs::path data = environmentPath("XDG_DATA_HOME", user / ".local/share") / "exobrain";
    return {environmentPath("XDG_CONFIG_HOME", user / ".config") / "exobrain", data,
            environmentPath("XDG_CACHE_HOME", user / ".cache") / "exobrain", data / "run"};
}

Result<void> Paths::create() const {
    for (const fs::path& path : {config, data, cache, run}) {
        std::error_code errc;
        const bool existed = fs::exists(path, errc);
        fs::create_directories(path, errc);
        if (errc) return fail(ErrorCode::IoError, "cannot create " + path.string() + ": " + errc.message());
        if (!existed) ::chmod(path.c_str(), 0700);
    }
    return {};
}

Result<std::string> readFile(const fs::path& path, std::size_t maxBytes) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return systemError("cannot open", path);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return systemError("cannot stat", path);
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::IoError, "not a regular file: " + path.string());
    const auto size = static_cast<std::size_t>(info.st_size);
    if (size > maxBytes) return fail(ErrorCode::RequestTooLarge, "file too large: " + path.string());
    std::string bytes;
    bytes.resize(size);
    std::size_t done = 0;
    for (;;) {
        if (done == bytes.size()) {
            if (done > maxBytes) return fail(ErrorCode::RequestTooLarge, "file too large: " + path.string());
            bytes.resize(done + 4096); // files of /proc say size 0; others may grow
        }
        const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return systemError("cannot read", path);
        if (n == 0) break;
        done += static_cast<std::size_t>(n);
    }
    if (done > maxBytes) return fail(ErrorCode::RequestTooLarge, "file too large: " + path.string());
    bytes.resize(done);
    return bytes;
}

Result<void> writeFileAtomically(const fs::path& path, std::string_view bytes) {
    const fs::path temp = path.string() + newIdText(".tmp-");
    {
        const Descriptor file(::open(temp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.get() < 0) return systemError("cannot create", temp);
        if (auto written = writeAll(file.get(), bytes, temp); !written.ok()) {
            ::unlink(temp.c_str());
            return written;
        }
    }
    if (::rename(temp.c_str(), path.c_str()) != 0) {
        Error error = systemError("cannot rename to", path);
        ::unlink(temp.c_str());
        return error;
    }
    const Descriptor directory(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
        return systemError("cannot sync directory of", path);
    return {};
}

} // namespace exo
