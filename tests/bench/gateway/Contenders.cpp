#include "tests/bench/gateway/Contenders.h"

#include "tests/bench/gateway/Machine.h"

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

void waitUntilItListens(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    for (int tries = 0; tries < 500; ++tries) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool open = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(fd);
        if (open) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("nothing listens on port " + std::to_string(port));
}

fs::path findProgram(const std::string& name) {
    for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
        if (fs::exists(folder + name)) return folder + name;
    return {};
}

std::string nginxConfig(const NginxOrder& order, std::uint16_t port) {
    std::string text = ::geteuid() == 0 ? "user root;\n" : "";
    text += "daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 20000;\npid " +
            (order.folder / "nginx.pid").string() +
            ";\nevents { worker_connections 10000; }\nhttp {\n  access_log off;\n  keepalive_requests "
            "1000000000;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        text += "  " + std::string(kind) + "_temp_path " + (order.folder / kind).string() + ";\n";
    const bool secure = order.upstream.starts_with("https:");
    const std::string address = order.upstream.substr(order.upstream.find("//") + 2);
    text += "  upstream model { server " + address +
            "; keepalive 128; keepalive_requests 1000000000; }\n"
            "  server {\n    listen 127.0.0.1:" +
            std::to_string(port) + (order.certificate.empty() ? "" : " ssl") + (order.http2 ? " http2" : "") +
            ";\n";
    if (!order.certificate.empty())
        text += "    ssl_certificate " + order.certificate.string() + ";\n    ssl_certificate_key " +
                order.privateKey.string() + ";\n";
    text += "    location = /static { alias " + (order.folder / "static").string() +
            "; default_type application/json; }\n    location / {\n      proxy_pass " +
            (secure ? "https" : "http") +
            "://model;\n      proxy_http_version 1.1;\n"
            "      proxy_set_header Connection \"\";\n      proxy_buffering off;\n    }\n  }\n}\n";
    return text;
}

// Everything that could refuse by design is out of the way.
void writeServerConfig(const ServerOrder& order) {
    fs::create_directories(order.folder);
    std::ofstream(order.folder / "config.json")
        << R"({"rateLimit": {"maxRequests": 10000000}, "fallback": {"enableCache": )"
        << (order.cache ? "true" : "false") << R"(}, "cache": {"local": {"size": ")" << order.cacheSize
        << R"("}},
 "limits": {"maxConcurrentRequests": )"
        << order.maxConcurrent
        << R"(, "maxCpuUsage": "100%"}, "providers": [{"name": "up", "type": "openai", "proxy": "none",
 "models": ["text:100", "text:20", "text:3:20", "text:5+late-headers:100", "text:20:500", "text:20:50",
  "text:20:2", "text:20+cut:10", "status:500", "status:400"],
 "baseUrl": ")"
        << order.upstream << "/v1\"}]}\n";
}

ProcessOptions exobrain(const ServerOrder& order, const std::vector<std::string>& arguments) {
    ProcessOptions options;
    options.arguments = {order.program.string(),
                         "--config",
                         (order.folder / "config.json").string(),
                         "--home",
                         (order.folder / "home").string(),
                         "--log-level",
                         "warn"};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    options.stderrFile = order.folder / "server.log";
    if (!order.authority.empty()) options.environment["SSL_CERT_FILE"] = order.authority.string();
    return options;
}

std::string makeKey(const ServerOrder& order) {
    const auto finished = test::runToEnd(exobrain(order, {"keys", "create", "--name", "bench", "--json"}));
    const auto at = finished.output.find("exo_");
    if (finished.status != 0 || at == std::string::npos) throw std::runtime_error("no key was made");
    return finished.output.substr(at, finished.output.find('"', at) - at);
}

} // namespace

std::string urlOf(std::uint16_t port) {
    return "http://127.0.0.1:" + std::to_string(port);
}

Contender startUpstream(const fs::path& program) {
    Contender contender{"direct", 0, nullptr, {}};
    ProcessOptions options;
    options.arguments = {program.string(), "--no-log"};
    contender.process = std::make_unique<Process>(options);
    contender.port = portOf(test::waitForListening(*contender.process));
    return contender;
}

std::optional<Contender> startNginx(const NginxOrder& order) {
    const fs::path program = findProgram("nginx");
    if (program.empty()) return std::nullopt;
    fs::create_directories(order.folder);
    Contender contender{"nginx", freePort(), nullptr, {}};
    std::ofstream(order.folder / "static") << order.staticBody;
    std::ofstream(order.folder / "nginx.conf") << nginxConfig(order, contender.port);
    ProcessOptions options;
    options.arguments = {program.string(),
                         "-p",
                         order.folder.string(),
                         "-e",
                         "stderr",
                         "-c",
                         (order.folder / "nginx.conf").string()};
    options.stderrFile = order.folder / "nginx.log";
    contender.process = std::make_unique<Process>(options);
    waitUntilItListens(contender.port);
    return contender;
}

Contender startServer(const ServerOrder& order) {
    writeServerConfig(order);
    Contender contender{"exobrain", 0, nullptr, makeKey(order)};
    contender.process = std::make_unique<Process>(exobrain(order, {"serve", "--listen", "127.0.0.1:0"}));
    contender.port = portOf(test::waitForListening(*contender.process));
    return contender;
}

StartUp measureServerStart(const ServerOrder& order, int times) {
    StartUp best;
    writeServerConfig(order);
    for (int i = 0; i < times; ++i) {
        const auto started = Clock::now();
        Process process(exobrain(order, {"serve", "--listen", "127.0.0.1:0"}));
        test::waitForListening(process);
        const std::chrono::duration<double, std::milli> took = Clock::now() - started;
        if (best.time.count() == 0 || took < best.time) best.time = took;
        if (i + 1 == times) {
            std::this_thread::sleep_for(std::chrono::seconds(2));
            best.residentMegabytes = residentMegabytes(process.pid());
            best.ownMegabytes = ownMegabytes(process.pid());
        }
        process.signal(SIGTERM);
        process.wait(std::chrono::seconds(10));
    }
    return best;
}

} // namespace exo::bench
