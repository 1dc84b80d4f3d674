#include "tests/bench/Contenders.h"

#include "tests/bench/Machine.h"
#include "tests/support/process/PlainHttp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace exo::bench {

namespace fs = std::filesystem;
using test::Process;
using test::ProcessOptions;
using Clock = std::chrono::steady_clock;

namespace {

std::uint16_t portOf(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

// A port nobody uses now, for programs that cannot choose one themselves.
std::uint16_t freePort() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port");
    ::close(fd);
    return ntohs(address.sin_port);
}

void waitUntilItAnswers(std::uint16_t port) {
    test::HttpCall request;
    request.url = "http://127.0.0.1:" + std::to_string(port) + "/v1/models";
    for (int tries = 0; tries < 200; ++tries) {
        try {
            if (test::call(request).status == 200) return;
        } catch (const test::HttpFailure&) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("nothing answers on port " + std::to_string(port));
}

fs::path findProgram(const std::string& name) {
    for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
        if (fs::exists(folder + name)) return folder + name;
    return {};
}

std::string nginxConfig(const fs::path& folder, std::uint16_t port, std::uint16_t upstreamPort) {
    std::string text = ::geteuid() == 0 ? "user root;\n" : "";
    text += "daemon off; master_process off; worker_processes 1;\npid " + (folder / "nginx.pid").string() +
            ";\nevents { worker_connections 4096; }\nhttp {\n  access_log off;\n  keepalive_requests "
            "1000000000;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        text += "  " + std::string(kind) + "_temp_path " + (folder / kind).string() + ";\n";
    text += "  upstream model { server 127.0.0.1:" + std::to_string(upstreamPort) +
            "; keepalive 128; keepalive_requests 1000000000; }\n"
            "  server {\n    listen 127.0.0.1:" +
            std::to_string(port) +
            ";\n    location / {\n      proxy_pass http://model;\n      proxy_http_version 1.1;\n"
            "      proxy_set_header Connection \"\";\n      proxy_buffering off;\n    }\n  }\n}\n";
    return text;
}

// Everything that could slow a benchmark by design is out of the way; limits count but never refuse.
void writeServerConfig(const fs::path& file, std::uint16_t upstreamPort) {
    std::ofstream(file) << R"({"rateLimit": {"maxRequests": 10000000}, "fallback": {"enableCache": false},
 "limits": {"maxConcurrentRequests": 2000}, "providers": [{"name": "up", "type": "openai", "proxy": "none",
 "models": ["text:100", "text:3:20"], "baseUrl": "http://127.0.0.1:)"
                        << upstreamPort << "/v1\"}]}\n";
}

ProcessOptions serverOptions(const fs::path& program, const fs::path& folder) {
    ProcessOptions options;
    options.arguments = {program.string(),
                         "--config",
                         (folder / "config.json").string(),
                         "--home",
                         (folder / "home").string(),
                         "--log-level",
                         "warn",
                         "serve",
                         "--listen",
                         "127.0.0.1:0"};
    options.stderrFile = folder / "server.log";
    return options;
}

} // namespace

Contender startUpstream(const fs::path& program) {
    Contender contender{"direct", 0, nullptr};
    ProcessOptions options;
    options.arguments = {program.string(), "--no-log"};
    contender.process = std::make_unique<Process>(options);
    contender.port = portOf(test::waitForListening(*contender.process));
    return contender;
}

std::optional<Contender> startNginx(const fs::path& folder, std::uint16_t upstreamPort) {
    const fs::path program = findProgram("nginx");
    if (program.empty()) return std::nullopt;
    Contender contender{"nginx", freePort(), nullptr};
    std::ofstream(folder / "nginx.conf") << nginxConfig(folder, contender.port, upstreamPort);
    ProcessOptions options;
    options.arguments = {
        program.string(), "-p", folder.string(), "-e", "stderr", "-c", (folder / "nginx.conf").string()};
    options.stderrFile = folder / "nginx.log";
    contender.process = std::make_unique<Process>(options);
    waitUntilItAnswers(contender.port);
    return contender;
}

Contender startServer(const fs::path& program, const fs::path& folder, std::uint16_t upstreamPort) {
    writeServerConfig(folder / "config.json", upstreamPort);
    Contender contender{"exobrain", 0, nullptr};
    contender.process = std::make_unique<Process>(serverOptions(program, folder));
    contender.port = portOf(test::waitForListening(*contender.process));
    waitUntilItAnswers(contender.port);
    return contender;
}

StartUp measureServerStart(const fs::path& program, const fs::path& folder, int times) {
    StartUp best;
    writeServerConfig(folder / "config.json", 9);
    for (int i = 0; i < times; ++i) {
        const auto started = Clock::now();
        Process process(serverOptions(program, folder));
        test::waitForListening(process);
        const std::chrono::duration<double, std::milli> took = Clock::now() - started;
        if (best.time.count() == 0 || took < best.time) best.time = took;
        if (i + 1 == times) {
            std::this_thread::sleep_for(std::chrono::seconds(2));
            best.residentMegabytes = residentMegabytes(process.pid());
        }
        process.signal(SIGTERM);
        process.wait(std::chrono::seconds(10));
    }
    return best;
}

} // namespace exo::bench
