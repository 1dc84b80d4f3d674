#include "core/net/AsioTimers.h"

#include "core/net/Event.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace exo::net {

namespace {

class AsioTimers final : public Timers {
  public:
    explicit AsioTimers(asio::io_context& io)
        : m_timer(io) {}

    Id schedule(Millis delay, std::function<void()> callback) override {
        const Id id = take(std::move(callback));
        const Entry entry{std::chrono::steady_clock::now() + std::max(delay, Millis(0)), ++m_order, id};
        m_heap.push_back(entry);
        std::push_heap(m_heap.begin(), m_heap.end(), later);
        if (!m_armed || entry.at < m_armedFor) arm(entry.at);
        return id;
    }

    // The heap entry stays until its time comes; when most of the heap is such leftovers, they are swept out.
    void cancel(Id id) override {
        const auto dropped = release(id);
        if (!dropped) return;
        if (m_heap.size() < 64 || m_heap.size() < 2 * m_waiting) return;
        std::erase_if(m_heap, [this](const Entry& entry) { return !waits(entry.id); });
        std::make_heap(m_heap.begin(), m_heap.end(), later);
    }

  private:
    struct Entry {
        SteadyTime at;
        std::uint64_t order; // those of one time fire as they were scheduled
        Id id;
    };
    // A place is used again and again; its use tells one timer in it from the next.
    struct Place {
        std::function<void()> callback;
        std::uint32_t use = 0;
    };
    static bool later(const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at > b.at : a.order > b.order;
    }

    // An id is the place, counted from 1, and its use.
    static std::size_t placeOf(Id id) { return static_cast<std::size_t>(id & 0xFFFFFFFF) - 1; }
    Id take(std::function<void()> callback) {
        if (m_free.empty()) {
            m_places.emplace_back();
            m_free.push_back(static_cast<std::uint32_t>(m_places.size() - 1));
        }
        const std::uint32_t at = m_free.back();
        m_free.pop_back();
        m_places[at].callback = std::move(callback);
        ++m_waiting;
        return (Id(m_places[at].use) << 32) | (at + 1);
    }
    bool waits(Id id) const {
        const std::size_t at = placeOf(id);
        return at < m_places.size() && m_places[at].callback && m_places[at].use == id >> 32;
    }
    // The callback, empty when there is none any more: what it holds must end after the place is free.
    std::function<void()> release(Id id) {
        if (!waits(id)) return {};
        Place& place = m_places[placeOf(id)];
        ++place.use;
        --m_waiting;
        m_free.push_back(static_cast<std::uint32_t>(placeOf(id)));
        return std::exchange(place.callback, nullptr);
    }

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
        while (!m_heap.empty() && (m_heap.front().at <= now || !waits(m_heap.front().id))) {
            due.push_back(m_heap.front().id);
            std::pop_heap(m_heap.begin(), m_heap.end(), later);
            m_heap.pop_back();
        }
        if (!m_heap.empty()) arm(m_heap.front().at);
        const std::weak_ptr<char> alive = m_alive;
        for (const Id id : due) {
            const auto callback = release(id);
            if (!callback) continue;
            callback();
            if (alive.expired()) return;
        }
    }

    asio::steady_timer m_timer;
    std::vector<Entry> m_heap;
    std::vector<Place> m_places;
    std::vector<std::uint32_t> m_free;
    std::size_t m_waiting = 0;
    std::shared_ptr<char> m_alive = std::make_shared<char>();
    SteadyTime m_armedFor{};
    std::uint64_t m_order = 0;
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
