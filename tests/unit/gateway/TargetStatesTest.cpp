// Which targets share a breaker, and which share a pause.
#include "core/gateway/TargetStates.h"
#include "Bench.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

struct States {
    Bench bench;
    std::vector<std::shared_ptr<Provider>> providers;
    TargetStates states{{}, bench.clock, bench.clock, 1};

    States() {
        for (auto& made : bench.providers())
            providers.push_back(std::move(made));
    }
    Target target() const { return {providers[0], "alpha", "http://a", "account", 0}; }
    // Each differs from target() in one thing.
    std::vector<Target> others() const {
        std::vector<Target> list(4, target());
        list[0].provider = providers[1];
        list[1].model = "beta";
        list[2].baseUrl = "http://b";
        list[3].account = "another";
        return list;
    }
};

} // namespace

TEST_CASE("a breaker is that of one provider, address, key and model") {
    States s;
    const auto own = s.states.breaker(s.target());
    CHECK(s.states.breaker(s.target()) == own);
    for (const Target& other : s.others())
        CHECK(s.states.breaker(other) != own);
    for (int i = 0; i < 5; ++i)
        own->enter(CircuitBreaker::Probing::Allowed)->failure(BreakerFailure::Transport, "refused");
    CHECK(own->snapshot().state == BreakerState::Open);
    for (const Target& other : s.others())
        CHECK(s.states.breaker(other)->snapshot().state == BreakerState::Closed);
}

TEST_CASE("a throttled model rests alone, a bad key rests with all its models") {
    States s;
    Error throttle(ErrorCode::UpstreamRejected);
    throttle.upstreamStatus = 429;
    s.states.park(s.target(), judge(throttle), throttle);
    CHECK(s.states.parked(s.target()));
    for (const Target& other : s.others())
        CHECK_FALSE(s.states.parked(other));

    Error refused(ErrorCode::UpstreamRejected);
    refused.upstreamStatus = 401;
    s.states.park(s.target(), judge(refused), refused);
    const auto others = s.others();
    CHECK(s.states.parked(others[1])); // another model of the same key
    for (const std::size_t unconcerned : {0u, 2u, 3u})
        CHECK_FALSE(s.states.parked(others[unconcerned]));
}
