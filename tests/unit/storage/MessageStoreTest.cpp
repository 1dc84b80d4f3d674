#include "tests/unit/storage/StorageFixture.h"

using namespace exo;
using namespace exo::test;
using api::MessageState;

namespace {

std::vector<std::string> texts(const std::vector<api::Message>& messages) {
    std::vector<std::string> out;
    for (const auto& m : messages)
        out.push_back(m.content);
    return out;
}
using Texts = std::vector<std::string>;

Result<TurnRows> begin(StorageFixture& f, TurnDraft draft) {
    return f.write([&](Connection& c) { return MessageStore(c).beginTurn(draft, at(1)); });
}

} // namespace

TEST_CASE("a turn begins with both rows and the answer as the session's leaf") {
    StorageFixture f;
    const auto session = f.makeSession();
    auto rows = begin(f, {session.id, {}, "hello", {}, "model-x"});
    REQUIRE(rows.ok());
    CHECK(rows->user->content == "hello");
    CHECK(rows->user->state == MessageState::Complete);
    CHECK(rows->user->seq == 1);
    CHECK(rows->assistant.seq == 2);
    CHECK(rows->assistant.parentId == rows->user->id);
    CHECK(rows->assistant.state == MessageState::Pending);
    CHECK(rows->assistant.model == "model-x");
    auto now = f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); });
    CHECK(now->leaf == rows->assistant.id);
    CHECK(now->messageCount == 2);
}

TEST_CASE("the text so far is kept, and the end state holds everything the answer had") {
    StorageFixture f;
    const auto session = f.makeSession();
    auto rows = begin(f, {session.id, {}, "q", {}, "m"});
    const auto id = rows->assistant.id;
    REQUIRE(f.write([&](Connection& c) { return MessageStore(c).savePartial(id, "par", "because"); }).ok());
    auto partial = f.read([&](Connection& c) { return MessageStore(c).get(session.id, id); });
    CHECK(partial->content == "par");
    CHECK(partial->reasoning == "because");
    CHECK(partial->state == MessageState::Pending);
    TurnEnd end;
    end.state = MessageState::Failed;
    end.content = "partial answer";
    end.reasoning = "because";
    end.model = "real";
    end.provider = "p";
    end.usage = api::Usage{10, 20, true};
    end.citations = {{"src/a.c", 3, 9}};
    end.toolCalls = {{"call_1", "search", "{\"query\":\"x\"}", "src/a.c:3", false, 7}};
    end.error = api::ErrorInfo{"upstream_timeout", "silence"};
    end.firstTokenMs = 12;
    end.durationMs = 345;
    auto done = f.write([&](Connection& c) { return MessageStore(c).finish(id, end, at(9)); });
    REQUIRE(done.ok());
    auto read = f.read([&](Connection& c) { return MessageStore(c).get(session.id, id); });
    for (const auto& m : {*done, *read}) {
        CHECK(m.state == MessageState::Failed);
        CHECK(m.content == "partial answer");
        CHECK(m.model == "real");
        CHECK(m.provider == "p");
        REQUIRE(m.usage);
        CHECK(m.usage->inputTokens == 10);
        CHECK(m.usage->outputTokens == 20);
        CHECK(m.usage->estimated);
        REQUIRE(m.citations.size() == 1);
        CHECK(m.citations[0] == api::Citation{"src/a.c", 3, 9});
        REQUIRE(m.toolCalls.size() == 1);
        CHECK(m.toolCalls[0] == end.toolCalls[0]);
        REQUIRE(m.error);
        CHECK(m.error->code == "upstream_timeout");
        CHECK(m.firstTokenMs == 12);
        CHECK(m.durationMs == 345);
    }
    CHECK(f.write([&](Connection& c) { return MessageStore(c).finish(id, end, at(9)); }).error().code ==
          ErrorCode::Conflict);
    CHECK_FALSE(f.write([&](Connection& c) { return MessageStore(c).savePartial(id, "late", ""); }).ok());
}

TEST_CASE(
    "answers left pending by a dead process are interrupted, found by search, and may still be finished") {
    StorageFixture f;
    const auto session = f.makeSession();
    auto rows = begin(f, {session.id, {}, "q", {}, "m"});
    const auto id = rows->assistant.id;
    const api::ToolCall call{"call_1", "search", "{}", "src/a.c:3", false, 7};
    REQUIRE(f.write([&](Connection& c) {
                 return MessageStore(c).savePartial(id, "halfway text", "", {call});
             }).ok());
    f.reopen();
    std::int64_t interrupted = 0; // PostgreSQL notices in its own time that a process is gone
    for (int i = 0; i < 1000 && interrupted == 0; ++i)
        interrupted = *f.write([](Connection& c) { return MessageStore(c).interruptPending(); });
    CHECK(interrupted == 1);
    CHECK(*f.write([](Connection& c) { return MessageStore(c).interruptPending(); }) == 0);
    const auto kept = f.read([&](Connection& c) { return MessageStore(c).get(session.id, id); });
    CHECK(kept->state == MessageState::Interrupted);
    CHECK(kept->toolCalls == std::vector{call});
    CHECK(f.search("halfway").size() == 1);
    TurnEnd end;
    end.content = "whole text";
    CHECK(f.write([&](Connection& c) { return MessageStore(c).finish(id, end, at(3)); }).ok());
    CHECK(f.search("halfway").empty());
    CHECK(f.search("whole").size() == 1);
}

TEST_CASE("edits and other answers are branches; each shows its own path") {
    StorageFixture f;
    const auto session = f.makeSession();
    const auto a1 = f.turn(session.id, "q1", "a1");
    const auto a2 = f.turn(session.id, "q2", "a2");
    // Another answer to q2.
    TurnDraft again;
    again.session = session.id;
    again.parent = a2.parentId;
    again.model = "m";
    auto regenerated = begin(f, again);
    REQUIRE(regenerated.ok());
    CHECK_FALSE(regenerated->user);
    CHECK(regenerated->assistant.siblingIndex == 1);
    CHECK(regenerated->assistant.siblingCount == 2);
    // q2 in other words.
    const auto a3 = f.turn(session.id, "q2 edited", "a3", a1.id);
    const auto path = [&](const MessageId& leaf) {
        return texts(*f.read([&](Connection& c) { return MessageStore(c).path(session.id, leaf); }));
    };
    CHECK(path({}) == Texts{"q1", "a1", "q2 edited", "a3"});
    CHECK(path(a2.id) == Texts{"q1", "a1", "q2", "a2"});
    CHECK(path(regenerated->assistant.id) == Texts{"q1", "a1", "q2", ""});
    auto children = f.read([&](Connection& c) { return MessageStore(c).children(session.id, a1.id); });
    CHECK(texts(*children) == Texts{"q2", "q2 edited"});
    CHECK(texts(*f.read([&](Connection& c) { return MessageStore(c).siblings(session.id, a2.id); })) ==
          Texts{"a2", ""});
    // A new first message.
    const auto other = f.turn(session.id, "q1 edited", "a4", MessageId());
    CHECK(path({}) == Texts{"q1 edited", "a4"});
    auto roots = f.read([&](Connection& c) { return MessageStore(c).children(session.id, {}); });
    CHECK(texts(*roots) == Texts{"q1", "q1 edited"});
    CHECK(roots->at(1).siblingIndex == 1);
    CHECK(roots->at(0).siblingCount == 2);
    CHECK(other.siblingCount == 1);
    CHECK(a3.siblingCount == 1);
}

TEST_CASE("choosing a branch goes to its newest end") {
    StorageFixture f;
    const auto session = f.makeSession();
    const auto a1 = f.turn(session.id, "q1", "a1");
    const auto a2 = f.turn(session.id, "q2", "a2");
    f.turn(session.id, "q1 edited", "a3", MessageId());
    const auto choose = [&](const MessageId& leaf) {
        return f.write([&](Connection& c) {
            api::SessionPatch patch;
            patch.leaf = leaf;
            return SessionStore(c).update(Owner(), session.id, patch);
        });
    };
    CHECK(choose(a1.parentId)->leaf == a2.id);
    const auto elsewhere = f.makeSession("other");
    const auto foreign = f.turn(elsewhere.id, "q", "a");
    CHECK(choose(foreign.id).error().code == ErrorCode::NotFound);
    CHECK(choose(MessageId("m_none")).error().code == ErrorCode::NotFound);
}

TEST_CASE("a parent in another session is refused and nothing is written") {
    StorageFixture f;
    const auto a = f.makeSession();
    const auto b = f.makeSession();
    const auto answer = f.turn(a.id, "q", "a");
    auto rows = begin(f, {b.id, answer.id, "x", {}, ""});
    CHECK(rows.error().code == ErrorCode::NotFound);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).get(Owner(), b.id); })->messageCount == 0);
    CHECK(begin(f, {b.id, {}, {}, {}, ""}).error().code == ErrorCode::InvalidRequest);
    CHECK_FALSE(f.read([&](Connection& c) { return MessageStore(c).get(b.id, answer.id); }).ok());
}

TEST_CASE("pages go from the newest to the first message without gap or overlap") {
    StorageFixture f;
    const auto session = f.makeSession();
    for (int i = 0; i < 5; ++i)
        f.turn(session.id, "q" + std::to_string(i), "a" + std::to_string(i));
    const auto page = [&](std::optional<std::int64_t> before) {
        return *f.read([&](Connection& c) { return MessageStore(c).page(session.id, 4, before); });
    };
    auto p1 = page({});
    CHECK(texts(p1.messages) == Texts{"q3", "a3", "q4", "a4"});
    REQUIRE(p1.next);
    auto p2 = page(p1.next);
    CHECK(texts(p2.messages) == Texts{"q1", "a1", "q2", "a2"});
    auto p3 = page(p2.next);
    CHECK(texts(p3.messages) == Texts{"q0", "a0"});
    CHECK_FALSE(p3.next);
}

TEST_CASE("attachments are kept once for equal bytes, and limited") {
    StorageFixture f;
    const auto session = f.makeSession();
    const std::string bytes("\0\x89PNG\xFF", 6);
    TurnDraft draft{session.id,
                    {},
                    "look",
                    {{{}, "a.png", "image/png", 0, bytes}, {{}, "b.png", "image/png", 0, bytes}},
                    ""};
    auto rows = begin(f, draft);
    REQUIRE(rows.ok());
    REQUIRE(rows->user->attachments.size() == 2);
    CHECK(rows->user->attachments[0].size == 6);
    CHECK(rows->user->attachments[0].data.empty());
    CHECK(*f.read([](Connection& c) { return c.integer("SELECT count(*) FROM blobs"); }) == 1);
    auto one = f.read(
        [&](Connection& c) { return MessageStore(c).attachment(session.id, rows->user->attachments[1].id); });
    REQUIRE(one.ok());
    CHECK(one->name == "b.png");
    CHECK(one->data == bytes);
    auto path =
        f.read([&](Connection& c) { return MessageStore(c).path(session.id, {}, MessageStore::Data::With); });
    CHECK(path->front().attachments.at(0).data == bytes);
    const auto foreign = f.makeSession();
    CHECK_FALSE(f.read([&](Connection& c) {
                     return MessageStore(c).attachment(foreign.id, rows->user->attachments[1].id);
                 }).ok());
    draft.attachments = {{{}, "big", "text/plain", 0, std::string(k_maxAttachmentBytes + 1, 'x')}};
    CHECK(begin(f, draft).error().code == ErrorCode::RequestTooLarge);
    draft.attachments.assign(k_maxAttachments + 1, {{}, "a", "text/plain", 0, "x"});
    CHECK(begin(f, draft).error().code == ErrorCode::InvalidRequest);
    CHECK(f.read([&](Connection& c) { return SessionStore(c).get(Owner(), session.id); })->messageCount == 2);
}

TEST_CASE("a summary marks its boundary, and a second one of the same boundary replaces it") {
    StorageFixture f;
    const auto session = f.makeSession();
    f.turn(session.id, "q1", "a1");
    const auto a2 = f.turn(session.id, "q2", "a2");
    const auto save = [&](const std::string& text) {
        return f.write([&](Connection& c) {
            return MessageStore(c).saveCompaction(session.id, {a2.parentId, text, 5}, at(1));
        });
    };
    REQUIRE(save("one").ok());
    REQUIRE(save("two").ok());
    auto all = f.read([&](Connection& c) { return MessageStore(c).compactions(session.id); });
    REQUIRE(all->size() == 1);
    CHECK(all->front().summary == "two");
    CHECK(all->front().tokens == 5);
    CHECK(all->front().boundary == a2.parentId);
    CHECK(
        f.read([&](Connection& c) { return MessageStore(c).get(session.id, a2.parentId); })->compactedBefore);
}

TEST_CASE("Chinese of one, two and three characters is found, also within English") {
    StorageFixture f;
    const auto session = f.makeSession("关于数据库的讨论");
    f.turn(session.id, "如何用Redis做缓存?", "先设置过期时间, then call expireCycle().");
    CHECK(f.search("库").size() == 1);
    CHECK(f.search("库").front().messageId.empty());
    CHECK(f.search("缓").size() == 1);
    CHECK(f.search("存").size() == 1);
    CHECK(f.search("缓存").size() == 1);
    CHECK(f.search("数据库").size() == 1);
    CHECK(f.search("期时间").size() == 1);
    CHECK(f.search("期间").empty());
    CHECK(f.search("数库").empty());
    CHECK(f.search("redis 缓存").size() == 1);
    CHECK(f.search("用redis做").size() == 1);
    CHECK(f.search("REDI").size() == 1);
    CHECK(f.search("expire_cycle").size() == 1);
    CHECK(f.search("cycle").size() == 1);
    CHECK(f.search("缓存 不存在").empty());
    CHECK(f.search("").empty());
}

TEST_CASE("hostile queries find nothing and break nothing") {
    StorageFixture f;
    f.turn(f.makeSession().id, "plain text", "answer");
    for (const std::string query : {"\"", "' OR 1=1 --", "NEAR(a b)", "tokens:plain", "*", "^plain\"",
                                    "a AND NOT", "((((", "{x} : y", "\xFF\xFE"})
        (void)f.search(query);
    CHECK(f.search("\"plain\" (text").size() == 1);
    std::string longQuery;
    while (longQuery.size() < 10000)
        longQuery += "\"word\" AND 查询 ";
    CHECK(f.search(longQuery).empty());
    CHECK(f.search(std::string(10000, '(')).empty());
}
