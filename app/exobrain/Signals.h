#pragma once
// Signals as events of the main thread. Made before any other thread starts, so that all of them inherit the
// blocked set and no handler ever runs.

#include <initializer_list>

namespace exo::cli {

class Signals {
  public:
    static constexpr int k_woken = 0;

    explicit Signals(std::initializer_list<int> numbers);
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals();

    // The next signal, or k_woken once wake() was called.
    int wait();
    // Ends wait(); any thread.
    void wake();

  private:
    int m_signals = -1;
    int m_wake = -1;
};

} // namespace exo::cli
