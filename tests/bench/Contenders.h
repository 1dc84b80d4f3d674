#pragma once
// The programs that are measured side by side, each a process on a port of its own in front of the same
// upstream.

#include "tests/support/process/Process.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace exo::bench {

struct Contender {
    std::string name;
    std::uint16_t port = 0;
    std::unique_ptr<test::Process> process;
};

Contender startUpstream(const std::filesystem::path& program);
// A plain reverse proxy with one worker, as the field sets it up. nullopt when nginx is not installed.
std::optional<Contender> startNginx(const std::filesystem::path& folder, std::uint16_t upstreamPort);
Contender startServer(const std::filesystem::path& program, const std::filesystem::path& folder,
                      std::uint16_t upstreamPort);

struct StartUp {
    std::chrono::duration<double, std::milli> time{0};
    double residentMegabytes = 0; // idle, some seconds later
};
// From exec to the line that says it listens; the best of `times`.
StartUp measureServerStart(const std::filesystem::path& program, const std::filesystem::path& folder,
                           int times);
// From exec to a mapped window on an X server of our own. nullopt when there is no Xvfb, or no window came.
std::optional<StartUp> measureDesktopStart(const std::filesystem::path& program,
                                           const std::filesystem::path& folder, int times);

} // namespace exo::bench
