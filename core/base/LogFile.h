#pragma once
// A log file besides stderr, rotated by size: log.txt, log.1.txt (the newest of the old), log.2.txt …

#include "core/base/Log.h"
#include "core/base/Result.h"

#include <cstddef>
#include <filesystem>

namespace exo::log {

struct File {
    std::filesystem::path path; // empty: none
    std::size_t size = 10u << 20;
    int keep = 5;
};

// As setUp(options), with the file opened anew (who moved it away gets a fresh one). IoError when it cannot
// be; the set-up before stays then.
Result<void> setUp(const Options& options, const File& file);

} // namespace exo::log
