// Streams that break off, and what comes after.
#include "Bench.h"
#include "core/base/TokenEstimate.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

Act cutAfter(std::vector<CompletionEvent> events, ErrorCode code = ErrorCode::StreamInterrupted) {
    Act act = saying(std::move(events));
    act.endError = Error(code);
    return act;
}

struct Read {
    std::string text, reasoning, arguments, finish;
    std::optional<ErrorCode> error;
    int ids = 0;
};

Read readAll(Bench& bench, Pending<Bench::Stream>& stream) {
    Read read;
    for (;;) {
        const auto event = bench.next(stream);
        bench.advance(Millis(2000));
        REQUIRE(event->done());
        if (!event->ok()) {
            read.error = event->code();
            return read;
        }
        const auto& item = **event->result;
        if (!item) return read;
        if (const auto* text = std::get_if<TextDelta>(&*item)) read.text += text->text;
        if (const auto* text = std::get_if<ReasoningDelta>(&*item)) read.reasoning += text->text;
        if (const auto* call = std::get_if<ToolCallDelta>(&*item)) {
            read.arguments += call->arguments;
            read.ids += call->id.empty() ? 0 : 1;
        }
        if (const auto* finish = std::get_if<FinishDelta>(&*item)) read.finish = finish->reason;
    }
}

Read run(Act first, Act second, std::string model = "alpha") {
    Bench bench;
    bench.main->acts = {std::move(first), std::move(second)};
    const auto call = bench.stream(std::move(model));
    REQUIRE(call->ok());
    return readAll(bench, *call);
}

} // namespace

TEST_CASE("a cut stream goes on where it broke off, however the pieces fall") {
    const std::string text = "the quick brown fox";
    for (std::size_t cut = 1; cut < text.size(); ++cut)
        for (const std::size_t piece : {1u, 3u, 100u}) {
            std::vector<CompletionEvent> again;
            for (std::size_t at = 0; at < text.size(); at += piece)
                again.push_back(TextDelta{text.substr(at, piece), 0});
            again.push_back(FinishDelta{"stop", 0});
            const Read read = run(cutAfter({TextDelta{text.substr(0, cut), 0}}), saying(again));
            REQUIRE(read.text == text);
            REQUIRE(read.finish == "stop");
            REQUIRE_FALSE(read.error);
        }
}

TEST_CASE("an answer that differs is never passed on, nor is one that is shorter") {
    const Act cut = cutAfter({TextDelta{"one two", 0}});
    SUBCASE("differs at once") {
        const Read read = run(cut, saying({TextDelta{"One two three", 0}, FinishDelta{"stop", 0}}));
        CHECK(read.error == ErrorCode::StreamInterrupted);
        CHECK(read.text == "one two");
    }
    SUBCASE("differs late") {
        const Read read = run(cut, saying({TextDelta{"one tw", 0}, TextDelta{"enty", 0}}));
        CHECK(read.error == ErrorCode::StreamInterrupted);
        CHECK(read.text == "one two");
    }
    SUBCASE("shorter") {
        const Read read = run(cut, saying({TextDelta{"one", 0}, FinishDelta{"stop", 0}}));
        CHECK(read.error == ErrorCode::StreamInterrupted);
        CHECK(read.finish.empty());
    }
    SUBCASE("ends without a finish") {
        CHECK(run(cut, saying({TextDelta{"one", 0}})).error == ErrorCode::StreamInterrupted);
    }
}

TEST_CASE("the target that broke off is asked once more, not for ever") {
    Bench bench;
    bench.main->acts = {cutAfter({TextDelta{"a", 0}}), cutAfter({TextDelta{"a", 0}, TextDelta{"b", 0}})};
    const auto call = bench.stream();
    REQUIRE(call->ok());
    const Read read = readAll(bench, *call);
    CHECK(read.text == "ab");
    CHECK(read.error == ErrorCode::StreamInterrupted);
    CHECK(bench.main->requests.size() == 2);
    CHECK(bench.gateway->stats().failed == 1);
    CHECK(bench.gateway->stats().resumed == 1);
}

TEST_CASE("a target whose breaker has opened is not asked for the rest") {
    Bench bench;
    bench.settings.fallback.simplifiedResponse = false;
    bench.settings.circuitBreaker.failureCount = 1; // the cut itself opens it
    bench.main->acts = {cutAfter({TextDelta{"a", 0}})};
    const auto call = bench.stream();
    REQUIRE(call->ok());
    CHECK(readAll(bench, *call).error == ErrorCode::StreamInterrupted);
    CHECK(bench.main->requests.size() == 1);
}

TEST_CASE("a fallback takes over a stalled stream, and the one after it when that is cut too") {
    Bench bench;
    bench.settings.models.fallbacks["beta"] = {"delta"};
    bench.main->acts = {cutAfter({TextDelta{"a", 0}}, ErrorCode::UpstreamTimeout),
                        saying({TextDelta{"abc", 0}, FinishDelta{"stop", 0}})};
    bench.other->acts = {cutAfter({TextDelta{"ab", 0}})};
    const auto call = bench.stream("beta");
    REQUIRE(call->ok());
    const Read read = readAll(bench, *call);
    CHECK(read.text == "abc");
    CHECK(read.finish == "stop");
    CHECK_FALSE(read.error);
    CHECK(bench.other->requests.size() == 1);
    CHECK(bench.main->openStreams + bench.other->openStreams == 1);
    call->result.reset();
    CHECK(bench.gateway->stats().active == 0);
}

TEST_CASE("tool calls are compared by name and arguments, and keep their first id") {
    const Act cut = cutAfter({ToolCallDelta{0, "id1", "weather", "{\"ci", 0}});
    const auto again = [](std::string name, std::string arguments) {
        return saying({ToolCallDelta{0, "id2", std::move(name), "", 0},
                       ToolCallDelta{0, "", "", std::move(arguments), 0}, FinishDelta{"tool_calls", 0}});
    };
    const Read good = run(cut, again("weather", "{\"city\":1}"));
    CHECK(good.arguments == "{\"city\":1}");
    CHECK(good.ids == 1);
    CHECK(good.finish == "tool_calls");
    CHECK(run(cut, again("time", "{\"city\":1}")).error == ErrorCode::StreamInterrupted);
    CHECK(run(cut, again("weather", "{\"country\":1}")).error == ErrorCode::StreamInterrupted);
}

TEST_CASE("other thoughts do not matter once the answer itself has begun") {
    const Act again = saying({ReasoningDelta{"hm", 0}, TextDelta{"yes", 0}, FinishDelta{"stop", 0}});
    const Read late = run(cutAfter({ReasoningDelta{"well", 0}, TextDelta{"y", 0}}), again);
    CHECK(late.text == "yes");
    CHECK(late.reasoning == "well");
    CHECK_FALSE(late.error);
    const Read early = run(cutAfter({ReasoningDelta{"well", 0}}), again);
    CHECK(early.error == ErrorCode::StreamInterrupted);
}

TEST_CASE("a reader that stops while the answer is asked for again gets nothing more") {
    Bench bench;
    bench.main->acts = {cutAfter({TextDelta{"a", 0}}), hanging()};
    const auto call = bench.stream();
    bench.next(*call);
    const auto event = bench.next(*call);
    CHECK_FALSE(event->done());
    call->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    REQUIRE(event->done());
    CHECK_FALSE(event->ok());
    call->result.reset();
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("to its reader a stream that breaks off is an interrupted one, whatever broke it") {
    for (const ErrorCode code : {ErrorCode::UpstreamTimeout, ErrorCode::UpstreamConnection,
                                 ErrorCode::UpstreamInvalidResponse, ErrorCode::StreamInterrupted}) {
        Bench bench;
        bench.main->acts = {cutAfter({TextDelta{"a", 0}}, code), cutAfter({TextDelta{"a", 0}}, code)};
        const auto call = bench.stream();
        REQUIRE(call->ok());
        CHECK(readAll(bench, *call).error == ErrorCode::StreamInterrupted);
    }
}

TEST_CASE("a stream that was left or cut is booked with what it had sent, once per attempt") {
    const std::vector<CompletionEvent> said = {TextDelta{"one two three", 0}};
    SUBCASE("left") {
        Bench bench;
        bench.main->acts = {saying({TextDelta{"one two three", 0}, TextDelta{" four", 0}})};
        const auto call = bench.stream();
        REQUIRE(call->ok());
        bench.next(*call);
        call->result.reset();
        CHECK(bench.gateway->stats().outputTokens == 4); // as estimated
        CHECK(bench.gateway->stats().inputTokens == 1);  // "hi"
    }
    SUBCASE("cut, and asked for again") {
        Bench bench;
        bench.main->acts = {cutAfter(said), saying({said[0], FinishDelta{"stop", 0}})};
        const auto call = bench.stream();
        REQUIRE(call->ok());
        CHECK(readAll(bench, *call).finish == "stop");
        call->result.reset();
        CHECK(bench.gateway->stats().outputTokens == 8);
        CHECK(bench.gateway->stats().inputTokens == 2);
    }
    SUBCASE("the upstream's own count is believed") {
        Bench bench;
        api::Usage usage;
        usage.inputTokens = 10;
        usage.outputTokens = 20;
        bench.main->acts = {saying({said[0], FinishDelta{"stop", 0}, UsageDelta{usage, {}}})};
        const auto call = bench.stream();
        REQUIRE(call->ok());
        readAll(bench, *call);
        call->result.reset();
        CHECK(bench.gateway->stats().outputTokens == 20);
        CHECK(bench.gateway->stats().inputTokens == 10);
    }
}

namespace {

const std::string k_begun = "the quick brown fox jumps"; // enough to go on from

Act goingOn(std::vector<CompletionEvent> events) {
    Act act = saying(std::move(events));
    act.continues = true;
    return act;
}

std::vector<CompletionEvent> pieces(std::string_view text, std::size_t piece) {
    std::vector<CompletionEvent> events;
    for (std::size_t at = 0; at < text.size(); at += piece)
        events.emplace_back(TextDelta{std::string(text.substr(at, piece)), 0});
    events.emplace_back(FinishDelta{"stop", 0});
    return events;
}

} // namespace

TEST_CASE("a model that can goes on from the text its reader has, however the pieces fall") {
    for (const std::size_t piece : {1u, 3u, 100u})
        for (const std::string rest : {" over the lazy dog", "the quick and the dead", "the", " ", ""}) {
            CAPTURE(rest);
            Bench bench;
            bench.main->acts = {cutAfter({TextDelta{k_begun, 0}}), goingOn(pieces(rest, piece))};
            const auto call = bench.stream();
            const Read read = readAll(bench, *call);
            CHECK(bench.main->requests.at(1).begun == k_begun);
            const bool maybeRepetition = rest == "the" || rest == " "; // and no more: nobody can tell
            CHECK(read.error.has_value() == maybeRepetition);
            CHECK(read.text == (maybeRepetition ? k_begun : k_begun + rest));
            CHECK(read.finish == (maybeRepetition ? "" : "stop"));
            CHECK(call->report->continued);
        }
}

TEST_CASE(
    "a model that was to go on and begins anew is compared: nothing comes twice, nothing else is passed on") {
    for (const std::size_t piece : {1u, 3u, 100u}) {
        const auto after = [&](const std::string& again) {
            return run(cutAfter({TextDelta{k_begun, 0}}), goingOn(pieces(again, piece)));
        };
        Read read = after(k_begun + " over");
        CHECK(read.text == k_begun + " over");
        CHECK(read.finish == "stop");
        for (const std::string& other : {std::string("the quick brown fox leaps over"),
                                         "\n" + k_begun + " over", std::string("the quick brown fox")}) {
            CAPTURE(other);
            read = after(other);
            CHECK(read.error == ErrorCode::StreamInterrupted);
            CHECK(read.text == k_begun);
        }
    }
}

TEST_CASE(
    "a cut continuation is gone on with from all there is, and a target that cannot is compared with it") {
    Bench bench;
    bench.settings.models.fallbacks["beta"] = {"delta"};
    Act second = goingOn({TextDelta{" over", 0}});
    second.endError = Error(ErrorCode::StreamInterrupted);
    bench.main->acts = {cutAfter({TextDelta{k_begun, 0}}),
                        saying({TextDelta{k_begun + " over the dog", 0}, FinishDelta{"stop", 0}})};
    bench.other->acts = {second};
    const auto call = bench.stream("beta");
    const Read read = readAll(bench, *call);
    CHECK(read.text == k_begun + " over the dog");
    CHECK(read.finish == "stop");
    CHECK(bench.other->requests.at(0).begun == k_begun);
    CHECK(bench.main->requests.at(1).begun == k_begun + " over");
}

TEST_CASE("what is no plain text of some length is asked for again") {
    const auto begunAfter = [](std::vector<CompletionEvent> events) {
        Bench bench;
        bench.main->acts = {cutAfter(std::move(events)), status(400)};
        const auto call = bench.stream();
        readAll(bench, *call);
        return bench.main->requests.at(1).begun;
    };
    CHECK(begunAfter({TextDelta{k_begun, 0}}) == k_begun);
    CHECK(begunAfter({TextDelta{"too short", 0}}).empty());
    CHECK(begunAfter({TextDelta{k_begun + " ", 0}}).empty());
    CHECK(begunAfter({ReasoningDelta{"well", 0}, TextDelta{k_begun, 0}}).empty());
    CHECK(begunAfter({TextDelta{k_begun, 0}, ToolCallDelta{0, "1", "look", "{", 0}}).empty());
    CHECK(begunAfter({TextDelta{k_begun, 0}, TextDelta{k_begun, 1}}).empty());
    CHECK(begunAfter({TextDelta{k_begun, 1}}).empty());
}

TEST_CASE("to its reader the parts of an answer cost what the whole does; booked is what each attempt cost") {
    for (const bool repeats : {false, true}) {
        Bench bench;
        const UsageDelta usage{{30, 4, false}, Json{{"prompt_tokens", 30}, {"completion_tokens", 4}}};
        bench.main->acts = {
            cutAfter({TextDelta{k_begun, 0}}),
            goingOn({TextDelta{(repeats ? k_begun : "") + " over", 0}, FinishDelta{"stop", 0}, usage})};
        auto call = bench.stream();
        std::optional<UsageDelta> told;
        for (int i = 0; i < 5; ++i) {
            const auto event = bench.next(*call);
            bench.advance(Millis(1000));
            REQUIRE(event->ok());
            if (!(*event->result)->has_value()) break;
            if (const auto* seen = std::get_if<UsageDelta>(&***event->result)) told = *seen;
        }
        REQUIRE(told);
        const std::int64_t before = repeats ? 0 : estimateTokens(k_begun);
        CHECK(told->usage.inputTokens == 30 - before);
        CHECK(told->usage.outputTokens == 4 + before);
        CHECK(told->details["prompt_tokens"] == 30 - before);
        CHECK(told->details["completion_tokens"] == 4 + before);
        const std::int64_t first = estimateTokens(k_begun);
        call->result.reset();
        bench.settle();
        CHECK(bench.gateway->stats().outputTokens == first + 4);
        CHECK(bench.gateway->stats().inputTokens >= 30);
    }
}
