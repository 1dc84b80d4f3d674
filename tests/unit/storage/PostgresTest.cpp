// What is different about a database that several servers share and that may be away. What is the same is
// tested by the other files, which run over both engines.
#include "core/storage/KeyStore.h"
#include "core/storage/postgres/PgFacts.h"
#include "core/storage/postgres/PgMigrations.h"
#include "core/storage/postgres/PgSession.h"
#include "tests/unit/storage/StorageFixture.h"

#include <thread>

using namespace exo;
using namespace exo::test;

namespace {

bool without() {
    if (PostgresServer::installed()) return false;
    MESSAGE("PostgreSQL is not installed: nothing was tested");
    return true;
}

std::unique_ptr<Database> openAt(const std::string& url,
                                 DatabaseOptions::Role role = DatabaseOptions::Role::Owner) {
    DatabaseOptions options;
    options.url = Secret(url);
    options.role = role;
    auto opened = Database::open(options);
    REQUIRE_MESSAGE(opened.ok(), opened.error().toLogString());
    return std::move(opened).value();
}

Result<std::int64_t> count(Database& db, const std::string& table) {
    return db.readBlocking<std::int64_t>([&](Connection& c) -> Result<std::int64_t> {
        EXO_TRY(const auto rows, c.integer("SELECT count(*) FROM " + table));
        return rows.value_or(0);
    });
}

Result<void> note(Database& db, const std::string& key) {
    return db.writeBlocking<void>(
        [&](Connection& c) { return c.run("INSERT INTO meta (key, value) VALUES (?, ?)", key, Blob{"x"}); });
}

Result<api::Session> makeSession(Database& db, const std::string& title) {
    return db.writeBlocking<api::Session>([&](Connection& c) {
        api::SessionPatch draft;
        draft.title = title;
        return SessionStore(c).create("local", draft, at(0));
    });
}

} // namespace

TEST_CASE("parameters are numbered as SQLite numbers them, texts in quotation marks are left alone") {
    CHECK(numberedParameters("a = ? AND b = ?") == "a = $1 AND b = $2");
    CHECK(numberedParameters("?2 ?1 ?") == "$2 $1 $3");
    CHECK(numberedParameters("'?' \"?\" ? 'it''s ?' ?") == "'?' \"?\" $1 'it''s ?' $2");
    CHECK(numberedParameters("") == "");
}

TEST_CASE("errors of PostgreSQL say what can be done") {
    CHECK(pgError("53100", "disk full").code == ErrorCode::StorageFull);
    CHECK(pgError("25006", "read only").code == ErrorCode::StorageReadOnly);
    CHECK(pgError("40P01", "deadlock").retryable);
    CHECK(pgError("57P01", "terminating").retryable);
    CHECK(!pgError("23505", "duplicate key").retryable);
}

TEST_CASE("an address that leads nowhere is told without its password") {
    for (const char* url :
         {"postgres://me:planted@127.0.0.1:1/x", "postgres://me:planted@[", "host=/none password=planted"}) {
        DatabaseOptions options;
        options.url = Secret(url);
        const auto opened = Database::open(options);
        REQUIRE(!opened.ok());
        CHECK(opened.error().toLogString().find("planted") == std::string::npos);
    }
}

TEST_CASE("a PostgreSQL that is started again is used again, and keeps what was acknowledged") {
    if (without()) return;
    PostgresServer server;
    auto db = openAt(server.createDatabase());
    REQUIRE(note(*db, "one").ok());
    server.stop();
    SUBCASE("at once") {
        server.start();
    }
    SUBCASE("after it was missed") {
        const auto refused = note(*db, "missed");
        REQUIRE(!refused.ok());
        CHECK(refused.error().retryable);
        CHECK(db->readOnly());
        CHECK(db->readOnlyReason().find("cannot connect to PostgreSQL") == 0);
        server.start();
        for (int i = 0; i < 2000 && db->readOnly(); ++i) // asking finds out
            std::this_thread::sleep_for(Millis(10));
        CHECK(!db->readOnly());
    }
    CHECK(note(*db, "two").ok());
    CHECK(count(*db, "meta").value() == 2);
}

TEST_CASE("a PostgreSQL that is frozen holds nobody up for ever") {
    if (without()) return;
    PostgresServer server;
    DatabaseOptions options;
    const std::string url = server.createDatabase();
    openAt(url).reset(); // makes the tables, with all the patience that takes
    options.url = Secret(url);
    options.patience = Millis(2000);
    auto opened = Database::open(options);
    REQUIRE(opened.ok());
    Database& db = **opened;
    REQUIRE(note(db, "one").ok());
    server.freeze();
    const auto unread = count(db, "meta");
    REQUIRE(!unread.ok());
    CHECK(unread.error().retryable);
    CHECK(db.readOnly());
    server.thaw();
    for (int i = 0; i < 2000 && db.readOnly(); ++i)
        std::this_thread::sleep_for(Millis(10));
    CHECK(!db.readOnly());
    CHECK(note(db, "two").ok());
    auto rows = count(db, "meta"); // the other connection has a pause of its own
    for (int i = 0; i < 2000 && !rows.ok(); ++i) {
        std::this_thread::sleep_for(Millis(10));
        rows = count(db, "meta");
    }
    REQUIRE(rows.ok());
    CHECK(*rows == 2);
}

TEST_CASE("a URL is judged before anything is asked") {
    for (const char* good : {"", "postgres://a@b/c", "postgresql:///x?host=/run/postgresql"})
        CHECK(Database::checkUrl(Secret(good)).ok());
    for (const char* bad :
         {"mysql://a:planted@b/c", "host=b password=planted", "postgres://a:planted@[", "x"}) {
        const auto refused = Database::checkUrl(Secret(bad));
        REQUIRE(!refused.ok());
        CHECK(refused.error().code == ErrorCode::ConfigError);
        CHECK(refused.error().param == "storage.url");
        CHECK(refused.error().toLogString().find("planted") == std::string::npos);
    }
    CHECK(describePgUrl(Secret("postgres://me:planted@10.0.0.5:5433/exobrain")) ==
          "exobrain on 10.0.0.5:5433");
    CHECK(describePgUrl(Secret("postgres:///exobrain")) == "exobrain on this machine");
}

TEST_CASE("what doctor asks of a PostgreSQL, with and without our tables") {
    if (without()) return;
    const Secret url(PostgresServer::shared().createDatabase());
    auto facts = lookAtPostgres(url);
    REQUIRE_MESSAGE(facts.ok(), facts.error().toLogString());
    CHECK(facts->schema == 0);
    CHECK(facts->rows.empty());
    CHECK(facts->version.find_first_not_of("0123456789.") == std::string::npos);
    CHECK(facts->way == PgFacts::Way::Local);
    CHECK(!facts->durable); // as the test's server is started
    CHECK(facts->writable);
    CHECK(facts->milliseconds > 0);
    auto db = openAt(std::string(url.reveal()));
    REQUIRE(makeSession(*db, "s").ok());
    facts = lookAtPostgres(url);
    REQUIRE(facts.ok());
    CHECK(facts->schema == db->schemaVersion());
    CHECK(facts->rows.front() == std::pair<std::string, std::int64_t>("sessions", 1));
    CHECK(facts->connections >= 3);
    CHECK(!lookAtPostgres(Secret("postgres://127.0.0.1:1/x")).ok());
}

TEST_CASE("a transaction whose connection breaks stores nothing, and the next one is fine") {
    if (without()) return;
    auto db = openAt(PostgresServer::shared().createDatabase());
    const auto broken = db->writeBlocking<void>([](Connection& c) -> Result<void> {
        EXO_CHECK(c.run("INSERT INTO meta (key, value) VALUES ('lost', ?)", Blob{"x"}));
        return c.run("SELECT pg_terminate_backend(pg_backend_pid())");
    });
    CHECK(!broken.ok());
    CHECK(note(*db, "kept").ok());
    CHECK(count(*db, "meta").value() == 1);
}

TEST_CASE("a job that overlooks a failed statement has failed itself, alone") {
    if (without()) return;
    auto db = openAt(PostgresServer::shared().createDatabase());
    REQUIRE(note(*db, "a").ok());
    const auto overlooked = db->writeBlocking<void>([](Connection& c) -> Result<void> {
        EXO_CHECK(c.run("INSERT INTO meta (key, value) VALUES ('b', ?)", Blob{"x"}));
        (void)c.run("INSERT INTO meta (key, value) VALUES ('a', ?)", Blob{"x"}).ok(); // there already
        return {};
    });
    CHECK(!overlooked.ok());
    CHECK(note(*db, "c").ok());
    CHECK(count(*db, "meta").value() == 2);
}

// While it waits for its turn, a server's own catalogue still says what was there before: the other's tables
// show only once a lock was taken (to_regclass() takes none).
TEST_CASE("a server that waited while another one migrated sees what that one did") {
    if (without()) return;
    const Secret url(PostgresServer::shared().createDatabase());
    const auto connect = [&] {
        auto session = PgSession::open(url, "test", PgSession::Use::Write);
        REQUIRE(session.ok());
        return std::make_unique<Connection>(std::move(*session));
    };
    const auto steps = builtInMigrations("migrations-postgres/");
    REQUIRE(steps.ok());
    const auto first = connect(), second = connect();
    REQUIRE(readPgSchemaVersion(*second).value() == 0); // it remembers that
    REQUIRE(first->exec("BEGIN; " + std::string(k_pgTakeTurn)).ok());
    Result<void> migrated;
    std::thread other([&] { migrated = migratePg(*second, *steps); });
    const auto waiting = [&] {
        const auto count =
            first->integer("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
        return count.ok() && count->value_or(0) > 0;
    };
    for (int i = 0; i < 2000 && !waiting(); ++i)
        std::this_thread::sleep_for(Millis(5));
    CHECK(waiting());
    const auto made = migratePg(*first, *steps); // nested BEGIN and COMMIT are those of the turn it has
    other.join();
    CHECK_MESSAGE(made.ok(), (made.ok() ? "" : made.error().toLogString()));
    CHECK_MESSAGE(migrated.ok(), (migrated.ok() ? "" : migrated.error().toLogString()));
    CHECK(readPgSchemaVersion(*second).value() == steps->back().version);
}

TEST_CASE("several servers that start and write at once take turns") {
    if (without()) return;
    const std::string url = PostgresServer::shared().createDatabase();
    constexpr int k_servers = 4, k_sessions = 25;
    std::vector<std::thread> threads;
    std::vector<int> failed(k_servers, 0);
    std::vector<std::string> unopened(k_servers);
    for (int n = 0; n < k_servers; ++n)
        threads.emplace_back([&, n] {
            DatabaseOptions options;
            options.url = Secret(url);
            auto db = Database::open(options); // all of them migrate
            if (!db.ok()) {
                unopened[static_cast<std::size_t>(n)] = db.error().toLogString();
                return;
            }
            for (int i = 0; i < k_sessions; ++i) // at one and the same time, which each makes unique
                if (!makeSession(**db, "s").ok()) ++failed[static_cast<std::size_t>(n)];
        });
    for (auto& thread : threads)
        thread.join();
    for (const auto& why : unopened)
        CHECK(why == "");
    CHECK(failed == std::vector<int>(k_servers, 0));
    auto db = openAt(url);
    CHECK(count(*db, "sessions").value() == k_servers * k_sessions);
    CHECK(count(*db, "(SELECT DISTINCT updated_at FROM sessions) x").value() == k_servers * k_sessions);
    CHECK(count(*db, "exobrain_schema").value() == db->schemaVersion());
}

TEST_CASE("an answer another server is writing is left alone; that of one which is gone is interrupted") {
    if (without()) return;
    const std::string url = PostgresServer::shared().createDatabase();
    auto mine = openAt(url);
    auto other = openAt(url);
    const auto session = makeSession(*other, "s");
    REQUIRE(session.ok());
    const auto begun = other->writeBlocking<TurnRows>([&](Connection& c) {
        TurnDraft draft;
        draft.session = session->id;
        draft.userContent = "question";
        return MessageStore(c).beginTurn(draft, at(1));
    });
    REQUIRE(begun.ok());
    const auto interrupt = [&] {
        return mine->writeBlocking<std::int64_t>(
            [](Connection& c) { return MessageStore(c).interruptPending(); });
    };
    CHECK(interrupt().value() == 0);
    other.reset();
    std::int64_t interrupted = 0; // the server notices the end of a connection in its own time
    for (int i = 0; i < 1000 && interrupted == 0; ++i) {
        interrupted = interrupt().value();
        if (interrupted == 0) std::this_thread::sleep_for(Millis(10));
    }
    CHECK(interrupted == 1);
}

TEST_CASE("what PostgreSQL's texts cannot hold is replaced, the rest is stored") {
    if (without()) return;
    auto db = openAt(PostgresServer::shared().createDatabase());
    const auto made = makeSession(*db, std::string("a\0b\xff", 4));
    REQUIRE_MESSAGE(made.ok(), made.error().toLogString());
    CHECK(made->title == "a\xEF\xBF\xBD"
                         "b\xEF\xBF\xBD");
}

TEST_CASE("a guest never migrates, and a newer schema is for reading only") {
    if (without()) return;
    const std::string url = PostgresServer::shared().createDatabase();
    DatabaseOptions guest;
    guest.url = Secret(url);
    guest.role = DatabaseOptions::Role::Guest;
    CHECK(Database::open(guest).error().code == ErrorCode::StorageError);
    { auto owner = openAt(url); }
    CHECK(Database::open(guest).ok());
    PostgresServer::shared().ask(url, "INSERT INTO exobrain_schema (version, name) VALUES (1000, 'future')");
    auto old = openAt(url);
    CHECK(old->readOnly());
    CHECK(note(*old, "x").error().code == ErrorCode::StorageReadOnly);
    CHECK(Database::open(guest).error().code == ErrorCode::StorageError);
}
