#pragma once
// The server and what it needs besides the core. Made, used and destroyed on the io thread; the core outlives
// it.

#include "app/exobrain/Heartbeat.h"
#include "core/Core.h"
#include "core/server/Server.h"
#include "core/server/StoreKeySource.h"

#include <memory>
#include <string>
#include <vector>

namespace exo::cli {

// For streams that run when the server is told to end.
inline constexpr Millis k_drainGrace{30'000};

// What only the rows above the configuration understand: addresses. ConfigError.
Result<void> checkAddresses(const Settings& settings);
// Level, form and file of the server's log; the old ones stay when the file cannot be opened (ConfigError).
Result<void> applyLogging(const Settings& settings);

class ServeJob {
  public:
    // `sockets` are those the service manager opened; without any the address of the settings is used.
    ServeJob(Core& core, std::vector<int> sockets);
    ServeJob(const ServeJob&) = delete;
    ServeJob& operator=(const ServeJob&) = delete;

    // The address it listens on, as a URL. ConfigError when everybody on the network could use it.
    Task<std::string> start();
    // All or nothing; says in the log what came of it.
    void reload();
    asio::awaitable<void> drain();

  private:
    Result<void> listen();
    server::Services services();
    Task<void> askDatabase();

    Core& m_core;
    std::vector<int> m_sockets;
    std::string m_listenHost;
    server::StoreKeySource m_keySource;
    server::KeyCache m_keys;
    server::Authenticator m_authenticator;
    server::Server m_server;
    std::unique_ptr<Heartbeat> m_heartbeat; // when the service manager wants one
};

} // namespace exo::cli
