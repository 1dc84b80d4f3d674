#pragma once
// Lists the files of a project that are worth reading, with the reason for each one left out. Iterative,
// bounded, follows no link, opens nothing special, runs nothing. Blocks: for worker threads.

#include "core/analysis/SafeRoot.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace exo::analysis {

enum class SkipReason : std::uint8_t {
    Ignored, // .gitignore, or a folder nobody wants (.git, node_modules, build folders)
    Binary,
    TooLarge,
    Special,   // FIFO, socket, device, kernel file system
    Link,      // symbolic links are not followed; what they point at inside the root is listed itself
    Name,      // control bytes or no UTF-8: cannot be cited
    Generated, // lock files, minified bundles
    Private,   // keys and credentials
    Unreadable,
    TooDeep,
    TooMany,
    Count
};
std::string_view toString(SkipReason reason);

struct ScanOptions {
    std::uint64_t maxFileSize = 2u << 20;
    std::size_t maxFiles = 200'000;
    std::size_t maxDepth = 128;
    // Whether files that are true but seldom an answer are listed: lock files, minified bundles, keys.
    enum class Want : std::uint8_t { Answers, Everything } want = Want::Answers;
};

struct ScannedFile {
    std::string path; // relative, '/' separated, UTF-8
    FileStamp stamp;
};

struct ScanResult {
    std::vector<ScannedFile> files; // sorted by path
    std::array<std::int64_t, static_cast<std::size_t>(SkipReason::Count)> skipped{};
    std::vector<std::string> topFolders; // of the root, with at least one listed file

    std::int64_t skippedFor(SkipReason reason) const { return skipped[static_cast<std::size_t>(reason)]; }
    std::int64_t skippedTotal() const; // without Ignored
};

struct ScanControl {
    const std::atomic<bool>* cancelled = nullptr;
    std::function<void(std::size_t files)> progress;                     // after each folder
    std::function<void(int descriptor, const std::string& path)> folder; // before it is read
    // Of each that is left out, but for the ignored; the path may hold any bytes.
    std::function<void(const std::string& path, SkipReason reason)> skipped;
};

// Tells whether the ignore rules from outside of the root, or from .git, are still the same ones: who watches
// its folders does not see them. Cheap.
std::string ignoreRulesAround(const SafeRoot& root);

// Cancelled when told so; otherwise what cannot be read is counted, not an error.
Result<ScanResult> scanProject(const SafeRoot& root, const ScanOptions& options,
                               const ScanControl& control = {});

} // namespace exo::analysis
