#include "core/analysis/IndexStore.h"

#include "core/base/Log.h"

#include <sqlite3.h>

namespace exo::analysis {

namespace fs = std::filesystem;

namespace {

// Raised whenever the tables, the tokens or the chunks change: an index of another number is made anew.
constexpr std::int64_t k_schema = 1;

constexpr const char* k_tables = R"sql(
CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
                  inode INTEGER NOT NULL, indexed INTEGER NOT NULL, hash TEXT NOT NULL, language TEXT NOT NULL,
                  lines INTEGER NOT NULL, low INTEGER NOT NULL, skipped INTEGER NOT NULL);
CREATE TABLE chunk(id INTEGER PRIMARY KEY, file INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL);
CREATE INDEX chunkOfFile ON chunk(file);
CREATE TABLE entry(file INTEGER NOT NULL, line INTEGER NOT NULL);
CREATE INDEX entryOfFile ON entry(file);
CREATE VIRTUAL TABLE words USING fts5(path, heading, body, content='', contentless_delete=1, tokenize='exocode');
INSERT INTO words(words, rank) VALUES('hashsize', 33554432);
)sql";

KnownFile knownFrom(const Statement& row) {
    return {row.integer(0), {row.integer(1), row.integer(2), row.integer(3)}, row.integer(4), row.text(5)};
}

} // namespace

void removeIndexFiles(const fs::path& file) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        fs::remove(file.string() + suffix, ignored);
}

Result<std::unique_ptr<IndexStore>> IndexStore::tryOpen(const fs::path& file) {
    ConnectionOptions options;
    options.file = file.empty() ? fs::path(":memory:") : file;
    options.create = true;
    EXO_TRY(auto db, Connection::open(options));
    sqlite3_busy_timeout(db->handle(), 20'000); // another process may be writing a batch
    // Nothing here is worth an fsync: after a power cut a damaged index is noticed and made anew.
    EXO_CHECK(db->exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;"));
    EXO_CHECK(registerCodeTokenizer(*db));
    std::unique_ptr<IndexStore> store(new IndexStore(std::move(db)));
    EXO_CHECK(store->prepareSchema());
    return store;
}

Result<std::unique_ptr<IndexStore>> IndexStore::open(const fs::path& file) {
    auto store = tryOpen(file);
    if (store.ok() || file.empty() || store.error().code != ErrorCode::StorageCorrupt) return store;
    log::info("the project index {} is made anew: {}", file.filename().string(), store.error().detail);
    removeIndexFiles(file);
    return tryOpen(file);
}

Result<void> IndexStore::prepareSchema() {
    return inTransaction([this]() -> Result<void> {
        EXO_TRY(const auto version, m_db->integer("PRAGMA user_version"));
        if (version == k_schema) {
            EXO_TRY(const auto tables, m_db->integer("SELECT count(*) FROM sqlite_schema WHERE name IN "
                                                     "('file', 'chunk', 'entry', 'words')"));
            if (tables == 4) return {};
            return fail(ErrorCode::StorageCorrupt, "tables are missing");
        }
        EXO_TRY(const auto objects, m_db->integer("SELECT count(*) FROM sqlite_schema"));
        if (version != 0 || objects != 0) return fail(ErrorCode::StorageCorrupt, "another schema");
        EXO_CHECK(m_db->exec(k_tables));
        return m_db->exec("PRAGMA user_version=" + std::to_string(k_schema));
    });
}

Result<void> IndexStore::inTransaction(const std::function<Result<void>()>& job) {
    EXO_CHECK(m_db->exec("BEGIN IMMEDIATE"));
    Result<void> done = job();
    if (done.ok()) done = m_db->exec("COMMIT");
    if (!done.ok() && m_db->inTransaction())
        if (auto undone = m_db->exec("ROLLBACK"); !undone.ok())
            log::debug("rollback: {}", undone.error().detail);
    return done;
}

Result<bool> IndexStore::changedElsewhere() {
    EXO_TRY(const auto version, m_db->integer("PRAGMA data_version"));
    const bool changed = version.value_or(0) != m_dataVersion;
    m_dataVersion = version.value_or(0);
    return changed;
}

Result<std::unordered_map<std::string, KnownFile>> IndexStore::files() {
    EXO_TRY(Statement row, m_db->query("SELECT id, size, mtime, inode, indexed, hash, path FROM file"));
    std::unordered_map<std::string, KnownFile> files;
    for (;;) {
        EXO_TRY(const bool more, row.step());
        if (!more) return files;
        files.emplace(row.text(6), knownFrom(row));
    }
}

Result<std::optional<KnownFile>> IndexStore::find(const std::string& path) {
    EXO_TRY(Statement row,
            m_db->query("SELECT id, size, mtime, inode, indexed, hash FROM file WHERE path = ?1", path));
    EXO_TRY(const bool found, row.step());
    if (!found) return std::optional<KnownFile>{};
    return std::optional<KnownFile>(knownFrom(row));
}

// The column is named mtime from before; it has held ctime since that is the stamp's time.
Result<void> IndexStore::touch(std::int64_t id, const FileStamp& stamp, std::int64_t nowNs) {
    return m_db->run("UPDATE file SET size = ?2, mtime = ?3, inode = ?4, indexed = ?5 WHERE id = ?1", id,
                     stamp.size, stamp.changedNs, stamp.inode, nowNs);
}

Result<std::int64_t> IndexStore::put(const IndexedFile& file) {
    EXO_TRY(const auto old, m_db->integer("SELECT id FROM file WHERE path = ?1", file.path));
    if (old) EXO_CHECK(remove(*old));
    EXO_CHECK(
        m_db->run("INSERT INTO file(path, size, mtime, inode, indexed, hash, language, lines, low, skipped) "
                  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                  file.path, file.stamp.size, file.stamp.changedNs, file.stamp.inode, file.indexedNs,
                  file.hash, file.language, file.lines, file.lowRank, file.skipped));
    const std::int64_t id = m_db->lastInsertRow();
    for (const IndexedChunk& chunk : file.chunks) {
        EXO_CHECK(m_db->run("INSERT INTO chunk(file, start, end) VALUES(?1, ?2, ?3)", id, chunk.place.start,
                            chunk.place.end));
        EXO_CHECK(m_db->run("INSERT INTO words(rowid, path, heading, body) VALUES(?1, ?2, ?3, ?4)",
                            m_db->lastInsertRow(), file.path, chunk.heading, chunk.body));
    }
    for (const int line : file.entryLines)
        EXO_CHECK(m_db->run("INSERT INTO entry(file, line) VALUES(?1, ?2)", id, line));
    return id;
}

Result<void> IndexStore::remove(std::int64_t id) {
    EXO_CHECK(m_db->run("DELETE FROM words WHERE rowid IN (SELECT id FROM chunk WHERE file = ?1)", id));
    EXO_CHECK(m_db->run("DELETE FROM chunk WHERE file = ?1", id));
    EXO_CHECK(m_db->run("DELETE FROM entry WHERE file = ?1", id));
    return m_db->run("DELETE FROM file WHERE id = ?1", id);
}

Result<std::vector<ChunkHit>> IndexStore::search(const std::string& match, std::size_t limit) {
    // What a file is called and what it defines says more than what it mentions.
    EXO_TRY(
        Statement row,
        m_db->query(
            "SELECT file.path, file.hash, file.language, file.low, chunk.start, chunk.end, best.score FROM "
            "(SELECT rowid AS id, bm25(words, 3.0, 4.0, 1.0) AS score FROM words WHERE words MATCH ?1 "
            "ORDER BY score LIMIT ?2) AS best JOIN chunk ON chunk.id = best.id "
            "JOIN file ON file.id = chunk.file ORDER BY best.score, file.path, chunk.start",
            match, static_cast<std::int64_t>(limit)));
    std::vector<ChunkHit> hits;
    for (;;) {
        EXO_TRY(const bool more, row.step());
        if (!more) return hits;
        const Chunk place{static_cast<int>(row.integer(4)), static_cast<int>(row.integer(5))};
        hits.push_back({row.text(0), row.text(1), row.text(2), row.integer(3) != 0, place, -row.real(6)});
    }
}

Result<std::int64_t> IndexStore::countMatches(const std::string& match) {
    EXO_TRY(const auto count, m_db->integer("SELECT count(*) FROM words WHERE words MATCH ?1", match));
    return count.value_or(0);
}

Result<std::int64_t> IndexStore::chunkCount() {
    EXO_TRY(const auto count, m_db->integer("SELECT count(*) FROM chunk"));
    return count.value_or(0);
}

Result<std::vector<LanguageTotal>> IndexStore::languages() {
    EXO_TRY(Statement row, m_db->query("SELECT language, count(*), sum(lines) FROM file WHERE skipped = 0 "
                                       "GROUP BY language ORDER BY sum(lines) DESC, language"));
    std::vector<LanguageTotal> totals;
    for (;;) {
        EXO_TRY(const bool more, row.step());
        if (!more) return totals;
        totals.push_back({row.text(0), row.integer(1), row.integer(2)});
    }
}

Result<std::vector<EntryLine>> IndexStore::entryPoints(std::size_t limit) {
    // Those near the root first: the deeper a main function lies, the more likely it is a tool or an example.
    EXO_TRY(Statement row,
            m_db->query("SELECT path, hash, line, low FROM entry JOIN file ON file.id = entry.file "
                        "ORDER BY low, length(path) - length(replace(path, '/', '')), path, line "
                        "LIMIT ?1",
                        static_cast<std::int64_t>(limit)));
    std::vector<EntryLine> lines;
    for (;;) {
        EXO_TRY(const bool more, row.step());
        if (!more) return lines;
        lines.push_back({row.text(0), row.text(1), static_cast<int>(row.integer(2)), row.integer(3) != 0});
    }
}

Result<std::int64_t> IndexStore::skippedFiles() {
    EXO_TRY(const auto count, m_db->integer("SELECT count(*) FROM file WHERE skipped = 1"));
    return count.value_or(0);
}

} // namespace exo::analysis
