#include "tests/unit/sessions/ChatFixture.h"

using namespace exo;
using namespace exo::test;

TEST_CASE_FIXTURE(Fixture, "a turn streams, is stored with what answered, and names its session") {
    script.steps = {emit(ReasoningDelta{"hm"}), say("你"), say("好"),
                    emit(UsageDelta{api::Usage{11, 2, false}, {}}), emit(FinishDelta{"stop"})};
    Recorder sink;
    const auto message = ask("Say hello\nplease", sink);
    REQUIRE(message.ok());
    CHECK(std::holds_alternative<api::TurnStarted>(sink.events.front()));
    REQUIRE(sink.last<api::TurnDone>());
    CHECK(sink.text == "你好");
    const auto kept = stored(message->id);
    CHECK(kept.content == "你好");
    CHECK(kept.reasoning == "hm");
    CHECK(kept.state == api::MessageState::Complete);
    CHECK(kept.model == "model-x-2024");
    CHECK(kept.provider == "scripted");
    REQUIRE(kept.usage.has_value());
    CHECK(kept.usage->inputTokens == 11);
    CHECK_FALSE(kept.usage->estimated);
    std::function<Result<api::Session>(Connection&)> job = [&](Connection& db) {
        return SessionStore(db).get(Owner::local(), session);
    };
    CHECK(database->readBlocking(job)->title == "Say hello");
    CHECK(script.live == 0);
}

TEST_CASE_FIXTURE(
    Fixture, "the question is on the disk before any provider hears of it, and before it is acknowledged") {
    std::size_t seen = 0;
    script.onCall = [&] { seen = allMessages().size(); };
    script.steps = {say("x")};
    Recorder sink;
    REQUIRE(ask("q", sink).ok());
    CHECK(seen == 2); // the question and the pending answer
    const auto& started = std::get<api::TurnStarted>(sink.events.front());
    CHECK(stored(started.userMessageId).content == "q");
}

TEST_CASE_FIXTURE(Fixture, "text is on the disk soon after it came, also when the stream then falls silent") {
    script.steps = {say("part one"), wait()};
    Recorder sink;
    const auto slot = start(chat.send(session, question("q"), context(), sink));
    until([&] { return sink.text == "part one"; });
    const MessageId id = std::get<api::TurnStarted>(sink.events.front()).assistantMessageId;
    CHECK(stored(id).content.empty());
    clock.advance(Millis(300));
    until([&] { return stored(id).content == "part one"; });
    CHECK(stored(id).state == api::MessageState::Pending);

    bool stopped = false;
    spawnTask(io, chat.stop(Owner::local(), session),
              [&](Result<bool> result) { stopped = result.ok() && *result; });
    const auto message = finish(slot);
    CHECK(stopped);
    REQUIRE(message.ok());
    CHECK(message->state == api::MessageState::Stopped);
    CHECK(message->content == "part one");
    CHECK_FALSE(message->error.has_value());
    CHECK(sink.last<api::TurnDone>());
    CHECK(clock.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "a failure before the first word is failed, one after it interrupted with the text kept") {
    script.refusal = Error(ErrorCode::UpstreamTimeout, "no headers");
    Recorder first;
    CHECK(ask("q", first).error().code == ErrorCode::UpstreamTimeout);
    REQUIRE(first.last<api::TurnFailed>());
    CHECK(first.last<api::TurnFailed>()->message.state == api::MessageState::Failed);
    CHECK(first.last<api::TurnFailed>()->message.error->code == "upstream_timeout");

    script.refusal.reset();
    script.steps = {say("half an ans"), breakOff(ErrorCode::StreamInterrupted)};
    Recorder second;
    CHECK(ask("q", second).error().code == ErrorCode::StreamInterrupted);
    REQUIRE(second.last<api::TurnFailed>());
    const auto kept = stored(second.last<api::TurnFailed>()->message.id);
    CHECK(kept.state == api::MessageState::Interrupted);
    CHECK(kept.content == "half an ans");
    REQUIRE(kept.usage.has_value());
    CHECK(kept.usage->estimated);
}

TEST_CASE_FIXTURE(Fixture, "an answer cut at the model's output limit does not pass for a whole one") {
    script.steps = {say("and then"), emit(FinishDelta{"length"})};
    Recorder sink;
    const auto message = ask("q", sink);
    REQUIRE(message.ok());
    CHECK(message->state == api::MessageState::Interrupted);
    CHECK(message->error->code == "output_limit");

    script.steps = {say("I"), emit(FinishDelta{"content_filter"})};
    Recorder filtered;
    CHECK(ask("q", filtered).error().code == ErrorCode::ContentFilter);
}

TEST_CASE_FIXTURE(Fixture, "a reader that leaves cancels the upstream and keeps what came") {
    script.steps = {say("one"), say("two"), wait()};
    Recorder sink;
    sink.acceptUpTo = 2; // the start and the first delta
    const auto message = ask("q", sink);
    CHECK(message.error().code == ErrorCode::Cancelled);
    CHECK(script.lastCancel.reason() == CancelReason::ClientGone);
    const auto all = allMessages();
    CHECK(all.back().state == api::MessageState::Interrupted);
    CHECK(all.back().content == "onetwo");
    CHECK(script.live == 0);
}

TEST_CASE_FIXTURE(Fixture, "a session answers one question at a time, and only its owner's") {
    script.steps = {say("x"), wait()};
    Recorder sink;
    CancelSource cancel;
    const auto slot = start(chat.send(session, question("q"), context(cancel.token()), sink));
    until([&] { return sink.text == "x"; });
    Recorder other;
    CHECK(ask("again", other).error().code == ErrorCode::Conflict);
    CHECK(other.events.empty());
    const auto stranger =
        finish(start(chat.send(session, question("q"), context({}, Owner::key("key_1")), other)));
    CHECK(stranger.error().code == ErrorCode::NotFound);
    cancel.cancel(CancelReason::ClientGone);
    CHECK(finish(slot).error().code == ErrorCode::Cancelled);
    CHECK(allMessages().size() == 2);

    script.steps = {say("y")};
    Recorder after;
    CHECK(ask("q2", after).ok()); // free again
}

TEST_CASE_FIXTURE(Fixture, "regenerate and edit make branches and destroy nothing") {
    script.steps = {say("first")};
    Recorder sink;
    const auto first = ask("q", sink);
    REQUIRE(first.ok());
    script.steps = {say("second")};
    const auto second = finish(start(chat.regenerate(session, first->id, "", context(), sink)));
    REQUIRE(second.ok());
    CHECK(second->parentId == first->parentId);
    CHECK(second->siblingCount == 2);
    CHECK(stored(first->id).content == "first");

    script.steps = {say("third")};
    const auto third = finish(start(chat.edit(session, first->parentId, "q, better", context(), sink)));
    REQUIRE(third.ok());
    CHECK(script.lastBody["messages"].size() == 2); // system prompt and the new question alone
    CHECK(stored(third->parentId).siblingCount == 2);
    CHECK(allMessages().size() == 5);
    CHECK(finish(start(chat.regenerate(session, first->parentId, "", context(), sink))).error().code ==
          ErrorCode::InvalidRequest);
    CHECK(finish(start(chat.edit(session, first->id, "x", context(), sink))).error().code ==
          ErrorCode::InvalidRequest);
    CHECK(finish(start(chat.edit(session, MessageId("none"), "x", context(), sink))).error().code ==
          ErrorCode::NotFound);
}

TEST_CASE_FIXTURE(Fixture, "the whole branch goes to the model, in order") {
    script.steps = {say("a1")};
    Recorder sink;
    REQUIRE(ask("q1", sink).ok());
    script.steps = {say("a2")};
    REQUIRE(ask("q2", sink).ok());
    const Json& messages = script.lastBody["messages"];
    REQUIRE(messages.size() == 4);
    CHECK(messages[1]["content"] == "q1");
    CHECK(messages[2]["content"] == "a1");
    CHECK(messages[3]["content"] == "q2");
}

TEST_CASE_FIXTURE(Fixture, "with a project the model gets excerpts, and only citations that hold are told") {
    api::SessionPatch patch;
    patch.project = home.path().string();
    session = makeSession("local", patch);
    Excerpt excerpt;
    excerpt.path = "a.c";
    excerpt.startLine = 3;
    excerpt.endLine = 9;
    excerpt.text = "int x;";
    retriever.excerpts = {excerpt};
    script.steps = {say("See a.c:4 and b.c:4.")};
    Recorder sink;
    const auto message = ask("where is x?", sink);
    REQUIRE(message.ok());
    CHECK(retriever.asked == std::vector<std::string>{"where is x?"});
    CHECK(dumpJson(script.lastBody).find("a.c:3-9") != std::string::npos);
    REQUIRE(message->citations.size() == 1);
    CHECK(message->citations[0] == api::Citation{"a.c", 4, 4});
}

TEST_CASE_FIXTURE(Fixture, "closing stops running turns, keeps their text, and refuses new ones") {
    script.steps = {say("so far"), wait()};
    Recorder sink;
    const auto slot = start(chat.send(session, question("q"), context(), sink));
    until([&] { return sink.text == "so far"; });
    bool closed = false;
    asio::co_spawn(io, chat.shutDown(CancelReason::Shutdown), [&](std::exception_ptr) { closed = true; });
    until([&] { return closed; });
    CHECK(finish(slot).error().code == ErrorCode::Cancelled);
    CHECK(allMessages().back().content == "so far");
    CHECK(allMessages().back().state == api::MessageState::Interrupted);
    CHECK(allMessages().back().error->code == "shutting_down");
    Recorder late;
    CHECK(ask("q", late).error().code == ErrorCode::ShuttingDown);
}

TEST_CASE_FIXTURE(Fixture, "an empty or enormous question is refused and leaves no trace") {
    Recorder sink;
    CHECK(ask(" \n\t", sink).error().param == "content");
    CHECK(ask(std::string((4u << 20) + 1, 'x'), sink).error().code == ErrorCode::RequestTooLarge);
    CHECK(sink.events.empty());
    CHECK(allMessages().empty());
}

TEST_CASE_FIXTURE(Fixture, "a conversation past the model's context is compacted at a visible boundary") {
    gateway.contextSize = 2000;
    std::string lots;
    for (int i = 0; i < 300; ++i)
        lots += " word";
    Recorder sink;
    for (int i = 0; i < 6; ++i) {
        script.steps = {say("fine" + lots)};
        REQUIRE(ask("question " + std::to_string(i), sink).ok());
    }
    const auto all = allMessages();
    CHECK(all.size() == 12);
    CHECK(std::ranges::count_if(all, [](const auto& m) { return m.compactedBefore; }) >= 1);
    CHECK(script.lastBody["messages"].size() < 12);
    CHECK(dumpJson(script.lastBody).find("question 5") != std::string::npos);
}
