#include "core/storage/HomeLock.h"

#include "core/base/Json.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace exo {

namespace {

// Open-file-description locks: held by this descriptor (not by the process), freed when it is closed or the
// process dies, and testable without taking them.
struct flock wholeFile(short type) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

LockHolder readHolder(int fd) {
    std::string text(4096, '\0');
    const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    LockHolder holder;
    const auto json = parseJson(text);
    if (!json.ok()) return holder; // caught while being written
    holder.pid = intOr(*json, "pid");
    holder.kind = stringOr(*json, "kind");
    holder.url = stringOr(*json, "url");
    return holder;
}

Error lockError(const char* doing, const std::filesystem::path& file) {
    const int code = errno;
    return fail(code == ENOSPC || code == EDQUOT ? ErrorCode::StorageFull : ErrorCode::IoError,
                std::string(doing) + " " + file.string() + ": " + std::strerror(code));
}

} // namespace

Result<HomeLock> HomeLock::acquire(const std::filesystem::path& runFolder, std::string kind) {
    const auto file = runFolder / "lock";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return lockError("cannot open", file);
    HomeLock lock(fd, LockHolder{::getpid(), std::move(kind), {}});
    struct flock wanted = wholeFile(F_WRLCK);
    if (::fcntl(fd, F_OFD_SETLK, &wanted) != 0) {
        if (errno != EAGAIN && errno != EACCES) return lockError("cannot lock", file);
        const LockHolder other = readHolder(fd);
        return fail(ErrorCode::Conflict, "this home is in use by process " + std::to_string(other.pid) +
                                             " (" + (other.kind.empty() ? "unknown" : other.kind) +
                                             (other.url.empty() ? "" : ", " + other.url) + ")");
    }
    EXO_CHECK(lock.publish());
    return lock;
}

std::optional<LockHolder> HomeLock::holder(const std::filesystem::path& runFolder) {
    const int fd = ::open((runFolder / "lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return std::nullopt;
    struct flock probe = wholeFile(F_WRLCK);
    std::optional<LockHolder> found;
    if (::fcntl(fd, F_OFD_GETLK, &probe) == 0 && probe.l_type != F_UNLCK) found = readHolder(fd);
    ::close(fd);
    return found;
}

HomeLock::HomeLock(HomeLock&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_self(std::move(other.m_self)) {}

HomeLock& HomeLock::operator=(HomeLock&& other) noexcept {
    std::swap(m_fd, other.m_fd);
    std::swap(m_self, other.m_self);
    return *this;
}

HomeLock::~HomeLock() {
    if (m_fd >= 0) ::close(m_fd); // the file stays: removing it would race with the next holder
}

Result<void> HomeLock::setUrl(std::string url) {
    m_self.url = std::move(url);
    return publish();
}

Result<void> HomeLock::publish() {
    const std::string text =
        dumpJson(Json{{"pid", m_self.pid}, {"kind", m_self.kind}, {"url", m_self.url}}) + "\n";
    if (::ftruncate(m_fd, 0) != 0 ||
        ::pwrite(m_fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return lockError("cannot write", "run/lock");
    return {};
}

} // namespace exo
