// What an acknowledged write is worth: processes killed at any point, two processes on one file, disks that
// fail to sync, migrations cut short.
#include "tests/unit/storage/StorageFixture.h"

#include "tests/unit/storage/FaultyVfs.h"

#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace exo;
using namespace exo::test;

namespace {

Result<void> addNumber(Connection& c, std::int64_t v) {
    return c.run("INSERT INTO numbers VALUES (?)", v);
}
Result<void> createNumbers(Connection& c) {
    return c.exec("CREATE TABLE IF NOT EXISTS numbers (v INTEGER)");
}

struct Child {
    pid_t pid = -1;
    int acks = -1;

    // The child opens the database itself and writes first, first + step, … until it is killed or has written
    // `count`; each number goes into the pipe only after its commit was acknowledged.
    static Child writer(const DatabaseOptions& options, std::int64_t first, std::int64_t step,
                        std::int64_t count) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid > 0) {
            ::close(ends[1]);
            return {pid, ends[0]};
        }
        ::close(ends[0]);
        auto db = Database::open(options);
        if (!db.ok()) ::_exit(3);
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t v = first + i * step;
            if (!(*db)->writeBlocking<void>([v](Connection& c) { return addNumber(c, v); }).ok()) ::_exit(4);
            if (::write(ends[1], &v, sizeof v) != sizeof v) ::_exit(5);
        }
        ::_exit(0); // without closing the database: like a crash
    }
    std::optional<std::int64_t> nextAck() const {
        std::int64_t v = 0;
        return ::read(acks, &v, sizeof v) == sizeof v ? std::optional(v) : std::nullopt;
    }
    int wait() {
        int status = 0;
        ::waitpid(pid, &status, 0);
        ::close(acks);
        return status;
    }
};

bool holds(Database& db, std::int64_t v) {
    auto found = db.readBlocking<std::optional<std::int64_t>>(
        [v](Connection& c) { return c.integer("SELECT 1 FROM numbers WHERE v = ?", v); });
    return found.ok() && found->has_value();
}

std::size_t filesIn(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder))
        ++count;
    return count;
}

} // namespace

TEST_CASE("every commit acknowledged before kill -9 is there afterwards") {
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    f.db.reset();
    std::vector<std::int64_t> acknowledged;
    for (int round = 0; round < 3; ++round) {
        Child child = Child::writer(f.options(), round * 1'000'000, 1, 1'000'000);
        for (int i = 0; i < 60 + round * 37; ++i) {
            const auto ack = child.nextAck();
            REQUIRE(ack);
            acknowledged.push_back(*ack);
        }
        ::kill(child.pid, SIGKILL);
        while (const auto ack = child.nextAck())
            acknowledged.push_back(*ack);
        CHECK(WIFSIGNALED(child.wait()));
    }
    f.reopen();
    for (const std::int64_t v : acknowledged)
        REQUIRE(holds(*f.db, v));
}

TEST_CASE("a guest process writes beside the owner and nothing of either is lost") {
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    f.db.reset(); // no threads while forking
    DatabaseOptions guest = f.options();
    guest.role = DatabaseOptions::Role::Guest;
    { f.reopen(); }
    f.db.reset();
    Child child = Child::writer(guest, 1, 2, 150);
    f.reopen();
    for (std::int64_t v = 0; v < 300; v += 2)
        REQUIRE(f.write([v](Connection& c) { return addNumber(c, v); }).ok());
    CHECK(child.wait() == 0);
    for (std::int64_t v = 0; v < 300; ++v)
        REQUIRE(holds(*f.db, v));
}

TEST_CASE("a failed sync ends writing for good, and is not tried again") {
    FaultyVfs vfs;
    StorageFixture f;
    f.db.reset();
    DatabaseOptions options = f.options();
    options.vfs = vfs.name();
    auto opened = Database::open(options);
    REQUIRE(opened.ok());
    f.db = std::move(*opened);
    REQUIRE(f.write(createNumbers).ok());
    REQUIRE(f.write([](Connection& c) { return addNumber(c, 1); }).ok());
    vfs.failSyncs = true;
    auto failed = f.write([](Connection& c) { return addNumber(c, 2); });
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::StorageError);
    const int syncs = vfs.syncs;
    vfs.failSyncs = false;
    auto refused = f.write([](Connection& c) { return addNumber(c, 3); });
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::StorageReadOnly);
    CHECK(vfs.syncs == syncs);
    CHECK(holds(*f.db, 1)); // reading goes on
    f.db.reset();
    CHECK(vfs.syncs == syncs);
    f.reopen();
    CHECK(holds(*f.db, 1));
    CHECK_FALSE(f.db->readOnly());
}

TEST_CASE("a failed sync of a checkpoint is not overlooked") {
    FaultyVfs vfs;
    StorageFixture f;
    f.db.reset();
    DatabaseOptions options = f.options();
    options.vfs = vfs.name();
    auto opened = Database::open(options);
    REQUIRE(opened.ok());
    f.db = std::move(*opened);
    REQUIRE(f.write([](Connection& c) { return c.exec("CREATE TABLE big (v BLOB)"); }).ok());
    vfs.failDatabaseSyncs = true; // the log itself can still be synced: the commit is good
    REQUIRE(f.write([](Connection& c) { return c.exec("INSERT INTO big VALUES (zeroblob(6000000))"); }).ok());
    auto refused = f.write([](Connection& c) { return c.exec("INSERT INTO big VALUES (1)"); });
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::StorageReadOnly);
    f.reopen();
    auto size = f.read([](Connection& c) { return c.integer("SELECT length(v) FROM big"); });
    CHECK(*size == 6000000);
}

TEST_CASE("an older database is copied, verified and migrated with its data") {
    StorageFixture f;
    f.db.reset();
    std::filesystem::remove(f.home / "exobrain.db");
    auto steps = *builtInMigrations();
    DatabaseOptions old = f.options();
    old.migrations = std::vector<Migration>(steps.begin(), steps.begin() + 1);
    {
        auto db = Database::open(old);
        REQUIRE(db.ok());
        REQUIRE((*db)
                    ->writeBlocking<void>([](Connection& c) {
                        return c.exec("INSERT INTO sessions (id, owner, title, created_at, updated_at) "
                                      "VALUES ('s_old', 'local', 'old one', 1, 1)");
                    })
                    .ok());
    }
    f.reopen();
    CHECK(f.db->schemaVersion() == steps.back().version);
    auto kept = f.read([](Connection& c) { return SessionStore(c).get(Owner(), SessionId("s_old")); });
    REQUIRE(kept.ok());
    CHECK(kept->title == "old one");
    REQUIRE(filesIn(f.home / "backups") == 1);
    ConnectionOptions access;
    access.file = std::filesystem::directory_iterator(f.home / "backups")->path();
    auto copy = Connection::open(access);
    REQUIRE(copy.ok());
    CHECK(*(*copy)->integer("PRAGMA user_version") == 1);
    CHECK(*(*copy)->integer("SELECT count(*) FROM sessions") == 1);
    f.reopen();
    CHECK(filesIn(f.home / "backups") == 1); // a current database is not copied again
}

TEST_CASE("a migration that fails half-way changes nothing, and the next start carries it out") {
    StorageFixture f;
    const auto session = f.makeSession("kept");
    f.db.reset();
    DatabaseOptions broken = f.options();
    broken.migrations = *builtInMigrations();
    const int next = broken.migrations->back().version + 1;
    broken.migrations->push_back({next, "good", "CREATE TABLE added (x INTEGER); DELETE FROM sessions;"});
    broken.migrations->push_back({next + 1, "bad", "CREATE TABLE added (x INTEGER);"});
    auto opened = Database::open(broken);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().detail.find("bad") != std::string::npos);
    f.reopen();
    CHECK(f.db->schemaVersion() == next - 1);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); }).ok());
    f.db.reset();
    broken.migrations->back().sql = "CREATE TABLE more (x INTEGER);";
    REQUIRE(Database::open(broken).ok());
}

TEST_CASE("a process killed in the middle of a migration leaves the old database") {
    StorageFixture f;
    const auto session = f.makeSession("kept");
    f.db.reset();
    DatabaseOptions options = f.options();
    options.migrations = *builtInMigrations();
    const int next = options.migrations->back().version + 1;
    // Long enough that it is still running when the copy is there.
    options.migrations->push_back(
        {next, "slow",
         "DELETE FROM sessions; CREATE TABLE t AS WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL "
         "SELECT i + 1 FROM c WHERE i < 2000000000) SELECT i FROM c;"});
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        (void)Database::open(options).ok();
        ::_exit(0);
    }
    const auto copied = [&] {
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(f.home / "backups", none))
            if (entry.path().extension() == ".db") return true;
        return false;
    };
    while (!copied())
        ::usleep(1000);
    ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(WIFSIGNALED(status));
    f.reopen();
    CHECK(f.db->schemaVersion() == next - 1);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); }).ok());
}

TEST_CASE("a damaged database is not migrated") {
    StorageFixture f;
    const auto session = f.makeSession("t");
    for (int i = 0; i < 20; ++i)
        f.turn(session.id, std::string(5000, 'q'), "a");
    f.db.reset();
    {
        std::fstream file(f.home / "exobrain.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(0, std::ios::end);
        const auto size = static_cast<std::streamoff>(file.tellp());
        file.seekp(size - 4096);
        file << std::string(4096, '\xEE');
    }
    DatabaseOptions options = f.options();
    options.migrations = *builtInMigrations();
    const int next = options.migrations->back().version + 1;
    options.migrations->push_back({next, "more", "CREATE TABLE more (x INTEGER);"});
    auto opened = Database::open(options);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == ErrorCode::StorageCorrupt);
    CHECK(filesIn(f.home / "backups") == 0); // no copy that pretends to be good
}
