#pragma once
// A database of its own, with the real schema: a file, or one in PostgreSQL.

#include "core/storage/Database.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SearchStore.h"
#include "core/storage/SessionStore.h"
#include "core/storage/Sqlite.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/PostgresServer.h"

#include <doctest/doctest.h>

namespace exo::test {

inline WallTime at(std::int64_t ms) {
    return fromUnixMillis(1'700'000'000'000 + ms);
}

struct StorageFixture {
    TempHome home;
    std::string url = databaseUrlOfTest();
    std::unique_ptr<Database> db;

    StorageFixture() { reopen(); }
    DatabaseOptions options() const {
        DatabaseOptions o;
        o.url = Secret(url);
        o.file = home / "exobrain.db";
        o.backupFolder = home / "backups";
        return o;
    }
    void reopen() {
        db.reset();
        auto opened = Database::open(options());
        REQUIRE_MESSAGE(opened.ok(), opened.error().toLogString());
        db = std::move(*opened);
    }

    // Runs `f(Connection&)` in a write or read job.
    template <class F>
    auto write(F f) {
        using R = std::invoke_result_t<F, Connection&>;
        return db->writeBlocking<typename R::Value>(std::function<R(Connection&)>(std::move(f)));
    }
    template <class F>
    auto read(F f) {
        using R = std::invoke_result_t<F, Connection&>;
        return db->readBlocking<typename R::Value>(std::function<R(Connection&)>(std::move(f)));
    }

    api::Session makeSession(const std::string& title = {}, const std::string& owner = "local",
                             WallTime now = at(0)) {
        auto made = write([&](Connection& c) {
            api::SessionPatch draft;
            draft.title = title;
            return SessionStore(c).create(owner, draft, now);
        });
        REQUIRE(made.ok());
        return *made;
    }
    // A whole turn; returns the answer.
    api::Message turn(const SessionId& session, const std::string& question, const std::string& answer,
                      std::optional<MessageId> parent = std::nullopt) {
        auto done = write([&](Connection& c) -> Result<api::Message> {
            MessageStore store(c);
            TurnDraft draft;
            draft.session = session;
            draft.parent = parent;
            draft.userContent = question;
            EXO_TRY(const TurnRows rows, store.beginTurn(draft, at(1)));
            TurnEnd end;
            end.content = answer;
            return store.finish(rows.assistant.id, end, at(2));
        });
        REQUIRE_MESSAGE(done.ok(), done.error().toLogString());
        return *done;
    }
    std::vector<api::SearchHit> search(const std::string& query, Owner owner = {}) {
        auto hits = read([&](Connection& c) { return SearchStore(c).search(owner, query, 50); });
        REQUIRE_MESSAGE(hits.ok(), hits.error().toLogString());
        return *hits;
    }
};

} // namespace exo::test
