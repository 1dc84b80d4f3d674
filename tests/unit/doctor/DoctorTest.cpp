#include "app/exobrain/doctor/MachineFacts.h"
#include "app/exobrain/doctor/PostDeploy.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace exo;
using namespace exo::doctor;

namespace {

MachineFacts goodMachine() {
    MachineFacts facts;
    facts.memoryAvailable = 3ull << 30;
    facts.load = 0.4;
    facts.cores = 2;
    facts.diskAvailable = 50ull << 30;
    facts.diskTotal = 80ull << 30;
    facts.ports = {{8686, "exobrain"}, {6379, "redis-server", PortFact::State::Ours}};
    facts.programs = {{"nginx", "1.22.1", "1.18"}, {"redis-server", "7.0.15", "6.0"}};
    facts.databaseThere = true;
    facts.activeKeys = 1;
    facts.homePath = "/var/lib/exobrain";
    facts.fileSystem = "ext4";
    facts.backupAge = Millis(3600'000);
    facts.samples = facts.monitorRuns = facts.webhook = true;
    return facts;
}

PostgresFacts& postgresOf(MachineFacts& facts) {
    facts.postgres = PostgresFacts{{}, "15.18", 0.4, true, true, 4, 100};
    return *facts.postgres;
}

ServerFacts goodServer() {
    ServerFacts facts;
    facts.url = "http://127.0.0.1:8686";
    for (Answer* answer : {&facts.health, &facts.ready, &facts.version, &facts.models, &facts.call})
        *answer = {200, 3.5, R"({"version":"1.2.3"})", {}};
    facts.before.emplace();
    facts.after.emplace();
    facts.after->business.requests.total = 1;
    facts.after->service.redis = "up";
    facts.newLogLines = 4;
    facts.proxy = ServerFacts::Proxy{"http://127.0.0.1", {200, 2, {}, {}}, 20.0, "nginx"};
    return facts;
}

const Check& find(const std::vector<Check>& checks, std::string_view id) {
    const auto found = std::ranges::find(checks, id, &Check::id);
    REQUIRE_MESSAGE(found != checks.end(), "there is no line ", std::string(id));
    return *found;
}

Verdict before(const MachineFacts& facts, std::string_view id) {
    return find(preDeployChecks(facts), id).verdict;
}

std::vector<std::string> unwell(const std::vector<Check>& checks) {
    std::vector<std::string> ids;
    for (const auto& check : checks)
        if (check.verdict != Verdict::Pass) ids.push_back(check.id);
    return ids;
}

} // namespace

TEST_CASE("a machine that has everything passes each line, with a figure") {
    const auto checks = preDeployChecks(goodMachine());
    CHECK(unwell(checks).empty());
    for (const auto& check : checks) {
        CHECK_MESSAGE(!check.figure.empty(), check.id);
        CHECK_MESSAGE(!check.title.chinese.empty(), check.id);
    }
}

TEST_CASE("each fact that is wrong fails its own line and says what to do in both languages") {
    using Change = void (*)(MachineFacts&);
    struct Row {
        const char* id;
        Verdict verdict;
        Change change;
    };
    const Row rows[] = {
        {"memory", Verdict::Fail, [](MachineFacts& f) { f.memoryAvailable = (2ull << 30) - 1; }},
        {"load", Verdict::Warn, [](MachineFacts& f) { f.load = 2.5; }},
        {"load", Verdict::Fail, [](MachineFacts& f) { f.load = 4.5; }},
        {"disk", Verdict::Warn, [](MachineFacts& f) { f.diskAvailable = 5ull << 30; }},
        {"disk", Verdict::Fail, [](MachineFacts& f) { f.diskAvailable = 1ull << 30; }},
        {"port-8686", Verdict::Fail, [](MachineFacts& f) { f.ports[0].state = PortFact::State::Taken; }},
        {"nginx-version", Verdict::Warn, [](MachineFacts& f) { f.programs[0].version.clear(); }},
        {"nginx-version", Verdict::Fail, [](MachineFacts& f) { f.programs[0].version = "1.9.15"; }},
        {"self-test", Verdict::Fail, [](MachineFacts& f) { f.selfTest = "io_error"; }},
        {"config", Verdict::Fail, [](MachineFacts& f) { f.configProblem = "a.json:1: one\na.json:2: two"; }},
        {"config", Verdict::Warn, [](MachineFacts& f) { f.configWarnings = {"a literal key"}; }},
        {"keys", Verdict::Warn, [](MachineFacts& f) { f.activeKeys = 0; }},
        {"keys", Verdict::Fail,
         [](MachineFacts& f) {
             f.activeKeys = 0;
             f.publicListen = true;
         }},
        {"keys", Verdict::Fail, [](MachineFacts& f) { f.keyProblem = "storage_corrupt"; }},
        {"home", Verdict::Fail, [](MachineFacts& f) { f.homeProblem = "Permission denied"; }},
        {"file-system", Verdict::Fail, [](MachineFacts& f) { f.medium = MachineFacts::Medium::Network; }},
        {"file-system", Verdict::Warn, [](MachineFacts& f) { f.medium = MachineFacts::Medium::Memory; }},
        {"backup", Verdict::Warn, [](MachineFacts& f) { f.backupAge.reset(); }},
        {"backup", Verdict::Warn, [](MachineFacts& f) { f.backupAge = Millis(27ll * 3600'000); }},
        {"backup", Verdict::Fail, [](MachineFacts& f) { f.backupNeeds = 51ull << 30; }},
        {"postgres", Verdict::Fail, [](MachineFacts& f) { postgresOf(f).problem = "refused"; }},
        {"postgres", Verdict::Fail, [](MachineFacts& f) { postgresOf(f).version = "12.9"; }},
        {"postgres", Verdict::Fail, [](MachineFacts& f) { postgresOf(f).durable = false; }},
        {"postgres", Verdict::Warn, [](MachineFacts& f) { postgresOf(f).encrypted = false; }},
        {"postgres", Verdict::Warn, [](MachineFacts& f) { postgresOf(f).ms = 80; }},
        {"monitoring", Verdict::Warn, [](MachineFacts& f) { f.webhook = false; }},
        {"monitoring", Verdict::Fail, [](MachineFacts& f) { f.samples = false; }},
    };
    for (const Row& row : rows) {
        MachineFacts facts = goodMachine();
        row.change(facts);
        CHECK_MESSAGE(before(facts, row.id) == row.verdict, row.id);
        const auto checks = preDeployChecks(facts);
        CHECK(unwell(checks) == std::vector<std::string>{row.id});
        CHECK_FALSE(find(checks, row.id).advice.english.empty());
        CHECK_FALSE(find(checks, row.id).advice.chinese.empty());
    }
}

TEST_CASE("sessions in PostgreSQL are a line of their own, and no matter of the home's backup") {
    MachineFacts facts = goodMachine();
    facts.backupAge.reset();
    facts.backupNeeds = 51ull << 30;
    postgresOf(facts);
    CHECK(unwell(preDeployChecks(facts)).empty());
    CHECK(find(preDeployChecks(facts), "postgres").figure == "15.18 (>= 13), 0.4 ms, 4/100 connections");
    CHECK(find(preDeployChecks(facts), "backup").figure.find("pg_dump") != std::string::npos);
    const auto without = preDeployChecks(goodMachine());
    CHECK(std::ranges::count(without, "postgres", &Check::id) == 0);
}

TEST_CASE("versions are compared as numbers") {
    CHECK(isAtLeast("1.22.1", "1.18"));
    CHECK(isAtLeast("1.18.0", "1.18"));
    CHECK_FALSE(isAtLeast("1.9.15", "1.18"));
    CHECK(isAtLeast("7", "6.0"));
    CHECK_FALSE(isAtLeast("", "6.0"));
}

TEST_CASE("ports somebody listens on are read from the kernel's table") {
    const char* table =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 23\n"
        "   1: 0100007F:21EE 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 24\n"
        "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 25\n";
    CHECK(listeningPorts(table) == std::vector<std::uint16_t>{6379, 80});
    CHECK(listeningPorts("").empty());
    CHECK(listeningPorts("garbage\nx y z 0A\n").empty());
}

TEST_CASE("a server that does all it should passes each line") {
    CHECK(unwell(postDeployChecks(goodServer())).empty());
    CHECK(find(postDeployChecks(goodServer()), "version").figure == "1.2.3");
}

TEST_CASE("what is wrong with a server fails the line it belongs to") {
    const auto failed = [](auto change) {
        ServerFacts facts = goodServer();
        change(facts);
        return unwell(postDeployChecks(facts));
    };
    using Ids = std::vector<std::string>;
    CHECK(failed([](ServerFacts& f) {
              f.health = {0, 2000, {}, "upstream_connection: refused"};
          }) == Ids{"up"});
    CHECK(failed([](ServerFacts& f) { f.ready.status = 503; }) == Ids{"ready"});
    CHECK(failed([](ServerFacts& f) { f.call.status = 500; }) == Ids{"model-call"});
    CHECK(failed([](ServerFacts& f) { f.after = f.before, f.after->service.redis = "up"; }) ==
          Ids{"metrics"});
    CHECK(failed([](ServerFacts& f) { f.newLogLines = 0; }) == Ids{"log"});
    CHECK(failed([](ServerFacts& f) { f.after->service.redis = "down"; }) == Ids{"redis"});
    CHECK(failed([](ServerFacts& f) { f.after->service.redis = "off"; }).empty());
    CHECK(failed([](ServerFacts& f) { f.proxy.reset(); }) == Ids{"proxy"});
    CHECK(failed([](ServerFacts& f) { f.proxy->health.status = 502; }) == Ids{"proxy"});
    CHECK(failed([](ServerFacts& f) { f.proxy->firstEventMs = 4000.0; }) == Ids{"proxy-stream"});
    CHECK(failed([](ServerFacts& f) { f.proxy->firstEventMs.reset(); }) == Ids{"proxy-stream"});
    ServerFacts foreign = goodServer(); // something else on port 80, or a name we do not know
    foreign.proxy->health.status = 301;
    foreign.proxy->guessed = true;
    CHECK(find(postDeployChecks(foreign), "proxy").verdict == Verdict::Warn);
    ServerFacts keyless = goodServer();
    keyless.models.status = 401;
    CHECK(find(postDeployChecks(keyless), "api").advice.english.find("--key-file") != std::string::npos);
}

TEST_CASE("the performance is judged by the limits of the plan") {
    LoadFacts good;
    for (int i = 0; i < 100; ++i)
        good.ms.push_back(i < 95 ? 10 : 500);
    good.cpu = {0.2, 0.4};
    good.memory = {0.5};
    for (int i = 0; i < 20; ++i)
        good.resident.emplace_back(i * 0.5, 100e6 + (i < 10 ? i * 5e6 : 50e6)); // fills a cache, then stays
    CHECK(unwell(performanceChecks(good)).empty());

    LoadFacts slow = good;
    slow.ms[94] = 201;
    CHECK(unwell(performanceChecks(slow)) == std::vector<std::string>{"response"});
    LoadFacts failing = good;
    failing.failures = 1;
    CHECK(unwell(performanceChecks(failing)) == std::vector<std::string>{"response"});
    LoadFacts busy = good;
    busy.cpu = {0.7};
    CHECK(unwell(performanceChecks(busy)) == std::vector<std::string>{"cpu"});
    LoadFacts full = good;
    full.memory = {0.81};
    CHECK(unwell(performanceChecks(full)) == std::vector<std::string>{"memory-use"});

    LoadFacts leaking = good;
    for (auto& [seconds, bytes] : leaking.resident)
        bytes = 100e6 + seconds * 3e6;
    CHECK(find(performanceChecks(leaking), "leak").verdict == Verdict::Fail);
    LoadFacts alerted = good;
    alerted.growing = true;
    CHECK(find(performanceChecks(alerted), "leak").verdict == Verdict::Fail);
    CHECK(find(performanceChecks({}), "response").verdict == Verdict::Fail);
}

TEST_CASE("the report is text for people and JSON for programs") {
    const std::vector<Section> sections{
        {"before",
         {"Before", "之前"},
         {{"a", {"Alpha", "甲"}, Verdict::Pass, "1", {}},
          {"b", {"Beta", "乙"}, Verdict::Fail, "2\x1b[2J", {"Do it.", "去做。"}}}}};
    const std::string plain = toText(sections, {});
    CHECK(plain.find("FAIL  Beta") != std::string::npos);
    CHECK(plain.find("Do it.") != std::string::npos);
    CHECK(plain.find('\x1b') == std::string::npos);
    const std::string fancy = toText(sections, {true, true});
    CHECK(fancy.find("去做。") != std::string::npos);
    CHECK(fancy.find("\x1b[2J") == std::string::npos); // what a stranger wrote cannot steer the terminal
    const Json json = toJson(sections);
    CHECK(json["ok"] == false);
    CHECK(json["checks"][1]["verdict"] == "fail");
    CHECK(json["checks"][1]["advice"] == "Do it.");
    CHECK(anyFailed(sections));
}
