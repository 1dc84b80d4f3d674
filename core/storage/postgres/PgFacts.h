#pragma once
// What doctor and diag want to know of the PostgreSQL of storage.url. Nothing in it is secret. Blocks.

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace exo {

struct PgFacts {
    enum class Way : std::uint8_t { Local, Tls, Plain }; // a socket or loopback; encrypted; neither
    std::string version;                                 // "15.18"
    double milliseconds = 0;                             // the fastest of a few round trips
    Way way = Way::Local;
    bool durable = true;  // fsync and full_page_writes are on
    bool writable = true; // no standby, and the user may write
    int schema = 0;       // 0: without our tables
    std::int64_t bytes = 0;
    std::int64_t connections = 0, maxConnections = 0;       // to the server, of all its users
    std::vector<std::pair<std::string, std::int64_t>> rows; // by table
};

// StorageError when it cannot be reached, ConfigError for no URL of PostgreSQL.
Result<PgFacts> lookAtPostgres(const Secret& url);
// "exobrain on 10.0.0.5:5432"; "" for no URL of PostgreSQL.
std::string describePgUrl(const Secret& url);

} // namespace exo
