#pragma once
// The SQLite file behind a project's text index: a cache, so a damaged or older one is deleted and made anew.
// Holds where each chunk lies and the words in it, never the text itself. One thread; several processes may
// share a file.

#include "core/analysis/Definitions.h"
#include "core/analysis/SafeRoot.h"
#include "core/storage/Sqlite.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

struct KnownFile {
    std::int64_t id = 0;
    FileStamp stamp;
    std::int64_t indexedNs = 0; // wall clock; a file changed in the same instant is looked at again
    std::string hash;
};

struct IndexedChunk {
    Chunk place;
    std::string heading; // definitions inside, one a line, and the nearest above
    std::string_view body;
};

// All there is to store about a file; no chunks when it is not worth indexing.
struct IndexedFile {
    std::string path;
    FileStamp stamp;
    std::int64_t indexedNs = 0;
    std::string hash;
    std::string language;
    std::int64_t lines = 0;
    bool lowRank = false;
    bool skipped = false; // binary, minified, unreadable
    std::vector<IndexedChunk> chunks;
    std::vector<int> entryLines;
};

struct ChunkHit {
    std::string path;
    std::string hash;
    std::string language;
    bool lowRank = false;
    Chunk place;
    double score = 0; // BM25, higher is better
};

struct LanguageTotal {
    std::string name;
    std::int64_t files = 0;
    std::int64_t lines = 0;
};

struct EntryLine {
    std::string path;
    std::string hash;
    int line = 0;
    bool lowRank = false;
};

class IndexStore {
  public:
    // An empty path is an index in memory. A damaged or foreign file is replaced.
    static Result<std::unique_ptr<IndexStore>> open(const std::filesystem::path& file);

    // True when another process wrote since the last call (and at the first call).
    Result<bool> changedElsewhere();
    Result<std::unordered_map<std::string, KnownFile>> files();

    // `job` in one transaction; its error rolls back.
    Result<void> inTransaction(const std::function<Result<void>()>& job);
    Result<std::optional<KnownFile>> find(const std::string& path);
    Result<void> touch(std::int64_t id, const FileStamp& stamp, std::int64_t nowNs);
    Result<std::int64_t> put(const IndexedFile& file); // replaces an older row of the path
    Result<void> remove(std::int64_t id);

    // `match` in FTS5's language, over tokens of CodeTokens.h.
    Result<std::vector<ChunkHit>> search(const std::string& match, std::size_t limit);
    Result<std::int64_t> countMatches(const std::string& match);
    Result<std::int64_t> chunkCount();

    Result<std::vector<LanguageTotal>> languages(); // most lines first
    Result<std::vector<EntryLine>> entryPoints(std::size_t limit);
    Result<std::int64_t> skippedFiles();

  private:
    explicit IndexStore(std::unique_ptr<Connection> db)
        : m_db(std::move(db)) {}
    static Result<std::unique_ptr<IndexStore>> tryOpen(const std::filesystem::path& file);
    Result<void> prepareSchema();

    std::unique_ptr<Connection> m_db;
    std::int64_t m_dataVersion = -1;
};

// Deletes a database file with its journal files.
void removeIndexFiles(const std::filesystem::path& file);

// Makes the tokenizer "exocode" known to a connection.
Result<void> registerCodeTokenizer(Connection& db);

} // namespace exo::analysis
