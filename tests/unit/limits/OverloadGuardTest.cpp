#include "core/limits/OverloadGuard.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace exo;

namespace {

constexpr std::uint64_t k_gib = 1ull << 30;
constexpr std::size_t k_small = 1000;
constexpr std::size_t k_big = (256u << 10) + 1;

OverloadStep feed(OverloadGuard& guard, int samples, double cpu, std::uint64_t memory = k_gib) {
    for (int i = 0; i < samples; ++i)
        guard.sample(cpu, memory);
    return guard.step();
}

bool refuses(OverloadGuard& guard, Priority priority, std::size_t bytes) {
    const auto verdict = guard.check(priority, bytes);
    if (verdict.ok()) return false;
    CHECK(verdict.error().code == ErrorCode::Overloaded);
    CHECK(verdict.error().retryAfter.value_or(Millis(0)) >= Millis(1000));
    return true;
}

} // namespace

TEST_CASE("overload is answered in order: caches, low priority, big bodies, normal priority, never high") {
    struct Row {
        OverloadStep step;
        bool low, normalBig, normal;
    };
    const std::vector<Row> rows = {{OverloadStep::None, false, false, false},
                                   {OverloadStep::ShrinkCache, false, false, false},
                                   {OverloadStep::RefuseLow, true, false, false},
                                   {OverloadStep::RefuseBig, true, true, false},
                                   {OverloadStep::RefuseNormal, true, true, true}};
    OverloadGuard guard({});
    for (const Row& row : rows) {
        CHECK(guard.step() == row.step);
        CHECK(refuses(guard, Priority::Low, k_small) == row.low);
        CHECK(refuses(guard, Priority::Normal, k_big) == row.normalBig);
        CHECK(refuses(guard, Priority::Normal, k_big - 1) == row.normal);
        CHECK_FALSE(refuses(guard, Priority::High, k_big));
        feed(guard, 3, 0.95);
    }
    CHECK(feed(guard, 100, 1.0) == OverloadStep::RefuseNormal);
    CHECK(guard.rejected().at("overload_low_priority") == 3);
    CHECK(guard.rejected().at("overload_big_body") == 1);
    CHECK(guard.rejected().at("overload_normal_priority") == 2);
}

TEST_CASE("a step needs a sustained load, and the way back takes longer") {
    OverloadGuard guard({});
    CHECK(feed(guard, 2, 0.9) == OverloadStep::None);
    CHECK(feed(guard, 1, 0.8) == OverloadStep::None); // at the limit is not above it
    CHECK(feed(guard, 2, 0.9) == OverloadStep::None);
    CHECK(feed(guard, 1, 0.9) == OverloadStep::ShrinkCache);
    CHECK(feed(guard, 3, 0.9) == OverloadStep::RefuseLow);

    CHECK(feed(guard, 100, 0.75) == OverloadStep::RefuseLow); // neither above nor well below
    CHECK(feed(guard, 4, 0.72) == OverloadStep::RefuseLow);
    CHECK(feed(guard, 1, 0.75) == OverloadStep::RefuseLow);
    CHECK(feed(guard, 5, 0.1) == OverloadStep::ShrinkCache);
    CHECK(feed(guard, 5, 0.1) == OverloadStep::None);
    CHECK(feed(guard, 50, 0.1) == OverloadStep::None);
}

TEST_CASE("memory counts like the processor, and one alone keeps the step") {
    OverloadGuard guard({});
    CHECK(feed(guard, 3, 0.1, 3 * k_gib) == OverloadStep::None);
    CHECK(feed(guard, 3, 0.1, 3 * k_gib + 1) == OverloadStep::ShrinkCache);
    CHECK(feed(guard, 50, 0.1, 3 * k_gib - 1) == OverloadStep::ShrinkCache);
    CHECK(feed(guard, 50, 0.79, k_gib) == OverloadStep::ShrinkCache);
    CHECK(feed(guard, 5, 0.1, k_gib) == OverloadStep::None);
}

TEST_CASE("a load that swings around the limit does not make the steps flap") {
    OverloadGuard guard({});
    feed(guard, 3, 0.9);
    for (int i = 0; i < 100; ++i)
        CHECK(feed(guard, 1, i % 2 == 0 ? 0.85 : 0.75) == OverloadStep::ShrinkCache);
}

TEST_CASE("new limits count from the next sample, and nonsense is no load") {
    OverloadGuard guard({});
    guard.setLimits({0.5, 3 * k_gib});
    CHECK(feed(guard, 3, 0.6) == OverloadStep::ShrinkCache);
    guard.setLimits({0.9, 3 * k_gib});
    CHECK(feed(guard, 5, 0.6) == OverloadStep::None);
    CHECK(feed(guard, 10, std::numeric_limits<double>::quiet_NaN()) == OverloadStep::None);
}
