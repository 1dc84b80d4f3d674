#include "core/analysis/engine/WorkerProcess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

namespace exo::analysis {

namespace {

namespace fs = std::filesystem;

constexpr int k_bufferBytes = 1 << 20;
constexpr int k_sendPatienceMs = 10'000; // a worker that takes no work for so long is stuck

// A worker has no need of our keys and tokens, which may lie in the environment.
std::vector<std::string> harmlessEnvironment() {
    constexpr std::array<std::string_view, 9> k_kept{
        "PATH=",          "LANG=",         "LC_",           "LD_LIBRARY_PATH=", "ASAN_OPTIONS=",
        "UBSAN_OPTIONS=", "TSAN_OPTIONS=", "LSAN_OPTIONS=", "GCONV_PATH="};
    std::vector<std::string> kept;
    for (char** entry = environ; entry && *entry; ++entry)
        for (const std::string_view name : k_kept)
            if (std::string_view(*entry).starts_with(name)) kept.emplace_back(*entry);
    return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

struct SpawnSetUp {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    SpawnSetUp() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSetUp() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSetUp(const SpawnSetUp&) = delete;
    SpawnSetUp& operator=(const SpawnSetUp&) = delete;

    void prepare(int socket) {
        ::posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
        ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        // A group of its own: Ctrl-C is for us, who end the workers in order.
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
};

} // namespace

WorkerCommand productWorker(RunningProgram running) {
    static constexpr const char* self = "/proc/self/exe"; // also after its file was renamed or replaced
    if (running == RunningProgram::Exobrain) return {self, {"analysis-worker"}};
    std::error_code error;
    const fs::path beside = fs::read_symlink(self, error).parent_path() / "exobrain";
    return {beside.string(), {"analysis-worker"}};
}

Result<void> WorkerProcess::start(const WorkerCommand& command) {
    end();
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(ErrorCode::IoError, std::string("socketpair: ") + std::strerror(errno));
    m_socket = FileHandle(ends[0]);
    const FileHandle theirs(ends[1]);
    for (const int end : ends)
        ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &k_bufferBytes, sizeof k_bufferBytes);
    std::vector<std::string> words{command.program};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<std::string> environment = harmlessEnvironment();
    SpawnSetUp setUp;
    setUp.prepare(theirs.get());
    const int code = ::posix_spawn(&m_pid, command.program.c_str(), &setUp.actions, &setUp.attributes,
                                   pointers(words).data(), pointers(environment).data());
    if (code == 0) return {};
    m_pid = -1;
    m_socket = FileHandle();
    return fail(ErrorCode::WorkerCrashed, "cannot start " + command.program + ": " + std::strerror(code));
}

void WorkerProcess::end() {
    if (m_pid <= 0) return;
    m_socket = FileHandle();
    ::kill(m_pid, SIGKILL);
    while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    m_pid = -1;
}

bool WorkerProcess::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n == 0 || errno != EAGAIN) return false;
        struct pollfd waiting {
            m_socket.get(), POLLOUT, 0
        };
        if (::poll(&waiting, 1, k_sendPatienceMs) <= 0) return false;
    }
    return true;
}

ssize_t WorkerProcess::receive(char* buffer, std::size_t size) {
    for (;;) {
        const ssize_t n = ::recv(m_socket.get(), buffer, size, MSG_DONTWAIT);
        if (n > 0) return n;
        if (n < 0 && errno == EINTR) continue;
        return n < 0 && errno == EAGAIN ? 0 : -1;
    }
}

std::chrono::nanoseconds WorkerProcess::cpuTime() const {
    clockid_t clock{};
    timespec used{};
    if (!running() || ::clock_getcpuclockid(m_pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
        return {};
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

bool WorkerProcess::wantsCpu() const {
    std::ifstream file("/proc/" + std::to_string(m_pid) + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name = text.rfind(')'); // "PID (NAME) STATE …"; a name may hold anything
    return name != std::string::npos && text.compare(name, 3, ") R") == 0;
}

} // namespace exo::analysis
