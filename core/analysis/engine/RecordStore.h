#pragma once
// The records of one analysed folder on disk: a table of files (replaced as a whole) and a data file that
// only grows, until it is half waste. Whoever holds the lock writes; a second process reads what is there and
// keeps its own news in memory, as happens when the disk is full. What is damaged is made anew. One thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/clones/Clones.h"
#include "core/analysis/engine/WorkerProtocol.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace exo::analysis {

struct StoredFile {
    FileStamp stamp;
    std::string hash;
    std::uint64_t offset = 0; // of the record, then (aligned to 4) of the columns
    std::uint32_t recordBytes = 0;
    std::uint32_t tokens = 0;
    std::uint32_t checksum = 0, columnsChecksum = 0; // CRC-32
    bool inMemory = false;                           // in the part that is not kept
};

class RecordStore {
  public:
    // `folder` empty: in memory only. `variant` tells apart what was made with other options; `rules` is a
    // hash of those of the project: with other ones everything is made anew.
    static std::unique_ptr<RecordStore> open(const std::filesystem::path& folder, const std::string& root,
                                             const std::string& variant, const std::string& rules);
    ~RecordStore();

    const StoredFile* find(std::string_view path) const;
    // False when there is no room anywhere.
    bool put(const std::string& path, const std::string& hash, WorkDone&& done);
    void touch(const std::string& path, const FileStamp& stamp);
    void keepOnly(const std::vector<std::string>& sortedPaths);

    // After the last put(). Views stay valid as long as the store lives.
    bool map();
    std::string_view record(const StoredFile& file) const; // empty when it is damaged
    // Without tokens when they are damaged.
    CloneSource columns(std::string_view path, const StoredFile& file) const;

    // Lets go of the mapped pages, which come back from the file when they are read again. Any thread.
    void release() const;

    // A result that belongs to exactly these contents.
    const std::string* extra(const std::string& key) const;
    void setExtra(const std::string& key, std::string value);

    // Writes the table when something changed and we may.
    void save();
    bool writable() const { return m_mayWrite; }

  private:
    struct Part { // of the data: the file on disk, or memory
        FileHandle file;
        std::uint64_t size = 0;
        const char* mapped = nullptr;
        std::uint64_t mappedSize = 0;
    };
    RecordStore() = default;
    void startAnew(const std::string& name);
    bool readTable();
    bool openData();
    bool append(Part& part, std::string_view record, std::string_view columns, StoredFile& file);
    void compact();
    std::uint64_t liveBytes() const;
    bool writeTable();

    std::filesystem::path m_folder, m_table;
    std::string m_root, m_variant, m_rules, m_dataName;
    FileHandle m_lock;
    bool m_mayWrite = false, m_changed = false, m_diskFull = false;
    Part m_disk, m_memory;
    std::unordered_map<std::string, StoredFile> m_files;
    std::string m_extraKey, m_extra;
};

// Removes what was not used for a month.
void removeUnusedStores(const std::filesystem::path& folder);

} // namespace exo::analysis
