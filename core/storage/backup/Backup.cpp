#include "core/storage/backup/Backup.h"

#include "core/base/Ids.h"
#include "core/base/Paths.h"
#include "core/base/Sha256.h"
#include "core/base/Units.h"
#include "core/storage/DatabaseCopy.h"
#include "core/storage/FileOps.h"
#include "core/storage/Migrations.h"
#include "core/storage/Sqlite.h"
#include "core/storage/backup/Restore.h"
#include "core/storage/backup/TarFile.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace exo {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_prefix = "exobrain-", k_suffix = ".tar", k_partPrefix = ".exobrain-backup-";
constexpr std::string_view k_noteName = "backup.json";
constexpr std::uint64_t k_spare = 16u << 20; // beyond what the backup itself needs
constexpr std::size_t k_largestConfig = 4u << 20;
constexpr std::chrono::hours k_leftBehind{24};

std::string stampOf(WallTime time) { // 20260131T235959.123Z
    const std::int64_t ms = toUnixMillis(time);
    const std::time_t seconds = ms / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y%m%dT%H%M%S", &utc);
    std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(ms % 1000));
    return text;
}

std::optional<WallTime> timeOfName(std::string_view name) {
    if (!name.starts_with(k_prefix) || !name.ends_with(k_suffix)) return std::nullopt;
    name.remove_prefix(k_prefix.size());
    name.remove_suffix(k_suffix.size());
    std::tm utc{};
    int ms = 0, end = 0;
    const std::string text(name);
    if (std::sscanf(text.c_str(), "%4d%2d%2dT%2d%2d%2d.%3dZ%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
                    &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &ms, &end) != 7)
        return std::nullopt;
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    const WallTime time = fromUnixMillis(std::int64_t{::timegm(&utc)} * 1000 + ms);
    // Only what we would write ourselves: the rest belongs to somebody else.
    return stampOf(time) == text ? std::optional(time) : std::nullopt;
}

// A folder of its own below the target for what is not finished; removed whatever happens.
class WorkFolder {
  public:
    explicit WorkFolder(const fs::path& parent)
        : m_path(parent / newIdText(k_partPrefix)) {}
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    Result<void> make() const { return makePrivateFolder(m_path); }
    fs::path operator/(std::string_view name) const { return m_path / name; }

  private:
    fs::path m_path;
};

std::uint64_t sizeOf(const fs::path& file) {
    std::error_code errc;
    const auto size = fs::file_size(file, errc);
    return errc ? 0 : size;
}

// The copy of the database and the archive exist at the same time.
Result<void> checkSpace(const BackupSource& source, const fs::path& folder) {
    const std::uint64_t database = sizeOf(source.database) + sizeOf(source.database.string() + "-wal");
    const std::uint64_t needed = 2 * database + k_spare;
    EXO_TRY(const std::uint64_t available, freeSpace(folder));
    if (available >= needed) return {};
    return fail(ErrorCode::StorageFull, "a backup into " + folder.string() + " needs " + formatSize(needed) +
                                            ", and " + formatSize(available) + " are free");
}

Result<BackedUpFile> describe(const std::string& name, const fs::path& file) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in) return errnoError("cannot open", file);
    BackedUpFile described{name, 0, {}};
    Sha256 sum;
    std::string piece(256u << 10, '\0');
    for (;;) {
        const ssize_t got = ::read(in.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errnoError("cannot read", file);
        if (got == 0) break;
        sum.add({piece.data(), static_cast<std::size_t>(got)});
        described.size += static_cast<std::uint64_t>(got);
    }
    described.sha256 = sum.hex();
    return described;
}

struct TextFile {
    std::string name;
    std::string bytes;
};

// The configuration and the keys, read once: they may be edited meanwhile.
Result<std::vector<TextFile>> readConfiguration(const BackupSource& source) {
    std::vector<TextFile> files;
    auto config = readFile(source.configFile, k_largestConfig);
    if (config.ok())
        files.push_back({std::string(k_backedUpConfig), std::move(config).value()});
    else if (config.error().code != ErrorCode::NotFound)
        return std::move(config).error();
    std::error_code errc;
    for (fs::directory_iterator it(source.keyFolder, errc), end; !errc && it != end; it.increment(errc)) {
        std::error_code ignored;
        if (it->path().extension() != ".key" || !it->is_regular_file(ignored)) continue;
        EXO_TRY(std::string bytes, readFile(it->path(), 64u << 10));
        files.push_back({std::string(k_backedUpKeys) + it->path().filename().string(), std::move(bytes)});
    }
    if (errc && errc != std::errc::no_such_file_or_directory)
        return errnoError("cannot read", source.keyFolder, errc.value());
    std::ranges::sort(files, {}, &TextFile::name);
    return files;
}

Result<void> countRows(const fs::path& copy, Manifest& manifest) {
    ConnectionOptions options;
    options.file = copy;
    options.queryOnly = true;
    EXO_TRY(const auto db, Connection::open(options));
    EXO_TRY(manifest.schema, readSchemaVersion(*db));
    if (manifest.schema == 0) return {};
    EXO_TRY(const auto sessions, db->integer("SELECT count(*) FROM sessions WHERE removed_at IS NULL"));
    EXO_TRY(const auto messages, db->integer("SELECT count(*) FROM messages"));
    manifest.sessions = sessions.value_or(0);
    manifest.messages = messages.value_or(0);
    return {};
}

Result<void> writeArchive(const fs::path& file, const Manifest& manifest, const fs::path& database,
                          const std::vector<TextFile>& texts) {
    EXO_TRY(TarWriter tar, TarWriter::create(file, manifest.createdAt));
    EXO_CHECK(tar.addText(std::string(k_manifestName), toJson(manifest).dump(1) + "\n"));
    EXO_CHECK(
        tar.addFile(std::string(k_backedUpDatabase), database, manifest.find(k_backedUpDatabase)->size));
    for (const auto& text : texts)
        EXO_CHECK(tar.addText(text.name, text.bytes));
    return tar.finish();
}

// Gives it its name: the next free one, never that of another backup.
Result<fs::path> publish(const fs::path& part, const fs::path& folder, WallTime time) {
    for (int attempt = 0; attempt < 1000; ++attempt, time += Millis(1)) {
        const fs::path file = folder / (std::string(k_prefix) + stampOf(time) + std::string(k_suffix));
        if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0) {
            EXO_CHECK(syncFolder(folder));
            return file;
        }
        if (errno == EINVAL && !fs::exists(file)) { // a file system that does not know the flag
            if (::rename(part.c_str(), file.c_str()) != 0) return errnoError("cannot rename", part);
            EXO_CHECK(syncFolder(folder));
            return file;
        }
        if (errno != EEXIST && errno != EINVAL) return errnoError("cannot rename", part);
    }
    return fail(ErrorCode::Conflict, "too many backups at the same moment");
}

} // namespace

Result<BackupMade> makeBackup(const BackupSource& source, const fs::path& folder, WallTime now,
                              const BackupProgress& progress) {
    std::error_code errc;
    if (!fs::is_regular_file(source.database, errc))
        return fail(ErrorCode::NotFound, "there is no database at " + source.database.string());
    EXO_CHECK(makePrivateFolder(folder));
    EXO_CHECK(checkSpace(source, folder));
    const WorkFolder work(folder);
    EXO_CHECK(work.make());

    BackupMade made;
    made.manifest.version = source.version;
    made.manifest.createdAt = now;
    made.manifest.keyFolder = source.keyFolder.string();
    const fs::path copy = work / k_backedUpDatabase;
    EXO_CHECK(copyDatabase({source.database, copy, {}, progress}));
    EXO_CHECK(countRows(copy, made.manifest));
    EXO_TRY(auto database, describe(std::string(k_backedUpDatabase), copy));
    made.manifest.files.push_back(std::move(database));
    EXO_TRY(const auto texts, readConfiguration(source));
    for (const auto& text : texts) {
        Sha256 sum;
        sum.add(text.bytes);
        made.manifest.files.push_back({text.name, text.bytes.size(), sum.hex()});
    }

    const fs::path part = work / "archive.tar";
    EXO_CHECK(writeArchive(part, made.manifest, copy, texts));
    EXO_CHECK(verifyBackup(part));
    made.size = sizeOf(part);
    EXO_TRY(made.file, publish(part, folder, now));
    return made;
}

std::vector<BackupEntry> listBackups(const fs::path& folder) {
    std::vector<BackupEntry> found;
    std::error_code errc;
    for (fs::directory_iterator it(folder, errc), end; !errc && it != end; it.increment(errc)) {
        std::error_code ignored;
        const auto time = timeOfName(it->path().filename().string());
        if (time && it->is_regular_file(ignored)) found.push_back({it->path(), *time});
    }
    std::ranges::sort(found, std::greater<>(), &BackupEntry::createdAt);
    return found;
}

std::vector<fs::path> pruneBackups(const fs::path& folder, std::size_t keep, WallTime now) {
    std::vector<fs::path> removed;
    const auto all = listBackups(folder);
    std::error_code errc;
    for (std::size_t i = keep; i < all.size(); ++i)
        if (fs::remove(all[i].file, errc)) removed.push_back(all[i].file);
    const auto old = std::chrono::file_clock::from_sys(now) - k_leftBehind;
    std::vector<fs::path> leftovers;
    for (fs::directory_iterator it(folder, errc), end; !errc && it != end; it.increment(errc)) {
        std::error_code ignored;
        if (it->path().filename().string().starts_with(k_partPrefix) && it->last_write_time(ignored) < old)
            leftovers.push_back(it->path());
    }
    for (const auto& leftover : leftovers)
        fs::remove_all(leftover, errc);
    return removed;
}

Result<void> noteBackup(const fs::path& data, const BackupMade& made) {
    Json note = Json::object();
    note["file"] = made.file.string();
    note["size"] = made.size;
    note["createdAt"] = toUnixMillis(made.manifest.createdAt);
    return writeFileAtomically(data / k_noteName, dumpJson(note) + "\n");
}

std::optional<WallTime> newestBackup(const fs::path& data) {
    std::optional<WallTime> newest;
    if (const auto all = listBackups(data / "backups"); !all.empty()) newest = all.front().createdAt;
    const auto text = readFile(data / k_noteName, 64u << 10);
    if (!text.ok()) return newest;
    const auto note = parseJson(*text);
    const std::int64_t noted = note.ok() ? intOr(*note, "createdAt") : 0;
    if (noted > 0 && (!newest || fromUnixMillis(noted) > *newest)) newest = fromUnixMillis(noted);
    return newest;
}

} // namespace exo
