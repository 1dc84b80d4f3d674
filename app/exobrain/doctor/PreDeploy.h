#pragma once
// The checklist before a deployment, judged from facts somebody else collected (MachineFacts.h). Pure.

#include "app/exobrain/doctor/Check.h"
#include "core/base/Clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo::doctor {

struct PortFact {
    std::uint16_t port = 0;
    std::string program; // who should have it: exobrain, nginx, redis-server
    enum class State { Free, Ours, Taken } state = State::Free; // Ours: in use, and that program runs
};

struct ProgramFact {
    std::string name;
    std::string version; // "1.22.1"; empty: not installed
    std::string least;   // the oldest that will do
};

// Of the database that storage.url names.
struct PostgresFacts {
    std::string problem; // why it cannot be used
    std::string version;
    double ms = 0; // a round trip
    bool encrypted = true, durable = true;
    std::int64_t connections = 0, maxConnections = 0;
};

struct MachineFacts {
    std::uint64_t memoryAvailable = 0;
    double load = 0, cores = 1;
    std::uint64_t diskAvailable = 0, diskTotal = 0; // of the home's file system
    std::vector<PortFact> ports;
    std::vector<ProgramFact> programs;
    std::string selfTest;      // what went wrong; empty: a database was written, backed up and verified
    std::string configProblem; // all problems, one a line
    std::vector<std::string> configWarnings;
    bool publicListen = false; // server.listen is no loopback address
    std::string keyProblem;    // why the store cannot be read
    bool databaseThere = false;
    std::optional<PostgresFacts> postgres; // nullopt: sessions are in the home
    int activeKeys = 0;
    std::string homeProblem; // why the home cannot be written
    std::string homePath;
    std::string fileSystem; // ext4, nfs …
    enum class Medium { Local, Network, Memory } medium = Medium::Local;
    std::optional<Millis> backupAge; // nullopt: there is none
    std::uint64_t backupNeeds = 0;   // bytes
    bool samples = false;            // /proc can be read
    bool monitorRuns = false;
    bool webhook = false;
};

std::vector<Check> preDeployChecks(const MachineFacts& facts);

// Whether `version` is at least `least`, both as numbers between dots.
bool isAtLeast(std::string_view version, std::string_view least);

} // namespace exo::doctor
