#include "core/sessions/Export.h"
#include "core/sessions/ToolRounds.h"
#include "tests/unit/sessions/ChatFixture.h"

using namespace exo;
using namespace exo::test;

namespace {

// "look" shows lines of a.c, "wait" hangs until cancelled, "broken" cannot read the project, "big" says a
// lot.
class ScriptedTools final : public ToolBox {
  public:
    ScriptedTools() {
        for (const char* name : {"look", "wait", "broken", "big"})
            m_specs.push_back({name, name, "A tool", {{"type", "object"}}, {{"type", "object"}}});
    }
    const std::vector<ToolSpec>& tools() const override { return m_specs; }
    Task<ToolAnswer> call(ToolRequest request, CancelToken cancel) override {
        requests.push_back(request);
        ToolAnswer answer;
        if (request.name == "broken") co_return fail(ErrorCode::NotFound, "the folder is gone");
        if (request.name == "wait") {
            asio::steady_timer gate(co_await asio::this_coro::executor,
                                    asio::steady_timer::time_point::max());
            const auto registration = cancel.onCancel([&](CancelReason) { gate.cancel(); });
            boost::system::error_code ignored;
            co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            co_return fail(ErrorCode::Cancelled);
        }
        answer.text = request.name == "big" ? std::string(60'000, 'x') : "a.c:3-5\n3\tint needle;\n";
        answer.failed = request.name == "unknown";
        Excerpt place;
        place.path = "a.c";
        place.startLine = 3;
        place.endLine = 5;
        place.hash = "h1";
        answer.places = {place};
        co_return answer;
    }
    std::vector<ToolRequest> requests;

  private:
    std::vector<ToolSpec> m_specs;
};

struct ToolFixture {
    ScriptedTools box;
    Fixture chat{&box};
    Recorder sink;

    ToolFixture() {
        api::SessionPatch patch;
        patch.project = "/the/project";
        chat.session = chat.makeSession("local", patch);
        chat.retriever.hashOf["a.c"] = "h1";
    }
    Result<api::Message> ask(std::deque<Step> steps) {
        chat.script.steps = std::move(steps);
        return chat.ask("where is the needle?", sink);
    }
    template <class T>
    std::size_t count() const {
        std::size_t n = 0;
        for (const auto& event : sink.events)
            n += std::holds_alternative<T>(event) ? 1 : 0;
        return n;
    }
};

Step callTool(std::string name, std::string arguments, int index = 0) {
    ToolCallDelta delta;
    delta.index = index;
    delta.id = "call_" + std::to_string(index);
    delta.name = std::move(name);
    delta.arguments = std::move(arguments);
    return emit(std::move(delta));
}
Step end() {
    return {};
}

} // namespace

TEST_CASE_FIXTURE(ToolFixture, "a model calls a tool, reads its result, and answers with a place it saw") {
    ToolCallDelta rest;
    rest.arguments = "\"needle\"}";
    const auto message = ask({say("Let me look."), callTool("look", "{\"query\":"), emit(rest),
                              emit(FinishDelta{"tool_calls"}),
                              emit(UsageDelta{api::Usage{100, 10, false}, {}}), end(), say("It is at a.c:3."),
                              emit(UsageDelta{api::Usage{200, 20, false}, {}}), emit(FinishDelta{"stop"})});
    REQUIRE(message.ok());
    CHECK(message->content == "Let me look.\n\nIt is at a.c:3.");
    REQUIRE(box.requests.size() == 1);
    CHECK(box.requests[0].project == "/the/project");
    CHECK(box.requests[0].arguments == Json{{"query", "needle"}});

    REQUIRE(chat.script.bodies.size() == 2);
    CHECK(chat.script.bodies[0]["tools"].size() == 4);
    const Json& messages = chat.script.bodies[1]["messages"];
    const Json& asked = messages[messages.size() - 2];
    CHECK(asked["role"] == "assistant");
    CHECK(asked["content"] == "Let me look.");
    CHECK(asked["tool_calls"][0]["function"]["arguments"] == "{\"query\":\"needle\"}");
    const Json& told = messages.back();
    CHECK(told["role"] == "tool");
    CHECK(told["tool_call_id"] == "call_0");
    CHECK(told["content"] == "a.c:3-5\n3\tint needle;\n");

    const api::Message kept = chat.stored(message->id);
    REQUIRE(kept.toolCalls.size() == 1);
    CHECK(kept.toolCalls[0].name == "look");
    CHECK(kept.toolCalls[0].result == "a.c:3-5\n3\tint needle;\n");
    CHECK_FALSE(kept.toolCalls[0].failed);
    CHECK(kept.citations == std::vector<api::Citation>{{"a.c", 3, 3}});
    CHECK(kept.usage->inputTokens == 300);
    CHECK(kept.usage->outputTokens == 30);
    CHECK(count<api::TurnTool>() == 2); // as it begins, and with its result
    CHECK(count<api::TurnCitation>() == 1);
    CHECK(sink.text == kept.content);

    SessionTree tree;
    tree.messages = {kept};
    tree.session.leaf = kept.id;
    const std::string markdown = exportMarkdown(tree);
    CHECK(markdown.find("look {\"query\":\"needle\"}") != std::string::npos);
    CHECK(markdown.find("int needle;") != std::string::npos);
}

TEST_CASE_FIXTURE(ToolFixture, "a call stands where it was made in the text, in bytes, and stays there") {
    const auto message =
        ask({say("看一下。"), callTool("look", "{}", 0), callTool("look", "[]", 1), end(), say("Again:\n"),
             callTool("look", "{}"), end(), callTool("look", "{}"), end(), say("At a.c:3.")});
    REQUIRE(message.ok());
    CHECK(message->content == "看一下。\n\nAgain:\n\nAt a.c:3."); // each round a paragraph of its own
    const api::Message kept = chat.stored(message->id);
    REQUIRE(kept.toolCalls.size() == 4);
    CHECK(kept.toolCalls[0].contentOffset == 12);
    CHECK(kept.toolCalls[1].contentOffset == 12);
    CHECK(kept.toolCalls[2].contentOffset == 21); // behind the line break the model wrote
    CHECK(kept.toolCalls[3].contentOffset == 22);
    std::size_t heard = 0;
    for (const auto& event : sink.events) {
        if (const auto* delta = std::get_if<api::TurnDelta>(&event)) heard += delta->text.size();
        if (const auto* tool = std::get_if<api::TurnTool>(&event))
            CHECK(tool->call.contentOffset == static_cast<std::int64_t>(heard));
    }
    const auto again = api::messageFromJson(api::toJson(kept));
    REQUIRE(again.ok());
    CHECK(again->toolCalls == kept.toolCalls);
}

namespace {

// The order of the message's texts and calls in its Markdown.
std::string orderOf(std::string content, const std::vector<std::int64_t>& offsets) {
    api::Message message;
    message.id = MessageId("m");
    message.role = api::Role::Assistant;
    message.content = std::move(content);
    for (const std::int64_t offset : offsets)
        message.toolCalls.push_back({"c", "look", "{}", "seen", false, 1, offset});
    SessionTree tree;
    tree.messages = {message};
    tree.session.leaf = message.id;
    std::string text = exportMarkdown(tree);
    text.erase(0, text.find("## Assistant"));
    text.erase(0, text.find("\n\n") + 2);
    const std::string call = "Tool `look {}`:\n\n```\nseen\n```\n";
    for (std::size_t at = text.find(call); at != std::string::npos; at = text.find(call))
        text.replace(at, call.size(), "<call>\n");
    return text;
}

} // namespace

TEST_CASE("an exported answer has its calls where they were made") {
    CHECK(orderOf("One.\n\nTwo.", {4}) == "One.\n\n<call>\n\nTwo.\n\n");
    CHECK(orderOf("One.\n\nTwo.", {0, 4, 4, 10}) ==
          "<call>\n\nOne.\n\n<call>\n\n<call>\n\nTwo.\n\n<call>\n\n");
    CHECK(orderOf("One.\n\nTwo.", {-1, -1}) == "<call>\n\n<call>\n\nOne.\n\nTwo.\n\n"); // stored before
    CHECK(orderOf("", {0}) == "<call>\n\n");
    CHECK(orderOf("One:\n\nTwo.", {5}) == "One:\n\n<call>\n\nTwo.\n\n");
    CHECK(orderOf("One:\n\nTwo.", {4, 5, 6}) == "One:\n\n<call>\n\n<call>\n\n<call>\n\nTwo.\n\n");
    // Never within a line, a letter or a block of code; out of order or beyond the end they are not lost.
    CHECK(orderOf("一二\n\nTwo.", {1}) == "一二\n\n<call>\n\nTwo.\n\n");
    CHECK(orderOf("```\na\n\nb\n```\n\nTwo.", {5}) == "```\na\n\nb\n```\n\n<call>\n\nTwo.\n\n");
    CHECK(orderOf("```\na\n\nb", {5}) == "```\na\n\nb\n```\n\n<call>\n\n");
    CHECK(orderOf("One.\n\nTwo.", {INT64_MAX, 4}) == "One.\n\nTwo.\n\n<call>\n\n<call>\n\n");
}

TEST_CASE_FIXTURE(ToolFixture, "places that changed since, or were never shown, are not cited") {
    chat.retriever.hashOf["a.c"] = "h2";
    auto message = ask({callTool("look", "{}"), end(), say("See a.c:4 and b.c:1.")});
    REQUIRE(message.ok());
    CHECK(message->citations.empty());
    chat.retriever.hashOf["a.c"] = "h1";
    message = ask({callTool("look", "{}"), end(), say("See a.c:9, b.c:1, a.c:4.")});
    REQUIRE(message.ok());
    CHECK(message->citations == std::vector<api::Citation>{{"a.c", 4, 4}});
}

TEST_CASE_FIXTURE(ToolFixture, "what a tool cannot do goes back to the model as its result") {
    const auto message = ask({callTool("broken", "{}", 0), callTool("look", "{nonsense", 1),
                              callTool("look", "[]", 2), end(), say("I could not.")});
    REQUIRE(message.ok());
    CHECK(message->state == api::MessageState::Complete);
    REQUIRE(message->toolCalls.size() == 3);
    for (const auto& call : message->toolCalls)
        CHECK(call.failed);
    CHECK(message->toolCalls[0].result.find("the folder is gone") != std::string::npos);
    CHECK(message->toolCalls[1].result.find("not JSON") != std::string::npos);
    const Json& messages = chat.script.lastBody["messages"];
    // What is no object would make a provider refuse the whole conversation.
    CHECK(messages[messages.size() - 4]["tool_calls"][1]["function"]["arguments"] == "{}");
}

TEST_CASE_FIXTURE(ToolFixture, "rounds, calls of a round and bytes of results are bounded") {
    std::deque<Step> steps;
    for (int round = 0; round < 20; ++round) {
        steps.push_back(callTool("look", "{}"));
        steps.push_back(end());
    }
    auto message = ask(steps);
    REQUIRE(message.ok());
    CHECK(message->toolCalls.size() == static_cast<std::size_t>(k_maxToolRounds));
    CHECK(chat.script.lastBody["tool_choice"] == "none");

    std::deque<Step> many;
    for (int i = 0; i < 12; ++i)
        many.push_back(callTool("look", "{}", i));
    many.push_back(end());
    many.push_back(say("done"));
    box.requests.clear();
    message = ask(many);
    REQUIRE(message.ok());
    CHECK(box.requests.size() == k_maxCallsOfRound);
    CHECK(message->toolCalls.size() == 12);
    CHECK(message->toolCalls.back().failed);

    message = ask(
        {callTool("big", "{}", 0), callTool("big", "{}", 1), callTool("big", "{}", 2), end(), say("done")});
    REQUIRE(message.ok());
    std::size_t bytes = 0;
    for (const auto& call : message->toolCalls)
        bytes += call.result.size();
    CHECK(bytes < 32768 * 3);
    CHECK(message->toolCalls.back().result.find("no room") != std::string::npos);
}

TEST_CASE_FIXTURE(ToolFixture, "stopping a turn cancels its tool and keeps what came") {
    chat.script.steps = {say("Wait."), callTool("wait", "{}"), end(), say("never")};
    const auto slot = chat.start(chat.chat.send(chat.session, Fixture::question("go"), chat.context(), sink));
    chat.until([&] { return !box.requests.empty(); });
    const auto stopped = chat.start([](ChatServiceImpl& service, SessionId id) -> Task<api::Message> {
        auto done = co_await service.stop(Owner::local(), id);
        if (!done.ok()) co_return done.error();
        co_return api::Message{};
    }(chat.chat, chat.session));
    (void)chat.finish(stopped);
    const auto message = chat.finish(slot);
    REQUIRE(message.ok());
    CHECK(message->state == api::MessageState::Stopped);
    CHECK(message->content == "Wait.");
    CHECK(chat.script.calls == 1);
}

TEST_CASE_FIXTURE(ToolFixture,
                  "a call is on the disk soon after it ended, also when the model then says nothing") {
    chat.script.steps = {callTool("look", "{}"), end(), wait()};
    const auto slot = chat.start(chat.chat.send(chat.session, Fixture::question("go"), chat.context(), sink));
    chat.until([&] { return chat.script.calls == 2; });
    const MessageId id = std::get<api::TurnStarted>(sink.events.front()).assistantMessageId;
    CHECK(chat.stored(id).toolCalls.empty());
    chat.clock.advance(Millis(300));
    chat.until([&] { return !chat.stored(id).toolCalls.empty(); });
    const api::Message kept = chat.stored(id);
    CHECK(kept.state == api::MessageState::Pending);
    CHECK(kept.toolCalls[0].name == "look");
    CHECK(kept.toolCalls[0].result == "a.c:3-5\n3\tint needle;\n");
    bool stopped = false;
    spawnTask(chat.io, chat.chat.stop(Owner::local(), chat.session),
              [&](Result<bool> result) { stopped = result.ok() && *result; });
    const auto message = chat.finish(slot);
    CHECK(stopped);
    REQUIRE(message.ok());
    CHECK(message->toolCalls.size() == 1);
}

TEST_CASE_FIXTURE(ToolFixture, "a model that takes no tools is asked without, and not offered any again") {
    int refused = 0;
    chat.script.onCall = [&] {
        chat.script.refusal.reset();
        if (!chat.script.lastBody.contains("tools")) return;
        ++refused;
        Error error(ErrorCode::UpstreamRejected, "this model does not support tools");
        error.upstreamStatus = 400;
        chat.script.refusal = error;
    };
    auto message = ask({say("plain")});
    REQUIRE(message.ok());
    CHECK(message->content == "plain");
    message = ask({say("again")});
    REQUIRE(message.ok());
    CHECK(refused == 1);
}

TEST_CASE_FIXTURE(ToolFixture, "no tools without a project, nor to a model with a small context") {
    chat.gateway.contextSize = 4096;
    REQUIRE(ask({say("x")}).ok());
    CHECK_FALSE(chat.script.lastBody.contains("tools"));
    chat.gateway.contextSize = 32768;
    chat.session = chat.makeSession("local", {});
    REQUIRE(ask({say("x")}).ok());
    CHECK_FALSE(chat.script.lastBody.contains("tools"));
}
