#pragma once
// A llama-server child process: started at the first call on a port the system chose, waited for until the
// model is loaded, started again after a crash no sooner than a growing pause allows, ended with this object.
// io thread; owned by a LlamaProvider.

#include "core/base/ChildProcess.h"
#include "core/base/Clock.h"
#include "core/base/Task.h"
#include "core/config/Settings.h"
#include "core/net/HttpClient.h"

#include <memory>
#include <optional>
#include <string>

namespace exo {

class LlamaServer {
  public:
    LlamaServer(ProviderSettings settings, net::HttpClient& http, const Clock& clock, Timers& timers)
        : m_settings(std::move(settings))
        , m_http(http)
        , m_clock(clock)
        , m_timers(timers) {}

    // Its address, once the model is loaded; starts the child when there is none. UpstreamConnection when it
    // cannot be started, or has ended and its pause is not over (retryAfter); Cancelled leaves it loading.
    Task<std::string> ready(CancelToken cancel);

  private:
    struct Tail; // the last words of the child

    Task<void> ensureStarted();
    Result<void> start(const asio::any_io_executor& executor);
    Error ended(); // notes the end of the child and when the next one may start
    Task<bool> isHealthy(CancelToken cancel);

    const ProviderSettings m_settings;
    net::HttpClient& m_http;
    const Clock& m_clock;
    Timers& m_timers;
    std::optional<ChildProcess> m_child;
    std::shared_ptr<Tail> m_tail;
    std::string m_url;
    bool m_loaded = false;
    int m_failures = 0; // in a row
    SteadyTime m_startedAt{};
    SteadyTime m_notBefore{};
    std::string m_lastFailure;
};

} // namespace exo
