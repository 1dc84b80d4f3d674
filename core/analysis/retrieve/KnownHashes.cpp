#include "core/analysis/retrieve/KnownHashes.h"

#include "core/base/Text.h"

#include <chrono>

namespace exo::analysis {

namespace {

std::string hexOf(const Sha256Digest& digest) {
    return hexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

} // namespace

std::size_t KnownHashes::IdHash::operator()(const Id& id) const {
    const auto mixed = static_cast<std::uint64_t>(id.inode) * 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>(mixed ^ mixed >> 32 ^ static_cast<std::uint64_t>(id.device));
}

std::string KnownHashes::hashOf(const FileVersion& version, std::string_view bytes, std::int64_t nowNs) {
    const Id id{version.device, version.stamp.inode};
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_known.find(id);
        if (found != m_known.end() && found->second.version == version) return hexOf(found->second.digest);
    }
    const Sha256Digest digest = sha256(bytes);
    if (version.stamp.changedNs + k_settled <= nowNs) {
        const std::lock_guard lock(m_mutex);
        if (m_known.size() >= k_most) m_known.clear();
        m_known.insert_or_assign(id, Known{version, digest});
    }
    return hexOf(digest);
}

std::size_t KnownHashes::size() const {
    const std::lock_guard lock(m_mutex);
    return m_known.size();
}

std::int64_t wallTimeNs() {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace exo::analysis
