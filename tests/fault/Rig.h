#pragma once
// `exobrain serve` on a home of its own before scripted upstreams, with what the tests look at from outside:
// gauges, breakers, and the upstreams' own account of who hung up when. Ends with the test. One thread.

#include "tests/fault/RawCall.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/PlainHttp.h"
#include "tests/support/process/Process.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>

namespace exo::test {

using Json = nlohmann::json;
using Moment = std::chrono::steady_clock::time_point;

class Upstream {
  public:
    Upstream();
    const std::string& url() const { return m_url; }
    Json log() const; // of requests to models
    Json stats() const;
    // Waits until entry `index` of the log is there and is over; its entry.
    Json ended(std::size_t index) const;
    void waitForRequests(std::size_t count) const;
    void waitUntilQuiet() const; // nothing under way
    void release() const;        // lets go of what is "held"

  private:
    Process m_process;
    std::string m_url;
};

class Rig {
  public:
    // `settings` are the members of the configuration besides the provider "up", which takes any behaviour
    // of the upstream as a model, and a rate limit that is out of the way.
    explicit Rig(Json settings = Json::object());
    ~Rig();

    Upstream& upstream() { return m_upstream; }
    const std::string& url() const { return m_url; }
    pid_t pid() const { return m_server->pid(); }
    // Before start().
    Json& settings() { return m_settings; }
    // keys create; before or after start(). The key.
    std::string makeKey(const std::string& name, const std::string& priority = "normal");
    void start();

    RawCall ask(const Json& body, Headers headers = {},
                const std::string& path = "/v1/chat/completions") const;
    HttpReply get(const std::string& path, const std::string& key = {}) const;
    // The value of the first sample that begins with `name` (labels included) at /metrics.
    double metric(const std::string& name) const;
    bool gaugesAre(int active, int queued) const;
    // Throws when it takes longer than 20 s.
    void waitFor(const std::string& what, const std::function<bool()>& done) const;
    void waitForGauges(int active, int queued) const;
    void waitUntilIdle() const { waitForGauges(0, 0); }

  private:
    std::vector<std::string> command(std::vector<std::string> arguments) const;

    TempHome m_folder;
    Upstream m_upstream;
    Json m_settings;
    std::unique_ptr<Process> m_server;
    std::string m_url;
};

// A chat request: the model is the upstream's behaviour.
Json chat(const std::string& behaviour, const std::string& text, bool stream);

// A line of the report: what was measured, in milliseconds.
void figure(const std::string& what, double millis);
double millisBetween(Moment from, std::int64_t steadyMicros);

} // namespace exo::test
