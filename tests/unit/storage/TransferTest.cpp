// A home moves from its file into PostgreSQL.
#include "core/storage/postgres/Transfer.h"
#include "core/storage/KeyStore.h"
#include "core/storage/UsageStore.h"
#include "tests/unit/storage/StorageFixture.h"

#include <map>

using namespace exo;
using namespace exo::test;

namespace {

struct Move {
    StorageFixture from;
    std::string url = PostgresServer::shared().createDatabase();
    std::unique_ptr<Database> to = open();

    std::unique_ptr<Database> open() const {
        DatabaseOptions options;
        options.url = Secret(url);
        auto opened = Database::open(options);
        REQUIRE_MESSAGE(opened.ok(), opened.error().toLogString());
        return std::move(opened).value();
    }
    Result<std::vector<Transferred>> run(const TransferOptions& options = {}) {
        return from.read([&](Connection& source) {
            return to->writeBlocking<std::vector<Transferred>>(
                [&](Connection& target) { return transfer(source, target, options); });
        });
    }
    Result<void> verify(const std::vector<Transferred>& moved) const {
        return to->readBlocking<void>([&](Connection& target) { return verifyTransferred(target, moved); });
    }
};

} // namespace

TEST_CASE(
    "sessions, branches, attachments, keys and usage arrive whole, and what comes after goes on from there") {
    if (!PostgresServer::installed()) return;
    Move move;
    const auto session = move.from.makeSession("标题 about caches");
    const auto answer = move.from.turn(session.id, "what is 缓存?", "a cache, 即缓存");
    move.from.turn(session.id, "again", "a second branch", MessageId());
    const auto key = move.from.write([](Connection& c) {
        return KeyStore(c).create({"ci", "high", "10/60s", {}}, at(0));
    });
    REQUIRE(key.ok());
    REQUIRE(move.from
                .write([](Connection& c) {
                    UsageRow row;
                    row.model = "m";
                    row.cost = 0.1;
                    return UsageStore(c).add(row);
                })
                .ok());
    REQUIRE(move.from
                .write([&](Connection& c) -> Result<void> {
                    TurnDraft draft;
                    draft.session = session.id;
                    draft.userContent = "see";
                    draft.attachments = {
                        {{}, "a.bin", "application/octet-stream", 0, std::string("\0\xff\x01", 3)}};
                    EXO_CHECK(MessageStore(c).beginTurn(draft, at(3)));
                    return {};
                })
                .ok());
    const auto moved = move.run();
    REQUIRE_MESSAGE(moved.ok(), moved.error().toLogString());
    CHECK(moved->front().table == "sessions");
    CHECK(moved->front().rows == 1);
    CHECK(move.verify(*moved).ok());
    const auto trees = [&](Database& db) {
        return db
            .readBlocking<SessionTree>(
                [&](Connection& c) { return SessionStore(c).loadTree(Owner(), session.id); })
            .value();
    };
    const SessionTree was = trees(*move.from.db), is = trees(*move.to);
    REQUIRE(is.messages.size() == was.messages.size());
    for (std::size_t i = 0; i < is.messages.size(); ++i) {
        CHECK(is.messages[i].id == was.messages[i].id);
        CHECK(is.messages[i].content == was.messages[i].content);
        CHECK(is.messages[i].siblingCount == was.messages[i].siblingCount);
        REQUIRE(is.messages[i].attachments.size() == was.messages[i].attachments.size());
        for (std::size_t k = 0; k < is.messages[i].attachments.size(); ++k)
            CHECK(is.messages[i].attachments[k].data == was.messages[i].attachments[k].data);
    }
    const auto hits = move.to->readBlocking<std::vector<api::SearchHit>>(
        [](Connection& c) { return SearchStore(c).search(Owner(), "缓存", 10); });
    CHECK(hits.value().size() == 2);
    CHECK(move.to
              ->readBlocking<KeyRow>(
                  [&](Connection& c) { return KeyStore(c).verify(key->secret.reveal(), at(9)); })
              .ok());
    CHECK(move.to
              ->writeBlocking<api::Session>(
                  [](Connection& c) { return SessionStore(c).create("local", {}, at(0)); })
              .ok());
    CHECK(move.run().error().code == ErrorCode::Conflict); // it holds something now
}

TEST_CASE(
    "a text that PostgreSQL cannot hold stops the move, which names it, or is changed when that is wanted") {
    if (!PostgresServer::installed()) return;
    Move move;
    const auto session = move.from.makeSession("good");
    move.from.turn(session.id, std::string("a\0b", 3), "answer");
    const auto stopped = move.run();
    REQUIRE(!stopped.ok());
    CHECK(stopped.error().code == ErrorCode::Unsupported);
    CHECK(stopped.error().detail.find("messages, content of row 1") != std::string::npos);
    const auto rows = move.to->readBlocking<std::optional<std::int64_t>>(
        [](Connection& c) { return c.integer("SELECT count(*) FROM sessions"); });
    CHECK(rows.value() == 0);
    TransferOptions options;
    options.replace = true;
    const auto moved = move.run(options);
    REQUIRE_MESSAGE(moved.ok(), moved.error().toLogString());
    CHECK((*moved)[1].replaced == 1);
    CHECK(move.verify(*moved).ok());
}

TEST_CASE(
    "more rows than are read at a time arrive in order, progress is told, and a change is found afterwards") {
    if (!PostgresServer::installed()) return;
    Move move;
    const auto session = move.from.makeSession("many");
    constexpr int k_turns = 130; // two messages each, of which 100 are read at a time
    REQUIRE(move.from
                .write([&](Connection& c) -> Result<void> {
                    for (int i = 0; i < k_turns; ++i) {
                        TurnDraft draft;
                        draft.session = session.id;
                        draft.userContent = "q" + std::to_string(i);
                        EXO_CHECK(MessageStore(c).beginTurn(draft, at(i)));
                    }
                    return {};
                })
                .ok());
    std::map<std::string, std::int64_t> told;
    TransferOptions options;
    options.progress = [&](std::string_view stage, std::int64_t done, std::int64_t total) {
        CHECK(done <= total);
        told[std::string(stage)] = done;
    };
    const auto moved = move.run(options);
    REQUIRE_MESSAGE(moved.ok(), moved.error().toLogString());
    CHECK((*moved)[1].rows == 2 * k_turns);
    CHECK(told["copying"] == 1 + 2 * k_turns);
    CHECK(told["verifying"] == 1 + 2 * k_turns);
    CHECK(told["indexing"] == 1 + 2 * k_turns);
    CHECK(move.verify(*moved).ok());
    REQUIRE(move.to
                ->writeBlocking<void>([](Connection& c) {
                    return c.run("UPDATE messages SET content = 'other' WHERE n = 150");
                })
                .ok());
    CHECK(move.verify(*moved).error().code == ErrorCode::StorageCorrupt);
}

// A column that one engine has and the other does not would be left behind.
TEST_CASE("both engines have the same tables and columns, and the move knows all of them") {
    if (!PostgresServer::installed()) return;
    Move move;
    using Names = std::vector<std::string>;
    const auto names = [](Connection& c, const std::string& sql) -> Result<Names> {
        EXO_TRY(Statement rows, c.prepare(sql));
        Names out;
        for (;;) {
            EXO_TRY(const bool more, rows.step());
            if (!more) return out;
            out.push_back(rows.text(0));
        }
    };
    const auto here = move.from.read([&](Connection& c) {
        return names(c, "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c "
                        "WHERE t.type = 'table' AND t.name NOT LIKE '%search%' AND t.name NOT LIKE 'sqlite%' "
                        "ORDER BY 1");
    });
    const auto there = move.to->readBlocking<Names>([&](Connection& c) {
        return names(c, "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE "
                        "table_schema = current_schema() AND table_name NOT LIKE '%search%' AND column_name "
                        "<> 'writer' AND table_name <> 'exobrain_schema' ORDER BY (table_name || '.' || "
                        "column_name) COLLATE \"C\"");
    });
    REQUIRE(here.ok());
    REQUIRE(there.ok());
    CHECK(*here == *there);
    CHECK(transferredColumns() == *here);
}
