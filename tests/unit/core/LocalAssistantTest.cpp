// The local assistant over the real index of real trees: every citation of every answer exists and says what
// is quoted.

#include "core/Retrieval.h"
#include "core/providers/LocalProvider.h"
#include "tests/support/Citations.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

using namespace exo;
using test::checkCitations;
using test::CitationReport;
using test::sampleProject;
using test::TempHome;

namespace {

// Sessions that hold what a test puts in; a message is found when it has all words of the query.
class FakeSessions final : public SessionService {
  public:
    struct Entry {
        std::string owner, session, title, text;
    };
    std::vector<Entry> entries;

    Task<std::vector<api::SearchHit>> search(Owner owner, std::string query, std::size_t limit) override {
        std::vector<api::SearchHit> hits;
        for (const Entry& entry : entries) {
            if (entry.owner != owner.id || hits.size() == limit || !hasAll(entry.text, query)) continue;
            api::SearchHit hit;
            hit.sessionId = SessionId(entry.session);
            hit.messageId = MessageId("m_" + entry.session);
            hit.sessionTitle = entry.title;
            hit.snippet = "\xEE\x80\x80" + entry.text + "\xEE\x80\x81"; // marked as a match
            hit.score = 1;
            hits.push_back(std::move(hit));
        }
        co_return hits;
    }
    static bool hasAll(const std::string& text, const std::string& query) {
        for (std::size_t start = 0; start < query.size();) {
            const std::size_t end = std::min(query.find(' ', start), query.size());
            if (text.find(query.substr(start, end - start)) == std::string::npos) return false;
            start = end + 1;
        }
        return true;
    }

    Task<api::Session> create(Owner, api::SessionPatch) override { co_return fail(ErrorCode::Unsupported); }
    Task<std::vector<api::Session>> list(Owner, SessionFilter) override {
        co_return fail(ErrorCode::Unsupported);
    }
    Task<api::Session> get(Owner, SessionId) override { co_return fail(ErrorCode::Unsupported); }
    Task<api::Session> update(Owner, SessionId, api::SessionPatch) override {
        co_return fail(ErrorCode::Unsupported);
    }
    Task<void> remove(Owner, SessionId) override { co_return fail(ErrorCode::Unsupported); }
    Task<void> restore(Owner, SessionId) override { co_return fail(ErrorCode::Unsupported); }
    Task<api::MessagePage> messages(Owner, SessionId, std::size_t, std::optional<std::int64_t>) override {
        co_return fail(ErrorCode::Unsupported);
    }
    Task<std::string> exportSession(Owner, SessionId, ExportFormat) override {
        co_return fail(ErrorCode::Unsupported);
    }
    Task<ImportReport> importSessions(Owner, std::string) override { co_return fail(ErrorCode::Unsupported); }
};

struct World {
    TempHome home;
    FakeSessions sessions;
    asio::io_context io; // outlives the service, whose thread may still hold its executor
    std::unique_ptr<ProjectIndexService> projects = makeProjectIndexService(Paths::fromHome(home.path()), {});
    Retrieval retrieval{*projects, sessions, analysis::HelpIndex::embedded()};
    test::FakeClock clock;
    LocalProvider provider{retrieval, clock};

    std::string ask(const std::string& question, const std::filesystem::path& project = {},
                    SessionId asking = {}) {
        CompletionRequest request;
        const Json message{{"role", "user"}, {"content", question}};
        request.body = Json{{"messages", Json::array({message})}};
        CallContext context;
        context.scope.project = project.string();
        context.scope.owner = "local";
        context.scope.exclude = std::move(asking);
        auto completion = test::run(io, provider.complete(std::move(request), std::move(context)));
        REQUIRE(completion.ok());
        return completion->body["choices"][0]["message"]["content"];
    }
};

struct Golden {
    const char* project;
    const char* question;
    const char* holds; // must stand in the answer
};

constexpr Golden k_golden[]{
    {"c", "what does this project do?", "minikv is a small in-memory key-value store"},
    {"c", "这个项目是做什么的?", "`README.md:9-10`"},
    {"c", "where is the main function?", "`src/main.c:7`"},
    {"c", "how are expired keys deleted?", "`src/expire.c:"},
    {"c", "where is dictResize defined?", "static void dictResize(dict *d) {"},
    {"c", "哈希函数在哪里?", "hashKey"},
    {"py", "what is this project about?", "A tiny web shop"},
    {"py", "how are passwords checked?", "check_password"},
    {"py", "which file stores orders?", "`shop/orders.py:"},
    {"py", "折扣是怎么计算的?", "`shop/discounts.py:"},
    {"zh", "介绍一下这个项目", "这是一个小型图书管理系统"},
    {"zh", "逾期罚款怎么计算?", "func Fine(loan Loan, today int) int {"},
    {"zh", "what does this project do?", "`main.go:11`"},
    {"js", "overview", "Checks web pages every minute"},
    {"js", "how does the timeout of a page work?", "`src/check.js:"},
};

} // namespace

TEST_CASE("every answer over the sample projects is true and holds what it should") {
    World world;
    int quotations = 0;
    for (const Golden& golden : k_golden) {
        CAPTURE(std::string(golden.question));
        const std::string answer = world.ask(golden.question, sampleProject(golden.project));
        CAPTURE(answer);
        CHECK(answer.find(golden.holds) != std::string::npos);
        const CitationReport report = checkCitations(answer, sampleProject(golden.project));
        CHECK(report.citations > 0);
        CHECK(report.problems == std::vector<std::string>{});
        quotations += report.quotations;
    }
    CHECK(quotations > 20);
}

TEST_CASE("the check of citations catches planted faults") {
    World world;
    const auto root = sampleProject("c");
    const std::string answer = world.ask("where is dictResize defined?", root);
    REQUIRE(checkCitations(answer, root).problems.empty());
    const auto spoiled = [&](const std::string& from, const std::string& to) {
        std::string text = answer;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
        return checkCitations(text, root).problems.size();
    };
    CHECK(spoiled("src/dict.c:", "src/dictionary.c:") > 0);
    CHECK(spoiled("src/dict.c:", "src/dict.c:9") > 0);
    CHECK(spoiled("newSize = d->size * 2", "newSize = d->size * 3") > 0);
    CHECK(spoiled("newSize = d->size * 2;\n", "") > 0);
}

TEST_CASE("an edit between two questions is in the second answer") {
    World world;
    const auto root = world.home / "p";
    test::writeText(root / "a.py", "def first():\n    return 1\n");
    CHECK(world.ask("where is first defined?", root).find("`a.py:1-2`") != std::string::npos);
    test::writeText(root / "a.py", "\n\n\ndef first():\n    return 2\n");
    const std::string answer = world.ask("where is first defined?", root);
    CHECK(answer.find("`a.py:4-5`") != std::string::npos);
    CHECK(checkCitations(answer, root).problems.empty());
}

TEST_CASE("sessions answer what was said, of their owner alone and not of the asking session") {
    World world;
    world.sessions.entries = {{"local", "s1", "Cache talk", "we chose LFU for the cache"},
                              {"local", "s2", "Now", "what did we say about the cache"},
                              {"key_other", "s3", "Foreign", "the cache secret of somebody else"},
                              {"local", "s4", "Redis 讨论", "结论是限流用滑动窗口"}};
    const std::string answer = world.ask("what did we say about the cache last time?", {}, SessionId("s2"));
    CHECK(answer.find("Cache talk") != std::string::npos);
    CHECK(answer.find("LFU") != std::string::npos);
    CHECK(answer.find("Now") == std::string::npos);
    CHECK(answer.find("secret") == std::string::npos);
    CHECK(world.ask("我们上次说过限流吗?").find("滑动窗口") != std::string::npos);
    // No message has every word: the one that has half of them is the nearest.
    CHECK(world.ask("what did we say about the cache eviction?", {}, SessionId("s2")).find("LFU") !=
          std::string::npos);
}

TEST_CASE("without a project the guide answers questions about ExoBrain") {
    World world;
    const std::string en = world.ask("how do I connect a language model?");
    CHECK(en.find("### Connect a language model") != std::string::npos);
    CHECK(world.ask("怎么接入语言模型?").find("### 接入语言模型") != std::string::npos);
    CHECK(world.ask("where does ExoBrain keep my data?").find("~/.local/share/exobrain") !=
          std::string::npos);
}

TEST_CASE("a question without a word to search for still gives a real model the project's own description") {
    World world;
    RetrievalQuery query;
    query.question = "what does this project do?";
    query.scope.project = sampleProject("c").string();
    query.scope.sessions = false;
    query.help = false;
    auto found = test::run(world.io, world.retrieval.retrieve(std::move(query), {}));
    REQUIRE(found.ok());
    REQUIRE_FALSE(found->empty());
    CHECK(found->front().path == "README.md");
}

TEST_CASE("a hostile tree gives an answer whose citations are true") {
    World world;
    const auto root = world.home / "hostile";
    test::writeText(root / "README.md",
                    "# Evil ```\n\nA ````` fence <script>alert(1)</script> and needle text.\n");
    test::writeText(root / "long.txt", "needle " + std::string(1500, 'x') + "\n");
    test::writeText(root / "cr.txt", "needle one\r\nneedle two\r\n");
    test::writeText(root / "latin.c", "/* needle caf\xE9 */\nint needle(void) {\n}\n");
    test::writeText(root / "no-end.py", "def needle(): pass");
    test::writeText(root / "`tick`.md", "needle in ticks\n");
    std::filesystem::create_directory_symlink("/", root / "slash");
    const std::string answer = world.ask("where is needle?", root);
    const CitationReport report = checkCitations(answer, root);
    CHECK(report.quotations >= 2);
    for (const std::string& problem : report.problems)
        CHECK(problem.find("latin.c") != std::string::npos); // its odd byte is shown as U+FFFD
}

TEST_CASE("what is only near goes to the local assistant, not into a real model's context") {
    World world;
    for (const bool nearest : {true, false}) {
        RetrievalQuery query;
        query.question = "kubernetes ingress quantum capacitor bucket";
        query.scope.project = sampleProject("c").string();
        query.sessions = false;
        query.help = false;
        query.nearest = nearest;
        auto found = test::run(world.io, world.retrieval.retrieve(std::move(query), {}));
        REQUIRE(found.ok());
        CHECK(found->empty() != nearest);
    }
}
