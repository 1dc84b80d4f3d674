// Fallback chains, pauses and breakers of targets.
#include "Bench.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

struct Chained : Bench {
    Chained() {
        settings.models.fallbacks["beta"] = {"delta"};
        settings.fallback.simplifiedResponse = false;
    }
};

Act throttled(std::optional<Millis> retryAfter) {
    Act act = status(429);
    act.error->retryAfter = retryAfter;
    return act;
}

} // namespace

TEST_CASE("a target that keeps failing hands over to its fallback") {
    Chained bench;
    bench.main->acts = {status(500), status(500)};
    bench.other->acts = {answer()};
    const auto call = bench.complete("beta");
    bench.advance(Millis(700));
    REQUIRE(call->ok());
    CHECK((*call->result)->body["from"] == "other");
    CHECK(call->report->provider == "other");
    CHECK(call->report->model == "delta");
    CHECK(call->report->attempts == 3);
    CHECK(call->report->fallback == std::vector<std::string>{"main/beta", "other/delta"});
    CHECK(bench.other->requests.at(0).model == "delta");
    CHECK(bench.gateway->stats().fallbacks == 1);
    const auto booked = bench.gateway->callMetrics()->fallbacks.values();
    REQUIRE(booked.size() == 1);
    CHECK(booked[0].labels[0] == "main/beta");
    CHECK(booked[0].labels[1] == "other/delta");
    CHECK(booked[0].count == 1);
}

TEST_CASE("when the whole chain fails the first failure is reported") {
    Chained bench;
    bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout))};
    bench.other->acts = {status(400)};
    const auto call = bench.complete("beta");
    CHECK(call->code() == ErrorCode::UpstreamTimeout);
    CHECK(call->report->fallback == std::vector<std::string>{"main/beta", "other/delta"});
}

TEST_CASE("a refused request goes nowhere else") {
    for (const Act& act : {status(400), status(404), status(422), failing(Error(ErrorCode::ContentFilter))}) {
        Chained bench;
        bench.main->acts = {act};
        const auto call = bench.complete("beta");
        REQUIRE(call->done());
        CHECK(call->code() == act.error->code);
        CHECK(bench.other->requests.empty());
        CHECK(call->report->fallback.empty());
    }
}

TEST_CASE("the content filter of a fallback is the answer, not the failure before it") {
    Chained bench;
    bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout))};
    bench.other->acts = {failing(Error(ErrorCode::ContentFilter))};
    CHECK(bench.complete("beta")->code() == ErrorCode::ContentFilter);
}

TEST_CASE("a request that is too long only goes to a larger model") {
    const auto run = [](std::int64_t other) {
        Chained bench;
        bench.settings.providers[0].contextTokens["beta"] = 32'000;
        bench.settings.providers[1].contextTokens["delta"] = other;
        bench.main->acts = {failing(Error(ErrorCode::ContextLengthExceeded))};
        bench.other->acts = {answer()};
        const auto call = bench.complete("beta");
        return call->ok() ? ErrorCode::Internal : call->code();
    };
    CHECK(run(128'000) == ErrorCode::Internal); // answered
    CHECK(run(32'000) == ErrorCode::ContextLengthExceeded);
    CHECK(run(16'000) == ErrorCode::ContextLengthExceeded);
}

TEST_CASE("a throttled target is left alone for as long as it asked") {
    Chained bench;
    bench.main->acts = {throttled(Millis(20'000)), answer()};
    bench.other->acts = {answer(), answer()};
    CHECK((*bench.complete("beta")->result)->body["from"] == "other");
    bench.advance(Millis(19'900));
    CHECK((*bench.complete("beta")->result)->body["from"] == "other");
    CHECK(bench.main->requests.size() == 1);
    bench.advance(Millis(200));
    CHECK((*bench.complete("beta")->result)->body["from"] == "main");
    CHECK(bench.gateway->breakers().front().breaker.calls == 1); // a throttle is no failure
}

TEST_CASE("with nobody else, a throttled target's own words are repeated with the time that is left") {
    Chained bench;
    bench.main->acts = {throttled(Millis(20'000))};
    CHECK(bench.complete("alpha")->code() == ErrorCode::UpstreamRejected);
    bench.advance(Millis(5'000));
    const auto call = bench.complete("alpha");
    REQUIRE(call->done());
    CHECK(call->result->error().upstreamStatus == 429);
    CHECK(call->result->error().retryAfter == Millis(15'000));
    CHECK(bench.main->requests.size() == 1);
}

TEST_CASE("a bad key benches its provider while there is somebody else, and is tried again when not") {
    Chained bench;
    bench.main->acts = {status(401), answer()};
    bench.other->acts = {answer(), answer()};
    CHECK((*bench.complete("beta")->result)->body["from"] == "other");
    CHECK((*bench.complete("beta")->result)->body["from"] == "other");
    CHECK(bench.main->requests.size() == 1);
    const auto bad = bench.gateway->stats().badKeys;
    CHECK(bad == std::map<std::string, std::string>{{"main", "its key is refused with status 401"}});
    CHECK((*bench.complete("alpha")->result)->body["from"] == "main"); // the key has been mended
    CHECK(bench.gateway->stats().badKeys.empty());
}

TEST_CASE(
    "an account without credit is told, and left alone until its pause is over or the settings change") {
    Chained bench;
    bench.main->acts = {failing(Error(ErrorCode::InsufficientQuota)), answer()};
    bench.other->acts = {answer(), answer()};
    CHECK(bench.complete("beta")->ok());
    CHECK(bench.gateway->stats().badKeys.at("main") == "its account has no credit left");
    bench.advance(Millis(299'000));
    CHECK((*bench.complete("beta")->result)->body["from"] == "other");
    CHECK_FALSE(bench.gateway->stats().badKeys.empty());
    bench.gateway->reconfigure(bench.settings, bench.providers());
    CHECK(bench.gateway->stats().badKeys.empty());
    CHECK((*bench.complete("beta")->result)->body["from"] == "main");
}

TEST_CASE("an open breaker is passed over at once, and used again after its pause") {
    Chained bench;
    bench.settings.models.fallbacks.clear();
    bench.main->acts.assign(5, failing(Error(ErrorCode::UpstreamConnection)));
    const auto first = bench.complete("beta");
    bench.advance(Millis(2000)); // three attempts
    CHECK(first->done());
    const auto second = bench.complete("beta");
    bench.advance(Millis(2000)); // two, and the fifth failure in a row opens it
    CHECK(second->code() == ErrorCode::UpstreamConnection);
    bench.main->acts = {answer(), answer(), answer()};
    const std::size_t asked = bench.main->requests.size();
    const auto refused = bench.complete("beta");
    CHECK(refused->code() == ErrorCode::CircuitOpen);
    const auto pause = bench.gateway->breakers().front().breaker;
    REQUIRE(pause.retryAt.has_value());
    CHECK(refused->result->error().retryAfter == *pause.retryAt - bench.clock.wallNow());
    CHECK(bench.main->requests.size() == asked);
    CHECK(bench.gateway->breakers().front().breaker.state == BreakerState::Open);
    bench.advance(Millis(34'000));
    CHECK(bench.complete("beta")->ok());
    CHECK(bench.complete("beta")->ok());
    CHECK(bench.gateway->breakers().front().breaker.state == BreakerState::Closed);
}

namespace {

// The breaker of beta has opened, and its pause is over.
struct HalfOpen : Chained {
    HalfOpen() {
        settings.models.fallbacks.clear();
        settings.limits.maxConcurrentRequests = 1;
        main->acts.assign(5, failing(Error(ErrorCode::UpstreamConnection)));
        for (int call = 0; call < 2; ++call) {
            const auto failed = complete("beta");
            advance(Millis(2000));
            REQUIRE(failed->done());
        }
        REQUIRE(state() == BreakerState::Open);
        advance(Millis(34'000));
        REQUIRE(state() == BreakerState::HalfOpen);
    }
    BreakerState state() {
        for (const BreakerInfo& info : gateway->breakers())
            if (info.model == "beta") return info.breaker.state;
        return BreakerState::Closed;
    }
    // A call of that priority that waits behind another one.
    std::shared_ptr<Pending<Completion>> queuedCall(Priority priority) {
        main->acts = {answer(), answer()};
        main->acts.front().wait = Millis(100);
        const auto before = complete("alpha");
        auto pending = complete("beta", priority);
        CHECK(gateway->stats().queued == 1);
        advance(Millis(150));
        CHECK(before->ok());
        return pending;
    }
};

} // namespace

TEST_CASE("a probe is never a call of low priority that waited: the models are asked for instead") {
    HalfOpen bench;
    const std::size_t asked = bench.main->requests.size();
    for (int probe = 1; probe <= 2; ++probe) {
        CHECK(bench.queuedCall(Priority::Low)->code() == ErrorCode::CircuitOpen);
        CHECK(bench.main->listings == probe);
        CHECK(bench.main->requests.size() == asked + static_cast<std::size_t>(probe)); // of alpha
    }
    CHECK(bench.state() == BreakerState::Closed); // two such answers are enough
    CHECK(bench.queuedCall(Priority::Low)->ok());
    CHECK(bench.main->listings == 2);
}

TEST_CASE("a list of models that does not come is a vain probe, one that is refused says nothing") {
    HalfOpen bench;
    bench.main->listError = Error(ErrorCode::UpstreamRejected);
    bench.main->listError->upstreamStatus = 404;
    CHECK(bench.queuedCall(Priority::Low)->code() == ErrorCode::CircuitOpen);
    CHECK(bench.state() == BreakerState::HalfOpen);
    bench.main->listError = Error(ErrorCode::UpstreamConnection);
    CHECK(bench.queuedCall(Priority::Low)->code() == ErrorCode::CircuitOpen);
    CHECK(bench.main->listings == 2);
    CHECK(bench.state() == BreakerState::Open);
    CHECK(bench.queuedCall(Priority::Low)->code() == ErrorCode::CircuitOpen);
    CHECK(bench.main->listings == 2); // during the pause nothing is asked
}

TEST_CASE("a call of normal priority may probe although it waited, one of low priority when it did not") {
    HalfOpen bench;
    CHECK(bench.queuedCall(Priority::Normal)->ok());
    CHECK(bench.state() == BreakerState::HalfOpen);
    bench.main->acts = {answer()};
    CHECK(bench.complete("beta", Priority::Low)->ok());
    CHECK(bench.state() == BreakerState::Closed);
    CHECK(bench.main->listings == 0);
}

TEST_CASE("with a fallback a silent stream is given up after ten seconds, without one after thirty") {
    for (const char* model : {"beta", "alpha"}) {
        Chained bench;
        bench.main->acts = {hanging()};
        bench.other->acts = {saying({TextDelta{"b", 0}})};
        const auto call = bench.stream(model);
        bench.advance(Millis(10'100));
        CHECK(call->ok() == (std::string_view(model) == "beta"));
        bench.advance(Millis(20'000));
        CHECK(call->done());
        if (std::string_view(model) == "alpha") CHECK(call->code() == ErrorCode::UpstreamTimeout);
    }
}

TEST_CASE("a client that leaves is no failure of the target") {
    Chained bench;
    bench.main->acts = {hanging()};
    const auto call = bench.complete("beta");
    call->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(call->code() == ErrorCode::Cancelled);
    CHECK(bench.other->requests.empty());
    CHECK(bench.gateway->breakers().front().breaker.calls == 0);
}

TEST_CASE("when no target may be asked the local assistant stands in, and says so") {
    Bench bench;
    bench.main->acts.assign(5, failing(Error(ErrorCode::UpstreamConnection)));
    for (int i = 0; i < 2; ++i) {
        const auto call = bench.complete("beta");
        bench.advance(Millis(2000));
        CHECK(call->code() == ErrorCode::UpstreamConnection); // a real failure is told as what it is
    }
    bench.local->acts = {answer()};
    const auto call = bench.complete("beta");
    REQUIRE(call->ok());
    CHECK((*call->result)->body["from"] == "local");
    CHECK(call->report->simplified);
    CHECK(call->report->model == k_localModel);
    CHECK(bench.gateway->stats().simplified == 1);
}

TEST_CASE("without any provider a named model is answered by the local assistant only when that is wanted") {
    Bench bench;
    bench.settings.providers.clear();
    bench.local->acts = {answer(), answer()};
    const auto stoodIn = bench.complete("gpt-4o");
    CHECK(stoodIn->ok());
    CHECK(stoodIn->report->simplified);
    bench.settings.fallback.simplifiedResponse = false;
    bench.gateway.reset();
    CHECK(bench.complete("gpt-4o")->code() == ErrorCode::NoProvider);
    const auto asked = bench.complete(std::string(k_localModel));
    CHECK(asked->ok());
    CHECK_FALSE(asked->report->simplified);
}
