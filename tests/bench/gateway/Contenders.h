#pragma once
// The programs that are measured side by side, each a process on a port of its own.

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
    std::string key; // what requests carry; empty for those that ask for none
};

Contender startUpstream(const std::filesystem::path& program);

// nginx with one worker, as the field sets it up. Its files go to `folder`.
struct NginxOrder {
    std::filesystem::path folder;
    std::string upstream;                          // http://… or https://127.0.0.1:PORT, proxied from /
    std::string staticBody;                        // what /static gives, from a file
    std::filesystem::path certificate, privateKey; // set: it speaks TLS …
    bool http2 = false;                            // … and HTTP/2
};
// nullopt when nginx is not installed.
std::optional<Contender> startNginx(const NginxOrder& order);

// The server in a home of its own under `folder`, its key made first, with everything on that costs:
// key check, rate limit, metrics, breaker. Limits count, but do not refuse unless told.
struct ServerOrder {
    std::filesystem::path program, folder;
    std::string upstream; // http://… or https://127.0.0.1:PORT
    bool cache = false;
    int maxConcurrent = 4000;
    std::filesystem::path authority; // of an https upstream
    std::string cacheSize = "500MB";
};
Contender startServer(const ServerOrder& order);

struct StartUp {
    std::chrono::duration<double, std::milli> time{0};
    double residentMegabytes = 0; // idle, some seconds later
    double ownMegabytes = 0;      // of these: no pages of files, which others share and which can be dropped
};
// From exec to the line that says it listens; the best of `times`.
StartUp measureServerStart(const ServerOrder& order, int times);
// From exec to a mapped window on an X server of our own. nullopt when there is no Xvfb, or no window came.
std::optional<StartUp> measureDesktopStart(const std::filesystem::path& program,
                                           const std::filesystem::path& folder, int times);

std::string urlOf(std::uint16_t port); // http://127.0.0.1:PORT

} // namespace exo::bench
