// Readers that take in less than the model says: the upstream is held up instead of the memory filled,
// nothing is lost, and who reads nothing at all is let go of.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

#include <fstream>
#include <thread>

using namespace exo::test;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_readers = 50;
constexpr std::chrono::seconds k_writeTimeout{30}; // net/HttpServer.h

double residentMegabytes(const Rig& rig) {
    std::ifstream status("/proc/" + std::to_string(rig.pid()) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
    return 0;
}

void report(const char* what, double megabytes) {
    std::printf("  %-58s %8.1f MB\n", what, megabytes);
    std::fflush(stdout);
}

// All ask before the upstream, whose behaviour is "held", says anything to one of them.
std::vector<RawCall> startReaders(const Rig& rig, Upstream& upstream, std::size_t calls,
                                  const std::function<Json(std::size_t)>& body) {
    std::vector<RawCall> readers;
    for (std::size_t i = 0; i < k_readers; ++i)
        readers.push_back(RawCall({rig.url() + "/v1/chat/completions", body(i).dump(), {}, "POST", 4096}));
    upstream.waitForRequests(calls);
    rig.waitFor("those who share a call", [&] {
        return rig.metric("exobrain_coalesced_total") == static_cast<double>(k_readers - calls);
    });
    upstream.release();
    for (RawCall& reader : readers)
        REQUIRE(reader.read(512, std::chrono::seconds(20)) > 0);
    return readers;
}

// Until the memory does not grow any more: everything that will be taken in has been. Not so long that the
// readers would be let go of.
double settledMegabytes(const Rig& rig) {
    const auto until = Clock::now() + k_writeTimeout / 3;
    double before = 0, now = residentMegabytes(rig);
    for (int same = 0; same < 5 && Clock::now() < until; same = now - before < 0.5 ? same + 1 : 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        before = std::exchange(now, residentMegabytes(rig));
    }
    return now;
}

} // namespace

TEST_SUITE_BEGIN("slow_reader");

TEST_CASE("fifty readers that stand still hold up a fast upstream, and get every word when they go on") {
    Rig rig;
    rig.start();
    constexpr int k_tokens = 40'000; // 9 MB as a stream, 450 MB together
    const double before = residentMegabytes(rig);
    const std::string behaviour = "text:" + std::to_string(k_tokens) + "+held";
    std::vector<RawCall> readers = startReaders(rig, rig.upstream(), k_readers, [&](std::size_t) {
        Json body = chat(behaviour, "the same for all", true);
        body["temperature"] = 1; // each its own call
        return body;
    });
    const double grown = settledMegabytes(rig) - before;
    report("50 readers stand still, each its own call", grown);
    CHECK(grown < 100);
    CHECK(rig.upstream().stats()["running"] == k_readers); // none could say all it had to say

    RawCall& one = readers.front();
    one.takeMore();
    REQUIRE(one.waitForEnd(std::chrono::seconds(60)));
    CHECK(one.received().find("data: [DONE]") != std::string::npos);
    std::size_t pieces = 0;
    for (auto at = one.received().find("\"content\":\""); at != std::string::npos;
         at = one.received().find("\"content\":\"", at + 1))
        ++pieces;
    CHECK(pieces >= k_tokens);
    for (RawCall& reader : readers)
        reader.leave();
    rig.waitUntilIdle();
    rig.upstream().waitUntilQuiet();
    CHECK(rig.upstream().stats()["outcomes"][behaviour]["client-closed"] == k_readers - 1);
}

TEST_CASE("answers that could be shared are kept for slow readers up to a bound") {
    Rig rig;
    rig.start();
    const double before = residentMegabytes(rig);
    std::vector<RawCall> readers = startReaders(rig, rig.upstream(), 10, [](std::size_t i) {
        return chat("text:10000+held", "question " + std::to_string(i % 10),
                    true); // each of ten asked five times
    });
    const double grown = settledMegabytes(rig) - before;
    report("50 readers stand still at ten shared calls", grown);
    CHECK(grown < 60);
    CHECK(rig.upstream().log().size() == 10);
}

TEST_CASE("a reader that takes nothing in for thirty seconds is let go of, one that reads slowly is not") {
    Rig rig;
    rig.start();
    Json body = chat("text:40000", "the same", true);
    body["temperature"] = 1;
    const auto slow = [&] {
        return RawCall({rig.url() + "/v1/chat/completions", body.dump(), {}, "POST", 4096});
    };
    const Moment begin = Clock::now();
    RawCall stands = slow(), crawls = slow();
    rig.waitForGauges(2, 0);
    bool gone = false;
    while (!gone && Clock::now() < begin + 2 * k_writeTimeout) {
        REQUIRE(crawls.read(16384, std::chrono::seconds(1)) >= 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        gone = rig.gaugesAre(1, 0);
    }
    CHECK(gone);
    CHECK(Clock::now() - begin >= k_writeTimeout);
    figure("until a reader that stands still is cut",
           std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    // The other one may have been sent whole by now: what is left lies in the sockets.
    rig.waitFor("one call less upstream", [&] { return rig.upstream().stats()["running"] <= 1; });
    crawls.takeMore();
    REQUIRE(crawls.waitForEnd(std::chrono::seconds(60)));
    CHECK(crawls.received().find("data: [DONE]") != std::string::npos);
    rig.waitUntilIdle();
}

TEST_SUITE_END();
