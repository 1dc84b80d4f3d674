#pragma once
// A PostgreSQL of a test: a cluster in a folder of its own, on a local socket there. It refuses to run as
// root, so the user postgres (or nobody) runs it then. Ends with the test.

#include "tests/support/process/Process.h"

#include <filesystem>
#include <memory>
#include <string>

namespace exo::test {

class PostgresServer {
  public:
    // Whether the programs are there.
    static bool installed();
    // Throws when it does not start.
    PostgresServer();
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    void start(); // again, after stop()
    void stop();  // at once; what was committed stays
    void freeze() const;
    void thaw() const;
    // A new, empty database; its URL.
    std::string createDatabase();
    // What psql prints for one command in the database of this URL.
    std::string ask(const std::string& url, const std::string& sql) const;

    // One for the whole test program.
    static PostgresServer& shared();

  private:
    void signalAll(int number) const;

    std::filesystem::path m_folder;
    std::string m_user; // who runs it; empty: we
    int m_databases = 0;
    std::unique_ptr<Process> m_process;
};

// For tests that run over both engines: with EXO_TEST_POSTGRES in the environment the URL of a new database,
// else
// "".
std::string databaseUrlOfTest();

} // namespace exo::test
