#pragma once
// The SHA-256 of files by what the system says of them, so that a file nobody wrote to since is not hashed
// again. Taken in only when the file had been left alone for a while before it was read: a later write could
// fall into the same tick of its clock. What is written through a mapping is seen when the system notes it.
// Any thread.

#include "core/analysis/SafeRoot.h"
#include "core/base/Sha256.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace exo::analysis {

class KnownHashes {
  public:
    static constexpr std::int64_t k_settled = 2'000'000'000; // ns: the coarsest clock of a file system
    static constexpr std::size_t k_most = 200'000;           // files, then it begins anew

    // contentHash(bytes) of what was read as `version`, at `nowNs` (since the epoch) or later.
    std::string hashOf(const FileVersion& version, std::string_view bytes, std::int64_t nowNs);
    std::size_t size() const;

  private:
    struct Id {
        std::int64_t device, inode;
        bool operator==(const Id&) const = default;
    };
    struct IdHash {
        std::size_t operator()(const Id& id) const;
    };
    struct Known {
        FileVersion version;
        Sha256Digest digest;
    };

    mutable std::mutex m_mutex;
    std::unordered_map<Id, Known, IdHash> m_known;
};

// Of the clock that stamps files.
std::int64_t wallTimeNs();

} // namespace exo::analysis
