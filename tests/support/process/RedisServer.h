#pragma once
// A redis-server of a test, on a socket in its folder. Ends with the test.

#include "tests/support/process/Process.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace exo::test {

class RedisServer {
  public:
    // Throws when it does not start. `arguments` as on its command line: "--maxmemory 1mb".
    explicit RedisServer(std::filesystem::path folder, std::vector<std::string> arguments = {});

    void start(); // again, after stop()
    void stop();  // kill -9
    void freeze() const;
    void thaw() const;
    std::filesystem::path socket() const { return m_folder / "redis.sock"; }
    std::string url() const { return "unix://" + socket().string(); }
    // What redis-cli prints.
    std::string ask(std::vector<std::string> command) const;

  private:
    std::filesystem::path m_folder;
    std::vector<std::string> m_arguments;
    std::unique_ptr<Process> m_process;
};

} // namespace exo::test
