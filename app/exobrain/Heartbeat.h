#pragma once
// Tells the service manager's watchdog that the server is alive: only while the io thread runs its timers
// and the database's thread still gets through its queue. Lives on the io thread.

#include "core/base/Clock.h"
#include "core/base/Task.h"

#include <functional>
#include <memory>

namespace exo::cli {

class Heartbeat {
  public:
    struct Parts {
        Timers& timers;
        asio::any_io_executor executor;
        Millis interval;
        std::function<Task<void>()> askDatabase; // completes, well or not, once its thread came round to it
        std::function<void()> beat;
    };
    explicit Heartbeat(Parts parts);
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;
    ~Heartbeat();

  private:
    struct State;
    static void tick(const std::shared_ptr<State>& state);
    std::shared_ptr<State> m_state; // also kept by a question that is under way
};

} // namespace exo::cli
