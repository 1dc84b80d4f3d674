// Cached, shared and expired answers.
#include "CacheBench.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

Act spoken(std::vector<std::string> words) {
    Act act;
    for (std::string& word : words)
        act.events.push_back(TextDelta{std::move(word), 0});
    act.events.push_back(FinishDelta{"stop", 0});
    return act;
}

} // namespace

TEST_CASE("the second of two equal questions is answered from the cache, whole or as a stream") {
    CacheBench bench;
    bench.main->acts = {CacheBench::wholeAct("forty two")};
    const auto first = bench.whole(CacheBench::ask("?"));
    REQUIRE(first->ok());
    CHECK(first->report->cache == CacheResult::Miss);
    bench.advance(Millis(1000));
    const auto second = bench.whole(CacheBench::ask("?"));
    REQUIRE(second->ok());
    CHECK(second->report->cache == CacheResult::Hit);
    CHECK(second->report->cacheAge == Millis(1000));
    CHECK(second->report->provider == "main");
    CHECK(second->report->attempts == 0);
    CHECK((*second->result)->body == (*first->result)->body);
    const auto third = bench.streamed(CacheBench::ask("?"));
    REQUIRE(third->ok());
    CHECK(third->report->cache == CacheResult::Hit);
    CHECK(bench.textOf(*third) == "forty two");
    CHECK(bench.main->requests.size() == 1);
}

TEST_CASE("a stream is kept when it has ended well, and only then") {
    CacheBench bench;
    SUBCASE("well") {
        bench.main->acts = {spoken({"one ", "two"})};
        CHECK(bench.textOf(*bench.streamed(CacheBench::ask("?"))) == "one two");
        const auto second = bench.whole(CacheBench::ask("?"));
        REQUIRE(second->ok());
        CHECK(CacheBench::textOf(*second) == "one two");
        CHECK(second->report->cache == CacheResult::Hit);
    }
    SUBCASE("cut, and again, and differently") {
        Act cut = spoken({"one "});
        cut.events.pop_back();
        cut.endError = Error(ErrorCode::StreamInterrupted);
        bench.main->acts = {cut, spoken({"two"})};
        const auto call = bench.streamed(CacheBench::ask("?"));
        bench.next(*call);
        CHECK_FALSE(bench.next(*call)->ok());
        CHECK(bench.cache->entries.empty());
    }
    SUBCASE("left by its reader") {
        Act slow = spoken({"one ", "two"});
        slow.betweenEvents = Millis(1000);
        bench.main->acts = {slow};
        const auto call = bench.streamed(CacheBench::ask("?"));
        bench.advance(Millis(1000));
        REQUIRE(call->ok());
        call->result.reset();
        bench.advance(Millis(5000));
        CHECK(bench.cache->entries.empty());
        CHECK(bench.main->openStreams == 0);
        CHECK(bench.gateway->stats().active == 0);
    }
}

TEST_CASE("a hundred equal questions at once are one call, whole and streamed mixed") {
    CacheBench bench;
    Act slow = spoken({"one ", "two"});
    slow.wait = Millis(1000);
    slow.body = wholeBody("one two");
    bench.main->acts = {slow};
    std::vector<std::shared_ptr<Pending<Completion>>> wholes;
    std::vector<std::shared_ptr<Pending<Bench::Stream>>> streams;
    SUBCASE("a stream leads") {
        streams.push_back(bench.streamed(CacheBench::ask("?")));
    }
    SUBCASE("a whole call leads") {
        wholes.push_back(bench.whole(CacheBench::ask("?")));
    }
    for (int i = 0; i < 50; ++i) {
        wholes.push_back(bench.whole(CacheBench::ask("?")));
        streams.push_back(bench.streamed(CacheBench::ask("?")));
    }
    CHECK(bench.gateway->stats().active == 1);
    bench.advance(Millis(1100));
    for (const auto& call : streams) {
        REQUIRE(call->ok());
        CHECK(bench.textOf(*call) == "one two");
    }
    for (const auto& call : wholes) {
        REQUIRE(call->ok());
        CHECK(CacheBench::textOf(*call) == "one two");
    }
    CHECK(wholes.back()->report->cache == CacheResult::Coalesced);
    CHECK(wholes.back()->report->provider == "main");
    CHECK(bench.main->requests.size() == 1);
    CHECK(bench.gateway->stats().coalesced == 100);
    CHECK(bench.gateway->stats().total == 101);
    CHECK(bench.gateway->stats().failed == 0);
}

TEST_CASE("that a stream is at its end is known without waiting, asked for or from the cache") {
    CacheBench bench;
    bench.main->acts = {spoken({"one ", "two"})};
    for (const CacheResult from : {CacheResult::Miss, CacheResult::Hit}) {
        const auto call = bench.streamed(CacheBench::ask("?"));
        bench.advance(Millis(10));
        REQUIRE(call->ok());
        CHECK(call->report->cache == from);
        CompletionStream& stream = ***call->result;
        CHECK_FALSE(stream.endIsNext());
        while (stream.takeReady()) {
        }
        CHECK(stream.endIsNext());
    }
}

TEST_CASE("a shared call goes on until the last of its callers has left") {
    CacheBench bench;
    bench.main->acts = {hanging()};
    const auto first = bench.whole(CacheBench::ask("?"));
    const auto second = bench.streamed(CacheBench::ask("?"));
    first->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(first->code() == ErrorCode::Cancelled);
    CHECK_FALSE(second->done());
    CHECK_FALSE(bench.main->contexts.at(0).cancel.cancelled());
    second->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(second->code() == ErrorCode::Cancelled);
    CHECK(bench.main->contexts.at(0).cancel.cancelled());
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.gateway->stats().failed == 0);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("a shared call that waits is as urgent as the most urgent of its callers") {
    CacheBench bench;
    bench.settings.limits.maxConcurrentRequests = 1;
    bench.gateway->reconfigure(bench.settings, bench.providers());
    bench.main->acts = {hanging(), CacheBench::wholeAct("first"), CacheBench::wholeAct("second")};
    const auto running = bench.whole(CacheBench::ask("1"));
    const auto low = bench.whole(CacheBench::ask("?"), {}, {}, Priority::Low);
    const auto normal = bench.whole(CacheBench::ask("2"));
    const auto high = bench.whole(CacheBench::ask("?"), {}, {}, Priority::High);
    CHECK(high->report->cache == CacheResult::Coalesced);
    running->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    REQUIRE(normal->ok());
    CHECK(CacheBench::textOf(*high) == "first");
    CHECK(CacheBench::textOf(*low) == "first");
    CHECK(CacheBench::textOf(*normal) == "second");
}

TEST_CASE("the failure of a shared call is everybody's, and the next caller begins anew") {
    CacheBench bench;
    Act failure = status(400);
    failure.wait = Millis(100);
    bench.main->acts = {failure, CacheBench::wholeAct("yes")};
    const auto first = bench.whole(CacheBench::ask("?"));
    const auto second = bench.whole(CacheBench::ask("?"));
    bench.advance(Millis(200));
    CHECK(first->code() == ErrorCode::UpstreamRejected);
    CHECK(second->code() == ErrorCode::UpstreamRejected);
    CHECK(bench.whole(CacheBench::ask("?"))->ok());
}

TEST_CASE("an expired answer stands in for a failure, and only for a failure of ours") {
    CacheBench bench;
    bench.main->acts = {CacheBench::wholeAct("old")};
    CHECK(bench.whole(CacheBench::ask("?"))->ok());
    bench.advance(Millis(3'700'000));
    SUBCASE("time-out") {
        bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout))};
        const auto call = bench.whole(CacheBench::ask("?"));
        REQUIRE(call->ok());
        CHECK(CacheBench::textOf(*call) == "old");
        CHECK(call->report->cache == CacheResult::Stale);
        CHECK(bench.gateway->stats().failed == 0);
    }
    SUBCASE("an open breaker") {
        bench.main->acts.assign(5, failing(Error(ErrorCode::UpstreamConnection)));
        for (int i = 0; i < 2; ++i) {
            const auto failed = bench.whole(CacheBench::ask("another"));
            bench.advance(Millis(2000));
            CHECK(failed->done());
        }
        const auto call = bench.whole(CacheBench::ask("?"));
        REQUIRE(call->ok());
        CHECK(CacheBench::textOf(*call) == "old");
        CHECK(call->report->cache == CacheResult::Stale);
        CHECK(bench.whole(CacheBench::ask("another"))->code() == ErrorCode::CircuitOpen);
    }
    SUBCASE("a machine at its limit") {
        for (int i = 0; i < 12; ++i)
            bench.gateway->noteSystem(1, 0);
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "old");
        CHECK(bench.whole(CacheBench::ask("another"))->code() == ErrorCode::Overloaded);
    }
    SUBCASE("a full queue") {
        bench.settings.limits.maxConcurrentRequests = 1;
        bench.settings.limits.maxQueuedRequests = 0;
        bench.gateway->reconfigure(bench.settings, bench.providers());
        bench.main->acts = {hanging()};
        const auto busy = bench.whole(CacheBench::ask("long"));
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "old");
        CHECK(bench.whole(CacheBench::ask("another"))->code() == ErrorCode::QueueFull);
        busy->cancel.cancel(CancelReason::UserStop);
        bench.settle();
    }
    SUBCASE("in a stream") {
        bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout))};
        const auto call = bench.streamed(CacheBench::ask("?"));
        REQUIRE(call->ok());
        CHECK(bench.textOf(*call) == "old");
    }
    SUBCASE("a refused request") {
        bench.main->acts = {status(400)};
        CHECK(bench.whole(CacheBench::ask("?"))->code() == ErrorCode::UpstreamRejected);
    }
    SUBCASE("switched off") {
        Settings settings = bench.settings;
        settings.fallback.enableCache = false;
        bench.gateway->reconfigure(settings, bench.providers());
        bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout))};
        CHECK(bench.whole(CacheBench::ask("?"))->code() == ErrorCode::UpstreamTimeout);
    }
    SUBCASE("a good answer replaces it") {
        bench.main->acts = {CacheBench::wholeAct("new")};
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "new");
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "new");
    }
}

TEST_CASE("what the caller wants of the cache is obeyed") {
    CacheBench bench;
    bench.main->acts = {CacheBench::wholeAct("first"), CacheBench::wholeAct("second")};
    CHECK(bench.whole(CacheBench::ask("?"))->ok());
    bench.advance(Millis(10'000));
    CacheWish wish;
    SUBCASE("no-cache asks again and keeps the new answer") {
        wish.read = false;
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"), wish)) == "second");
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "second");
    }
    SUBCASE("no-store neither reads nor keeps") {
        wish.read = wish.write = false;
        const auto call = bench.whole(CacheBench::ask("?"), wish);
        CHECK(CacheBench::textOf(*call) == "second");
        CHECK(call->report->cache == CacheResult::Bypass);
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "first");
    }
    SUBCASE("max-age") {
        wish.maxAge = Millis(9'000);
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"), wish)) == "second");
    }
    SUBCASE("only-if-cached") {
        wish.onlyIfCached = true;
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"), wish)) == "first");
        CHECK(bench.whole(CacheBench::ask("else"), wish)->code() == ErrorCode::NotCached);
        CHECK(bench.main->requests.size() == 1);
    }
    SUBCASE("max-stale") {
        bench.advance(Millis(3'600'000));
        wish.maxStale = Millis(60'000);
        const auto call = bench.whole(CacheBench::ask("?"), wish);
        CHECK(CacheBench::textOf(*call) == "first");
        CHECK(call->report->cache == CacheResult::Stale);
    }
}

TEST_CASE("tenants never see each other's answers, nor does one wait for the other's call") {
    CacheBench bench;
    bench.main->acts = {CacheBench::wholeAct("for a"), CacheBench::wholeAct("for b")};
    CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"), {}, "a")) == "for a");
    CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"), {}, "b")) == "for b");
    CHECK(bench.main->requests.size() == 2);
}

TEST_CASE("the answer of a fallback is kept as the fallback's") {
    CacheBench bench;
    bench.settings.models.fallbacks["beta"] = {"delta"};
    bench.gateway->reconfigure(bench.settings, bench.providers());
    bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout)), CacheBench::wholeAct("beta's")};
    bench.other->acts = {CacheBench::wholeAct("delta's")};
    CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?", "beta"))) == "delta's");
    CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?", "delta"))) == "delta's");
    CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?", "beta"))) == "beta's");
}

TEST_CASE("a damaged entry that comes from Redis is a miss and goes") {
    CacheBench bench;
    bench.main->acts = {CacheBench::wholeAct("good"), CacheBench::wholeAct("again")};
    CHECK(bench.whole(CacheBench::ask("?"))->ok());
    auto& entry = bench.cache->entries.begin()->second;
    std::string bytes = *entry.value;
    bytes[bytes.size() / 2] ^= 1;
    entry.value = std::make_shared<const std::string>(bytes);
    entry.tier = CacheTier::Redis;
    SUBCASE("when it is wanted") {}
    SUBCASE("when it is too old: it would be in memory from now on, where nobody looks again") {
        CacheWish recent;
        recent.maxAge = Millis(0);
        bench.advance(Millis(1000));
        bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout)), CacheBench::wholeAct("again")};
        CHECK_FALSE(bench.whole(CacheBench::ask("?"), recent)->ok());
        CHECK(bench.cache->entries.empty());
    }
    CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?"))) == "again");
}

TEST_CASE("what is no whole answer of the model that was asked is never kept") {
    CacheBench bench;
    const auto ask = CacheBench::ask("?");
    SUBCASE("a refusal") {
        bench.main->acts = {status(400)};
        CHECK_FALSE(bench.whole(ask)->ok());
    }
    SUBCASE("an error that came as 200") {
        Act act;
        act.body = {{"error", {{"message", "overloaded"}}}};
        bench.main->acts = {act};
        (void)bench.whole(ask);
    }
    SUBCASE("more than a mebibyte") {
        bench.main->acts = {CacheBench::wholeAct(std::string(1u << 20, 'x'))};
        CHECK(bench.whole(ask)->ok());
    }
    SUBCASE("a stream of more than a mebibyte") {
        bench.main->acts = {spoken({std::string(600'000, 'x'), std::string(600'000, 'y')})};
        CHECK(bench.textOf(*bench.streamed(ask)).size() == 1'200'000);
    }
    SUBCASE("what a filter ended, as a stream") {
        Act act = spoken({"half"});
        act.events.back() = FinishDelta{"content_filter", 0};
        bench.main->acts = {act};
        CHECK(bench.textOf(*bench.streamed(ask)) == "half");
    }
    SUBCASE("a stream that ends without saying so") {
        Act act = spoken({"half"});
        act.events.pop_back();
        bench.main->acts = {act};
        CHECK(bench.textOf(*bench.streamed(ask)) == "half");
    }
    SUBCASE("a stream that was cut and came back otherwise") {
        Act cut = spoken({"one "});
        cut.events.pop_back();
        cut.endError = Error(ErrorCode::StreamInterrupted);
        bench.main->acts = {cut, spoken({"another answer"})};
        const auto call = bench.streamed(ask);
        CHECK(bench.next(*call)->ok());
        CHECK_FALSE(bench.next(*call)->ok());
    }
    SUBCASE("a stream that was cut and gone on with") {
        Act cut = spoken({"one two three four five six seven"});
        cut.events.pop_back();
        cut.endError = Error(ErrorCode::StreamInterrupted);
        Act rest = spoken({" eight"});
        rest.continues = true;
        bench.main->acts = {cut, rest};
        CHECK(bench.textOf(*bench.streamed(ask)) == "one two three four five six seven eight");
    }
    SUBCASE("the local assistant's, standing in") {
        bench.settings.fallback.simplifiedResponse = true;
        bench.settings.providers.clear();
        bench.gateway->reconfigure(bench.settings, bench.providers());
        bench.local->acts = {CacheBench::wholeAct("not the model's")};
        const auto call = bench.whole(ask);
        REQUIRE(call->ok());
        CHECK(call->report->simplified);
    }
    SUBCASE("what the caller wants nobody to keep") {
        bench.main->acts = {CacheBench::wholeAct("secret")};
        CacheWish wish;
        wish.read = wish.write = false;
        CHECK(bench.whole(ask, wish)->ok());
    }
    SUBCASE("the answer to a question that depends on more than its text") {
        auto stateful = ask;
        stateful.body["previous_response_id"] = "r";
        bench.main->acts = {CacheBench::wholeAct("it depends")};
        CHECK(bench.whole(stateful)->ok());
    }
    CHECK(bench.cache->entries.empty());
}

TEST_CASE("a machine under pressure halves the memory of the cache") {
    CacheBench bench;
    for (int second = 0; second < 3; ++second)
        bench.gateway->noteSystem(0.1, bench.settings.limits.maxMemoryUsage * 2);
    CHECK(bench.cache->share == 0.5);
    for (int second = 0; second < 100; ++second)
        bench.gateway->noteSystem(0.1, 0);
    CHECK(bench.cache->share == 1);
}

TEST_CASE("a request in Anthropic's words is kept under them, whole and streamed") {
    CacheBench bench;
    const auto ask = [](int limit) {
        CompletionRequest request = CacheBench::ask("?");
        request.anthropic = std::make_shared<const Json>(Json{{"max_tokens", limit}, {"system", "s"}});
        return request;
    };
    bench.main->acts = {CacheBench::wholeAct("forty two"), spoken({"forty ", "three"})};
    CHECK(bench.whole(ask(1))->report->cache == CacheResult::Miss);
    const auto again = bench.streamed(ask(1));
    REQUIRE(again->ok());
    CHECK(again->report->cache == CacheResult::Hit);
    CHECK(bench.textOf(*again) == "forty two");
    const auto other = bench.streamed(ask(2));
    REQUIRE(other->ok());
    CHECK(bench.textOf(*other) == "forty three");
    CHECK(CacheBench::textOf(*bench.whole(ask(2))) == "forty three");
    CHECK(bench.main->requests.size() == 2);
}

TEST_CASE("an answer that calls a tool is kept for those who want that, and for nobody else") {
    CacheBench bench;
    auto ask = CacheBench::ask("?");
    ask.body["tools"] = *parseJson(R"([{"type":"function","function":{"name":"f"}}])");
    Act calls = CacheBench::wholeAct("", "tool_calls");
    calls.body["choices"][0]["message"]["tool_calls"] =
        *parseJson(R"([{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}])");
    bench.main->acts = {calls, calls, CacheBench::wholeAct("plain")};
    CacheWish wants;
    wants.evenRandom = true;
    CHECK(bench.whole(ask)->ok());
    CHECK(bench.cache->entries.empty());
    CHECK(bench.whole(ask, wants)->report->cache == CacheResult::Miss);

    const auto again = bench.streamed(ask, wants);
    REQUIRE(again->ok());
    CHECK(again->report->cache == CacheResult::Hit);
    const auto first = bench.next(*again), second = bench.next(*again);
    const auto* call = std::get_if<ToolCallDelta>(&**first->result.value());
    REQUIRE(call);
    CHECK(call->id == "call_1");
    CHECK(call->name == "f");
    CHECK(call->arguments == R"({"a":1})");
    CHECK(std::get<FinishDelta>(**second->result.value()).reason == "tool_calls");

    CHECK(CacheBench::textOf(*bench.whole(ask)) == "plain");
    CHECK(bench.main->requests.size() == 3);
}
