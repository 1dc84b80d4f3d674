#pragma once
// A ChatService over a scripted gateway, a scripted retriever and a real database.

#include "core/base/Spawn.h"
#include "core/sessions/ChatServiceImpl.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SessionStore.h"
#include "core/storage/Sqlite.h"
#include "tests/support/FakeClock.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/PostgresServer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <map>

namespace exo::test {

// What a scripted answer does next: an event, an error, the end, or to wait until the test says so.
struct Step {
    enum class Kind { Event, Fail, End, Wait } kind = Kind::End;
    CompletionEvent event = TextDelta{};
    Error error;
};
inline Step say(std::string text) {
    return {Step::Kind::Event, TextDelta{std::move(text)}, {}};
}
inline Step emit(CompletionEvent event) {
    return {Step::Kind::Event, std::move(event), {}};
}
inline Step breakOff(ErrorCode code) {
    return {Step::Kind::Fail, TextDelta{}, Error(code, "scripted")};
}
inline Step wait() {
    return {Step::Kind::Wait, TextDelta{}, {}};
}

struct Script {
    std::deque<Step> steps;
    std::optional<Error> refusal; // of stream() itself
    int calls = 0;
    int live = 0; // streams that exist
    Json lastBody;
    std::vector<Json> bodies;
    CancelToken lastCancel;
    std::function<void()> onCall;
};

class ScriptedStream final : public CompletionStream {
  public:
    ScriptedStream(asio::io_context& io, Script& script, CancelToken cancel)
        : m_script(script)
        , m_gate(io)
        , m_cancel(std::move(cancel)) {
        m_gate.expires_at(asio::steady_timer::time_point::max());
        m_registration = m_cancel.onCancel([this](CancelReason) { m_gate.cancel(); });
        ++m_script.live;
    }
    ~ScriptedStream() override { --m_script.live; }
    const StreamHead& head() const override { return m_head; }

    Task<std::optional<CompletionEvent>> next() override {
        if (m_script.steps.empty()) co_return std::optional<CompletionEvent>();
        Step step = std::move(m_script.steps.front());
        m_script.steps.pop_front();
        if (step.kind == Step::Kind::Wait) {
            boost::system::error_code ignored;
            if (!m_cancel.cancelled())
                co_await m_gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            co_return fail(ErrorCode::Cancelled, "cancelled while waiting");
        }
        if (step.kind == Step::Kind::Fail) co_return step.error;
        if (step.kind == Step::Kind::End) co_return std::optional<CompletionEvent>();
        co_return std::optional<CompletionEvent>(std::move(step.event));
    }

  private:
    Script& m_script;
    StreamHead m_head;
    asio::steady_timer m_gate;
    CancelToken m_cancel;
    CancelRegistration m_registration;
};

class ScriptedGateway final : public Gateway {
  public:
    ScriptedGateway(asio::io_context& io, Script& script)
        : m_io(io)
        , m_script(script) {}
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call) override {
        ++m_script.calls;
        m_script.lastBody = request.body;
        m_script.bodies.push_back(request.body);
        m_script.lastCancel = call.context.cancel;
        if (m_script.onCall) m_script.onCall();
        if (m_script.refusal) co_return *m_script.refusal;
        call.report->provider = "scripted";
        call.report->model = "model-x-2024";
        std::unique_ptr<CompletionStream> stream =
            std::make_unique<ScriptedStream>(m_io, m_script, call.context.cancel);
        co_return stream;
    }
    Task<Completion> complete(CompletionRequest, GatewayCall) override {
        co_return fail(ErrorCode::Unsupported);
    }
    Task<EmbeddingResult> embed(EmbeddingRequest, GatewayCall) override {
        co_return fail(ErrorCode::Unsupported);
    }
    std::vector<api::ModelInfo> models() const override { return {}; }
    std::string defaultModel() const override { return "model-x"; }
    std::int64_t contextTokens(std::string_view) const override { return contextSize; }
    std::vector<api::ProviderInfo> providers() const override { return {}; }
    Task<api::ProviderTest> testProvider(std::string, CancelToken) override {
        co_return fail(ErrorCode::Unsupported);
    }
    GatewayStats stats() const override { return {}; }
    std::vector<BreakerInfo> breakers() const override { return {}; }
    Task<void> purgeCache() override { co_return Result<void>(); }
    void noteSystem(double, std::uint64_t) override {}
    void reconfigure(const Settings&, std::vector<std::unique_ptr<Provider>>) override {}
    void close() override {}

    std::int64_t contextSize = 32768;

  private:
    asio::io_context& m_io;
    Script& m_script;
};

class ScriptedRetriever final : public Retriever {
  public:
    Task<std::vector<Excerpt>> retrieve(RetrievalQuery query, CancelToken) override {
        asked.push_back(query.question);
        co_return excerpts;
    }
    Task<ProjectOverview> overview(std::string, CancelToken) override {
        co_return fail(ErrorCode::Unsupported);
    }
    Task<std::vector<std::string>> hashes(std::string, std::vector<std::string> paths, CancelToken) override {
        std::vector<std::string> found;
        for (const std::string& path : paths)
            found.push_back(hashOf[path]);
        co_return found;
    }
    std::vector<Excerpt> excerpts;
    std::vector<std::string> asked;
    std::map<std::string, std::string> hashOf;
};

class Recorder final : public TurnSink {
  public:
    Task<void> onEvent(api::TurnEvent event) override {
        if (std::holds_alternative<api::TurnDelta>(event)) text += std::get<api::TurnDelta>(event).text;
        events.push_back(std::move(event));
        if (events.size() > acceptUpTo) co_return fail(ErrorCode::Cancelled, "reader gone");
        co_return Result<void>();
    }
    template <class T>
    const T* last() const {
        return events.empty() ? nullptr : std::get_if<T>(&events.back());
    }
    std::vector<api::TurnEvent> events;
    std::string text;
    std::size_t acceptUpTo = SIZE_MAX;
};

struct Fixture {
    explicit Fixture(ToolBox* box = nullptr)
        : tools(box) {}

    test::TempHome home;
    std::string url = test::databaseUrlOfTest();
    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    test::FakeClock clock;
    std::unique_ptr<Database> database = open();
    Script script;
    ScriptedGateway gateway{io, script};
    ScriptedRetriever retriever;
    ToolBox* tools;
    ChatServiceImpl chat{{io, *database, gateway, retriever, clock, clock, tools}};
    SessionId session = makeSession("local", {});

    std::unique_ptr<Database> open() {
        DatabaseOptions options;
        options.file = home / "exobrain.db";
        options.url = Secret(url);
        auto opened = Database::open(options);
        REQUIRE(opened.ok());
        return std::move(opened).value();
    }
    SessionId makeSession(const std::string& owner, api::SessionPatch patch) {
        std::function<Result<api::Session>(Connection&)> job = [&](Connection& db) {
            return SessionStore(db).create(owner, patch, clock.wallNow());
        };
        auto made = database->writeBlocking(job);
        REQUIRE(made.ok());
        return made->id;
    }
    api::Message stored(const MessageId& id) {
        std::function<Result<api::Message>(Connection&)> job = [&](Connection& db) {
            return MessageStore(db).get(session, id);
        };
        auto message = database->readBlocking(job);
        REQUIRE(message.ok());
        return std::move(message).value();
    }
    std::vector<api::Message> allMessages() {
        std::function<Result<api::MessagePage>(Connection&)> job = [&](Connection& db) {
            return MessageStore(db).page(session, 1000, std::nullopt);
        };
        auto page = database->readBlocking(job);
        REQUIRE(page.ok());
        return page->messages;
    }
    TurnContext context(CancelToken cancel = {}, Owner owner = Owner::local()) {
        TurnContext out;
        out.owner = std::move(owner);
        out.cancel = std::move(cancel);
        return out;
    }
    static api::SendRequest question(std::string text) {
        api::SendRequest request;
        request.content = std::move(text);
        return request;
    }

    // Starts a turn; its result appears in `slot`.
    using Slot = std::shared_ptr<std::optional<Result<api::Message>>>;
    Slot start(Task<api::Message> task) {
        Slot slot = std::make_shared<std::optional<Result<api::Message>>>();
        spawnTask(io, std::move(task),
                  [slot](Result<api::Message> result) { slot->emplace(std::move(result)); });
        return slot;
    }
    // Runs the io context until `done` holds.
    template <class F>
    void until(F done) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!done()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            io.run_one_for(std::chrono::milliseconds(20));
        }
    }
    Result<api::Message> finish(const Slot& slot) {
        until([&] { return slot->has_value(); });
        return std::move(**slot);
    }
    Result<api::Message> ask(std::string text, Recorder& sink) {
        return finish(start(chat.send(session, question(std::move(text)), context(), sink)));
    }
};

} // namespace exo::test
