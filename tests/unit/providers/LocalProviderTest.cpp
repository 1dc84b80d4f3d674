#include "core/providers/LocalProvider.h"

#include "core/providers/LocalAnswer.h"
#include "tests/support/FakeClock.h"
#include "tests/support/FileTree.h"
#include "tests/support/RunTask.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

using namespace exo;

namespace {

// Gives what a test puts in, and remembers what it was asked.
class FakeRetriever final : public Retriever {
  public:
    Task<std::vector<Excerpt>> retrieve(RetrievalQuery query, CancelToken) override {
        queries.push_back(query);
        if (onRetrieve) onRetrieve();
        if (query.project && !query.scope.project.empty() && projectError) co_return *projectError;
        co_return excerpts;
    }
    Task<ProjectOverview> overview(std::string project, CancelToken) override {
        if (projectError) co_return *projectError;
        result.root = project;
        co_return result;
    }

    std::vector<RetrievalQuery> queries;
    std::vector<Excerpt> excerpts;
    ProjectOverview result;
    std::optional<Error> projectError;
    std::function<void()> onRetrieve;
};

Excerpt projectExcerpt(std::string path, int first, int last, std::string text) {
    Excerpt excerpt;
    excerpt.path = std::move(path);
    excerpt.startLine = first;
    excerpt.endLine = last;
    excerpt.text = std::move(text);
    return excerpt;
}

struct Fixture {
    FakeRetriever retriever;
    test::FakeClock clock;
    LocalProvider provider{retriever, clock};
    asio::io_context io;

    static CompletionRequest request(const std::string& question) {
        CompletionRequest request;
        request.model = "exobrain-local";
        const Json message{{"role", "user"}, {"content", question}};
        request.body = Json{{"messages", Json::array({message})}};
        return request;
    }
    Result<Completion> complete(const std::string& question, CallContext context = {}) {
        return test::run(io, provider.complete(request(question), std::move(context)));
    }
    std::string answer(const std::string& question, const std::string& project = {}) {
        CallContext context;
        context.scope.project = project;
        auto completion = complete(question, std::move(context));
        REQUIRE(completion.ok());
        return completion->body["choices"][0]["message"]["content"];
    }
};

struct Drained {
    std::string text;
    std::vector<api::Citation> citations;
    std::string finish;
    bool usage = false;
    std::optional<Error> error;
};

asio::awaitable<Drained> drain(CompletionStream& stream) {
    Drained all;
    for (;;) {
        auto event = co_await stream.next();
        if (!event.ok()) {
            all.error = event.error();
            co_return all;
        }
        if (!event->has_value()) co_return all;
        const CompletionEvent& one = **event;
        if (const auto* text = std::get_if<TextDelta>(&one)) all.text += text->text;
        if (const auto* citation = std::get_if<CitationDelta>(&one))
            all.citations.push_back(citation->citation);
        if (const auto* finish = std::get_if<FinishDelta>(&one)) all.finish = finish->reason;
        if (std::holds_alternative<UsageDelta>(one)) all.usage = true;
    }
}

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

TEST_CASE("questions are told apart by their words") {
    const auto intent = [](const char* text, bool project = true) {
        return classifyLocal(text, project).intent;
    };
    CHECK(intent("what does this project do?") == LocalIntent::Overview);
    CHECK(intent("这个项目是做什么的?") == LocalIntent::Overview);
    CHECK(intent("介绍一下这个项目") == LocalIntent::Overview);
    CHECK(intent("Where is dictFind defined?") == LocalIntent::Locate);
    CHECK(intent("dictFind 在哪里?") == LocalIntent::Locate);
    CHECK(intent("how does expiration work?") == LocalIntent::Explain);
    CHECK(intent("过期是怎么实现的?") == LocalIntent::Explain);
    CHECK(intent("what did we say about caching last time?") == LocalIntent::Recall);
    CHECK(intent("我们上次说过缓存吗?") == LocalIntent::Recall);
    CHECK(intent("how do I add a provider?", false) == LocalIntent::Usage);
    CHECK(intent("怎么配置模型?", false) == LocalIntent::Usage);
    CHECK(intent("how is the config parsed?", true) == LocalIntent::Explain);
    CHECK(intent("hello") == LocalIntent::About);
    CHECK(intent("你好!") == LocalIntent::About);
    CHECK(intent("") == LocalIntent::About);
    CHECK(intent("dictFind hash bucket") == LocalIntent::General);
}

TEST_CASE("the golden questions are of the class their file says") {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(EXO_TEST_DATA) / "../golden/questions")) {
        const auto file = parseJson(test::readText(entry.path()));
        REQUIRE(file.ok());
        for (const Json& item : (*file)["questions"]) {
            const std::string question = item["question"];
            CAPTURE(question);
            CHECK(nameOf(classifyLocal(question, true).intent) == item["class"].get<std::string>());
            ++count;
        }
    }
    CHECK(count >= 60);
}

TEST_CASE("words of a class inside other questions do not decide them") {
    const auto of = [](const char* question) { return nameOf(classifyLocal(question, true).intent); };
    CHECK(of("how are duplicate keys handled?") == "explain");
    CHECK(of("how does command history work?") == "explain");
    CHECK(of("where is the include path set?") == "locate");
    CHECK(of("what is a call frame?") == "explain");
    CHECK(of("who changed what most?") == "history");
    CHECK(of("谁改动 dict.c 最多") == "history");
    CHECK(of("哪个作者改动最多") == "history");
    CHECK(of("which files change together") == "coupling");
    CHECK(of("哪些文件经常一起改动？") == "coupling");
    CHECK(of("is there duplication between a.py and b.py?") == "duplicates");
    CHECK(of("dictAdd 是做什么的？") == "explain");
    CHECK(of("这个项目是做什么的？") == "overview");
    CHECK(nameOf(classifyLocal("who calls dictAdd?", false).intent) == "general");
}

TEST_CASE("the first line says that no language model speaks, in the language of the question") {
    Fixture f;
    CHECK(firstLine(f.answer("where is x?")).starts_with("Local assistant (no language model)"));
    CHECK(firstLine(f.answer("x 在哪里?")).starts_with("本地助手（非语言模型）"));
}

TEST_CASE("an answer quotes its excerpts with their places and cites each") {
    Fixture f;
    f.retriever.excerpts = {projectExcerpt("src/a.c", 12, 13, "int a(void) {\n}"),
                            projectExcerpt("b.py", 7, 7, "def b(): pass")};
    CallContext context;
    context.scope.project = "/p";
    auto completion = f.complete("how does a work?", context);
    REQUIRE(completion.ok());
    const std::string text = completion->body["choices"][0]["message"]["content"];
    CHECK(text.find("`src/a.c:12-13`") != std::string::npos);
    CHECK(text.find("```c\nint a(void) {\n}\n```") != std::string::npos);
    CHECK(text.find("`b.py:7`") != std::string::npos);
    CHECK(completion->citations == std::vector<api::Citation>{{"src/a.c", 12, 13}, {"b.py", 7, 7}});
    CHECK(completion->model == "exobrain-local");
    CHECK(completion->usage.estimated);
    CHECK(completion->body["choices"][0]["finish_reason"] == "stop");
    CHECK(completion->body["object"] == "chat.completion");
}

TEST_CASE("a stream gives the same text as a whole answer, then the end and the usage") {
    Fixture f;
    f.retriever.excerpts = {projectExcerpt("src/a.c", 1, 1, "x")};
    auto whole = f.complete("how does a work?");
    auto stream = test::run(f.io, f.provider.stream(Fixture::request("how does a work?"), {}));
    REQUIRE(stream.ok());
    const Drained all = test::run(f.io, drain(**stream));
    CHECK_FALSE(all.error.has_value());
    CHECK(all.text == whole->body["choices"][0]["message"]["content"]);
    CHECK(all.citations == whole->citations);
    CHECK(all.finish == "stop");
    CHECK(all.usage);
    CHECK((*stream)->head().model == "exobrain-local");
}

TEST_CASE("a stream stops when it is cancelled, before and during the search") {
    Fixture f;
    CancelSource source;
    CallContext context;
    context.cancel = source.token();
    auto stream = test::run(f.io, f.provider.stream(Fixture::request("how does a work?"), context));
    REQUIRE(stream.ok());
    f.retriever.onRetrieve = [&] { source.cancel(CancelReason::UserStop); };
    const Drained all = test::run(f.io, drain(**stream));
    REQUIRE(all.error.has_value());
    CHECK(all.error->code == ErrorCode::Cancelled);
    CHECK(all.text.starts_with("Local assistant")); // what was said before stays said
    const auto late = f.complete("x", context);
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().code == ErrorCode::Cancelled);
}

TEST_CASE("facts are told in the question's language, each with its place, and cited") {
    FactAnswer answer;
    answer.kind = FactQuery::Kind::Callers;
    answer.facts.analysed = true;
    answer.facts.subjects = {"dictAdd"};
    answer.facts.total = 12;
    Fact fact;
    fact.path = "src/a.c";
    fact.startLine = fact.endLine = 7;
    fact.name = "main";
    fact.text = "dictAdd(`x`);";
    fact.note = "name-only";
    answer.facts.facts = {fact};
    for (const auto& [question, holds] : {std::pair("who calls dictAdd?", "`dictAdd` is called in 12 places"),
                                          std::pair("谁调用 dictAdd？", "有 12 处调用")}) {
        std::string text;
        std::vector<api::Citation> cited;
        for (const AnswerPart& part : composeFacts(classifyLocal(question, true), answer)) {
            text += part.text;
            cited.insert(cited.end(), part.citations.begin(), part.citations.end());
        }
        CHECK(text.find(holds) != std::string::npos);
        CHECK(text.find("`src/a.c:7`") != std::string::npos);
        CHECK(text.find("11") != std::string::npos); // more
        CHECK(cited == std::vector<api::Citation>{{"src/a.c", 7, 7}});
    }
    answer.facts.facts.clear();
    answer.facts.nearest = {"dictAddRaw"};
    const auto none = composeFacts(classifyLocal("who calls dictAdd?", true), answer);
    REQUIRE(none.size() == 1);
    CHECK(none[0].text.find("`dictAddRaw`") != std::string::npos);
    answer.facts.analysed = false;
    CHECK(composeFacts(classifyLocal("who calls dictAdd?", true), answer).empty());
}

TEST_CASE("the largest files of data have lines, those of programming languages lines of code") {
    FactAnswer answer;
    answer.kind = FactQuery::Kind::Largest;
    answer.facts.analysed = true;
    Fact code, data;
    code.path = "a.c";
    code.note = "C";
    code.lines = 9;
    data.path = "b.json";
    data.note = "JSON";
    data.text = "data";
    data.lines = 8;
    answer.facts.facts = {code, data};
    answer.facts.total = 2;
    for (const auto& [question, ofCode, ofData] :
         {std::tuple("largest files", "9 lines of code, 0 functions (C)", " 8 lines (JSON)"),
          std::tuple("最大的文件", "9 行代码，0 个函数（C）", " 8 行（JSON）")}) {
        std::string text;
        for (const AnswerPart& part : composeFacts(classifyLocal(question, true), answer))
            text += part.text;
        CHECK(text.find(ofCode) != std::string::npos);
        CHECK(text.find(ofData) != std::string::npos);
    }
}

TEST_CASE("an excerpt cannot break out of its block") {
    Fixture f;
    f.retriever.excerpts = {projectExcerpt("R`x.md", 1, 3, "before\n````\nafter <script>")};
    const std::string text = f.answer("how does a work?", "/p");
    CHECK(text.find("`````md\nbefore\n````\nafter <script>\n`````\n") != std::string::npos);
    CHECK(text.find("``R`x.md:1-3``") != std::string::npos);
    CHECK(plainLine("a *b*\n<c>  [d]") == "a \\*b\\* \\<c\\> \\[d\\]");
    CHECK(inlineCode("`") == "`` ` ``");
    CHECK(fencedBlock("", "") == "```\n\n```\n\n");
}

TEST_CASE("an overview answer holds facts, entry points and the README of the question's language") {
    Fixture f;
    f.retriever.result.name = "demo";
    f.retriever.result.files = 12345;
    f.retriever.result.lines = 6;
    f.retriever.result.languages = {{"C", 1, 6}};
    f.retriever.result.topFolders = {"src"};
    f.retriever.result.descriptions = {projectExcerpt("README.md", 3, 3, "A demo."),
                                       projectExcerpt("README.zh.md", 3, 3, "一个示例。")};
    f.retriever.result.entryPoints = {projectExcerpt("src/main.c", 8, 8, "int main(void) {")};
    const std::string en = f.answer("what does this project do?", "/p");
    CHECK(en.find("A demo.") != std::string::npos);
    CHECK(en.find("一个示例") == std::string::npos);
    CHECK(en.find("12,345 text files") != std::string::npos);
    CHECK(en.find("`src/main.c:8`") != std::string::npos);
    const std::string zh = f.answer("这个项目是做什么的?", "/p");
    CHECK(zh.find("一个示例。") != std::string::npos);
    CHECK(zh.find("A demo.") == std::string::npos);
}

TEST_CASE("when nothing fits the answer says so and tells how to get further") {
    Fixture f;
    const std::string text = f.answer("where is the flux capacitor?");
    CHECK(text.find("I found nothing") != std::string::npos);
    CHECK(text.find("exobrain providers detect") != std::string::npos);
    CHECK(text.find("--project") != std::string::npos);
    CHECK(f.answer("磁通电容在哪里?", "/p").find("没有找到") != std::string::npos);
    CHECK(f.answer("磁通电容在哪里?", "/p").find("--project") == std::string::npos);
}

TEST_CASE("what is only near is called so") {
    Fixture f;
    f.retriever.excerpts = {projectExcerpt("a.c", 1, 1, "x")};
    f.retriever.excerpts[0].weak = true;
    CHECK(f.answer("how does the flux capacitor work?", "/p").find("The nearest I found") !=
          std::string::npos);
    f.retriever.excerpts[0].weak = false;
    CHECK(f.answer("how does the flux capacitor work?", "/p").find("The nearest I found") ==
          std::string::npos);
}

TEST_CASE("a project that cannot be read is told, and sessions still answer") {
    Fixture f;
    f.retriever.projectError = fail(ErrorCode::NotFound, "gone");
    Excerpt session;
    session.source = Excerpt::Source::Session;
    session.path = "Caching";
    session.text = "we chose LFU";
    f.retriever.excerpts = {session};
    const std::string text = f.answer("how does caching work?", "/gone");
    CHECK(text.find("cannot be read: `/gone`") != std::string::npos);
    CHECK(text.find("we chose LFU") != std::string::npos);
    CHECK(f.answer("what does this project do?", "/gone").find("cannot be read") != std::string::npos);
}

TEST_CASE("the question is the last user message, as text or as parts") {
    const Json text{{"type", "text"}, {"text", "where is b?"}};
    const Json image{{"type", "image_url"}, {"image_url", {{"url", "data:,"}}}};
    const Json first{{"role", "user"}, {"content", "first"}};
    const Json reply{{"role", "assistant"}, {"content", "reply"}};
    const Json last{{"role", "user"}, {"content", Json::array({image, text})}};
    CHECK(localQuestionFrom(Json{{"messages", Json::array({first, reply, last})}}, false)->text ==
          "where is b?");
    std::vector<Json> bad{Json::object(), Json::array()};
    for (const Json& messages :
         std::vector<Json>{Json::array(), "x", Json::array({reply}), Json::array({1, nullptr})})
        bad.push_back(Json{{"messages", messages}});
    for (const Json& body : bad) {
        const auto question = localQuestionFrom(body, false);
        REQUIRE_FALSE(question.ok());
        CHECK(question.error().code == ErrorCode::InvalidRequest);
    }
}

TEST_CASE("each kind of question asks only the sources that can answer it") {
    Fixture f;
    CallContext context;
    context.scope.project = "/p";
    context.scope.owner = "key_1";
    REQUIRE(f.complete("how does a work?", context).ok());
    REQUIRE(f.retriever.queries.size() == 1);
    CHECK(f.retriever.queries[0].scope.owner == "key_1");
    CHECK(f.retriever.queries[0].project);
    REQUIRE(f.complete("what does this project do?", context).ok());
    CHECK(f.retriever.queries.size() == 1); // the overview is enough
}

TEST_CASE("the local provider lists its model and makes no embeddings") {
    Fixture f;
    const auto models = test::run(f.io, f.provider.listModels({}));
    REQUIRE(models.ok());
    REQUIRE(models->size() == 1);
    CHECK((*models)[0].id == "exobrain-local");
    EmbeddingRequest request;
    const auto embedded = test::run(f.io, f.provider.embed(std::move(request), {}));
    REQUIRE_FALSE(embedded.ok());
    CHECK(embedded.error().code == ErrorCode::Unsupported);
}

TEST_CASE_FIXTURE(Fixture, "when the time is up the answer is what was found so far, and says so") {
    CancelSource source;
    CallContext context;
    context.cancel = source.token();
    context.scope.project = "/big";
    retriever.excerpts = {projectExcerpt("src/a.c", 3, 4, "int alpha;")};
    retriever.onRetrieve = [&] { source.cancel(CancelReason::Deadline); };
    const auto answer = complete("where is alpha defined?", context);
    REQUIRE(answer.ok());
    const std::string text = answer->body["choices"][0]["message"]["content"];
    CHECK(text.find("not read all of it yet") != std::string::npos);
    CHECK(text.find("src/a.c:3-4") != std::string::npos);
    CHECK(answer->citations.size() == 1);

    CancelSource gone;
    context.cancel = gone.token();
    retriever.onRetrieve = [&] { gone.cancel(CancelReason::ClientGone); };
    CHECK(complete("where is alpha defined?", context).error().code == ErrorCode::Cancelled);
}
