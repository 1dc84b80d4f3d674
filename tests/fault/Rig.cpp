#include "tests/fault/Rig.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace exo::test {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds k_patience{20};

void poll(const std::string& what, const std::function<bool()>& done) {
    const auto until = Clock::now() + k_patience;
    while (!done()) {
        if (Clock::now() > until) throw std::runtime_error("not within 20 s: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

ProcessOptions upstreamOptions() {
    ProcessOptions options;
    options.arguments = {EXO_UPSTREAM};
    return options;
}

Json getJson(const std::string& url) {
    HttpCall request;
    request.url = url;
    return Json::parse(call(request).body);
}

} // namespace

Upstream::Upstream()
    : m_process(upstreamOptions())
    , m_url(waitForListening(m_process)) {}

Json Upstream::log() const {
    return getJson(m_url + "/control/log")["requests"];
}

Json Upstream::stats() const {
    return getJson(m_url + "/control/stats");
}

void Upstream::release() const {
    HttpCall request;
    request.method = "POST";
    request.url = m_url + "/control/release";
    call(request);
}

void Upstream::waitForRequests(std::size_t count) const {
    poll(std::to_string(count) + " requests at the upstream",
         [&] { return stats()["requests"].get<std::size_t>() >= count; });
}

Json Upstream::ended(std::size_t index) const {
    Json entry;
    poll("the end of request " + std::to_string(index), [&] {
        const Json all = log();
        if (all.size() <= index || all[index]["outcome"] == "running") return false;
        entry = all[index];
        return true;
    });
    return entry;
}

void Upstream::waitUntilQuiet() const {
    poll("a quiet upstream", [&] { return stats()["running"] == 0; });
}

Rig::Rig(Json settings)
    : m_settings(std::move(settings)) {
    m_settings["rateLimit"]["maxRequests"] = 1'000'000;
    Json up = {{"name", "up"}, {"type", "openai"}, {"baseUrl", m_upstream.url() + "/v1"}, {"proxy", "none"}};
    m_settings["providers"].push_back(std::move(up));
}

Rig::~Rig() {
    if (!std::getenv("FAULT_LOG")) return;
    std::ifstream log(m_folder / "server.log");
    std::cerr << log.rdbuf();
}

std::vector<std::string> Rig::command(std::vector<std::string> arguments) const {
    std::vector<std::string> all{EXO_PROGRAM, "--config", (m_folder / "config.json").string(), "--home",
                                 (m_folder / "home").string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

std::string Rig::makeKey(const std::string& name, const std::string& priority) {
    std::ofstream(m_folder / "config.json") << m_settings.dump();
    ProcessOptions options;
    options.arguments = command({"keys", "create", "--name", name, "--priority", priority, "--json"});
    options.stderrFile = m_folder / "server.log";
    const Finished finished = runToEnd(options);
    const auto at = finished.output.find("exo_");
    if (finished.status != 0 || at == std::string::npos)
        throw std::runtime_error("keys create: " + finished.output);
    return finished.output.substr(at, finished.output.find('"', at) - at);
}

void Rig::start() {
    std::ofstream(m_folder / "config.json") << m_settings.dump();
    ProcessOptions options;
    options.arguments = command({"serve", "--listen", "127.0.0.1:0"});
    options.stderrFile = m_folder / "server.log";
    m_server = std::make_unique<Process>(options);
    m_url = waitForListening(*m_server);
}

RawCall Rig::ask(const Json& body, Headers headers, const std::string& path) const {
    return RawCall({m_url + path, body.dump(), std::move(headers)});
}

HttpReply Rig::get(const std::string& path, const std::string& key) const {
    HttpCall request;
    request.url = m_url + path;
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    return call(request);
}

double Rig::metric(const std::string& name) const {
    std::istringstream page(get("/metrics").body);
    for (std::string line; std::getline(page, line);)
        if (line.starts_with(name + " ") || (name.find('{') != std::string::npos && line.starts_with(name)))
            return std::stod(line.substr(line.rfind(' ') + 1));
    return 0;
}

bool Rig::gaugesAre(int active, int queued) const {
    const std::string page = get("/metrics").body;
    const auto has = [&](const std::string& line) { return page.find(line + "\n") != std::string::npos; };
    return has("\nexobrain_active " + std::to_string(active)) &&
           has("\nexobrain_queued " + std::to_string(queued));
}

void Rig::waitFor(const std::string& what, const std::function<bool()>& done) const {
    poll(what, done);
}

void Rig::waitForGauges(int active, int queued) const {
    poll("active " + std::to_string(active) + ", queued " + std::to_string(queued),
         [&] { return gaugesAre(active, queued); });
}

Json chat(const std::string& behaviour, const std::string& text, bool stream) {
    return {{"model", behaviour},
            {"messages", Json::array({{{"role", "user"}, {"content", text}}})},
            {"stream", stream}};
}

void figure(const std::string& what, double millis) {
    std::printf("  %-58s %8.1f ms\n", what.c_str(), millis);
    std::fflush(stdout);
}

double millisBetween(Moment from, std::int64_t steadyMicros) {
    const auto begin = std::chrono::duration_cast<std::chrono::microseconds>(from.time_since_epoch()).count();
    return static_cast<double>(steadyMicros - begin) / 1000.0;
}

} // namespace exo::test
