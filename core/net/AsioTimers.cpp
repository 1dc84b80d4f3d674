#include "core/net/AsioTimers.h"

#include "core/net/Event.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace exo::net {

namespace {

class AsioTimers final : public Timers {
  public:
    explicit AsioTimers(asio::io_context& io)
        : m_timer(io) {}

    Id schedule(Millis delay, std::function<void()> callback) override {
        const Entry entry{std::chrono::steady_clock::now() + std::max(delay, Millis(0)), ++m_lastId};
        m_callbacks.emplace(entry.id, std::move(callback));
        m_heap.push_back(entry);
        std::push_heap(m_heap.begin(), m_heap.end(), later);
        if (!m_armed || entry.at < m_armedFor) arm(entry.at);
        return entry.id;
    }

    // The heap entry stays until its time comes; when most of the heap is such leftovers, they are swept out.
    void cancel(Id id) override {
        if (m_callbacks.erase(id) == 0) return;
        if (m_heap.size() < 64 || m_heap.size() < 2 * m_callbacks.size()) return;
        std::erase_if(m_heap, [this](const Entry& entry) { return !m_callbacks.contains(entry.id); });
        std::make_heap(m_heap.begin(), m_heap.end(), later);
    }

  private:
    struct Entry {
        SteadyTime at;
        Id id;
    };
    static bool later(const Entry& a, const Entry& b) { return a.at != b.at ? a.at > b.at : a.id > b.id; }

    void arm(SteadyTime at) {
        m_armed = true;
        m_armedFor = at;
        m_timer.expires_at(at);
        m_timer.async_wait([this, alive = std::weak_ptr<char>(m_alive)](boost::system::error_code error) {
            if (error || alive.expired()) return;
            fire();
        });
    }

    // A callback may schedule, cancel, or destroy these timers.
    void fire() {
        m_armed = false;
        const SteadyTime now = std::chrono::steady_clock::now();
        std::vector<Id> due;
        while (!m_heap.empty() && (m_heap.front().at <= now || !m_callbacks.contains(m_heap.front().id))) {
            due.push_back(m_heap.front().id);
            std::pop_heap(m_heap.begin(), m_heap.end(), later);
            m_heap.pop_back();
        }
        if (!m_heap.empty()) arm(m_heap.front().at);
        const std::weak_ptr<char> alive = m_alive;
        for (const Id id : due) {
            auto node = m_callbacks.extract(id);
            if (node.empty()) continue;
            node.mapped()();
            if (alive.expired()) return;
        }
    }

    asio::steady_timer m_timer;
    std::vector<Entry> m_heap;
    std::unordered_map<Id, std::function<void()>> m_callbacks;
    std::shared_ptr<char> m_alive = std::make_shared<char>();
    SteadyTime m_armedFor{};
    Id m_lastId = 0;
    bool m_armed = false;
};

// Cancels its timer also when the sleeping coroutine is destroyed.
struct ScheduledWake {
    Timers& timers;
    Timers::Id id = 0;
    ~ScheduledWake() { timers.cancel(id); }
};

} // namespace

std::unique_ptr<Timers> makeTimers(asio::io_context& io) {
    return std::make_unique<AsioTimers>(io);
}

Task<void> sleepFor(Timers& timers, Millis delay, CancelToken cancel) {
    if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    // On the heap: the woken coroutine may still hold the event while it is resumed from the loop.
    const auto event = std::make_shared<Event>();
    ScheduledWake wake{timers};
    wake.id = timers.schedule(delay, [event] { event->notify(); });
    const CancelRegistration registration = cancel.onCancel([event](CancelReason) { event->notify(); });
    co_await event->wait();
    if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    co_return Result<void>();
}

} // namespace exo::net
