#include "core/limits/Admission.h"

#include "tests/support/FakeClock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace exo;

namespace {

struct Caller {
    std::string name;
    CancelSource cancel;
    std::optional<Result<AdmissionSlot>> result;

    bool running() const { return result && result->ok() && (*result)->held(); }
    ErrorCode refusal() const { return result && !result->ok() ? result->error().code : ErrorCode::Internal; }
};

struct Bench {
    test::FakeClock clock;
    std::optional<Admission> admission;
    std::vector<std::unique_ptr<Caller>> callers;
    std::string order;   // names in the order of their admission
    asio::io_context io; // the last, so that waiting coroutines go first

    explicit Bench(int running, int queued = 200) {
        AdmissionLimits limits;
        limits.running = running;
        limits.queued = queued;
        admission.emplace(limits, clock, clock);
    }
    asio::awaitable<void> ask(Caller* caller, AdmissionTicket ticket) {
        caller->result = co_await admission->acquire(std::move(ticket), caller->cancel.token());
        if (caller->result->ok()) order += caller->name;
    }
    Caller& call(std::string name, Priority priority = Priority::Normal, std::size_t bytes = 0) {
        return call(std::move(name), AdmissionTicket{priority, "", bytes});
    }
    Caller& call(std::string name, AdmissionTicket ticket) {
        callers.push_back(std::make_unique<Caller>());
        Caller* caller = callers.back().get();
        caller->name = std::move(name);
        asio::co_spawn(io, ask(caller, std::move(ticket)), asio::detached);
        settle();
        return *caller;
    }
    void finish(Caller& caller) {
        caller.result.reset();
        settle();
    }
    // One call after the other until nobody waits.
    void finishAll() {
        for (std::size_t i = 0; i < callers.size(); ++i)
            for (const auto& caller : callers)
                if (caller->running()) finish(*caller);
    }
    void settle() {
        io.restart();
        io.poll();
    }
};

} // namespace

TEST_CASE("so many run, the next ones wait and follow in order of arrival") {
    Bench bench(2);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    Caller& c = bench.call("c");
    Caller& d = bench.call("d");
    CHECK(a.running());
    CHECK(b.running());
    CHECK_FALSE(c.result);
    CHECK(bench.admission->saturated());
    CHECK(bench.admission->stats().running == 2);
    CHECK(bench.admission->stats().queued == 2);
    bench.finish(b);
    CHECK(c.running());
    CHECK_FALSE(d.result);
    bench.finish(a);
    bench.finish(c);
    bench.finish(d);
    CHECK(bench.order == "abcd");
    CHECK(bench.admission->stats().running == 0);
    CHECK(bench.admission->stats().queued == 0);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("a higher priority goes first, arrival decides inside one") {
    Bench bench(1);
    bench.call("x");
    const Priority low = Priority::Low;
    const Priority high = Priority::High;
    bench.call("l", low);
    bench.call("n");
    bench.call("h", high);
    bench.call("m");
    bench.call("i", high);
    bench.finishAll();
    CHECK(bench.order == "xhinml");
}

TEST_CASE("five seconds of waiting are worth one level, so nobody starves") {
    Bench bench(1);
    bench.call("x");
    bench.call("l", Priority::Low);
    bench.clock.advance(Millis(2000));
    bench.call("n");
    bench.clock.advance(Millis(3000));
    bench.call("m"); // l is normal by now, behind n
    SUBCASE("an aged call is as good as one of the next level, and behind those who were there") {
        bench.finishAll();
        CHECK(bench.order == "xnlm");
    }
    SUBCASE("just before its time it still goes last") {
        Bench early(1);
        early.call("x");
        early.call("l", Priority::Low);
        early.clock.advance(Millis(4999));
        early.call("n");
        early.finishAll();
        CHECK(early.order == "xnl");
    }
    SUBCASE("after ten seconds it stands with the high ones") {
        AdmissionLimits patient;
        patient.running = 1;
        patient.queueTimeout = Millis(60000);
        Bench late(1);
        late.admission->setLimits(patient);
        late.call("x");
        late.call("l", Priority::Low);
        late.clock.advance(Millis(10000));
        late.call("n");
        late.call("h", Priority::High);
        late.finishAll();
        CHECK(late.order == "xlhn");
    }
}

TEST_CASE("a low call goes although high ones keep coming") {
    Bench bench(1);
    AdmissionLimits limits;
    limits.running = 1;
    limits.queueTimeout = Millis(60000);
    bench.admission->setLimits(limits);
    bench.call("h", Priority::High);
    Caller& low = bench.call("l", Priority::Low);
    int seconds = 0;
    for (; seconds < 30 && !low.running(); ++seconds) {
        for (const char* name : {"i", "j"}) // more come than go
            bench.call(name, Priority::High);
        bench.clock.advance(Millis(1000));
        for (const auto& caller : bench.callers)
            if (caller->running()) {
                bench.finish(*caller);
                break;
            }
    }
    CHECK(low.running());
    CHECK(seconds <= 21); // it rose to the high ones after ten, behind the ten that waited then
}

TEST_CASE("a call that others join rises in the queue to the most urgent of them") {
    Bench bench(1);
    const auto shared = std::make_shared<SharedPriority>(Priority::Low);
    bench.call("x");
    bench.call("l", AdmissionTicket{Priority::Low, "", 0, shared});
    bench.call("m", Priority::Low);
    bench.call("n");
    bench.call("h", Priority::High);
    SUBCASE("but not for one that is no more urgent") {
        shared->raise(Priority::Low);
        bench.finishAll();
        CHECK(bench.order == "xhnlm");
    }
    SUBCASE("behind those who were there") {
        shared->raise(Priority::Normal);
        shared->raise(Priority::Low);
        bench.call("o");
        bench.finishAll();
        CHECK(bench.order == "xhnlom");
    }
    SUBCASE("step by step, and on with its age") {
        shared->raise(Priority::Normal);
        bench.clock.advance(Millis(5000)); // it is high now, n too
        bench.call("i", Priority::High);
        shared->raise(Priority::High);
        bench.finishAll();
        CHECK(bench.order == "xhlnim");
    }
    CHECK(shared.use_count() == 1);
    shared->raise(Priority::High); // nobody waits any more
}

TEST_CASE("a call that was joined before it had to wait begins where the most urgent stands") {
    Bench bench(1);
    const auto shared = std::make_shared<SharedPriority>(Priority::High);
    bench.call("x");
    bench.call("n");
    bench.call("l", AdmissionTicket{Priority::Low, "", 0, shared});
    bench.finishAll();
    CHECK(bench.order == "xln");
}

TEST_CASE("tenants of one level take turns, whoever asks most") {
    Bench bench(1);
    const auto ask = [&](std::string name, std::string tenant, Priority priority = Priority::Normal) {
        bench.call(std::move(name), AdmissionTicket{priority, std::move(tenant), 0});
    };
    ask("x", "a");
    for (const char* name : {"a", "b", "c", "d"})
        ask(name, "greedy");
    ask("E", "modest");
    ask("F", "modest");
    ask("1", "third");
    ask("H", "third", Priority::High);
    bench.finishAll();
    CHECK(bench.order == "xHaE1bFcd");
}

TEST_CASE("a tenant gets no more by coming back after each call") {
    Bench bench(1);
    bench.call("x", AdmissionTicket{Priority::Normal, "x", 0});
    for (int i = 0; i < 20; ++i) {
        bench.call("a", AdmissionTicket{Priority::Normal, "a", 0});
        bench.call("b", AdmissionTicket{Priority::Normal, "b", 0});
        bench.call("c", AdmissionTicket{Priority::Normal, i % 2 == 0 ? "b" : "a", 0});
    }
    bench.finishAll();
    CHECK(bench.order.size() == 61);
    CHECK(bench.order.find("aaa") == std::string::npos);
    CHECK(bench.order.find("bbb") == std::string::npos);
}

TEST_CASE("a full queue refuses at once and says when to come back") {
    Bench bench(1, 2);
    bench.call("a");
    bench.call("b");
    bench.call("c");
    Caller& d = bench.call("d");
    CHECK(d.refusal() == ErrorCode::QueueFull);
    CHECK(d.result->error().retryAfter == Millis(1000));
    CHECK(bench.admission->stats().queueFull == 1);
    CHECK(bench.admission->stats().queued == 2);
}

TEST_CASE("a refusal says how long the queue takes at the pace of the last calls") {
    struct Row {
        Millis each;
        Millis expected;
    };
    for (const Row row : {Row{Millis(10), Millis(1000)}, Row{Millis(1000), Millis(11000)},
                          Row{Millis(8000), Millis(30000)}}) {
        Bench bench(1, 10);
        for (int i = 0; i < 40; ++i) {
            Caller& caller = bench.call("");
            bench.clock.advance(row.each);
            bench.finish(caller);
        }
        bench.clock.advance(row.each);
        for (int i = 0; i < 11; ++i)
            bench.call("");
        const Caller& refused = bench.call("");
        CHECK(refused.refusal() == ErrorCode::QueueFull);
        CHECK(refused.result->error().retryAfter == row.expected);
    }
    Bench stuck(1, 1);
    stuck.finish(stuck.call(""));
    stuck.call("");
    stuck.clock.advance(std::chrono::hours(1)); // nothing came free since
    stuck.call("");
    CHECK(stuck.call("").result->error().retryAfter == Millis(30000));
}

TEST_CASE("the bodies in the queue are bounded together") {
    Bench bench(1);
    bench.call("a");
    Caller& large = bench.call("b", Priority::Normal, 40u << 20);
    CHECK_FALSE(large.result); // one alone may be larger
    CHECK(bench.call("c", Priority::Normal, 1).refusal() == ErrorCode::QueueFull);
    large.cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    Caller& small = bench.call("d", Priority::Normal, 9u << 20);
    CHECK_FALSE(small.result);
    CHECK(bench.call("e", Priority::Normal, 9u << 20).refusal() == ErrorCode::QueueFull);
    CHECK(bench.admission->stats().queuedBytes == (9u << 20));
}

TEST_CASE("waiting ends with the queue's time-out") {
    Bench bench(1);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    bench.clock.advance(Millis(4000));
    Caller& c = bench.call("c");
    bench.clock.advance(Millis(5999));
    bench.settle();
    CHECK_FALSE(b.result);
    bench.clock.advance(Millis(1));
    bench.settle();
    CHECK(b.refusal() == ErrorCode::QueueTimeout);
    CHECK_FALSE(c.result);
    CHECK(bench.admission->stats().queueTimeout == 1);
    bench.finish(a);
    CHECK(c.running());
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("who goes away leaves the queue at once") {
    Bench bench(1);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    Caller& c = bench.call("c");
    b.cancel.cancel(CancelReason::ClientGone);
    CHECK(bench.admission->stats().queued == 1);
    bench.settle();
    CHECK(b.refusal() == ErrorCode::Cancelled);
    bench.finish(a);
    CHECK(c.running());
    Caller& gone = bench.call("d");
    bench.finish(c);
    CHECK(gone.running());
}

TEST_CASE("a slot given to a caller who left in the same moment goes to the next") {
    Bench bench(1);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    Caller& c = bench.call("c");
    a.result.reset(); // b is let in, and leaves before it notices
    b.cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(b.refusal() == ErrorCode::Cancelled);
    CHECK(c.running());
    CHECK(bench.admission->stats().running == 1);
}

TEST_CASE("already cancelled callers are not let in") {
    Bench bench(1);
    bench.callers.push_back(std::make_unique<Caller>());
    Caller* caller = bench.callers.back().get();
    caller->cancel.cancel(CancelReason::UserStop);
    asio::co_spawn(bench.io, bench.ask(caller, {}), asio::detached);
    bench.settle();
    CHECK(caller->refusal() == ErrorCode::Cancelled);
    CHECK(bench.admission->stats().running == 0);
}

TEST_CASE("without waiting there is a slot, a refusal, or nothing while all slots are taken") {
    Bench bench(2);
    Caller& running = bench.call("a");
    const CancelToken stays;
    auto slot = bench.admission->acquireNow(stays);
    REQUIRE(slot);
    REQUIRE(slot->ok());
    CHECK((*slot)->held());
    CHECK(bench.admission->stats().running == 2);
    CHECK_FALSE(bench.admission->acquireNow(stays));
    CHECK(bench.admission->stats().queueFull == 0);
    bench.call("b");
    slot.reset();
    bench.settle();
    CHECK(bench.order == "ab"); // who waits gets it, not who comes next
    CHECK_FALSE(bench.admission->acquireNow(stays));
    bench.finish(running);

    CancelSource left;
    left.cancel(CancelReason::ClientGone);
    auto gone = bench.admission->acquireNow(left.token());
    REQUIRE(gone);
    CHECK(gone->error().code == ErrorCode::Cancelled);
    bench.admission->close();
    auto closed = bench.admission->acquireNow(stays);
    REQUIRE(closed);
    CHECK(closed->error().code == ErrorCode::ShuttingDown);
    CHECK(bench.admission->stats().running == 1);
}

TEST_CASE("closing empties the queue and lets running calls end") {
    Bench bench(1);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    bench.admission->close();
    bench.settle();
    CHECK(b.refusal() == ErrorCode::ShuttingDown);
    CHECK(a.running());
    CHECK(bench.call("c").refusal() == ErrorCode::ShuttingDown);
    bench.finish(a);
    CHECK(bench.admission->stats().running == 0);
}

TEST_CASE("new limits take effect at once") {
    Bench bench(1);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    Caller& c = bench.call("c");
    AdmissionLimits limits;
    limits.running = 2;
    bench.admission->setLimits(limits);
    bench.settle();
    CHECK(b.running());
    CHECK_FALSE(c.result);
    limits.running = 1;
    bench.admission->setLimits(limits);
    bench.finish(a);
    CHECK_FALSE(c.result);
    bench.finish(b);
    CHECK(c.running());
}

TEST_CASE("a slot outlives its admission, a waiter does not outlast it") {
    Bench bench(1);
    Caller& a = bench.call("a");
    Caller& b = bench.call("b");
    bench.admission.reset();
    bench.settle();
    CHECK(b.refusal() == ErrorCode::ShuttingDown);
    bench.finish(a);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("ten thousand callers with random ends leave nothing behind") {
    Bench bench(50);
    std::uint32_t seed = 12345;
    const auto random = [&](std::uint32_t below) {
        seed = seed * 1664525u + 1013904223u;
        return (seed >> 16) % below;
    };
    for (int i = 0; i < 10'000; ++i) {
        const auto priority = static_cast<Priority>(random(3));
        std::string tenant = "tenant-" + std::to_string(random(40));
        Caller& caller = bench.call("", {priority, std::move(tenant), random(100'000)});
        Caller& other = *bench.callers[random(static_cast<std::uint32_t>(bench.callers.size()))];
        switch (random(4)) {
        case 0: caller.cancel.cancel(CancelReason::ClientGone); break;
        case 1: bench.clock.advance(Millis(random(200))); break;
        default: other.result.reset(); break;
        }
        const AdmissionStats stats = bench.admission->stats();
        REQUIRE(stats.running <= 50);
        REQUIRE(stats.queued <= 200);
    }
    for (const auto& caller : bench.callers)
        caller->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    for (const auto& caller : bench.callers)
        caller->result.reset();
    bench.settle();
    CHECK(bench.admission->stats().running == 0);
    CHECK(bench.admission->stats().queued == 0);
    CHECK(bench.admission->stats().queuedBytes == 0);
    CHECK(bench.clock.pending() == 0);
    int admitted = 0;
    for (int i = 0; i < 50; ++i)
        admitted += bench.call("").running() ? 1 : 0;
    CHECK(admitted == 50);
}

TEST_CASE("a loop that ends while callers wait frees them without a trace") {
    test::FakeClock clock;
    AdmissionLimits limits;
    limits.running = 1;
    Admission admission(limits, clock, clock);
    std::optional<Result<AdmissionSlot>> first;
    {
        asio::io_context io;
        const auto ask = [&](std::optional<Result<AdmissionSlot>>* out) -> asio::awaitable<void> {
            AdmissionTicket ticket;
            auto slot = co_await admission.acquire(std::move(ticket), {});
            if (out) out->emplace(std::move(slot));
        };
        asio::co_spawn(io, ask(&first), asio::detached);
        asio::co_spawn(io, ask(nullptr), asio::detached);
        io.poll();
        CHECK(admission.stats().queued == 1);
    }
    CHECK(admission.stats().queued == 0);
    CHECK(clock.pending() == 0);
}
