#pragma once
// One worker process and the socket to it. Ends the process when destroyed. Thread of the pool.

#include "core/analysis/SafeRoot.h"
#include "core/base/Result.h"

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// The program that can be a worker, and what makes it one.
struct WorkerCommand {
    std::string program;
    std::vector<std::string> arguments;
};

// `exobrain analysis-worker`: the running program when it is exobrain, under whatever name, else the exobrain
// beside it.
enum class RunningProgram { Exobrain, Other };
WorkerCommand productWorker(RunningProgram running);

class WorkerProcess {
  public:
    WorkerProcess() = default;
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;
    ~WorkerProcess() { end(); }

    // WorkerCrashed when it cannot be started.
    Result<void> start(const WorkerCommand& command);
    void end(); // at once; waits until it is gone
    bool running() const { return m_pid > 0; }
    int socket() const { return m_socket.get(); }
    pid_t pid() const { return m_pid; }
    bool send(std::string_view bytes); // all of it, or false: it is gone
    // What is there: 0 nothing now, −1 it has ended.
    ssize_t receive(char* buffer, std::size_t size);
    std::chrono::nanoseconds cpuTime() const; // used so far; 0 when it cannot be told
    bool wantsCpu() const;                    // it runs, or would if there were a core for it

  private:
    pid_t m_pid = -1;
    FileHandle m_socket;
};

} // namespace exo::analysis
