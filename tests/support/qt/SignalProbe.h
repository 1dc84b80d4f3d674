#pragma once
// Collects what a signal carried, typed, and waits for it without sleeping. GUI thread of a test.

#include <QDeadlineTimer>
#include <QObject>
#include <QTest>

#include <tuple>
#include <vector>

namespace exo::test {

template <class... Arguments>
class SignalProbe : public QObject {
  public:
    template <class Sender, class Signal>
    SignalProbe(const Sender* sender, Signal signal) {
        connect(sender, signal, this,
                [this](const Arguments&... values) { m_calls.emplace_back(values...); });
    }

    const std::vector<std::tuple<Arguments...>>& calls() const { return m_calls; }
    std::size_t count() const { return m_calls.size(); }
    template <std::size_t index = 0>
    const auto& last() const {
        return std::get<index>(m_calls.back());
    }
    void clear() { m_calls.clear(); }

    // True once at least `wanted` calls came; the events of the application run meanwhile.
    bool waitFor(std::size_t wanted, int timeoutMs = 5000) {
        return QTest::qWaitFor([&] { return m_calls.size() >= wanted; }, timeoutMs);
    }

  private:
    std::vector<std::tuple<Arguments...>> m_calls;
};

} // namespace exo::test
