#include "core/sessions/SessionServiceImpl.h"

#include "core/base/Paths.h"
#include "core/sessions/Export.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SessionStore.h"
#include "core/storage/Sqlite.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/PostgresServer.h"

#include <doctest/doctest.h>

#include <thread>

using namespace exo;

namespace {

struct Fixture {
    test::TempHome home;
    std::string url = test::databaseUrlOfTest();
    test::FakeClock clock;
    asio::io_context io;
    std::unique_ptr<Database> db;
    std::unique_ptr<SessionService> service;

    Fixture() { open(); }
    void open() { // again, as another process would
        service.reset();
        db.reset();
        DatabaseOptions options;
        options.file = home / "exobrain.db";
        options.url = Secret(url);
        auto opened = Database::open(options);
        REQUIRE(opened.ok());
        db = std::move(*opened);
        service = makeSessionService(*db, clock);
    }
    template <class T>
    Result<T> run(Task<T> task) {
        return test::run(io, std::move(task));
    }
    api::Session make(const std::string& title, Owner owner = {}) {
        api::SessionPatch draft;
        draft.title = title;
        auto made = run(service->create(owner, draft));
        REQUIRE(made.ok());
        return *made;
    }
    Result<ImportReport> import(std::string bytes, Owner owner = {}) {
        return run(service->importSessions(owner, std::move(bytes)));
    }
    std::vector<api::Session> list(Owner owner = {}) {
        auto sessions = run(service->list(owner, {}));
        REQUIRE(sessions.ok());
        return *sessions;
    }
    template <class T>
    T write(std::function<Result<T>(Connection&)> job) {
        auto done = db->writeBlocking<T>(std::move(job));
        REQUIRE_MESSAGE(done.ok(), done.error().toLogString());
        return std::move(*done);
    }
    api::Message turn(const SessionId& session, const std::string& question, TurnEnd end,
                      std::optional<MessageId> parent = std::nullopt,
                      std::vector<api::Attachment> files = {}) {
        return write<api::Message>([&](Connection& c) -> Result<api::Message> {
            EXO_TRY(const auto rows,
                    MessageStore(c).beginTurn({session, parent, question, files, "m"}, clock.wallNow()));
            return MessageStore(c).finish(rows.assistant.id, end, clock.wallNow());
        });
    }
};

std::string fixture(const std::string& name) {
    auto bytes = readFile(std::filesystem::path(EXO_TEST_DATA) / "import" / name, 1u << 20);
    REQUIRE(bytes.ok());
    return *bytes;
}

TurnEnd answer(std::string text) {
    TurnEnd end;
    end.content = std::move(text);
    end.model = "model-1";
    end.provider = "p";
    return end;
}

// A session that uses everything an export can hold.
api::Session richSession(Fixture& f) {
    api::SessionPatch draft;
    draft.title = "Rich \"title\" 标题";
    draft.folder = "work";
    draft.systemPrompt = "be brief";
    draft.project = "/usr/share";
    draft.model = "m";
    draft.pinned = true;
    auto made = f.run(f.service->create({}, draft));
    REQUIRE(made.ok());
    TurnEnd end = answer("first answer");
    end.reasoning = "because";
    end.usage = api::Usage{5, 7, true};
    end.citations = {{"src/a.c", 1, 4}};
    end.firstTokenMs = 3;
    end.durationMs = 44;
    const auto a1 = f.turn(made->id, "question\nwith `code`", end, std::nullopt,
                           {{{}, "x.png", "image/png", 0, std::string("\0\xFF\x01", 3)}});
    f.turn(made->id, "second", answer("old branch"));
    TurnEnd failed = answer("half ```\ncode");
    failed.state = api::MessageState::Failed;
    failed.error = api::ErrorInfo{"upstream_timeout", "silence"};
    const auto a3 = f.turn(made->id, "second, edited", failed, a1.id);
    f.db->writeBlocking<void>([&](Connection& c) {
            return MessageStore(c).saveCompaction(made->id, {a3.parentId, "summary", 9}, f.clock.wallNow());
        })
        .value();
    return *f.run(f.service->get({}, made->id));
}

// An export without what is new in each home: ids, and what depends on them.
Json comparable(const std::string& text) {
    Json json = *parseJson(text);
    std::map<std::string, std::string> names;
    const auto rename = [&](Json& id) {
        if (!id.is_string() || id.get<std::string>().empty()) return;
        id = names.emplace(id.get<std::string>(), std::to_string(names.size())).first->second;
    };
    json["session"]["id"] = "";
    for (Json& message : json["messages"]) {
        rename(message["id"]);
        rename(message["parentId"]);
        message["sessionId"] = "";
        for (Json& file : message["attachments"])
            file["id"] = "";
    }
    rename(json["session"]["leaf"]);
    for (Json& compaction : json["compactions"])
        rename(compaction["boundary"]);
    return json;
}

} // namespace

TEST_CASE("titles and folders become one line, and what is too long or not a path is refused by name") {
    Fixture f;
    CHECK(f.make("  a\tb\r\nc\x01  ").title == "a b c");
    api::SessionPatch patch;
    patch.title = std::string(201, 'x');
    auto refused = f.run(f.service->create({}, patch));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::InvalidRequest);
    CHECK(refused.error().param == "title");
    std::string chinese;
    for (int i = 0; i < 200; ++i)
        chinese += "标";
    CHECK(f.make(chinese).title == chinese);
    const auto session = f.make("t");
    api::SessionPatch project;
    project.project = "relative/path";
    CHECK(f.run(f.service->update({}, session.id, project)).error().param == "project");
    project.project = "/no/such/folder";
    CHECK(f.run(f.service->update({}, session.id, project)).error().param == "project");
    CHECK(f.run(f.service->create({}, project)).error().param == "project");
    project.project = "/usr/../usr/share/.";
    CHECK(f.run(f.service->update({}, session.id, project)).value().project == "/usr/share");
    api::SessionPatch folder;
    folder.folder = std::string(101, 'f');
    CHECK(f.run(f.service->update({}, session.id, folder)).error().param == "folder");
}

TEST_CASE("every call keeps to its owner") {
    Fixture f;
    const Owner alice = Owner::key("alice");
    const Owner bob = Owner::key("bob");
    const auto session = f.make("secret words", alice);
    f.turn(session.id, "hidden question", answer("hidden answer"));
    CHECK(f.run(f.service->get(bob, session.id)).error().code == ErrorCode::NotFound);
    CHECK(f.run(f.service->update(bob, session.id, {})).error().code == ErrorCode::NotFound);
    CHECK(f.run(f.service->remove(bob, session.id)).error().code == ErrorCode::NotFound);
    CHECK(f.run(f.service->messages(bob, session.id, 10, {})).error().code == ErrorCode::NotFound);
    CHECK(f.run(f.service->exportSession(bob, session.id, ExportFormat::Json)).error().code ==
          ErrorCode::NotFound);
    CHECK(f.run(f.service->search(bob, "hidden", 10))->empty());
    CHECK(f.list(bob).empty());
    CHECK(f.run(f.service->search(alice, "hidden", 10))->size() == 2);
    CHECK(f.run(f.service->search(Owner::administrator(), "hidden", 10))->size() == 2);
    REQUIRE(f.run(f.service->remove(alice, session.id)).ok());
    CHECK(f.run(f.service->restore(bob, session.id)).error().code == ErrorCode::NotFound);
    REQUIRE(f.run(f.service->restore(alice, session.id)).ok());
    CHECK(f.run(f.service->messages(alice, session.id, 10, {}))->messages.size() == 2);
    CHECK(f.run(f.service->messages(alice, session.id, 0, {})).error().param == "limit");
    CHECK(f.run(f.service->messages(alice, session.id, 1001, {})).error().param == "limit");
}

TEST_CASE("an exported session comes back equal in another home") {
    Fixture f;
    const auto session = richSession(f);
    auto exported = f.run(f.service->exportSession({}, session.id, ExportFormat::Json));
    REQUIRE(exported.ok());
    Fixture other;
    auto report = other.import(*exported);
    REQUIRE_MESSAGE(report.ok(), report.error().toLogString());
    CHECK(report->sessions == 1);
    CHECK(report->messages == 6);
    const auto sessions = other.list();
    REQUIRE(sessions.size() == 1);
    CHECK(sessions[0].id != session.id);
    auto again = other.run(other.service->exportSession({}, sessions[0].id, ExportFormat::Json));
    REQUIRE(again.ok());
    CHECK(comparable(*again) == comparable(*exported));
    CHECK(other.run(other.service->search({}, "标题", 10))->size() == 1);
    CHECK(other.run(other.service->search({}, "branch", 10))->size() == 1);
}

TEST_CASE("the folder an imported session names is kept for the user, not for a key") {
    const std::string file =
        R"({"format":"exobrain-session","version":1,"session":{"id":"s_1","project":"/etc"},)"
        R"("messages":[{"id":"m_1","role":"user","state":"complete","content":"hi"}]})";
    for (const bool local : {true, false}) {
        Fixture f;
        const Owner owner = local ? Owner::local() : Owner::key("k_1");
        auto report = f.import(file, owner);
        REQUIRE_MESSAGE(report.ok(), report.error().toLogString());
        const auto hits = f.run(f.service->search(owner, "hi", 1));
        REQUIRE(hits->size() == 1);
        CHECK(f.run(f.service->get(owner, hits->at(0).sessionId))->project == (local ? "/etc" : ""));
    }
}

TEST_CASE("importing again adds nothing, unless the first import was deleted") {
    Fixture f;
    const auto session = richSession(f);
    auto own = f.run(f.service->exportSession({}, session.id, ExportFormat::Json));
    auto report = f.import(*own);
    REQUIRE(report.ok());
    CHECK(report->sessions == 0);
    CHECK(report->skipped == 1);
    const std::string chatgpt = fixture("chatgpt.json");
    report = f.import(chatgpt);
    REQUIRE(report.ok());
    CHECK(report->sessions == 1);
    CHECK(report->messages == 6);
    CHECK(report->skipped == 1); // the empty one
    CHECK(f.import(chatgpt)->sessions == 0);
    CHECK(f.import(chatgpt, Owner::key("other"))->sessions == 1);
    const auto imported = f.run(f.service->search({}, "过期", 10))->at(0).sessionId;
    CHECK(toUnixMillis(f.run(f.service->get({}, imported))->updatedAt) == 1700000100500);
    REQUIRE(f.run(f.service->remove({}, imported)).ok());
    CHECK(f.import(chatgpt)->sessions == 1);
}

TEST_CASE("an import is all or nothing") {
    Fixture f;
    const auto kept = f.make("kept");
    const std::string good = fixture("chatgpt.json");
    const std::string cut = good.substr(0, good.rfind("{\"title\": null")) + "{\"broken\"";
    auto failed = f.import(cut);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::InvalidJson);
    CHECK(f.list().size() == 1);
    CHECK(f.run(f.service->search({}, "EXPIRE", 10))->empty());
    CHECK(f.write<std::optional<std::int64_t>>(
              [](Connection& c) { return c.integer("SELECT count(*) FROM sessions"); }) == 1);
    CHECK(f.import(good)->sessions == 1);
    CHECK(f.run(f.service->get({}, kept.id)).ok());
}

TEST_CASE("an import that spans many batches is invisible until it is complete") {
    Fixture f;
    std::string bytes = "[";
    for (int i = 0; i < 1200; ++i) {
        if (i > 0) bytes += ",";
        bytes += R"({"conversation_id":"n)" + std::to_string(i) +
                 R"(","title":"t","mapping":{"a":{"message":{"author":{"role":"user"},)" +
                 R"("content":{"content_type":"text","parts":["body"]}}}}})";
    }
    auto failed = f.import(bytes + ",7]");
    CHECK(failed.error().detail.find("conversation 1201") != std::string::npos);
    CHECK(f.list().empty());
    auto report = f.import(bytes + "]");
    REQUIRE(report.ok());
    CHECK(report->sessions == 1200);
    SessionFilter all;
    all.limit = 1000;
    CHECK(f.run(f.service->list({}, all))->size() == 1000);
}

TEST_CASE("what a dead import left behind neither shows nor hinders the next") {
    Fixture f;
    f.write<bool>([&](Connection& c) {
        SessionTree tree;
        tree.origin = "chatgpt:c-1";
        api::Message message;
        message.id = MessageId("1");
        message.content = "EXPIRE leftover";
        tree.messages.push_back(message);
        return SessionStore(c).stage("local", tree, "dead", f.clock.wallNow());
    });
    CHECK(f.list().empty());
    CHECK(f.run(f.service->search({}, "leftover", 10))->empty());
    CHECK(f.import(fixture("chatgpt.json"))->sessions == 1);
    f.open();
    std::int64_t left = 0; // PostgreSQL notices the end of a connection in its own time
    for (int i = 0; i < 1000 && left != 1; ++i) {
        left = f.write<std::int64_t>([](Connection& c) -> Result<std::int64_t> {
            EXO_CHECK(SessionStore(c).discard(""));
            EXO_TRY(const auto rows, c.integer("SELECT count(*) FROM sessions"));
            return rows.value_or(0);
        });
        if (left != 1) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(left == 1);
    CHECK(f.list().size() == 1);
}

TEST_CASE("Markdown shows the active branch with intact code, sources and states") {
    Fixture f;
    const auto session = richSession(f);
    auto text = f.run(f.service->exportSession({}, session.id, ExportFormat::Markdown));
    REQUIRE(text.ok());
    CHECK(text->starts_with("---\ntitle: \"Rich \\\"title\\\" 标题\"\n"));
    CHECK(text->find("# Rich \"title\" 标题\n") != std::string::npos);
    CHECK(text->find("## System prompt\n\nbe brief\n") != std::string::npos);
    CHECK(text->find("question\nwith `code`\n") != std::string::npos);
    CHECK(text->find("> because\n") != std::string::npos);
    CHECK(text->find("- `src/a.c:1-4`\n") != std::string::npos);
    CHECK(text->find("- Attachment: `x.png` (image/png, 3 B)\n") != std::string::npos);
    CHECK(text->find("second, edited") != std::string::npos);
    CHECK(text->find("old branch") == std::string::npos);
    CHECK(text->find("*[failed: upstream_timeout]*") != std::string::npos);
}

TEST_CASE("a code block that was cut off is closed in Markdown") {
    SessionTree tree;
    api::Message message;
    message.id = tree.session.leaf = MessageId("1");
    message.state = api::MessageState::Interrupted;
    for (const auto& [content, end] :
         std::map<std::string, std::string>{{"text\n````cpp\nint x;\n```\n", "```\n````\n\n*[interrupted]*"},
                                            {"~~~\na", "a\n~~~\n\n*["},
                                            {"```\nclosed\n```", "closed\n```\n\n*["},
                                            {"```inline``` only", "only\n\n*["}}) {
        message.content = content;
        tree.messages = {message};
        CHECK_MESSAGE(exportMarkdown(tree).find(end) != std::string::npos, exportMarkdown(tree));
    }
}
