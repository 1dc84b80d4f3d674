#include "core/base/Ids.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <sys/random.h>

namespace exo {

namespace {

constexpr std::size_t k_idBytes = 16;

} // namespace

std::string randomBytes(std::size_t count) {
    std::string out(count, '\0');
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got = ::getrandom(out.data() + done, count - done, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            std::abort();
        }
        done += static_cast<std::size_t>(got);
    }
    return out;
}

std::string newIdText(std::string_view prefix) {
    static constexpr std::string_view k_alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
    std::string out(prefix);
    out.reserve(prefix.size() + 26);
    for (int shift = 45; shift >= 0; shift -= 5)
        out += k_alphabet[(static_cast<std::uint64_t>(ms) >> shift) & 31U];
    // One call of the kernel serves some ids.
    static thread_local std::string pool;
    if (pool.size() < k_idBytes) pool = randomBytes(64 * k_idBytes);
    for (std::size_t i = 0; i < k_idBytes; ++i)
        out += k_alphabet[static_cast<unsigned char>(pool[pool.size() - 1 - i]) & 31U];
    pool.resize(pool.size() - k_idBytes);
    return out;
}

} // namespace exo
