// What the policy of a model makes of its cache.
#include "CacheBench.h"

using namespace exo;
using namespace exo::test;

namespace {

struct PolicyBench : CacheBench {
    explicit PolicyBench(std::map<std::string, CachePolicy> policies) {
        settings.models.cache = std::move(policies);
        settings.models.aliases = {{"creative", "alpha"}};
        settings.models.fallbacks["beta"] = {"delta"};
        gateway->reconfigure(settings, providers());
    }
    static CompletionRequest warm(std::string model = "alpha") {
        auto request = ask("a rhyme?", std::move(model));
        request.body["temperature"] = 0.9;
        return request;
    }
    CacheResult second(const CompletionRequest& request, CacheWish wish = {}) {
        main->acts = {wholeAct("one"), wholeAct("two")};
        other->acts = {wholeAct("one"), wholeAct("two")};
        CHECK(whole(request, wish)->ok());
        return whole(request, wish)->report->cache;
    }
};

CacheWish wish(bool read, bool write, bool evenRandom) {
    CacheWish wish;
    wish.read = read;
    wish.write = write;
    wish.evenRandom = evenRandom;
    return wish;
}

} // namespace

TEST_CASE("an answer meant to vary is kept for a model whose policy is always") {
    CHECK(PolicyBench({}).second(PolicyBench::warm()) == CacheResult::Bypass);
    CHECK(PolicyBench({{"alpha", CachePolicy::Default}}).second(PolicyBench::warm()) == CacheResult::Bypass);
    PolicyBench bench({{"alpha", CachePolicy::Always}});
    CHECK(bench.second(PolicyBench::warm()) == CacheResult::Hit);
    CHECK(bench.main->requests.size() == 1);
    CHECK(bench.second(PolicyBench::warm("beta")) == CacheResult::Bypass); // another model
}

TEST_CASE("under never nothing is looked up, kept or shared, whatever the caller says") {
    for (const CacheWish& asked : {CacheWish(), wish(true, true, true)}) {
        PolicyBench bench({{"alpha", CachePolicy::Never}});
        for (const auto& request : {PolicyBench::ask("?"), PolicyBench::warm()}) {
            CHECK(bench.second(request, asked) == CacheResult::Bypass);
            CHECK(bench.cache->entries.empty());
        }
        bench.main->acts = {hanging(), hanging()};
        (void)bench.whole(PolicyBench::ask("shared?"), asked);
        (void)bench.whole(PolicyBench::ask("shared?"), asked);
        CHECK(bench.main->requests.size() == 6);
    }
    PolicyBench turned({});
    CHECK(turned.second(PolicyBench::ask("?")) == CacheResult::Hit);
    turned.settings.models.cache["alpha"] = CachePolicy::Never;
    turned.gateway->reconfigure(turned.settings, turned.providers());
    CHECK(turned.second(PolicyBench::ask("?")) == CacheResult::Bypass); // what is there stays there
    CacheWish only;
    only.onlyIfCached = true;
    CHECK(turned.whole(PolicyBench::ask("?"), only)->code() == ErrorCode::NotCached);
}

TEST_CASE("a caller may be stricter than always") {
    PolicyBench bench({{"alpha", CachePolicy::Always}});
    CHECK(bench.second(PolicyBench::warm(), wish(false, false, false)) == CacheResult::Bypass);
    CHECK(bench.cache->entries.empty());
    CHECK(bench.second(PolicyBench::warm(), wish(false, true, false)) == CacheResult::Bypass);
    CHECK(bench.cache->entries.size() == 1);
}

TEST_CASE("the policy is that of the name asked for, else of what it stands for") {
    for (const char* name : {"creative", "alpha", "main/alpha"})
        CHECK_MESSAGE(PolicyBench({{name, CachePolicy::Always}}).second(PolicyBench::warm("creative")) ==
                          CacheResult::Hit,
                      name);
    PolicyBench bench({{"alpha", CachePolicy::Always}, {"creative", CachePolicy::Default}});
    CHECK(bench.second(PolicyBench::warm("creative")) == CacheResult::Bypass);
    CHECK(bench.second(PolicyBench::warm("alpha")) == CacheResult::Hit);
    CHECK(bench.second(PolicyBench::warm("creative")) == CacheResult::Bypass);
}

TEST_CASE("an answer is not kept when the fallback that gave it says never") {
    for (const bool never : {false, true}) {
        PolicyBench bench({{"delta", never ? CachePolicy::Never : CachePolicy::Default}});
        bench.main->acts = {failing(Error(ErrorCode::UpstreamTimeout))};
        bench.other->acts = {CacheBench::wholeAct("delta's")};
        CHECK(CacheBench::textOf(*bench.whole(CacheBench::ask("?", "beta"))) == "delta's");
        CHECK(bench.cache->entries.empty() == never);
    }
}
