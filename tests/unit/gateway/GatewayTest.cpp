#include "Bench.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("a call reaches its provider under the upstream's name of the model") {
    Bench bench;
    bench.main->acts = {answer()};
    const auto call = bench.complete("main/vendor/gamma");
    REQUIRE(call->ok());
    CHECK((*call->result)->body["from"] == "main");
    CHECK(bench.main->requests.at(0).model == "vendor/gamma");
    CHECK(call->report->provider == "main");
    CHECK(call->report->model == "vendor/gamma");
    CHECK(call->report->attempts == 1);
    CHECK(bench.gateway->stats().total == 1);
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.gateway->stats().failed == 0);
}

TEST_CASE("a passing failure is repeated after half a second") {
    for (const Act& failure :
         {status(503), status(529), status(408), failing(Error(ErrorCode::UpstreamConnection))}) {
        Bench bench;
        bench.main->acts = {failure, answer()};
        const auto call = bench.complete();
        CHECK_FALSE(call->done());
        bench.advance(Millis(350));
        CHECK_FALSE(call->done());
        bench.advance(Millis(300));
        CHECK(call->ok());
        CHECK(call->report->attempts == 2);
        CHECK(bench.main->requests.at(1).body == bench.main->requests.at(0).body);
        CHECK(bench.clock.pending() == 0);
    }
}

TEST_CASE("twice at most, and the failure that stays is the one reported") {
    Bench bench;
    bench.main->acts = {status(500), status(503), status(502)};
    const auto call = bench.complete();
    bench.advance(Millis(2000));
    REQUIRE(call->done());
    CHECK(call->code() == ErrorCode::UpstreamRejected);
    CHECK(call->result->error().upstreamStatus == 502);
    CHECK(call->report->attempts == 3);
    CHECK(bench.gateway->stats().failed == 1);
    CHECK(bench.gateway->stats().recent.errorRate == doctest::Approx(1.0));
}

TEST_CASE("what would fail again is not repeated") {
    const auto bad = [](ErrorCode code) { return failing(Error(code)); };
    for (const Act& failure : {status(400), status(401), status(404), status(422), status(429),
                               bad(ErrorCode::ContextLengthExceeded), bad(ErrorCode::ContentFilter),
                               bad(ErrorCode::UpstreamTimeout), bad(ErrorCode::InsufficientQuota)}) {
        Bench bench;
        bench.main->acts = {failure};
        const auto call = bench.complete();
        REQUIRE(call->done());
        CHECK(call->code() == failure.error->code);
        CHECK(call->report->attempts == 1);
    }
}

TEST_CASE("a 429 is repeated when its Retry-After is short") {
    Bench bench;
    Act throttled = status(429);
    throttled.error->retryAfter = Millis(4000);
    bench.main->acts = {throttled, answer()};
    const auto call = bench.complete();
    bench.advance(Millis(3900));
    CHECK_FALSE(call->done());
    bench.advance(Millis(150));
    CHECK(call->ok());
}

TEST_CASE("each attempt of a finished call is bounded by the request time-out, even when the provider does "
          "nothing") {
    Bench bench;
    bench.main->acts = {hanging()};
    const auto call = bench.complete();
    bench.advance(Millis(29'950));
    CHECK_FALSE(call->done());
    bench.advance(Millis(100));
    REQUIRE(call->done());
    CHECK(call->code() == ErrorCode::UpstreamTimeout);
    CHECK(call->report->attempts == 1);
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("all attempts together stay inside twice the request time-out") {
    Bench bench;
    Act slowFailure = status(500);
    slowFailure.wait = Millis(29'900);
    bench.main->acts = {slowFailure, slowFailure};
    const auto call = bench.complete();
    bench.advance(Millis(60'000));
    REQUIRE(call->done());
    CHECK(call->report->attempts == 2);
    REQUIRE(bench.main->contexts.size() == 2);
    CHECK(bench.main->contexts[0].timeout == Millis(30'000));
    CHECK(bench.main->contexts[1].timeout < Millis(29'800));
}

TEST_CASE("stopping during the backoff ends the call at once") {
    Bench bench;
    bench.main->acts = {status(503)};
    const auto call = bench.complete();
    CHECK_FALSE(call->done());
    call->cancel.cancel(CancelReason::UserStop);
    bench.settle();
    REQUIRE(call->done());
    CHECK(call->code() == ErrorCode::Cancelled);
    CHECK(call->report->attempts == 1);
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.gateway->stats().failed == 0);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("stopping during an attempt reaches the provider") {
    Bench bench;
    bench.main->acts = {hanging()};
    const auto call = bench.complete();
    call->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(call->code() == ErrorCode::Cancelled);
    CHECK(bench.gateway->stats().active == 0);
}

TEST_CASE("calls over the limit wait, and stopping them there never reaches a provider") {
    Bench bench;
    bench.settings.limits.maxConcurrentRequests = 1;
    bench.settings.limits.maxQueuedRequests = 2;
    bench.main->acts = {hanging(), answer()};
    const auto running = bench.complete();
    const auto waiting = bench.complete();
    const auto leaving = bench.complete();
    const auto refused = bench.complete();
    CHECK(refused->code() == ErrorCode::QueueFull);
    CHECK(bench.gateway->stats().queued == 2);
    CHECK(bench.gateway->stats().active == 1);
    leaving->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(leaving->code() == ErrorCode::Cancelled);
    CHECK(leaving->report->provider.empty());
    bench.advance(Millis(3000));
    running->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(waiting->ok());
    CHECK(waiting->report->queueWait == Millis(3000));
    CHECK(waiting->report->overhead.count() == 0);
    CHECK(bench.main->requests.size() == 2);
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.gateway->stats().queueFull == 1);
}

TEST_CASE("a stream is handed out with its first event and holds its slot to the end") {
    Bench bench;
    bench.settings.limits.maxConcurrentRequests = 1;
    bench.main->acts = {saying({TextDelta{"a", 0}, FinishDelta{"stop", 0}}), saying({TextDelta{"b", 0}})};
    const auto call = bench.stream();
    REQUIRE(call->ok());
    const auto second = bench.stream();
    CHECK_FALSE(second->done());
    auto event = bench.next(*call);
    CHECK(std::get<TextDelta>(**event->result.value()).text == "a");
    event = bench.next(*call);
    CHECK(std::get<FinishDelta>(**event->result.value()).reason == "stop");
    event = bench.next(*call);
    CHECK_FALSE(event->result->value().has_value());
    CHECK(bench.gateway->stats().active == 1);
    call->result.reset();
    bench.settle();
    CHECK(second->ok());
    CHECK(bench.main->openStreams == 1);
    second->result.reset();
    CHECK(bench.main->openStreams == 0);
    CHECK(bench.gateway->stats().active == 0);
}

TEST_CASE("a stream that fails before its first event is repeated") {
    SUBCASE("before") {
        Bench bench;
        Act broken;
        broken.endError = Error(ErrorCode::UpstreamInvalidResponse);
        broken.endError->retryable = true;
        bench.main->acts = {broken, saying({TextDelta{"a", 0}})};
        const auto call = bench.stream();
        bench.advance(Millis(700));
        CHECK(call->ok());
        CHECK(call->report->attempts == 2);
        CHECK(bench.main->openStreams == 1);
    }
    SUBCASE("ended before") {
        Bench bench;
        bench.main->acts = {saying({}), saying({})};
        const auto call = bench.stream();
        bench.advance(Millis(700));
        CHECK(call->code() == ErrorCode::UpstreamInvalidResponse);
    }
}

TEST_CASE("a stream that keeps talking has no limit on the whole") {
    Bench bench;
    Act slow = saying(std::vector<CompletionEvent>(8, TextDelta{"x", 0}));
    slow.betweenEvents = Millis(20'000);
    bench.main->acts = {slow};
    const auto call = bench.stream();
    bench.advance(Millis(20'000));
    REQUIRE(call->ok());
    bench.next(*call);
    for (int i = 0; i < 7; ++i) {
        const auto event = bench.next(*call);
        bench.advance(Millis(20'000));
        REQUIRE(event->ok());
    }
    CHECK(call->report->overhead.count() == 0);
}

TEST_CASE("our own time is what remains after all waiting") {
    Bench bench;
    Act slow;
    slow.wait = Millis(2000);
    bench.main->acts = {status(500), slow};
    SUBCASE("of a provider that meters its waits") {}
    SUBCASE("of one that does not") {
        bench.main->metered = false;
    }
    const auto call = bench.complete();
    bench.advance(Millis(3000));
    REQUIRE(call->ok());
    CHECK(call->report->overhead.count() == 0);
    CHECK(bench.gateway->stats().recent.averageMs >= 2400.0);
    CHECK(bench.gateway->stats().recent.p95Ms ==
          doctest::Approx(bench.gateway->stats().recent.averageMs).epsilon(0.01));
}

TEST_CASE("after closing nothing new begins and what runs ends well") {
    Bench bench;
    bench.settings.limits.maxConcurrentRequests = 1;
    bench.main->acts = {saying({TextDelta{"a", 0}, TextDelta{"b", 0}})};
    const auto running = bench.stream();
    const auto waiting = bench.complete();
    bench.gateway->close();
    bench.settle();
    CHECK(waiting->code() == ErrorCode::ShuttingDown);
    CHECK(bench.complete()->code() == ErrorCode::ShuttingDown);
    bench.next(*running);
    CHECK(bench.next(*running)->ok());
    CHECK(bench.gateway->stats().failed == 0);
}

TEST_CASE("new settings hold for new calls; running ones keep their provider") {
    Bench bench;
    bench.main->acts = {saying({TextDelta{"a", 0}, TextDelta{"b", 0}})};
    const auto running = bench.stream("beta");
    REQUIRE(running->ok());
    Settings reduced = bench.settings;
    std::erase_if(reduced.providers, [](const ProviderSettings& p) { return p.name == "main"; });
    reduced.limits.requestTimeout = Millis(5000);
    bench.settings = reduced;
    bench.gateway->reconfigure(reduced, bench.providers());
    CHECK_FALSE(bench.main->destroyed);
    CHECK(bench.complete("beta")->code() == ErrorCode::ModelNotFound);
    bench.other->acts = {answer()};
    CHECK(bench.complete("alpha")->ok());
    CHECK(bench.other->contexts.at(0).timeout == Millis(5000));
    bench.next(*running);
    CHECK(bench.next(*running)->ok());
    running->result.reset();
    CHECK(bench.main->destroyed);
}

TEST_CASE("a test of a provider is one real call that stops at the first event") {
    Bench bench;
    const auto test = [&](std::string name) {
        auto pending = std::make_shared<Pending<api::ProviderTest>>();
        asio::co_spawn(bench.io, Bench::store(bench.open().testProvider(std::move(name), {}), pending),
                       asio::detached);
        bench.settle();
        return pending;
    };
    bench.main->acts = {saying({TextDelta{"OK", 0}, TextDelta{"!", 0}}), status(401)};
    const auto good = test("main");
    REQUIRE(good->ok());
    CHECK((*good->result)->ok);
    CHECK((*good->result)->model == "alpha");
    CHECK(bench.main->openStreams == 0);
    const auto bad = test("main");
    REQUIRE(bad->ok());
    CHECK_FALSE((*bad->result)->ok);
    CHECK((*bad->result)->error->code == toString(ErrorCode::UpstreamRejected));
    CHECK(test("nobody")->code() == ErrorCode::NotFound);
}

TEST_CASE("embeddings take the same way") {
    Bench bench;
    bench.main->acts = {status(503), answer()};
    auto pending = std::make_shared<Pending<EmbeddingResult>>();
    EmbeddingRequest request;
    request.model = "alpha";
    request.body = {{"input", "x"}};
    asio::co_spawn(bench.io,
                   Bench::store(bench.open().embed(std::move(request), bench.callOf(*pending)), pending),
                   asio::detached);
    bench.settle();
    bench.advance(Millis(700));
    CHECK(pending->ok());
    CHECK(pending->report->attempts == 2);
}
