#include "tests/bench/gateway/Machine.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace exo::bench {

namespace {

// The rest of the line of /proc/… that begins with `name`.
std::string lineOf(const std::string& file, const std::string& name) {
    std::ifstream input(file);
    for (std::string line; std::getline(input, line);)
        if (line.starts_with(name)) return line.substr(name.size());
    return {};
}

double statusMegabytes(pid_t pid, const char* name) {
    const std::string text = lineOf("/proc/" + std::to_string(pid) + "/status", name);
    return text.empty() ? 0 : std::stod(text) / 1024;
}

} // namespace

double residentMegabytes(pid_t pid) {
    return statusMegabytes(pid, "VmRSS:");
}

double ownMegabytes(pid_t pid) {
    return statusMegabytes(pid, "RssAnon:");
}

double cpuSeconds(pid_t pid) {
    std::ifstream input("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(input, text);
    const auto afterName = text.rfind(')');
    if (afterName == std::string::npos) return 0;
    std::istringstream fields(text.substr(afterName + 2));
    std::string ignored;
    for (int i = 0; i < 11; ++i) // state … cmajflt, proc(5)
        fields >> ignored;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int openDescriptors(pid_t pid) {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(pid) + "/fd");
    return static_cast<int>(std::distance(begin(all), end(all)));
}

std::string processorName() {
    const std::string text = lineOf("/proc/cpuinfo", "model name");
    const auto colon = text.find(": ");
    return colon == std::string::npos ? "unknown processor" : text.substr(colon + 2);
}

} // namespace exo::bench
