#include "core/storage/backup/Restore.h"

#include "core/base/Ids.h"
#include "core/base/Paths.h"
#include "core/base/Sha256.h"
#include "core/base/Units.h"
#include "core/storage/FileOps.h"
#include "core/storage/Migrations.h"
#include "core/storage/Sqlite.h"
#include "core/storage/backup/TarFile.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <set>

namespace exo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_databaseHeader = 100; // https://sqlite.org/fileformat.html#the_database_header
constexpr std::uint64_t k_spare = 16u << 20;
constexpr std::size_t k_largestConfig = 4u << 20;

using Piece = std::function<Result<void>(std::string_view)>;
// Where the bytes of a file go.
using Open = std::function<Result<Piece>(const BackedUpFile&)>;

Error damaged(std::string_view what) {
    return fail(ErrorCode::StorageCorrupt, "the backup is damaged: " + std::string(what));
}

std::uint32_t bigEndian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

Result<void> checkHeader(std::string_view header, const Manifest& manifest) {
    if (header.size() < k_databaseHeader || !header.starts_with(std::string_view("SQLite format 3\0", 16)))
        return damaged("its database is none");
    const auto schema = static_cast<int>(bigEndian(header, 60));
    if (bigEndian(header, 68) != static_cast<std::uint32_t>(k_applicationId))
        return fail(ErrorCode::StorageCorrupt, "the database in the backup is that of another program");
    EXO_TRY(const auto steps, builtInMigrations());
    if (schema > steps.back().version)
        return fail(ErrorCode::Unsupported, "the backup was made by a newer ExoBrain (" + manifest.version +
                                                "): its schema is " + std::to_string(schema) +
                                                ", this program knows " +
                                                std::to_string(steps.back().version));
    return {};
}

Result<Manifest> readManifest(TarReader& tar) {
    EXO_TRY(const auto first, tar.next());
    if (!first || first->name != k_manifestName || first->size > k_mostOfManifest)
        return fail(ErrorCode::StorageCorrupt,
                    "this is no backup of ExoBrain: it does not begin with " + std::string(k_manifestName));
    std::string text;
    EXO_CHECK(tar.read([&](std::string_view piece) -> Result<void> {
        text += piece;
        if (text.size() > k_mostOfManifest) return damaged("its manifest is too long");
        return {};
    }));
    return manifestFromText(text);
}

Result<void> readOne(TarReader& tar, const Manifest& manifest, const BackedUpFile& file, const Open& open) {
    EXO_TRY(const Piece write, open(file));
    Sha256 sum;
    std::uint64_t size = 0;
    std::string header;
    EXO_CHECK(tar.read([&](std::string_view piece) -> Result<void> {
        size += piece.size();
        if (size > file.size) return damaged(file.name + " is longer than it says");
        sum.add(piece);
        if (header.size() < k_databaseHeader) header += piece.substr(0, k_databaseHeader - header.size());
        return write(piece);
    }));
    if (size != file.size || sum.hex() != file.sha256)
        return damaged(file.name + " is not what was backed up");
    if (file.name == k_backedUpDatabase) return checkHeader(header, manifest);
    return {};
}

// `accept` sees the manifest before anything is unpacked.
Result<Manifest> readBackup(const fs::path& path, const std::function<Result<void>(const Manifest&)>& accept,
                            const Open& open) {
    EXO_TRY(TarReader tar, TarReader::open(path));
    EXO_TRY(Manifest manifest, readManifest(tar));
    EXO_CHECK(accept(manifest));
    std::set<std::string> seen;
    for (;;) {
        EXO_TRY(const auto entry, tar.next());
        if (!entry) break;
        const BackedUpFile* file = manifest.find(entry->name);
        if (!file) return damaged("it holds a file its manifest does not name");
        if (!seen.insert(entry->name).second) return damaged(entry->name + " is in it twice");
        if (entry->size != file->size) return damaged(entry->name + " has another size");
        EXO_CHECK(readOne(tar, manifest, *file, open));
    }
    if (seen.size() != manifest.files.size()) return damaged("files are missing at its end");
    return manifest;
}

Result<void> writeAll(int fd, std::string_view bytes, const fs::path& file) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errnoError("cannot write", file);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

// Unpacks into a folder of its own, which goes whatever happens.
class Staging {
  public:
    explicit Staging(const fs::path& data)
        : m_folder(data / newIdText(".restore-")) {}
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    Result<Manifest> unpack(const fs::path& backup) {
        EXO_CHECK(makePrivateFolder(m_folder));
        auto manifest = readBackup(
            backup, [this](const Manifest& m) { return checkSpace(m); },
            [this](const BackedUpFile& file) { return open(file); });
        if (!manifest.ok()) return manifest;
        for (const auto& file : manifest->files)
            EXO_CHECK(syncFile(pathOf(file.name)));
        EXO_CHECK(checkDatabase());
        return manifest;
    }
    fs::path pathOf(std::string_view name) const { return m_folder / fs::path(name).filename(); }

  private:
    Result<void> checkSpace(const Manifest& manifest) const {
        EXO_TRY(const std::uint64_t available, freeSpace(m_folder));
        const std::uint64_t needed = manifest.totalSize() + k_spare;
        if (available >= needed) return {};
        return fail(ErrorCode::StorageFull, "the restore needs " + formatSize(needed) + " in " +
                                                m_folder.parent_path().string() + ", and " +
                                                formatSize(available) + " are free");
    }
    Result<Piece> open(const BackedUpFile& file) const {
        const fs::path path = pathOf(file.name);
        auto fd = std::make_shared<Descriptor>(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!*fd) return errnoError("cannot create", path);
        return Piece([fd, path](std::string_view bytes) { return writeAll(fd->get(), bytes, path); });
    }
    Result<void> checkDatabase() const {
        ConnectionOptions options;
        options.file = pathOf(k_backedUpDatabase);
        options.queryOnly = true;
        EXO_TRY(const auto db, Connection::open(options));
        EXO_TRY(Statement check, db->query("PRAGMA integrity_check(1)"));
        EXO_TRY(const bool row, check.step());
        if (!row || check.text(0) != "ok") return damaged("its database is not whole");
        return {};
    }

    fs::path m_folder;
};

// Moves what is there aside. A second name is given first, so that the database stays under its own until the
// new one takes it.
class Replaced {
  public:
    Replaced(const fs::path& data, WallTime now)
        : m_folder(data / ("replaced-" + std::to_string(toUnixMillis(now)))) {}

    Result<void> keep(const fs::path& file) {
        std::error_code errc;
        if (!fs::exists(fs::symlink_status(file, errc))) return {};
        EXO_CHECK(makePrivateFolder(m_folder));
        m_used = true;
        const fs::path aside = m_folder / file.filename();
        if (::link(file.c_str(), aside.c_str()) == 0) return {};
        if (errno == EEXIST) return errnoError("cannot keep", file);
        fs::copy_file(file, aside, errc); // another file system, or one without hard links
        if (errc) return errnoError("cannot keep", file, errc.value());
        return syncFile(aside);
    }
    Result<void> sync() const { return m_used ? syncFolder(m_folder) : Result<void>(); }
    fs::path folder() const { return m_used ? m_folder : fs::path(); }

  private:
    fs::path m_folder;
    bool m_used = false;
};

Result<void> removeFile(const fs::path& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return errnoError("cannot remove", file);
    return {};
}

// The paths of key files in the configuration follow the keys into this home.
std::string withNewKeyFolder(std::string config, const std::string& before, const std::string& now) {
    if (before.empty() || before == now) return config;
    const std::string old = "\"file:" + before + "/", fresh = "\"file:" + now + "/";
    for (std::size_t at = config.find(old); at != std::string::npos; at = config.find(old, at + fresh.size()))
        config.replace(at, old.size(), fresh);
    return config;
}

Result<void> putConfiguration(const Staging& staging, const Manifest& manifest, const RestoreTarget& target) {
    for (const auto& file : manifest.files) {
        if (!file.name.starts_with(k_backedUpKeys)) continue;
        EXO_CHECK(makePrivateFolder(target.keyFolder));
        EXO_TRY(const std::string key, readFile(staging.pathOf(file.name), 64u << 10));
        EXO_CHECK(writeFileAtomically(target.keyFolder / fs::path(file.name).filename(), key));
    }
    if (!manifest.find(k_backedUpConfig)) return {};
    EXO_TRY(std::string config, readFile(staging.pathOf(k_backedUpConfig), k_largestConfig));
    EXO_CHECK(makePrivateFolder(target.configFile.parent_path()));
    return writeFileAtomically(target.configFile, withNewKeyFolder(std::move(config), manifest.keyFolder,
                                                                   target.keyFolder.string()));
}

} // namespace

Result<Manifest> verifyBackup(const fs::path& file) {
    return readBackup(
        file, [](const Manifest&) { return Result<void>(); },
        [](const BackedUpFile&) {
            return Result<Piece>(Piece([](std::string_view) { return Result<void>(); }));
        });
}

Result<Restored> restoreBackup(const fs::path& file, const RestoreTarget& target, WallTime now) {
    Staging staging(target.data);
    Restored restored;
    EXO_TRY(restored.manifest, staging.unpack(file));

    Replaced replaced(target.data, now);
    const std::string wal = target.database.string() + "-wal", shm = target.database.string() + "-shm";
    for (const fs::path& old : {target.database, fs::path(wal), fs::path(shm)})
        EXO_CHECK(replaced.keep(old));
    if (restored.manifest.find(k_backedUpConfig)) EXO_CHECK(replaced.keep(target.configFile));
    for (const auto& entry : restored.manifest.files)
        if (entry.name.starts_with(k_backedUpKeys))
            EXO_CHECK(replaced.keep(target.keyFolder / fs::path(entry.name).filename()));
    EXO_CHECK(replaced.sync());
    restored.replaced = replaced.folder();

    EXO_CHECK(putConfiguration(staging, restored.manifest, target));
    // The log belongs to the old database: beside the new one it would damage it.
    EXO_CHECK(removeFile(wal));
    EXO_CHECK(removeFile(shm));
    const fs::path fresh = staging.pathOf(k_backedUpDatabase);
    if (::rename(fresh.c_str(), target.database.c_str()) != 0) return errnoError("cannot rename", fresh);
    EXO_CHECK(syncFolder(target.data));
    return restored;
}

} // namespace exo
