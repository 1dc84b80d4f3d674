// Embeddings: cached input by input, asked for in batches, of one model.
#include "Bench.h"
#include "core/gateway/StoredEmbedding.h"

#include <doctest/doctest.h>

#include <cstring>

using namespace exo;
using namespace exo::test;

namespace {

using Answer = std::shared_ptr<Pending<EmbeddingResult>>;

struct EmbeddingBench : Bench {
    EmbeddingBench() {
        auto cache = makeAnswerCache(settings.cache, io, clock, clock);
        settings.models.fallbacks["beta"] = {"delta"};
        settings.fallback.simplifiedResponse = false;
        gateway = makeGateway(settings, providers(), clock, clock, std::move(*cache));
    }
    Answer embed(Json input, GatewayCall call = {}, std::string model = "alpha", Json more = Json::object()) {
        auto pending = std::make_shared<Pending<EmbeddingResult>>();
        EmbeddingRequest request{std::move(model), std::move(more)};
        request.body["input"] = std::move(input);
        call.context.cancel = pending->cancel.token();
        call.report = pending->report;
        call.family = "embeddings";
        asio::co_spawn(io, store(open().embed(std::move(request), std::move(call)), pending), asio::detached);
        settle();
        return pending;
    }
    Json asked(std::size_t index) const { return main->requests.at(index).body.tree().at("input"); }
};

// "ma mb": who made each vector and of what.
std::string described(const Answer& answer) {
    REQUIRE(answer->ok());
    std::string out;
    for (const std::string& vector : (*answer->result)->vectors) {
        float values[2] = {};
        REQUIRE(vector.size() == sizeof values);
        std::memcpy(values, vector.data(), sizeof values);
        if (!out.empty()) out += ' ';
        out += static_cast<char>(values[0]);
        out += static_cast<char>(values[1]);
    }
    return out;
}

std::int64_t tokens(const Answer& answer) {
    return (*answer->result)->usage.inputTokens;
}

Act tooMany() {
    Error error(ErrorCode::UpstreamRejected);
    error.upstreamStatus = 400;
    error.upstreamBody = "batch size is invalid, it should not be larger than 2";
    return failing(std::move(error));
}

Json letters(int count) {
    Json list = Json::array();
    for (int i = 0; i < count; ++i)
        list.push_back(std::string(1, static_cast<char>('a' + i)));
    return list;
}

} // namespace

TEST_CASE("only what the cache does not have is asked for, and the order stays") {
    EmbeddingBench bench;
    bench.main->acts = {test::answer(), test::answer()};
    const Answer first = bench.embed({"bb", "d"});
    CHECK(described(first) == "mb md");
    CHECK(first->report->cache == CacheResult::Miss);
    CHECK(tokens(first) == 3);
    const Answer mixed = bench.embed({"a", "bb", "c", "d"});
    CHECK(described(mixed) == "ma mb mc md");
    CHECK(bench.asked(1) == Json{"a", "c"});
    CHECK(mixed->report->cache == CacheResult::Miss);
    CHECK(tokens(mixed) == 5);
    const Answer all = bench.embed({"d", "c", "bb", "a"});
    CHECK(described(all) == "md mc mb ma");
    CHECK(all->report->cache == CacheResult::Hit);
    CHECK(all->report->attempts == 0);
    CHECK(all->report->provider == "main");
    CHECK((*all->result)->model == "main");
    CHECK(tokens(all) == 5);
    CHECK(bench.gateway->stats().active == 0);
}

TEST_CASE("a text alone and in a list share an entry, and so do both encodings") {
    EmbeddingBench bench;
    bench.main->acts = {test::answer()};
    CHECK(described(bench.embed("x", {}, "alpha", {{"encoding_format", "base64"}})) == "mx");
    CHECK(bench.asked(0) == "x");
    CHECK(bench.main->requests[0].body["encoding_format"] == "base64");
    CHECK(described(bench.embed({"x"})) == "mx");
}

TEST_CASE("tenants, models and dimensions keep to themselves, and a wish is obeyed") {
    EmbeddingBench bench;
    bench.main->acts = {test::answer(), test::answer(), test::answer(), test::answer(), test::answer()};
    (void)bench.embed("x");
    GatewayCall call;
    call.tenant = "key_1";
    CHECK(bench.embed("x", call)->report->cache == CacheResult::Miss);
    CHECK(bench.embed("x", {}, "vendor/gamma")->report->cache == CacheResult::Miss);
    CHECK(bench.embed("x", {}, "alpha", {{"dimensions", 3}})->report->cache == CacheResult::Miss);
    GatewayCall fresh;
    fresh.cache.read = false;
    CHECK(bench.embed("x", fresh)->report->cache == CacheResult::Bypass);
    GatewayCall only;
    only.cache.onlyIfCached = true;
    CHECK(bench.embed("x", only)->report->cache == CacheResult::Hit);
    CHECK(bench.embed({"x", "y"}, only)->code() == ErrorCode::NotCached);
    bench.clock.advance(Millis(5000));
    only.cache.maxAge = Millis(4000);
    CHECK(bench.embed("x", only)->code() == ErrorCode::NotCached);
    bench.clock.advance(std::chrono::hours(2));
    GatewayCall old;
    old.cache.onlyIfCached = true;
    CHECK(bench.embed("x", old)->code() == ErrorCode::NotCached);
    old.cache.maxStale = std::chrono::hours(3);
    CHECK(bench.embed("x", old)->report->cache == CacheResult::Stale);
}

TEST_CASE("more than the upstream takes at once goes in batches, and the limit is remembered") {
    EmbeddingBench bench;
    bench.main->acts = {tooMany(), test::answer(), test::answer(), test::answer()};
    const Answer five = bench.embed(letters(5));
    CHECK(described(five) == "ma mb mc md me");
    CHECK(tokens(five) == 5);
    CHECK(five->report->attempts == 4);
    CHECK(bench.asked(1) == Json{"a", "b"});
    CHECK(bench.asked(2) == Json{"c", "d"});
    CHECK(bench.asked(3) == Json::array({"e"}));
    bench.main->acts = {test::answer(), test::answer()};
    GatewayCall call;
    call.cache.read = false;
    CHECK(described(bench.embed(letters(3), call)) == "ma mb mc");
    CHECK(bench.main->requests.size() == 6);
}

TEST_CASE("five thousand inputs are three calls even of an upstream that says nothing") {
    EmbeddingBench bench;
    bench.main->acts = {test::answer(), test::answer(), test::answer()};
    Json many = Json::array();
    for (int i = 0; i < 5000; ++i)
        many.push_back(std::to_string(i));
    const Answer answer = bench.embed(many);
    REQUIRE(answer->ok());
    CHECK((*answer->result)->vectors.size() == 5000);
    CHECK(bench.asked(0).size() == 2048);
    CHECK(bench.asked(2).size() == 904);
    CHECK(described(answer).substr(0, 5) == "m0 m1");
}

TEST_CASE("one input that is refused is an error and not asked again") {
    EmbeddingBench bench;
    bench.main->acts = {tooMany()};
    CHECK(bench.embed({"a"})->code() == ErrorCode::UpstreamRejected);
    CHECK(bench.main->requests.size() == 1);
    CHECK(bench.gateway->stats().total == 1);
}

TEST_CASE("vectors of the fallback are never mixed with those of the first model") {
    EmbeddingBench bench;
    bench.main->acts = {test::answer(), status(401)};
    bench.other->acts = {test::answer(), test::answer()};
    CHECK(described(bench.embed({"a"}, {}, "beta")) == "ma");
    const Answer moved = bench.embed({"a", "b"}, {}, "beta");
    CHECK(described(moved) == "oa ob");
    CHECK(moved->report->provider == "other");
    CHECK(moved->report->cache == CacheResult::Miss);
    CHECK(moved->report->fallback == std::vector<std::string>{"main/beta", "other/delta"});
}

TEST_CASE("the local assistant makes no embeddings, and says so") {
    Bench bench;
    bench.settings.providers.clear();
    auto pending = std::make_shared<Pending<EmbeddingResult>>();
    EmbeddingRequest request{"anything", Json{{"input", "x"}}};
    asio::co_spawn(bench.io,
                   Bench::store(bench.open().embed(std::move(request), bench.callOf(*pending)), pending),
                   asio::detached);
    bench.settle();
    CHECK(pending->code() == ErrorCode::NoProvider);
    CHECK_FALSE(pending->report->simplified);
}

TEST_CASE("a stored embedding comes back, and nothing else does") {
    const StoredEmbedding kept{"model", 7, std::string("\0\0\x80\x3f", 4)};
    const std::string bytes = encodeEmbedding(kept);
    const auto back = decodeEmbedding(bytes);
    REQUIRE(back.ok());
    CHECK(back->model == "model");
    CHECK(back->tokens == 7);
    CHECK(back->vector == kept.vector);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decodeEmbedding(std::string_view(bytes).substr(0, size)).ok());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        CHECK_FALSE(decodeEmbedding(damaged).ok());
    }
}

TEST_CASE("an input that is asked for already is waited for, not asked for again") {
    EmbeddingBench bench;
    Act slow = answer();
    slow.wait = Millis(100);
    bench.main->acts = {slow, slow};
    const Answer first = bench.embed(Json{"a", "b"});
    const Answer second = bench.embed(Json{"b", "c", "c"});
    const Answer third = bench.embed("a");
    CHECK(bench.main->requests.size() == 2);
    CHECK(bench.asked(0) == Json{"a", "b"});
    CHECK(bench.asked(1) == Json::array({"c"}));
    bench.advance(Millis(200));
    CHECK(described(first) == "ma mb");
    CHECK(described(second) == "mb mc mc");
    CHECK(described(third) == "ma");
    CHECK(third->report->cache == CacheResult::Coalesced);
    CHECK(second->report->cache == CacheResult::Miss);
    CHECK(bench.gateway->stats().coalesced == 1);
    CHECK(bench.gateway->stats().active == 0);
}

TEST_CASE("who waits for another's input asks itself when that one leaves, and fails when that one fails") {
    EmbeddingBench bench;
    bench.main->acts = {hanging(), answer()};
    const Answer first = bench.embed("a");
    const Answer second = bench.embed("a");
    const Answer third = bench.embed("a");
    third->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(third->code() == ErrorCode::Cancelled);
    CHECK_FALSE(second->done());
    first->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(first->code() == ErrorCode::Cancelled);
    CHECK(described(second) == "ma");
    CHECK(bench.main->requests.size() == 2);

    Act refused = status(422);
    refused.wait = Millis(100);
    bench.main->acts = {refused};
    const Answer leader = bench.embed("z");
    const Answer follower = bench.embed("z");
    bench.advance(Millis(200));
    CHECK(leader->code() == ErrorCode::UpstreamRejected);
    CHECK(follower->code() == ErrorCode::UpstreamRejected);
    CHECK(bench.main->requests.size() == 3);
}

TEST_CASE("inputs that a more urgent call waits for are asked for as urgently") {
    EmbeddingBench bench;
    bench.settings.limits.maxConcurrentRequests = 1;
    bench.gateway->reconfigure(bench.settings, bench.providers());
    bench.main->acts = {hanging(), answer(), answer()};
    const auto withPriority = [](Priority priority) {
        GatewayCall call;
        call.priority = priority;
        return call;
    };
    const Answer running = bench.embed("r");
    const Answer low = bench.embed(Json{"a", "b"}, withPriority(Priority::Low));
    const Answer normal = bench.embed("n", withPriority(Priority::Normal));
    const Answer high = bench.embed("b", withPriority(Priority::High));
    running->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(described(low) == "ma mb");
    CHECK(described(normal) == "mn");
    CHECK(described(high) == "mb");
    REQUIRE(bench.main->requests.size() == 3);
    CHECK(bench.asked(1) == Json{"a", "b"});
    CHECK(bench.asked(2) == "n");
}

TEST_CASE("vectors of the fallback are not given to those who wait for the first model's") {
    EmbeddingBench bench;
    Act down = status(503);
    down.error->retryAfter = Millis(60'000); // not repeated
    down.wait = Millis(100);
    bench.main->acts = {down, answer()};
    bench.other->acts = {answer()};
    const Answer first = bench.embed("a", {}, "beta");
    const Answer second = bench.embed("a", {}, "beta");
    bench.advance(Millis(200));
    CHECK(described(first) == "oa");
    CHECK(described(second) == "ma");
    CHECK(bench.main->requests.size() == 2);
}

TEST_CASE("who does not want the cache shares no input") {
    EmbeddingBench bench;
    Act slow = answer();
    slow.wait = Millis(100);
    bench.main->acts = {slow, slow};
    GatewayCall call;
    call.cache.read = false;
    const Answer first = bench.embed("a", call);
    const Answer second = bench.embed("a", call);
    CHECK(bench.main->requests.size() == 2);
    bench.advance(Millis(200));
    CHECK(described(first) == described(second));
}

TEST_CASE("vectors of a model whose policy is never are asked for each time") {
    EmbeddingBench bench;
    bench.settings.models.cache["alpha"] = CachePolicy::Never;
    bench.gateway->reconfigure(bench.settings, bench.providers());
    for (int i = 0; i < 2; ++i) {
        bench.main->acts = {answer()};
        CHECK(described(bench.embed("a")) == "ma");
    }
    CHECK(bench.main->requests.size() == 2);
    bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout)), answer()};
    bench.other->acts = {answer(), answer()};
    bench.settings.models.cache = {{"delta", CachePolicy::Never}};
    bench.gateway->reconfigure(bench.settings, bench.providers());
    CHECK(described(bench.embed("b", {}, "beta")) == "ob");
    CHECK(described(bench.embed("b", {}, "delta")) == "ob"); // not kept as the fallback's
    CHECK(bench.other->requests.size() == 2);
}
