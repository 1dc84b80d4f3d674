#include "tests/support/process/RedisServer.h"

#include <csignal>
#include <stdexcept>
#include <utility>

namespace exo::test {

RedisServer::RedisServer(std::filesystem::path folder, std::vector<std::string> arguments)
    : m_folder(std::move(folder))
    , m_arguments(std::move(arguments)) {
    start();
}

void RedisServer::start() {
    std::error_code ignored;
    std::filesystem::remove(socket(), ignored);
    ProcessOptions options;
    options.arguments = {"/usr/bin/env", "redis-server",
                         "--port",       "0",
                         "--unixsocket", socket().string(),
                         "--save",       "",
                         "--appendonly", "no",
                         "--dir",        m_folder.string()};
    options.arguments.insert(options.arguments.end(), m_arguments.begin(), m_arguments.end());
    options.environment["LC_ALL"] = "C";
    m_process = std::make_unique<Process>(options);
    while (const auto line = m_process->readLine(Millis(20000))) {
        if (line->find("ready to accept connections at") != std::string::npos) return;
    }
    throw std::runtime_error("redis-server did not start");
}

void RedisServer::stop() {
    m_process->signal(SIGCONT);
    m_process->signal(SIGKILL);
    m_process->wait(Millis(20000));
}

void RedisServer::freeze() const {
    m_process->signal(SIGSTOP);
}

void RedisServer::thaw() const {
    m_process->signal(SIGCONT);
}

std::string RedisServer::ask(std::vector<std::string> command) const {
    ProcessOptions options;
    options.arguments = {"/usr/bin/env", "redis-cli", "-s", socket().string()};
    options.arguments.insert(options.arguments.end(), command.begin(), command.end());
    std::string output = runToEnd(options).output;
    while (!output.empty() && output.back() == '\n')
        output.pop_back();
    return output;
}

} // namespace exo::test
