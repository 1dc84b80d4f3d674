// A home moves from its file into PostgreSQL.
#include "core/storage/postgres/Transfer.h"
#include "core/storage/KeyStore.h"
#include "core/storage/UsageStore.h"
#include "tests/unit/storage/StorageFixture.h"

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
    Result<std::vector<Transferred>> run() {
        return from.read([&](Connection& source) {
            return to->writeBlocking<std::vector<Transferred>>(
                [&](Connection& target) { return transfer(source, target); });
        });
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

TEST_CASE("what PostgreSQL cannot hold as it is stops the move, and nothing has moved") {
    if (!PostgresServer::installed()) return;
    Move move;
    move.from.makeSession(std::string("a\0b", 3));
    CHECK(move.run().error().code == ErrorCode::StorageCorrupt);
    const auto rows = move.to->readBlocking<std::optional<std::int64_t>>(
        [](Connection& c) { return c.integer("SELECT count(*) FROM sessions"); });
    CHECK(rows.value() == 0);
}
