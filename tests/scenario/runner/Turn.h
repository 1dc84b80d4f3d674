#pragma once
// A turn under way in a thread of its own, and everything it told with the time it told it.

#include "tests/scenario/runner/Face.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace exo::test {

using SteadyClock = std::chrono::steady_clock;

class Turn {
  public:
    Turn(Face& face, TurnOrder order);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    // Until so many deltas came and the first of them is so old. Throws when the turn ends earlier.
    void waitFor(int deltas, std::chrono::milliseconds age);
    void join();
    // The text that had arrived by `time`.
    std::string textUntil(SteadyClock::time_point time) const;
    // "tool: …", "assistant: …", "cites: …", "state: …", "error: …"; only after join().
    std::vector<std::string> report() const;
    const std::optional<api::TurnStarted>& started() const { return m_started; }
    const std::optional<api::Message>& last() const { return m_last; }
    std::string text() const { return textUntil(SteadyClock::time_point::max()); }

  private:
    void onEvent(const api::TurnEvent& event);

    mutable std::mutex m_lock;
    std::condition_variable m_changed;
    std::vector<std::pair<SteadyClock::time_point, std::string>> m_deltas;
    std::string m_reasoning;
    std::size_t m_toolEvents = 0;
    std::size_t m_heard = 0; // bytes of text so far
    std::optional<api::TurnStarted> m_started;
    std::optional<api::Message> m_last;
    std::string m_error;
    std::string m_disorder; // what came out of order
    bool m_over = false;
    std::thread m_thread;
};

} // namespace exo::test
