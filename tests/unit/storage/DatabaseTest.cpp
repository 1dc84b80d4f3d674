#include "tests/unit/storage/StorageFixture.h"

#include "core/storage/HomeLock.h"
#include "tests/support/RunTask.h"

#include <fstream>
#include <sqlite3.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using namespace exo;
using namespace exo::test;

namespace {

std::string bytesOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<void> createNumbers(Connection& c) {
    return c.exec("CREATE TABLE numbers (v INTEGER)");
}
Result<void> addNumber(Connection& c, std::int64_t v) {
    return c.run("INSERT INTO numbers VALUES (?)", v);
}
std::int64_t countNumbers(Database& db) {
    auto count = db.readBlocking<std::optional<std::int64_t>>(
        [](Connection& c) { return c.integer("SELECT count(*) FROM numbers"); });
    REQUIRE(count.ok());
    return count->value_or(-1);
}

} // namespace

TEST_CASE("a fresh database has the newest schema, is ours and uses a write-ahead log with full sync") {
    StorageFixture f;
    CHECK(f.db->schemaVersion() == static_cast<int>(builtInMigrations()->size()));
    CHECK_FALSE(f.db->readOnly());
    auto checked = f.write([](Connection& c) -> Result<void> {
        CHECK(*c.integer("PRAGMA application_id") == k_applicationId);
        CHECK(*c.integer("PRAGMA synchronous") == 2);
        CHECK(*c.integer("PRAGMA foreign_keys") == 1);
        CHECK(*c.integer("PRAGMA trusted_schema") == 0);
        CHECK(c.integer("PRAGMA mmap_size")->value_or(0) == 0);
        return {};
    });
    CHECK(checked.ok());
    CHECK(std::filesystem::exists(f.home / "exobrain.db-wal"));
}

TEST_CASE("a failed job leaves nothing behind and does not disturb the next") {
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    auto failed = f.write([](Connection& c) -> Result<int> {
        EXO_CHECK(addNumber(c, 1));
        return fail(ErrorCode::Conflict, "no");
    });
    CHECK(failed.error().code == ErrorCode::Conflict);
    CHECK(f.write([](Connection& c) { return addNumber(c, 2); }).ok());
    CHECK(countNumbers(*f.db) == 1);
}

TEST_CASE("an exception in a job becomes Internal and rolls back") {
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    auto failed = f.write([](Connection& c) -> Result<int> {
        EXO_CHECK(addNumber(c, 1));
        throw std::runtime_error("boom");
    });
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::Internal);
    CHECK(failed.error().detail.find("boom") != std::string::npos);
    CHECK(countNumbers(*f.db) == 0);
}

TEST_CASE("the reading connection cannot write") {
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    CHECK_FALSE(f.read([](Connection& c) { return addNumber(c, 1); }).ok());
    CHECK(countNumbers(*f.db) == 0);
}

TEST_CASE("a coroutine resumes on its own executor with what it wrote") {
    asio::io_context io; // outlives the database
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    const auto task = [](Database& db) -> asio::awaitable<bool> {
        const auto before = std::this_thread::get_id();
        std::function<Result<std::string>(Connection&)> job = [](Connection& c) -> Result<std::string> {
            EXO_CHECK(addNumber(c, 7));
            return std::string(1000, 'x');
        };
        auto written = co_await db.write<std::string>(std::move(job));
        std::function<Result<std::optional<std::int64_t>>(Connection&)> query = [](Connection& c) {
            return c.integer("SELECT v FROM numbers");
        };
        auto seen = co_await db.read<std::optional<std::int64_t>>(std::move(query));
        co_return written.ok() && written->size() == 1000 && seen.ok() && *seen == 7 &&
            std::this_thread::get_id() == before;
    };
    CHECK(run(io, task(*f.db)));
}

TEST_CASE("jobs still queued when the database closes are carried out") {
    asio::io_context io; // outlives the database
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    const auto task = [](Database& db) -> asio::awaitable<void> {
        std::function<Result<void>(Connection&)> job = [](Connection& c) { return addNumber(c, 1); };
        (void)(co_await db.write<void>(std::move(job))).ok();
    };
    for (int i = 0; i < 200; ++i)
        asio::co_spawn(io, task(*f.db), [](std::exception_ptr) {});
    io.poll(); // all have queued their job
    f.reopen();
    CHECK(countNumbers(*f.db) == 200);
    io.run();
}

TEST_CASE("a statement of the cache can be in use twice") {
    StorageFixture f;
    auto both = f.read([](Connection& c) -> Result<std::int64_t> {
        EXO_TRY(Statement a, c.query("SELECT ?", std::int64_t{1}));
        EXO_TRY(Statement b, c.query("SELECT ?", std::int64_t{2}));
        EXO_CHECK(a.step());
        EXO_CHECK(b.step());
        return a.integer(0) * 10 + b.integer(0);
    });
    REQUIRE(both.ok());
    CHECK(*both == 12);
}

TEST_CASE("a full disk fails the write, keeps what was there, and heals when there is room") {
    StorageFixture f;
    REQUIRE(f.write(createNumbers).ok());
    const auto limit = [&](std::int64_t extra) {
        auto set = f.write([extra](Connection& c) -> Result<void> {
            EXO_TRY(const auto pages, c.integer("PRAGMA page_count"));
            EXO_CHECK(c.integer("PRAGMA max_page_count=" + std::to_string(*pages + extra)));
            return {};
        });
        REQUIRE(set.ok());
    };
    limit(0);
    const auto fill = [](Connection& c) -> Result<void> {
        EXO_CHECK(c.exec("CREATE TABLE big (v BLOB)"));
        return c.exec("INSERT INTO big VALUES (zeroblob(1000000))");
    };
    auto full = f.write(fill);
    REQUIRE_FALSE(full.ok());
    CHECK(full.error().code == ErrorCode::StorageFull);
    CHECK_FALSE(f.db->readOnly());
    CHECK(f.read([](Connection& c) { return c.integer("SELECT count(*) FROM numbers"); }).ok());
    limit(100000);
    CHECK(f.write(fill).ok());
}

TEST_CASE("a file that is no database is refused and left alone") {
    TempHome home;
    DatabaseOptions options;
    options.file = home / "exobrain.db";
    const std::string junk(10000, 'j');
    std::ofstream(options.file) << junk;
    auto opened = Database::open(options);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == ErrorCode::StorageCorrupt);
    CHECK(opened.error().detail.find("exobrain.db") != std::string::npos);
    CHECK(bytesOf(options.file) == junk);
}

TEST_CASE("the database of another program is refused and left alone") {
    TempHome home;
    DatabaseOptions options;
    options.file = home / "exobrain.db";
    {
        ConnectionOptions access;
        access.file = options.file;
        access.create = true;
        auto other = Connection::open(access);
        REQUIRE(other.ok());
        REQUIRE((*other)->exec("CREATE TABLE theirs (x)").ok());
    }
    const std::string before = bytesOf(options.file);
    auto opened = Database::open(options);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == ErrorCode::StorageCorrupt);
    CHECK(bytesOf(options.file) == before);
}

TEST_CASE("damage inside the file is reported and ends writing") {
    StorageFixture f;
    const auto session = f.makeSession("t");
    for (int i = 0; i < 50; ++i)
        f.turn(session.id, std::string(3000, 'q'), std::string(3000, 'a'));
    f.db.reset(); // checkpoints into the file
    {
        std::fstream file(f.home / "exobrain.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(0, std::ios::end);
        const auto size = static_cast<std::streamoff>(file.tellp());
        REQUIRE(size > 200000);
        for (std::streamoff page = size / 2 / 4096 * 4096; page + 4096 <= size; page += 4096) {
            file.seekp(page);
            file << std::string(64, '\xEE');
        }
    }
    auto opened = Database::open(f.options());
    REQUIRE(opened.ok());
    f.db = std::move(*opened);
    auto page = f.read([&](Connection& c) { return MessageStore(c).page(session.id, 100, std::nullopt); });
    REQUIRE_FALSE(page.ok());
    CHECK(page.error().code == ErrorCode::StorageCorrupt);
    CHECK(f.db->readOnly());
    auto refused = f.write([](Connection& c) { return c.exec("CREATE TABLE x (y)"); });
    CHECK(refused.error().code == ErrorCode::StorageReadOnly);
}

TEST_CASE("a newer schema opens for reading only and is not changed") {
    StorageFixture f;
    const auto session = f.makeSession("from the future");
    REQUIRE(f.write([](Connection& c) { return c.exec("PRAGMA user_version=999"); }).ok());
    f.reopen();
    CHECK(f.db->readOnly());
    CHECK(f.db->readOnlyReason().find("999") != std::string::npos);
    auto read = f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); });
    CHECK(read.ok());
    auto refused = f.write([&](Connection& c) { return SessionStore(c).create("local", {}, at(0)); });
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::StorageReadOnly);
    DatabaseOptions guest = f.options();
    guest.role = DatabaseOptions::Role::Guest;
    CHECK(Database::open(guest).error().code == ErrorCode::StorageError);
}

TEST_CASE("a guest never migrates and says what to do") {
    TempHome home;
    DatabaseOptions options;
    options.file = home / "exobrain.db";
    auto steps = *builtInMigrations();
    options.migrations = std::vector<Migration>(steps.begin(), steps.begin() + 1);
    { REQUIRE(Database::open(options).ok()); }
    options.migrations.reset();
    options.role = DatabaseOptions::Role::Guest;
    auto opened = Database::open(options);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == ErrorCode::StorageError);
    options.file = home / "none.db";
    CHECK(Database::open(options).error().code == ErrorCode::IoError);
    CHECK_FALSE(std::filesystem::exists(home / "none.db"));
}

TEST_CASE("a guest and a reader work beside the owner and see its commits") {
    StorageFixture f;
    DatabaseOptions options = f.options();
    options.role = DatabaseOptions::Role::Guest;
    auto guest = Database::open(options);
    REQUIRE(guest.ok());
    options.role = DatabaseOptions::Role::ReadOnly;
    auto reader = Database::open(options);
    REQUIRE(reader.ok());
    CHECK((*reader)->readOnly());
    REQUIRE(f.write(createNumbers).ok());
    REQUIRE((*guest)->writeBlocking<void>([](Connection& c) { return addNumber(c, 1); }).ok());
    REQUIRE(f.write([](Connection& c) { return addNumber(c, 2); }).ok());
    CHECK(countNumbers(**reader) == 2);
    CHECK(countNumbers(**guest) == 2);
    guest->reset();
    CHECK(std::filesystem::file_size(f.home / "exobrain.db-wal") > 0); // the guest did not checkpoint
    CHECK(countNumbers(*f.db) == 2);
}

TEST_CASE("a long log is checkpointed by the owner while it runs") {
    StorageFixture f;
    REQUIRE(f.write([](Connection& c) { return c.exec("CREATE TABLE big (v BLOB)"); }).ok());
    const auto before = std::filesystem::file_size(f.home / "exobrain.db");
    for (int i = 0; i < 6; ++i)
        REQUIRE(
            f.write([](Connection& c) { return c.exec("INSERT INTO big VALUES (zeroblob(2000000))"); }).ok());
    // The checkpoint follows the answer; the next job runs after it.
    REQUIRE(f.write([](Connection&) -> Result<void> { return {}; }).ok());
    CHECK(std::filesystem::file_size(f.home / "exobrain.db") > before + 4'000'000);
}

TEST_CASE("a home has one owner, and the second hears who it is") {
    TempHome home;
    CHECK_FALSE(HomeLock::holder(home.path()));
    {
        auto lock = HomeLock::acquire(home.path(), "serve");
        REQUIRE(lock.ok());
        REQUIRE(lock->setUrl("http://127.0.0.1:8686").ok());
        auto second = HomeLock::acquire(home.path(), "desktop");
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().code == ErrorCode::Conflict);
        CHECK(second.error().detail.find(std::to_string(::getpid())) != std::string::npos);
        CHECK(second.error().detail.find("http://127.0.0.1:8686") != std::string::npos);
        const auto holder = HomeLock::holder(home.path());
        REQUIRE(holder);
        CHECK(holder->pid == ::getpid());
        CHECK(holder->kind == "serve");
        CHECK(holder->url == "http://127.0.0.1:8686");
    }
    CHECK_FALSE(HomeLock::holder(home.path()));
    auto next = HomeLock::acquire(home.path(), "desktop");
    REQUIRE(next.ok());
    CHECK(HomeLock::holder(home.path())->url.empty());
}
