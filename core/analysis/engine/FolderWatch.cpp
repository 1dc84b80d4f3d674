#include "core/analysis/engine/FolderWatch.h"

#include "core/base/Log.h"

#include <linux/magic.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::uint32_t k_events = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                   IN_EXCL_UNLINK;

// Others may write there without this kernel knowing.
bool isShared(int folder) {
    constexpr long k_cifs = 0xFF534D42, k_smb2 = 0xFE534D42, k_fuse = 0x65735546, k_ceph = 0x00C36400;
    struct statfs info {};
    if (::fstatfs(folder, &info) != 0) return true;
    const auto type = static_cast<long>(info.f_type);
    return type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == V9FS_MAGIC ||
           type == AFS_SUPER_MAGIC || type == k_cifs || type == k_smb2 || type == k_fuse || type == k_ceph;
}

} // namespace

FolderWatch::FolderWatch(std::size_t maxFolders)
    : m_maxFolders(maxFolders) {}

void FolderWatch::begin() {
    if (!m_lost) drain();
    if (m_lost) m_inotify = FileHandle(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    m_lost = !m_inotify;
    m_changed = false; // what is listed from here on has it
    m_changes = {};
    ++m_listing;
}

void FolderWatch::add(int folder, std::string path) {
    if (m_lost) return;
    if (m_watched.size() >= m_maxFolders || isShared(folder)) return lose();
    // By its descriptor: whatever its path names by now, this is the folder that is read.
    const std::string self = "/proc/self/fd/" + std::to_string(folder);
    const int watch = ::inotify_add_watch(m_inotify.get(), self.c_str(), k_events);
    if (watch < 0) {
        log::debug("a folder cannot be watched: {}", std::strerror(errno));
        return lose();
    }
    m_watched[watch] = {m_listing, std::move(path)};
}

void FolderWatch::end() {
    if (m_lost) return;
    for (auto at = m_watched.begin(); at != m_watched.end();) {
        if (at->second.listing == m_listing) {
            ++at;
            continue;
        }
        ::inotify_rm_watch(m_inotify.get(), at->first);
        at = m_watched.erase(at);
    }
}

FolderWatch::Seen FolderWatch::take() {
    if (!m_lost) drain();
    const bool changed = std::exchange(m_changed, false);
    if (m_lost) return Seen::Unknown;
    return changed ? Seen::Changes : Seen::Nothing;
}

void FolderWatch::drain() {
    alignas(inotify_event) char buffer[16 * 1024];
    for (;;) {
        const ssize_t n = ::read(m_inotify.get(), buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) return lose();
        for (ssize_t at = 0; at < n;) {
            inotify_event event;
            std::memcpy(&event, buffer + at, sizeof event);
            const char* name = buffer + at + sizeof event; // ends with a zero
            at += static_cast<ssize_t>(sizeof event + event.len);
            if (event.mask & IN_Q_OVERFLOW) return lose();
            if (event.mask & IN_IGNORED)
                m_watched.erase(event.wd); // the folder is gone, or was given up
            else if (const auto watched = m_watched.find(event.wd); watched != m_watched.end())
                note(watched->second.path, event.mask, event.len > 0 ? name : "");
        }
    }
}

void FolderWatch::note(const std::string& folder, std::uint32_t what, const char* name) {
    m_changed = true;
    if (*name == '\0' || (what & IN_ISDIR) != 0 || m_changes.paths.size() >= k_maxPaths)
        m_changes.more = true;
    else
        m_changes.paths.insert(folder.empty() ? name : folder + "/" + name);
}

void FolderWatch::lose() {
    m_lost = true;
    m_watched.clear();
    m_inotify = FileHandle();
}

} // namespace exo::analysis
