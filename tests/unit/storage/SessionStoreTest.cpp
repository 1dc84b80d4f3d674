#include "tests/unit/storage/StorageFixture.h"

using namespace exo;
using namespace exo::test;

namespace {

std::vector<std::string> titles(const std::vector<api::Session>& sessions) {
    std::vector<std::string> out;
    for (const auto& s : sessions)
        out.push_back(s.title);
    return out;
}
using Titles = std::vector<std::string>;

} // namespace

TEST_CASE("a session is created, read and changed field by field") {
    StorageFixture f;
    auto made = f.write([](Connection& c) {
        api::SessionPatch draft;
        draft.title = "标题";
        draft.folder = "work";
        draft.model = "m";
        draft.systemPrompt = "be brief";
        draft.project = "/src";
        draft.pinned = true;
        return SessionStore(c).create("local", draft, at(5));
    });
    REQUIRE(made.ok());
    CHECK(made->title == "标题");
    CHECK(made->pinned);
    CHECK(made->createdAt == at(5));
    auto changed = f.write([&](Connection& c) {
        api::SessionPatch patch;
        patch.folder = "";
        return SessionStore(c).update(Owner(), made->id, patch);
    });
    REQUIRE(changed.ok());
    CHECK(changed->folder.empty());
    CHECK(changed->title == "标题");
    CHECK(changed->project == "/src");
    CHECK(changed->systemPrompt == "be brief");
    CHECK(changed->updatedAt == made->updatedAt);
}

TEST_CASE("the list has pinned ones first, then the newest, and pages without gaps under equal times") {
    StorageFixture f;
    for (int i = 0; i < 10; ++i)
        f.makeSession("s" + std::to_string(i)); // all at the same time
    const auto pinned = f.makeSession("old pinned", "local", at(-100000));
    REQUIRE(f.write([&](Connection& c) {
                 api::SessionPatch patch;
                 patch.pinned = true;
                 return SessionStore(c).update(Owner(), pinned.id, patch);
             }).ok());
    Titles all;
    std::optional<WallTime> before;
    for (;;) {
        auto page = f.read([&](Connection& c) { return SessionStore(c).list(Owner(), {{}, 3, before}); });
        REQUIRE(page.ok());
        if (page->empty()) break;
        for (const auto& title : titles(*page))
            all.push_back(title);
        before = page->back().updatedAt;
    }
    CHECK(all == Titles{"old pinned", "s9", "s8", "s7", "s6", "s5", "s4", "s3", "s2", "s1", "s0"});
}

TEST_CASE("a page of pinned sessions alone does not hide the others") {
    StorageFixture f;
    f.makeSession("plain");
    for (const char* name : {"p1", "p2"}) {
        const auto s = f.makeSession(name, "local", at(-1000));
        REQUIRE(f.write([&](Connection& c) {
                     api::SessionPatch patch;
                     patch.pinned = true;
                     return SessionStore(c).update(Owner(), s.id, patch);
                 }).ok());
    }
    auto page = f.read([](Connection& c) { return SessionStore(c).list(Owner(), {{}, 1, {}}); });
    CHECK(titles(*page) == Titles{"p2", "p1", "plain"});
}

TEST_CASE("an answered session moves to the top even when the clock stepped back a little") {
    StorageFixture f;
    const auto first = f.makeSession("first", "local", at(1));
    f.makeSession("second", "local", at(500));
    f.turn(first.id, "q", "a"); // ends at 2 ms by the clock
    auto list = f.read([](Connection& c) { return SessionStore(c).list(Owner(), {}); });
    CHECK(titles(*list) == Titles{"first", "second"});
}

TEST_CASE("another owner's session does not exist, the administrator sees all") {
    StorageFixture f;
    const auto mine = f.makeSession("mine", "alice");
    const Owner bob = Owner::key("bob");
    CHECK(f.read([&](Connection& c) { return SessionStore(c).get(bob, mine.id); }).error().code ==
          ErrorCode::NotFound);
    CHECK(f.write([&](Connection& c) { return SessionStore(c).update(bob, mine.id, {}); }).error().code ==
          ErrorCode::NotFound);
    CHECK(f.write([&](Connection& c) { return SessionStore(c).remove(bob, mine.id, at(0)); }).error().code ==
          ErrorCode::NotFound);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).loadTree(bob, mine.id); }).error().code ==
          ErrorCode::NotFound);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).list(bob, {}); })->empty());
    CHECK(f.search("mine", bob).empty());
    CHECK(f.search("mine", Owner::key("alice")).size() == 1);
    CHECK(f.search("mine", Owner::administrator()).size() == 1);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).list(Owner::administrator(), {}); })->size() ==
          1);
    REQUIRE(f.write([&](Connection& c) {
                 return SessionStore(c).remove(Owner::key("alice"), mine.id, at(0));
             }).ok());
    CHECK(f.write([&](Connection& c) { return SessionStore(c).restore(bob, mine.id); }).error().code ==
          ErrorCode::NotFound);
}

TEST_CASE("a removed session is hidden at once, restored whole, and purged with its data after its time") {
    StorageFixture f;
    const auto session = f.makeSession("title words");
    auto begun = f.write([&](Connection& c) {
        TurnDraft draft;
        draft.session = session.id;
        draft.userContent = "question";
        draft.attachments.push_back({{}, "a.txt", "text/plain", 0, "payload"});
        return MessageStore(c).beginTurn(draft, at(1));
    });
    REQUIRE(begun.ok());
    REQUIRE(f.write([&](Connection& c) { return SessionStore(c).remove(Owner(), session.id, at(10)); }).ok());
    CHECK_FALSE(f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); }).ok());
    CHECK_FALSE(f.read([&](Connection& c) { return MessageStore(c).page(session.id, 10, {}); }).ok());
    CHECK(f.search("question").empty());
    CHECK(f.search("words").empty());
    // The running turn of a removed session can still end.
    CHECK(
        f.write([&](Connection& c) { return MessageStore(c).finish(begun->assistant.id, {}, at(11)); }).ok());
    CHECK(*f.write([&](Connection& c) { return SessionStore(c).purge(at(10)); }) == 0);
    REQUIRE(f.write([&](Connection& c) { return SessionStore(c).restore(Owner(), session.id); }).ok());
    CHECK(f.search("question").size() == 1);
    REQUIRE(f.write([&](Connection& c) { return SessionStore(c).remove(Owner(), session.id, at(20)); }).ok());
    CHECK(*f.write([&](Connection& c) { return SessionStore(c).purge(at(30)); }) == 1);
    CHECK(f.write([&](Connection& c) { return SessionStore(c).removeOrphans(); }).ok());
    for (const char* table :
         {"sessions", "messages", "attachments", "blobs", "message_search", "title_search"})
        CHECK(*f.read([&](Connection& c) {
            return c.integer("SELECT count(*) FROM " + std::string(table));
        }) == 0);
}

TEST_CASE("a session of thousands of messages in one chain can be read and purged") {
    StorageFixture f;
    const auto session = f.makeSession("long");
    auto filled = f.write([&](Connection& c) -> Result<void> {
        for (int i = 0; i < 1200; ++i) {
            TurnDraft draft;
            draft.session = session.id;
            draft.userContent = "q";
            EXO_TRY(const auto rows, MessageStore(c).beginTurn(draft, at(i)));
            EXO_CHECK(MessageStore(c).finish(rows.assistant.id, {}, at(i)));
        }
        return {};
    });
    REQUIRE(filled.ok());
    CHECK(f.read([&](Connection& c) { return MessageStore(c).path(session.id, {}); })->size() == 2400);
    REQUIRE(f.write([&](Connection& c) { return SessionStore(c).remove(Owner(), session.id, at(1)); }).ok());
    auto purged = f.write([&](Connection& c) { return SessionStore(c).purge(at(2)); });
    REQUIRE_MESSAGE(purged.ok(), purged.error().toLogString());
    CHECK(*purged == 1);
}

TEST_CASE("the automatic title never replaces one the user gave") {
    StorageFixture f;
    const auto session = f.makeSession();
    const auto set = [&](const std::string& title) {
        REQUIRE(
            f.write([&](Connection& c) { return SessionStore(c).setTitleIfEmpty(session.id, title); }).ok());
        return f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); })->title;
    };
    CHECK(set("first") == "first");
    CHECK(set("second") == "first");
    CHECK(f.search("first").size() == 1);
    CHECK(titleFromText("\n\n  Why does \t it fail?\nbecause") == "Why does it fail?");
    CHECK(titleFromText(" \n ") == "");
    CHECK(titleFromText(std::string(100, 'x')) == std::string(60, 'x') + "…");
}

TEST_CASE("ten thousand sessions are listed and searched") {
    StorageFixture f;
    auto filled = f.write([](Connection& c) -> Result<void> {
        for (int i = 0; i < 10000; ++i) {
            SessionTree tree;
            tree.session.title = "session " + std::to_string(i);
            api::Message m;
            m.id = MessageId("1");
            m.content = i == 4321 ? "唯一的缓存问题" : "常见的问题 number " + std::to_string(i);
            tree.messages.push_back(m);
            EXO_CHECK(SessionStore(c).stage("local", tree, "b", at(i)));
        }
        return SessionStore(c).publish("b", 10000);
    });
    REQUIRE(filled.ok());
    auto page = f.read([](Connection& c) { return SessionStore(c).list(Owner(), {}); });
    REQUIRE(page->size() == 200);
    CHECK(page->front().title == "session 9999");
    CHECK(f.search("缓存").size() == 1);
    CHECK(f.search("问题").size() == 50);
    CHECK(f.search("题").size() == 50);
}
