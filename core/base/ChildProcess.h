#pragma once
// A helper program as a child process: its input and output as pipes, its end, and that it never outlives us
// (the kernel ends it with the thread that started it). Not thread-safe; owned by whoever needs the program.

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

class ChildProcess {
  public:
    enum class Errors { WithOutput, Discarded }; // where its stderr goes

    // The first argument is the program's path. IoError when it cannot be started.
    static Result<ChildProcess> start(const std::vector<std::string>& arguments, Errors errors);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess(); // kills it when it still runs

    bool running();                         // reaps it when it has ended
    int status() const { return m_status; } // exit status, or 128 + the signal; once it has ended
    void kill();                            // SIGKILL, and waits for the end

    int takeOutput();                          // the read end, once; the caller closes it
    Result<void> writeInput(std::string_view); // and closes it
    // Reads to the end and waits for it; kills it after `limit` (WorkTimeout) or beyond `maxBytes`.
    Result<std::string> readToEnd(Millis limit, std::size_t maxBytes);

  private:
    ChildProcess(pid_t pid, int input, int output)
        : m_pid(pid)
        , m_input(input)
        , m_output(output) {}
    void reap(int options);

    pid_t m_pid = -1; // -1: has ended, m_status is known
    int m_input = -1;
    int m_output = -1;
    int m_status = 0;
};

// The first executable file of this name in the folders of a PATH; a name with a slash stands for itself.
// NotFound.
Result<std::filesystem::path> findProgram(const std::string& name, std::string_view searchPath);

} // namespace exo
