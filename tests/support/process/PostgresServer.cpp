#include "tests/support/process/PostgresServer.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace exo::test {

namespace fs = std::filesystem;

namespace {

// Debian keeps them out of the path, one folder a version.
fs::path programFolder() {
    fs::path newest;
    std::error_code none;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
        if (fs::exists(version.path() / "bin/initdb", none))
            newest = std::max(newest, version.path() / "bin");
    return newest;
}

} // namespace

bool PostgresServer::installed() {
    return !programFolder().empty();
}

PostgresServer::PostgresServer() {
    std::string pattern = (fs::temp_directory_path() / "exobrain-pg-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    m_folder = pattern;
    if (::geteuid() == 0) {
        const passwd* user = ::getpwnam("postgres");
        if (!user) user = ::getpwnam("nobody");
        if (!user || ::chown(m_folder.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("no user to run PostgreSQL as");
        m_user = user->pw_name;
    }
    const std::string make = "cd / && exec " + (programFolder() / "initdb").string() + " -D '" +
                             (m_folder / "data").string() +
                             "' -U exobrain -A trust -E UTF8 --locale=C.UTF-8 --no-sync 2>&1";
    ProcessOptions options;
    if (!m_user.empty())
        options.arguments = {"/usr/bin/env", "setpriv", "--reuid",       m_user,
                             "--regid",      m_user,    "--clear-groups"};
    options.arguments.insert(options.arguments.end(), {"/bin/sh", "-c", make});
    const Finished made = runToEnd(options);
    if (made.status != 0) throw std::runtime_error("initdb: " + made.output);
    start();
}

void PostgresServer::start() {
    const std::string command = "cd / && exec " + (programFolder() / "postgres").string() + " -D '" +
                                (m_folder / "data").string() + "' -k '" + m_folder.string() +
                                "' -c listen_addresses= -c unix_socket_permissions=0777 -c fsync=off 2>&1";
    ProcessOptions options;
    if (!m_user.empty())
        options.arguments = {"/usr/bin/env", "setpriv", "--reuid",       m_user,
                             "--regid",      m_user,    "--clear-groups"};
    options.arguments.insert(options.arguments.end(), {"/bin/sh", "-c", command});
    options.environment["LC_ALL"] = "C";
    m_process = std::make_unique<Process>(options);
    ::chmod(m_folder.c_str(), 0755);
    while (const auto line = m_process->readLine(Millis(60000)))
        if (line->find("ready to accept connections") != std::string::npos) return;
    throw std::runtime_error("postgres did not start");
}

void PostgresServer::stop() {
    signalAll(SIGCONT);
    m_process->signal(SIGQUIT);
    m_process->wait(Millis(60000));
}

PostgresServer::~PostgresServer() {
    stop();
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

// A connection is a process of its own.
void PostgresServer::signalAll(int number) const {
    m_process->signal(number);
    const std::string pid = std::to_string(m_process->pid());
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    for (pid_t child = 0; children >> child;)
        ::kill(child, number);
}
void PostgresServer::freeze() const {
    signalAll(SIGSTOP);
}
void PostgresServer::thaw() const {
    signalAll(SIGCONT);
}

std::string PostgresServer::createDatabase() {
    const std::string at = "postgres:///";
    const std::string where = "?host=" + m_folder.string() + "&user=exobrain";
    const std::string name = "test" + std::to_string(++m_databases);
    const std::string said = ask(at + "postgres" + where, "CREATE DATABASE " + name);
    if (said != "CREATE DATABASE") throw std::runtime_error("createdb: " + said);
    return at + name + where;
}

std::string PostgresServer::ask(const std::string& url, const std::string& sql) const {
    ProcessOptions options;
    options.arguments = {(programFolder() / "psql").string(), url, "-X", "-A", "-t", "-c", sql};
    std::string output = runToEnd(options).output;
    while (!output.empty() && output.back() == '\n')
        output.pop_back();
    return output;
}

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

std::string databaseUrlOfTest() {
    if (!std::getenv("EXO_TEST_POSTGRES")) return {};
    return PostgresServer::shared().createDatabase();
}

} // namespace exo::test
