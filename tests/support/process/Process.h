#pragma once
// A child process of a test: its standard streams, its end, and that it never outlives the test. Not
// thread-safe except for signal().

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace exo::test {

using Millis = std::chrono::milliseconds;

struct ProcessOptions {
    std::vector<std::string> arguments;             // the first is the program's path
    std::map<std::string, std::string> environment; // added to ours; an empty value removes
    std::filesystem::path stderrFile;               // empty: ours
};

class Process {
  public:
    explicit Process(const ProcessOptions& options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process(); // kills it when it still runs

    // The next line of its stdout; nullopt at the end of it or after `timeout`.
    std::optional<std::string> readLine(Millis timeout);
    std::string readAll(Millis timeout);
    void writeInput(const std::string& text);
    void closeInput();
    void signal(int number) const;
    // Exit status, or 128 + the signal that ended it; nullopt after `timeout`.
    std::optional<int> wait(Millis timeout);
    pid_t pid() const { return m_pid; }

  private:
    bool fill(std::chrono::steady_clock::time_point until); // false at the end, or when the time is over

    pid_t m_pid = -1;
    int m_pidFd = -1;
    int m_input = -1;
    int m_output = -1;
    std::string m_buffer;
    std::optional<int> m_status;
};

// Runs a program to its end.
struct Finished {
    int status = 0;
    std::string output;
};
Finished runToEnd(const ProcessOptions& options, const std::string& input = {},
                  Millis timeout = Millis(60000));

// Starts a program that says "listening on http://127.0.0.1:PORT" and gives that address. Throws when it does
// not.
std::string waitForListening(Process& process, Millis timeout = Millis(20000));

} // namespace exo::test
