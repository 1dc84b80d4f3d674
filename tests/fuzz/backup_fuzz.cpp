// Backups handed to `restore`: whatever the bytes, reading them ends, and one that is accepted names only the
// files a backup has.
#include "core/storage/backup/Restore.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace exo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int fd = ::memfd_create("backup", MFD_CLOEXEC);
    if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
    const auto manifest = verifyBackup("/proc/self/fd/" + std::to_string(fd));
    ::close(fd);
    if (!manifest.ok()) return 0;
    for (const auto& file : manifest->files) {
        const bool known = file.name == k_backedUpDatabase || file.name == k_backedUpConfig ||
                           (file.name.starts_with(k_backedUpKeys) &&
                            file.name.find('/', k_backedUpKeys.size()) == std::string::npos);
        if (!known || file.name.find("..") != std::string::npos) std::abort();
    }
    return 0;
}
