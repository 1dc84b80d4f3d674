#include "tests/support/process/Process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace exo::test {

namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> environmentWith(const std::map<std::string, std::string>& changes) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry; ++entry) {
        const std::string text = *entry;
        if (!changes.contains(text.substr(0, text.find('=')))) result.push_back(text);
    }
    for (const auto& [name, value] : changes)
        if (!value.empty()) result.push_back(name + "=" + value);
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

int remaining(Clock::time_point until) {
    const auto left = std::chrono::duration_cast<Millis>(until - Clock::now()).count();
    return static_cast<int>(std::max<Millis::rep>(left, 0));
}

std::array<int, 2> makePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    return ends;
}

} // namespace

Process::Process(const ProcessOptions& options) {
    std::vector<std::string> arguments = options.arguments;
    std::vector<std::string> environment = environmentWith(options.environment);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    const std::string errorFile = options.stderrFile.string();
    const auto input = makePipe();
    const auto output = makePipe();
    const pid_t parent = ::getpid();
    m_pid = ::fork();
    if (m_pid < 0) throw std::runtime_error("fork");
    if (m_pid == 0) { // only async-signal-safe calls from here on
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(127);
        ::dup2(input[0], STDIN_FILENO);
        ::dup2(output[1], STDOUT_FILENO);
        if (!errorFile.empty()) {
            const int file = ::open(errorFile.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            if (file >= 0) ::dup2(file, STDERR_FILENO);
        }
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    m_input = input[1];
    m_output = output[0];
    m_pidFd = static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0));
    if (m_pidFd < 0) throw std::runtime_error("pidfd_open");
}

Process::~Process() {
    if (!m_status) {
        signal(SIGKILL);
        wait(Millis(10000));
    }
    closeInput();
    ::close(m_output);
    ::close(m_pidFd);
}

bool Process::fill(Clock::time_point until) {
    pollfd watched{m_output, POLLIN, 0};
    while (true) {
        const int ready = ::poll(&watched, 1, remaining(until));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        std::array<char, 4096> chunk{};
        const ssize_t count = ::read(m_output, chunk.data(), chunk.size());
        if (count <= 0) return false;
        m_buffer.append(chunk.data(), static_cast<std::size_t>(count));
        return true;
    }
}

std::optional<std::string> Process::readLine(Millis timeout) {
    const auto until = Clock::now() + timeout;
    while (true) {
        if (const auto end = m_buffer.find('\n'); end != std::string::npos) {
            std::string line = m_buffer.substr(0, end);
            m_buffer.erase(0, end + 1);
            return line;
        }
        if (!fill(until)) return std::nullopt;
    }
}

std::string Process::readAll(Millis timeout) {
    const auto until = Clock::now() + timeout;
    while (fill(until)) {
    }
    return std::exchange(m_buffer, {});
}

void Process::writeInput(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const ssize_t count = ::write(m_input, text.data() + at, text.size() - at);
        if (count <= 0) return; // it went away; its status says more
        at += static_cast<std::size_t>(count);
    }
}

void Process::closeInput() {
    if (m_input >= 0) ::close(std::exchange(m_input, -1));
}

void Process::signal(int number) const {
    ::syscall(SYS_pidfd_send_signal, m_pidFd, number, nullptr, 0);
}

std::optional<int> Process::wait(Millis timeout) {
    if (m_status) return m_status;
    pollfd watched{m_pidFd, POLLIN, 0};
    const auto until = Clock::now() + timeout;
    while (::poll(&watched, 1, remaining(until)) < 0 && errno == EINTR) {
    }
    int status = 0;
    if (::waitpid(m_pid, &status, WNOHANG) != m_pid) return std::nullopt;
    m_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return m_status;
}

Finished runToEnd(const ProcessOptions& options, const std::string& input, Millis timeout) {
    Process process(options);
    process.writeInput(input);
    process.closeInput();
    Finished finished;
    finished.output = process.readAll(timeout);
    finished.status = process.wait(timeout).value_or(-1);
    return finished;
}

std::string waitForListening(Process& process, Millis timeout) {
    constexpr std::string_view mark = "listening on ";
    const auto until = Clock::now() + timeout;
    while (const auto line = process.readLine(Millis(remaining(until)))) {
        const auto at = line->find(mark);
        if (at != std::string::npos) return line->substr(at + mark.size());
    }
    const auto status = process.wait(Millis(100));
    throw std::runtime_error("the program did not start to listen" +
                             (status ? "; it ended with status " + std::to_string(*status) : std::string()));
}

} // namespace exo::test
