#pragma once
// The text of one project, searchable: brought up to date by size, time and inode, answered with excerpts
// that are read from the files at that moment, so a line number in an answer is true. Blocks; one worker
// thread at a time.

#include "core/analysis/IndexStore.h"
#include "core/analysis/ProjectScanner.h"
#include "core/analysis/QueryTerms.h"
#include "core/providers/Retriever.h"

#include <atomic>
#include <functional>
#include <memory>

namespace exo::analysis {

struct UpdateReport {
    std::int64_t files = 0; // listed now
    std::int64_t added = 0;
    std::int64_t changed = 0; // read again and different
    std::int64_t removed = 0;
    std::int64_t read = 0; // files opened
};

struct UpdateControl {
    const std::atomic<bool>* cancelled = nullptr;
    std::function<void(std::int64_t done, std::int64_t total)> progress; // files to be read
};

class ProjectIndex {
  public:
    // `file` empty: in memory. Falls back to memory when the file cannot be used (read-only or full disk).
    static Result<std::unique_ptr<ProjectIndex>> open(const std::string& project,
                                                      const std::filesystem::path& file, ScanOptions options);

    // Cancelled leaves what is done so far; the next call goes on from there.
    Result<UpdateReport> update(const UpdateControl& control = {});

    // Best first, at most `maxExcerpts` and `maxBytes` of text; weak ones only when there is nothing better.
    // Needs an update() before.
    Result<std::vector<Excerpt>> search(std::string_view question, std::size_t maxExcerpts,
                                        std::size_t maxBytes);
    Result<ProjectOverview> overview();

    // Says what time it is by the clock that stamps files, in ns; a test's own.
    void setClock(std::function<std::int64_t()> wallNs) { m_wallNs = std::move(wallNs); }

    bool inMemory() const { return m_file.empty(); }
    const SafeRoot& root() const { return m_root; }

  private:
    ProjectIndex(SafeRoot root, ScanOptions options)
        : m_root(std::move(root))
        , m_options(options) {}

    struct Pending {
        const ScannedFile* file = nullptr;
        bool isNew = false;
    };

    Result<void> openStore(const std::filesystem::path& file);
    Result<UpdateReport> updateOnce(const UpdateControl& control);
    Result<void> loadKnown();
    Result<void> recover(const Error& error); // makes a damaged index anew, or goes on in memory
    Result<void> forget(const std::vector<std::string>& paths);
    Result<void> readChanged(const std::vector<Pending>& pending, const UpdateControl& control,
                             UpdateReport& report);
    Result<std::int64_t> indexFile(const ScannedFile& file, UpdateReport& report);

    Result<std::vector<Excerpt>> searchOnce(std::string_view question, std::size_t maxExcerpts,
                                            std::size_t maxBytes);

    std::function<std::int64_t()> m_wallNs; // empty: the system's
    SafeRoot m_root;
    ScanOptions m_options;
    std::filesystem::path m_file;
    std::unique_ptr<IndexStore> m_store;
    std::unordered_map<std::string, KnownFile> m_known;
    ScanResult m_scan; // of the last update
};

} // namespace exo::analysis
