#include "core/HistoryKeeper.h"
#include "core/storage/MetricsStore.h"
#include "core/storage/Sqlite.h"
#include "tests/support/FakeClock.h"
#include "tests/support/FileTree.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

struct Rig {
    std::unique_ptr<HistoryKeeper> open() { return HistoryKeeper::open(home / "metrics.db", clock); }
    void add(HistoryKeeper& keeper, double cpu) {
        MetricRow row;
        row.at = toUnixMillis(clock.wallNow()) / 1000;
        row.values[static_cast<std::size_t>(Series::Cpu)] = cpu;
        keeper.add(row);
    }
    // Seconds of a constant value, written as a core would.
    void fill(HistoryKeeper& keeper, int seconds, double cpu) {
        for (int i = 0; i < seconds; ++i) {
            clock.advance(Millis(1000));
            add(keeper, cpu);
            if (keeper.due()) CHECK(run(io, keeper.flush()).ok());
        }
    }
    api::MetricSeries cpu(HistoryKeeper& keeper, Millis range) {
        const auto history = run(io, keeper.read(range));
        REQUIRE(history.ok());
        return history->series.at(0);
    }
    static int filled(const api::MetricSeries& series) {
        int count = 0;
        for (const auto& value : series.values)
            count += value.has_value() ? 1 : 0;
        return count;
    }

    TempHome home;
    FakeClock clock;
    asio::io_context io;
};

} // namespace

TEST_CASE("seconds come back as seconds, minutes and hours, also after a restart") {
    Rig rig;
    auto keeper = rig.open();
    rig.fill(*keeper, 7200, 0.5);
    rig.fill(*keeper, 60, 0.9);
    CHECK(run(rig.io, keeper->flush()).ok());
    keeper.reset();
    keeper = rig.open();
    const auto fiveMinutes = rig.cpu(*keeper, Millis(300'000));
    CHECK(Rig::filled(fiveMinutes) == 300);
    CHECK(*fiveMinutes.values.back() == doctest::Approx(0.9));
    CHECK(*fiveMinutes.values.front() == doctest::Approx(0.5));
    CHECK(Rig::filled(rig.cpu(*keeper, Millis(3600'000))) >= 359);
    const auto day = rig.cpu(*keeper, Millis(86400'000));
    CHECK(Rig::filled(day) >= 24);
    CHECK(*day.peaks.back() == doctest::Approx(0.9));
    const auto month = rig.cpu(*keeper, Millis(30ll * 86400'000));
    CHECK(Rig::filled(month) >= 1);
}

TEST_CASE("retention: seconds go after an hour, minutes after two days, hours after the setting") {
    Rig rig;
    auto keeper = rig.open();
    rig.fill(*keeper, 120, 0.5);
    rig.clock.advance(std::chrono::hours(3));
    rig.fill(*keeper, 10, 0.7);
    CHECK(*run(rig.io, keeper->prune(std::chrono::hours(24 * 30))) == 120);
    CHECK(Rig::filled(rig.cpu(*keeper, std::chrono::hours(24))) >= 2);
    rig.clock.advance(std::chrono::hours(24 * 31));
    CHECK(*run(rig.io, keeper->prune(std::chrono::hours(24 * 30))) > 0);
    CHECK(Rig::filled(rig.cpu(*keeper, std::chrono::hours(24 * 60))) == 0);
}

TEST_CASE("paused: nothing is written, the last ten minutes are still shown and written later") {
    Rig rig;
    auto keeper = rig.open();
    keeper->setWriting(HistoryKeeper::Writing::Paused);
    rig.fill(*keeper, 700, 0.25);
    CHECK_FALSE(keeper->due());
    CHECK(Rig::filled(rig.cpu(*keeper, Millis(300'000))) == 300);
    keeper->setWriting(HistoryKeeper::Writing::On);
    CHECK(run(rig.io, keeper->flush()).ok());
    keeper.reset();
    keeper = rig.open();
    CHECK(Rig::filled(rig.cpu(*keeper, Millis(3600'000))) >= 60);
}

TEST_CASE("a damaged history is begun anew, an impossible place leaves it in memory") {
    Rig rig;
    writeText(rig.home / "metrics.db", std::string(10'000, 'x'));
    auto keeper = rig.open();
    rig.fill(*keeper, 20, 0.5);
    CHECK(run(rig.io, keeper->flush()).ok());
    CHECK(Rig::filled(rig.cpu(*keeper, Millis(60'000))) == 20);

    writeText(rig.home / "file", "");
    const auto nowhere = HistoryKeeper::open(rig.home / "file" / "metrics.db", rig.clock);
    rig.fill(*nowhere, 20, 0.5);
    CHECK(Rig::filled(rig.cpu(*nowhere, Millis(60'000))) == 20);
    CHECK(*run(rig.io, nowhere->prune(Millis(1000))) == 0);
}

TEST_CASE("a clock that goes back adds to what is there, and loses nothing") {
    Rig rig;
    auto keeper = rig.open();
    rig.fill(*keeper, 10, 0.2);
    CHECK(run(rig.io, keeper->flush()).ok());
    rig.clock.setWall(rig.clock.wallNow() - Millis(10'000));
    rig.fill(*keeper, 10, 0.6);
    CHECK(run(rig.io, keeper->flush()).ok());
    const auto cpu = rig.cpu(*keeper, Millis(60'000));
    CHECK(Rig::filled(cpu) == 10);
    CHECK(*cpu.values.back() == doctest::Approx(0.4));
    CHECK(*cpu.peaks.back() == doctest::Approx(0.6));
}
