#include "core/base/ChildProcess.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace exo {

namespace {

struct Pipe {
    int read = -1;
    int write = -1;
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        if (read >= 0) ::close(read);
        if (write >= 0) ::close(write);
    }
    bool open() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return false;
        read = ends[0];
        write = ends[1];
        return true;
    }
};

Error ioError(const std::string& what) {
    return fail(ErrorCode::IoError, what + ": " + std::strerror(errno));
}

// Between fork and exec: system calls only. Reports a failed exec through `report`, which exec closes.
[[noreturn]] void becomeProgram(const std::vector<char*>& arguments, int input, int output, int errors,
                                int report, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127); // gone before it could be asked for
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC); // no socket of ours stays open in it
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::execv(arguments[0], arguments.data());
    const int number = errno;
    [[maybe_unused]] const auto told = ::write(report, &number, sizeof number);
    ::_exit(127);
}

// The errno of a failed exec; 0 when the program runs.
int execError(int report) {
    int number = 0;
    ssize_t got = 0;
    do {
        got = ::read(report, &number, sizeof number);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof number) ? number : 0;
}

} // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments, Errors errors) {
    Pipe input;
    Pipe output;
    Pipe report;
    if (!input.open() || !output.open() || !report.open()) return ioError("pipe");
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    std::vector<std::string> words = arguments;
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0)
        becomeProgram(pointers, input.read, output.write, errors == Errors::Discarded ? null : output.write,
                      report.write, parent);
    if (null >= 0) ::close(null);
    if (pid < 0) return ioError("fork");
    ::close(std::exchange(report.write, -1));
    ChildProcess child(pid, std::exchange(input.write, -1), std::exchange(output.read, -1));
    errno = execError(report.read);
    if (errno != 0) return ioError("cannot start " + arguments.front());
    return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1))
    , m_input(std::exchange(other.m_input, -1))
    , m_output(std::exchange(other.m_output, -1))
    , m_status(other.m_status) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(m_pid, other.m_pid);
    std::swap(m_input, other.m_input);
    std::swap(m_output, other.m_output);
    std::swap(m_status, other.m_status);
    return *this;
}

ChildProcess::~ChildProcess() {
    kill();
    if (m_input >= 0) ::close(m_input);
    if (m_output >= 0) ::close(m_output);
}

void ChildProcess::reap(int options) {
    int raw = 0;
    pid_t got = 0;
    do {
        got = ::waitpid(m_pid, &raw, options);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return;
    m_status = got < 0 ? 127 : WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    m_pid = -1;
}

bool ChildProcess::running() {
    if (m_pid >= 0) reap(WNOHANG);
    return m_pid >= 0;
}

void ChildProcess::kill() {
    if (m_pid < 0) return;
    ::kill(m_pid, SIGKILL);
    reap(0);
}

int ChildProcess::takeOutput() {
    return std::exchange(m_output, -1);
}

Result<void> ChildProcess::writeInput(std::string_view text) {
    while (!text.empty()) {
        const ssize_t wrote = ::write(m_input, text.data(), text.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return ioError("the program does not read its input");
        text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    ::close(std::exchange(m_input, -1));
    return {};
}

Result<std::string> ChildProcess::readToEnd(Millis limit, std::size_t maxBytes) {
    const SteadyTime end = std::chrono::steady_clock::now() + limit;
    std::string text;
    for (;;) {
        const auto left = std::chrono::ceil<Millis>(end - std::chrono::steady_clock::now());
        pollfd wanted{m_output, POLLIN, 0};
        const int ready = left.count() <= 0 ? 0 : ::poll(&wanted, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) {
            kill();
            return fail(ErrorCode::WorkTimeout,
                        "the program did not end within " + std::to_string(limit.count()) + " ms");
        }
        char buffer[4096];
        const ssize_t got = ::read(m_output, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
        if (text.size() <= maxBytes) continue;
        kill();
        return fail(ErrorCode::RequestTooLarge, "the program says too much");
    }
    if (m_pid >= 0) reap(0);
    return text;
}

Result<std::filesystem::path> findProgram(const std::string& name, std::string_view searchPath) {
    if (name.find('/') != std::string::npos) return std::filesystem::path(name);
    while (!searchPath.empty()) {
        const auto colon = searchPath.find(':');
        const std::filesystem::path folder(searchPath.substr(0, colon));
        searchPath.remove_prefix(colon == std::string_view::npos ? searchPath.size() : colon + 1);
        const std::filesystem::path file = folder / name;
        std::error_code error;
        if (!folder.empty() && std::filesystem::is_regular_file(file, error) &&
            ::access(file.c_str(), X_OK) == 0)
            return file;
    }
    return fail(ErrorCode::NotFound, "no program named " + name + " is installed");
}

} // namespace exo
