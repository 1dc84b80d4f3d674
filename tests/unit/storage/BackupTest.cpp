#include "core/storage/backup/Backup.h"
#include "core/base/Sha256.h"
#include "core/storage/backup/Restore.h"
#include "core/storage/backup/TarFile.h"
#include "tests/support/FileTree.h"
#include "tests/unit/storage/StorageFixture.h"

#include <atomic>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace exo;
using test::at;
namespace fs = std::filesystem;

namespace {

struct BackupFixture : test::StorageFixture {
    BackupSource source() const {
        return {home / "exobrain.db", home / "config.json", home / "keys", "1.2.3"};
    }
    BackupMade backUp(WallTime now = at(0)) {
        auto made = makeBackup(source(), home / "backups", now);
        REQUIRE_MESSAGE(made.ok(), made.error().toLogString());
        return *made;
    }
    static RestoreTarget targetIn(const fs::path& folder) {
        return {folder, folder / "exobrain.db", folder / "config.json", folder / "keys"};
    }
    // The names in a folder.
    static std::vector<std::string> names(const fs::path& folder) {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(folder))
            out.push_back(entry.path().filename().string());
        std::ranges::sort(out);
        return out;
    }
};

std::int64_t sessionsIn(const fs::path& file) {
    DatabaseOptions options;
    options.file = file;
    auto db = Database::open(options);
    REQUIRE_MESSAGE(db.ok(), db.error().toLogString());
    auto count = (*db)->readBlocking<std::int64_t>([](Connection& c) -> Result<std::int64_t> {
        EXO_TRY(const auto n, c.integer("SELECT count(*) FROM sessions"));
        return n.value_or(-1);
    });
    REQUIRE(count.ok());
    return *count;
}

std::string sha(std::string_view bytes) {
    Sha256 sum;
    sum.add(bytes);
    return sum.hex();
}

// A backup as somebody else might have made it.
struct Forgery {
    Manifest manifest;
    std::vector<std::pair<std::string, std::string>> files; // as they stand in the archive
    explicit Forgery(const std::string& database) {
        manifest.version = "1.2.3";
        add("exobrain.db", database);
    }
    void add(const std::string& name, const std::string& bytes) {
        manifest.files.push_back({name, bytes.size(), sha(bytes)});
        files.emplace_back(name, bytes);
    }
    fs::path write(const fs::path& file) const {
        fs::remove(file);
        auto tar = TarWriter::create(file, at(0));
        REQUIRE(tar.ok());
        REQUIRE(tar->addText("manifest.json", toJson(manifest).dump()).ok());
        for (const auto& [name, bytes] : files)
            REQUIRE(tar->addText(name, bytes).ok());
        REQUIRE(tar->finish().ok());
        return file;
    }
};

} // namespace

TEST_CASE_FIXTURE(BackupFixture, "a backup restores into a fresh home: sessions, configuration, keys") {
    const auto session = makeSession("kept");
    turn(session.id, "question", "answer");
    test::writeText(home / "config.json", R"({"providers":[{"name":"p","apiKey":"file:)" +
                                              (home / "keys/p.key").string() + "\"}]}");
    test::writeText(home / "keys/p.key", "sk-secret\n");
    test::writeText(home / "keys/.hidden", "no key");
    const auto made = backUp();
    CHECK(made.manifest.sessions == 1);
    CHECK(made.manifest.messages == 2);
    struct stat info {};
    REQUIRE(::stat(made.file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(names(home / "backups") == std::vector<std::string>{made.file.filename().string()});

    const auto verified = verifyBackup(made.file);
    REQUIRE(verified.ok());
    CHECK(verified->files.size() == 3);

    const fs::path fresh = home / "fresh";
    fs::create_directories(fresh);
    const auto restored = restoreBackup(made.file, targetIn(fresh), at(5));
    REQUIRE_MESSAGE(restored.ok(), restored.error().toLogString());
    CHECK(restored->replaced.empty());
    CHECK(names(fresh) == std::vector<std::string>{"config.json", "exobrain.db", "keys"});
    CHECK(sessionsIn(fresh / "exobrain.db") == 1);
    CHECK(test::readText(fresh / "keys/p.key") == "sk-secret\n");
    CHECK(test::readText(fresh / "config.json").find((fresh / "keys/p.key").string()) != std::string::npos);
}

TEST_CASE_FIXTURE(BackupFixture,
                  "what was acknowledged before a backup is in it, whatever is written meanwhile") {
    std::atomic<bool> stop{false};
    std::atomic<int> acknowledged{0};
    std::thread load([&] {
        while (!stop) {
            makeSession("s", "local", at(acknowledged));
            ++acknowledged;
        }
    });
    while (acknowledged < 20)
        std::this_thread::yield();
    for (int round = 0; round < 5; ++round) {
        const int before = acknowledged;
        const auto made = backUp(at(round));
        CHECK(made.manifest.sessions >= before);
        CHECK(verifyBackup(made.file).ok());
    }
    stop = true;
    load.join();
}

TEST_CASE_FIXTURE(BackupFixture, "a restore keeps what it replaces, with its write-ahead log") {
    makeSession("one");
    const auto made = backUp();
    makeSession("two");
    test::writeText(home / "config.json", "{}\n");
    db.reset();
    // As after a crash: a log that was not checkpointed.
    test::writeText(home / "exobrain.db-wal", "left over");
    const auto restored = restoreBackup(made.file, targetIn(home.path()), at(7));
    REQUIRE_MESSAGE(restored.ok(), restored.error().toLogString());
    CHECK(sessionsIn(home / "exobrain.db") == 1);
    CHECK(test::readText(restored->replaced / "exobrain.db-wal") == "left over");
    fs::remove(restored->replaced / "exobrain.db-wal");
    CHECK(sessionsIn(restored->replaced / "exobrain.db") == 2);
    CHECK(test::readText(home / "config.json") == "{}\n"); // the backup has none
}

TEST_CASE_FIXTURE(BackupFixture, "damage anywhere in a backup is seen, and nothing is changed") {
    makeSession("one");
    const auto made = backUp();
    makeSession("two");
    db.reset();
    const std::string good = test::readText(made.file);
    const fs::path bad = home / "bad.tar";
    const auto refused = [&](const std::string& bytes) {
        test::writeText(bad, bytes);
        const auto verified = verifyBackup(bad);
        const auto restored = restoreBackup(bad, targetIn(home.path()), at(9));
        return !verified.ok() && !restored.ok();
    };
    for (std::size_t size = 0; size + 10240 < good.size(); size += 4099)
        CHECK_MESSAGE(refused(good.substr(0, size)), "cut at ", size);
    for (std::size_t place = 520; place + 10240 < good.size(); place += 7001) {
        std::string flipped = good;
        flipped[place] = static_cast<char>(flipped[place] ^ 0x20);
        test::writeText(bad, flipped);
        if (verifyBackup(bad).ok())
            CHECK_MESSAGE(good[place] == '\0', "changed at ", place); // the padding behind a file
        else
            CHECK(refused(flipped));
    }
    CHECK(refused("not a tar at all"));
    CHECK(sessionsIn(home / "exobrain.db") == 2);
    for (const auto& name : names(home.path())) {
        CHECK_FALSE(name.starts_with("replaced-"));
        CHECK_FALSE(name.starts_with(".restore-"));
    }
}

TEST_CASE_FIXTURE(BackupFixture, "hostile archives are refused") {
    makeSession("one");
    const auto made = backUp();
    db.reset();
    fs::copy_file(home / "exobrain.db", home / "plain.db");
    const std::string database = test::readText(home / "plain.db");
    const fs::path file = home / "forged.tar";
    const auto codeOf = [&](const Forgery& forgery) {
        forgery.write(file);
        const auto verified = verifyBackup(file);
        const auto restored = restoreBackup(file, targetIn(home.path()), at(9));
        CHECK_FALSE(restored.ok());
        REQUIRE_FALSE(verified.ok());
        return verified.error().code;
    };
    for (const char* name : {"../escape", "/etc/escape", "config/../../escape", "config/keys/../x.key",
                             "config/keys/.key", "config/keys/a/b.key", "exobrain.db-wal", "other"}) {
        Forgery forgery(database);
        forgery.add(name, "x");
        CHECK_MESSAGE(codeOf(forgery) == ErrorCode::StorageCorrupt, name);
    }
    {
        Forgery unnamed(database);
        unnamed.files.emplace_back("config/config.json", "{}");
        CHECK(codeOf(unnamed) == ErrorCode::StorageCorrupt);
    }
    {
        Forgery twice(database);
        twice.files.emplace_back("exobrain.db", database);
        CHECK(codeOf(twice) == ErrorCode::StorageCorrupt);
    }
    {
        Forgery huge(database);
        huge.manifest.files[0].size = std::uint64_t{1} << 43;
        CHECK(codeOf(huge) == ErrorCode::StorageCorrupt); // the archive has another size
    }
    {
        Forgery foreign("SQLite format 3" + std::string(200, '\0'));
        CHECK(codeOf(foreign) == ErrorCode::StorageCorrupt);
    }
    {
        std::string newer = database;
        newer.replace(60, 4, std::string("\0\0\x03\xE7", 4));
        CHECK(codeOf(Forgery(newer)) == ErrorCode::Unsupported);
    }
    {
        Forgery later(database);
        later.write(file);
        std::string bytes = test::readText(file);
        const std::string now = "\"exobrainBackup\":1";
        bytes.replace(bytes.find(now), now.size(), "\"exobrainBackup\":7");
        test::writeText(file, bytes);
        CHECK(verifyBackup(file).error().code == ErrorCode::Unsupported);
    }
    {
        // Every page but the first is garbage with the right checksum.
        std::string broken = database;
        std::fill(broken.begin() + 4096, broken.end(), '\x5A');
        Forgery(broken).write(file);
        CHECK(verifyBackup(file).ok());
        CHECK(restoreBackup(file, targetIn(home.path()), at(9)).error().code == ErrorCode::StorageCorrupt);
    }
    {
        Forgery(database).write(file);
        std::string link = test::readText(file);
        link[156] = '2'; // the type of the first entry: a symbolic link
        test::writeText(file, link);
        CHECK_FALSE(verifyBackup(file).ok());
    }
    CHECK(sessionsIn(home / "exobrain.db") == 1);
    CHECK_FALSE(fs::exists(home / "escape"));
    CHECK_FALSE(fs::exists(home.path().parent_path() / "escape"));
}

TEST_CASE_FIXTURE(BackupFixture, "an older schema is brought up to date by the next start") {
    const auto all = builtInMigrations();
    REQUIRE(all.ok());
    DatabaseOptions old = options();
    old.file = home / "old" / "exobrain.db";
    old.migrations = std::vector<Migration>(all->begin(), all->begin() + 3);
    fs::create_directories(home / "old");
    REQUIRE(Database::open(old).ok());
    const auto made =
        makeBackup({old.file, home / "none.json", home / "none", "0.0.9"}, home / "backups", at(0));
    REQUIRE(made.ok());
    CHECK(made->manifest.schema == 3);
    fs::create_directories(home / "new");
    REQUIRE(restoreBackup(made->file, targetIn(home / "new"), at(1)).ok());
    DatabaseOptions now = options();
    now.file = home / "new" / "exobrain.db";
    const auto opened = Database::open(now);
    REQUIRE(opened.ok());
    CHECK_FALSE((*opened)->readOnly());
    CHECK((*opened)->schemaVersion() == all->back().version);
}

TEST_CASE_FIXTURE(BackupFixture, "the newest are kept, and what is not a backup of ours is left alone") {
    makeSession("one");
    test::writeText(home / "backups/before-v5-01ABC.db", "a copy before a migration");
    test::writeText(home / "backups/exobrain-2020.tar", "somebody's own");
    test::writeText(home / "backups/exobrain-20200101T000000.000Z.tar.gz", "somebody's own");
    for (int i = 0; i < 5; ++i)
        backUp(at(i * 60'000));
    const auto all = listBackups(home / "backups");
    REQUIRE(all.size() == 5);
    CHECK(all[0].createdAt == at(240'000));
    const auto removed = pruneBackups(home / "backups", 2, at(300'000));
    CHECK(removed.size() == 3);
    REQUIRE(listBackups(home / "backups").size() == 2);
    CHECK(listBackups(home / "backups")[1].createdAt == at(180'000));
    CHECK(names(home / "backups").size() == 5);
    const auto first = backUp(at(240'000)), second = backUp(at(240'000)); // the same moment
    CHECK(first.file != second.file);
}

TEST_CASE_FIXTURE(BackupFixture, "a backup that cannot be written leaves nothing behind") {
    const auto session = makeSession("one");
    for (int i = 0; i < 40; ++i)
        turn(session.id, std::string(20'000, 'q'), std::string(20'000, 'a'));
    fs::create_directories(home / "backups");
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    // In the copy of the database, then in the archive after it.
    const auto size = fs::file_size(home / "exobrain.db") + fs::file_size(home / "exobrain.db-wal");
    int failures = 0;
    for (const rlim_t limit : {rlim_t{100'000}, rlim_t{size / 2}}) {
        const rlimit small{limit, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto made = makeBackup(source(), home / "backups", at(0));
        ::setrlimit(RLIMIT_FSIZE, &before);
        if (made.ok()) continue;
        ++failures;
        CHECK(names(home / "backups").empty());
    }
    std::signal(SIGXFSZ, old);
    CHECK(failures >= 1);
    CHECK_FALSE(makeBackup({home / "no.db", {}, {}, ""}, home / "backups", at(0)).ok());
    CHECK(makeBackup(source(), "/proc/nowhere", at(0)).error().code == ErrorCode::NotFound);
}

TEST_CASE_FIXTURE(BackupFixture, "the age of the newest backup is known wherever it was made") {
    makeSession("one");
    CHECK_FALSE(newestBackup(home.path()));
    backUp(at(1000));
    CHECK(newestBackup(home.path()) == at(1000));
    const auto elsewhere = makeBackup(source(), home / "elsewhere", at(9000));
    REQUIRE(elsewhere.ok());
    REQUIRE(noteBackup(home.path(), *elsewhere).ok());
    CHECK(newestBackup(home.path()) == at(9000));
    backUp(at(20'000));
    CHECK(newestBackup(home.path()) == at(20'000));
}
