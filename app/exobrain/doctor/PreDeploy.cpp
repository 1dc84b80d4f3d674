#include "app/exobrain/doctor/PreDeploy.h"

#include "core/base/Text.h"
#include "core/base/Units.h"

#include <charconv>
#include <cstdio>

namespace exo::doctor {

namespace {

constexpr std::uint64_t k_memoryNeeded = 2ull << 30; // the budget of one machine: 2 of its 4 GB
constexpr std::uint64_t k_diskNeeded = 2ull << 30, k_diskWanted = 10ull << 30;
constexpr Millis k_oldBackup{26ll * 3600'000};
constexpr std::string_view k_postgresLeast = "13";
constexpr double k_slowPostgres = 20; // ms; a turn takes some tens of round trips

std::string decimals(double value, int places) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    return text;
}

Check memory(const MachineFacts& facts) {
    Check check{"memory", {"Available memory", "可用内存"}, Verdict::Pass, {}, {}};
    check.figure = formatSize(facts.memoryAvailable) + " (>= " + formatSize(k_memoryNeeded) + ")";
    if (facts.memoryAvailable >= k_memoryNeeded) return check;
    check.verdict = Verdict::Fail;
    check.advice = {"End what needs the memory, or use a machine with more.",
                    "请结束占用内存的程序,或换用内存更大的机器。"};
    return check;
}

Check load(const MachineFacts& facts) {
    Check check{"load", {"Load", "系统负载"}, Verdict::Pass, {}, {}};
    check.figure = decimals(facts.load, 2) + " / " + decimals(facts.cores, 0) + " CPU";
    if (facts.load <= facts.cores) return check;
    check.verdict = facts.load > 2 * facts.cores ? Verdict::Fail : Verdict::Warn;
    check.advice = {"The machine is busy; see with top what it does, and wait.",
                    "机器较忙;请用 top 查看原因,并稍后再试。"};
    return check;
}

Check disk(const MachineFacts& facts) {
    Check check{"disk", {"Free disk space", "磁盘可用空间"}, Verdict::Pass, {}, {}};
    check.figure = formatSize(facts.diskAvailable) + " / " + formatSize(facts.diskTotal) +
                   " (>= " + formatSize(k_diskNeeded) + ")";
    if (facts.diskAvailable >= k_diskWanted) return check;
    check.verdict = facts.diskAvailable < k_diskNeeded ? Verdict::Fail : Verdict::Warn;
    check.advice = {"Make room; sessions and backups grow.", "请清理磁盘;会话和备份会不断增长。"};
    return check;
}

Check port(const PortFact& fact) {
    const std::string number = std::to_string(fact.port);
    Check check{"port-" + number, {"Port " + number, "端口 " + number}, Verdict::Pass, {}, {}};
    if (fact.state == PortFact::State::Free) {
        check.figure = "free";
    } else if (fact.state == PortFact::State::Ours) {
        check.figure = fact.program;
    } else {
        check.verdict = Verdict::Fail;
        check.figure = "in use, not by " + fact.program;
        check.advice = {"See who has it: ss -ltnp 'sport = :" + number + "'; end it, or choose another port.",
                        "用 ss -ltnp 'sport = :" + number + "' 查看占用者;结束它,或改用其他端口。"};
    }
    return check;
}

Check program(const ProgramFact& fact) {
    Check check{fact.name + "-version", {fact.name, fact.name}, Verdict::Pass, {}, {}};
    check.figure = fact.version.empty() ? "-" : fact.version + " (>= " + fact.least + ")";
    if (fact.version.empty()) {
        check.verdict = Verdict::Warn;
        check.advice = {"It is not installed; installer/deploy.sh does that.",
                        "尚未安装;installer/deploy.sh 会安装它。"};
    } else if (!isAtLeast(fact.version, fact.least)) {
        check.verdict = Verdict::Fail;
        check.advice = {"It is too old; upgrade it.", "版本过旧,请升级。"};
    }
    return check;
}

Check selfTest(const MachineFacts& facts) {
    Check check{"self-test", {"Self-test", "自检"}, Verdict::Pass, "database, backup, verification", {}};
    if (facts.selfTest.empty()) return check;
    check.verdict = Verdict::Fail;
    check.figure = facts.selfTest;
    check.advice = {"The program does not work on this machine; see the message.",
                    "程序在本机无法正常工作,请查看上述信息。"};
    return check;
}

Check configuration(const MachineFacts& facts) {
    Check check{"config", {"Configuration", "配置"}, Verdict::Pass, "valid", {}};
    if (!facts.configProblem.empty()) {
        check.verdict = Verdict::Fail;
        check.figure = split(facts.configProblem, '\n').front();
        check.advice = {"See all of it with: exobrain serve --check-config",
                        "完整信息请运行:exobrain serve --check-config"};
    } else if (!facts.configWarnings.empty()) {
        check.verdict = Verdict::Warn;
        check.figure = facts.configWarnings.front();
        check.advice = {"See all of it with: exobrain serve --check-config",
                        "完整信息请运行:exobrain serve --check-config"};
    }
    return check;
}

Check postgres(const PostgresFacts& facts) {
    Check check{"postgres", {"PostgreSQL", "PostgreSQL"}, Verdict::Pass, {}, {}};
    const auto is = [&](Verdict verdict, Words advice) {
        check.verdict = verdict;
        check.advice = std::move(advice);
        return check;
    };
    if (!facts.problem.empty()) {
        check.figure = facts.problem;
        return is(Verdict::Fail, {"See that it runs, and that storage.url leads to it.",
                                  "请确认它正在运行,且 storage.url 正确。"});
    }
    check.figure = facts.version + " (>= " + std::string(k_postgresLeast) + "), " + decimals(facts.ms, 1) +
                   " ms, " + std::to_string(facts.connections) + "/" + std::to_string(facts.maxConnections) +
                   " connections";
    if (!isAtLeast(facts.version, k_postgresLeast))
        return is(Verdict::Fail, {"It is too old; upgrade it.", "版本过旧,请升级。"});
    if (!facts.durable)
        return is(Verdict::Fail,
                  {"fsync or full_page_writes is off: a power cut loses what was acknowledged.",
                   "fsync 或 full_page_writes 已关闭:断电会丢失已确认的数据。"});
    if (!facts.encrypted)
        return is(Verdict::Warn, {"The way to it is not encrypted: add sslmode=verify-full to storage.url.",
                                  "到它的连接未加密:请在 storage.url 中加入 sslmode=verify-full。"});
    if (facts.ms > k_slowPostgres)
        return is(Verdict::Warn, {"It is far away; every turn waits for it. Put it into the same network.",
                                  "它距离太远,每次对话都要等待它;请放到同一网络中。"});
    return check;
}

Check keys(const MachineFacts& facts) {
    Check check{"keys", {"Key store", "密钥库"}, Verdict::Pass, {}, {}};
    const bool none = !facts.databaseThere;
    check.figure = std::to_string(facts.activeKeys) + (none ? " (no database yet)" : "");
    if (!facts.keyProblem.empty()) {
        check.verdict = Verdict::Fail;
        check.figure = facts.keyProblem;
        check.advice = facts.postgres ? Words{"The database cannot be read; see the line about PostgreSQL.",
                                              "无法读取数据库;请查看 PostgreSQL 一行。"}
                                      : Words{"The database cannot be read; restore a backup.",
                                              "无法读取数据库;请恢复备份。"};
    } else if (facts.activeKeys == 0) {
        check.verdict = facts.publicListen ? Verdict::Fail : Verdict::Warn;
        check.advice = {
            "Make a key: exobrain keys create --name NAME. Without one everybody who reaches the "
            "server may use it.",
            "请创建密钥:exobrain keys create --name NAME。没有密钥时,任何能访问服务器的人都可以使用它。"};
    }
    return check;
}

Check home(const MachineFacts& facts) {
    Check check{"home", {"Home is writable", "数据目录可写"}, Verdict::Pass, facts.homePath, {}};
    if (facts.homeProblem.empty()) return check;
    check.verdict = Verdict::Fail;
    check.figure = facts.homeProblem;
    check.advice = {"Give the folder to the user the server runs as.",
                    "请将该目录的所有权交给运行服务器的用户。"};
    return check;
}

Check fileSystem(const MachineFacts& facts) {
    Check check{
        "file-system", {"Home's file system", "数据目录的文件系统"}, Verdict::Pass, facts.fileSystem, {}};
    if (facts.medium == MachineFacts::Medium::Network) {
        check.verdict = Verdict::Fail;
        check.advice = {"SQLite needs a local file system: locks and fsync over a network lose data.",
                        "SQLite 需要本地文件系统:经网络的文件锁和 fsync 会丢失数据。"};
    } else if (facts.medium == MachineFacts::Medium::Memory) {
        check.verdict = Verdict::Warn;
        check.advice = {"It lies in memory and is gone after a restart of the machine.",
                        "该目录位于内存中,重启机器后数据会丢失。"};
    }
    return check;
}

Check backup(const MachineFacts& facts) {
    Check check{"backup", {"Backup", "备份"}, Verdict::Pass, {}, {}};
    if (facts.postgres) { // which cannot be seen from here
        check.figure = "PostgreSQL: pg_dump";
        return check;
    }
    check.figure = facts.backupAge ? formatDuration(*facts.backupAge) : "-";
    if (facts.diskAvailable < facts.backupNeeds) {
        check.verdict = Verdict::Fail;
        check.figure +=
            ", needs " + formatSize(facts.backupNeeds) + ", free " + formatSize(facts.diskAvailable);
        check.advice = {"There is no room for a backup; make some, or use backup --to another disk.",
                        "空间不足,无法备份;请清理磁盘,或用 backup --to 备份到其他磁盘。"};
    } else if (facts.databaseThere && (!facts.backupAge || *facts.backupAge > k_oldBackup)) {
        check.verdict = Verdict::Warn;
        check.advice = {"Make one now: exobrain backup; nightly: exobrain-backup.timer.",
                        "请立即备份:exobrain backup;每晚自动备份:exobrain-backup.timer。"};
    }
    return check;
}

Check monitoring(const MachineFacts& facts) {
    Check check{"monitoring", {"Monitoring", "监控"}, Verdict::Pass, {}, {}};
    check.figure = std::string(facts.samples ? "sampling" : "no sampling") +
                   (facts.monitorRuns ? ", monitor runs" : ", monitor does not run") +
                   (facts.webhook ? ", webhook" : ", no webhook");
    if (!facts.samples) {
        check.verdict = Verdict::Fail;
        check.advice = {"/proc cannot be read; nothing can be measured.",
                        "无法读取 /proc,不能采集任何指标。"};
    } else if (!facts.webhook) {
        check.verdict = Verdict::Warn;
        check.advice = {"Alerts only go to the log; set alerts.webhook to be told.",
                        "告警目前只写入日志;设置 alerts.webhook 后可收到通知。"};
    }
    return check;
}

} // namespace

bool isAtLeast(std::string_view version, std::string_view least) {
    const auto have = split(version, '.'), need = split(least, '.');
    const auto number = [](const std::vector<std::string_view>& parts, std::size_t i) {
        int value = 0;
        if (i < parts.size()) std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), value);
        return value;
    };
    for (std::size_t i = 0; i < need.size(); ++i)
        if (number(have, i) != number(need, i)) return number(have, i) > number(need, i);
    return true;
}

std::vector<Check> preDeployChecks(const MachineFacts& facts) {
    std::vector<Check> checks{memory(facts), load(facts), disk(facts)};
    for (const auto& fact : facts.ports)
        checks.push_back(port(fact));
    for (const auto& fact : facts.programs)
        checks.push_back(program(fact));
    if (facts.postgres) checks.push_back(postgres(*facts.postgres));
    for (auto* judge : {selfTest, configuration, keys, home, fileSystem, backup, monitoring})
        checks.push_back(judge(facts));
    return checks;
}

} // namespace exo::doctor
