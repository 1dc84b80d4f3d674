#include "Bench.h"
#include "core/gateway/CallStats.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

// "provider:model" that a name leads to, or the error.
std::string routeOf(Bench& bench, const std::string& model) {
    for (const auto& script : {bench.main, bench.other, bench.local})
        script->acts = {answer()};
    const auto call = bench.complete(model);
    return call->ok() ? call->report->provider + ":" + call->report->model
                      : call->result->error().toLogString();
}

} // namespace

TEST_CASE("names lead to providers") {
    Bench bench;
    bench.settings.models.aliases = {{"fast", "beta"},   {"work", "fast"},         {"loop", "pool"},
                                     {"pool", "loop"},   {"self", "self"},         {"away", "other/epsilon"},
                                     {"alpha", "delta"}, {"own", "exobrain-local"}};
    bench.settings.models.defaultModel = "work";
    CHECK(routeOf(bench, "alpha") == "main:alpha"); // a configured name is stronger than an alias
    CHECK(routeOf(bench, "delta") == "other:delta");
    CHECK(routeOf(bench, "other/alpha") == "other:alpha");
    CHECK(routeOf(bench, "vendor/gamma") == "main:vendor/gamma");
    CHECK(routeOf(bench, "other/not-listed") == "other:not-listed");
    CHECK(routeOf(bench, "work") == "main:beta");
    CHECK(routeOf(bench, "away") == "other:epsilon");
    CHECK(routeOf(bench, "own") == "local:exobrain-local");
    CHECK(routeOf(bench, "exobrain-local") == "local:exobrain-local");
    CHECK(routeOf(bench, "") == "main:beta");
    CHECK(routeOf(bench, "default") == "main:beta");
    CHECK(routeOf(bench, "loop").starts_with("model_not_found"));
    CHECK(routeOf(bench, "self").starts_with("model_not_found"));
}

TEST_CASE("an unknown model names its nearest neighbour") {
    Bench bench;
    const auto call = bench.complete("Alpah");
    REQUIRE(call->code() == ErrorCode::ModelNotFound);
    CHECK(call->result->error().detail == "unknown model \"Alpah\" (did you mean \"alpha\"?)");
    CHECK(call->result->error().param == "model");
    const auto strange = bench.complete("something-else-entirely");
    CHECK(strange->result->error().detail.find("did you mean") == std::string::npos);
    const auto hostile = bench.complete(std::string(1u << 20, 'a'));
    CHECK(hostile->code() == ErrorCode::ModelNotFound);
    CHECK(hostile->result->error().detail.size() < 300);
    CHECK(bench.gateway->stats().failed == 0);
}

TEST_CASE("with no provider every name is the local assistant's") {
    Bench bench;
    bench.settings.providers.clear();
    CHECK(routeOf(bench, "gpt-4o") == "local:exobrain-local");
    CHECK(routeOf(bench, "") == "local:exobrain-local");
    CHECK(bench.gateway->defaultModel() == "exobrain-local");
    auto empty = makeGateway(bench.settings, {}, bench.clock, bench.clock);
    bench.gateway = std::move(empty);
    CHECK(bench.complete("")->code() == ErrorCode::NoProvider);
}

TEST_CASE("a provider without a list of models takes any other name") {
    Bench bench;
    bench.settings.providers.clear();
    bench.add("main", {});
    bench.add("other", {"delta"});
    CHECK(routeOf(bench, "delta") == "other:delta");
    CHECK(routeOf(bench, "anything") == "main:anything");
    CHECK(bench.gateway->defaultModel() == "delta");
}

TEST_CASE("the list of models is what requests may name") {
    Bench bench;
    bench.settings.models.aliases = {{"fast", "beta"}, {"broken", "nowhere"}};
    bench.settings.providers[0].contextTokens["beta"] = 1234;
    std::string names;
    for (const api::ModelInfo& model : bench.open().models())
        names += model.id + (model.isAlias ? "*" : "") + "@" + model.provider + " ";
    CHECK(names == "alpha@main beta@main vendor/gamma@main delta@other other/alpha@other fast*@main "
                   "exobrain-local@local ");
    CHECK(bench.gateway->contextTokens("beta") == 1234);
    CHECK(bench.gateway->contextTokens("fast") == 1234);
    CHECK(bench.gateway->contextTokens("alpha") == 32768);
    CHECK(bench.gateway->contextTokens("main/gpt-4o") == 128'000);
    CHECK(bench.gateway->contextTokens("nowhere") == 32768);
    CHECK(bench.gateway->defaultModel() == "alpha");
}

TEST_CASE("what is shown of a provider holds no secret") {
    Bench bench;
    bench.settings.providers[0].apiKey = Secret("sk-x");
    bench.settings.providers[0].proxy = "http://user:pass@proxy.example:3128";
    const auto providers = bench.open().providers();
    REQUIRE(providers.size() == 2);
    CHECK(providers[0].hasKey);
    CHECK_FALSE(providers[1].hasKey);
    CHECK(providers[0].proxy == "http://***@proxy.example:3128");
}

TEST_CASE("statistics look at the last five minutes") {
    FakeClock clock;
    CallStats stats(clock);
    const auto recent = [&] { return stats.metrics().recent(); };
    CHECK(recent().p95Ms == 0);
    CHECK(recent().errorRate == 0);
    for (int i = 1; i <= 100; ++i)
        stats.succeed(Millis(i), CallStats::Kind::Whole);
    CHECK(recent().p95Ms == doctest::Approx(95).epsilon(0.01));
    CHECK(recent().averageMs == doctest::Approx(50.5));
    stats.failCall(Millis(1), Error(ErrorCode::Cancelled));
    CHECK(recent().errorRate == 0);
    stats.failStream(Error(ErrorCode::StreamInterrupted)); // one of the hundred
    CHECK(recent().errorRate == doctest::Approx(0.01));
    CHECK(stats.metrics().failed == 1);
    clock.advance(Millis(6'000));
    (void)recent();
    for (int i = 0; i < 10; ++i)
        stats.succeed(Millis(7), CallStats::Kind::Stream);
    clock.advance(Millis(300'000));
    CHECK(recent().errorRate == 0);
    CHECK(recent().p95Ms == doctest::Approx(7).epsilon(0.01));
    CHECK(recent().firstTokenP95Ms == doctest::Approx(7).epsilon(0.01));
}

TEST_CASE("a provider that lists no models is asked for them, once in a while, and bounded in time") {
    Bench bench;
    bench.add("open", {});
    bench.open();
    const auto ids = [&] {
        auto pending = std::make_shared<Pending<std::vector<api::ModelInfo>>>();
        asio::co_spawn(bench.io, Bench::store(bench.gateway->allModels(), pending), asio::detached);
        bench.settle();
        REQUIRE(pending->ok());
        std::vector<std::string> names;
        for (const api::ModelInfo& model : **pending->result)
            names.push_back(model.id);
        return names;
    };
    const auto names = ids();
    CHECK(std::ranges::count(names, "listed") == 1);
    CHECK(std::ranges::count(names, "exobrain-local") == 1);
    CHECK(std::ranges::count(names, "delta") == 1);
    CHECK(ids() == names);
    CHECK(bench.main->listings == 1);
    bench.advance(Millis(60'000));
    CHECK(ids() == names);
    CHECK(bench.main->listings == 2);
    CHECK(bench.gateway->models().size() == names.size() - 1);
}

TEST_CASE("a model that another provider would answer for is listed with the name of its own") {
    Bench bench;
    bench.add("first", {});
    bench.add("second", {});
    bench.add("named", {"listed"});
    bench.open();
    auto pending = std::make_shared<Pending<std::vector<api::ModelInfo>>>();
    asio::co_spawn(bench.io, Bench::store(bench.gateway->allModels(), pending), asio::detached);
    bench.settle();
    REQUIRE(pending->ok());
    std::vector<std::string> whose;
    for (const api::ModelInfo& model : **pending->result)
        if (model.id.ends_with("listed")) whose.push_back(model.id + " of " + model.provider);
    CHECK(whose ==
          std::vector<std::string>{"listed of named", "first/listed of first", "second/listed of second"});
}
