#include "core/analysis/engine/WorkerPool.h"

#include "core/base/Log.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

namespace exo::analysis {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t k_batchFiles = 64;
constexpr std::int64_t k_batchBytes = 512 * 1024;
constexpr std::size_t k_fewLeft = 4; // then the next batch is sent, so that a worker never waits
constexpr int k_startAttempts = 3;
constexpr int k_starvedFactor = 6;
constexpr int k_pollMs = 50;
constexpr std::size_t k_readBytes = 256 * 1024;

struct Slot {
    HeldWorker own;
    HeldWorker* worker = nullptr;        // own, or one that stays when we go
    std::deque<std::size_t> outstanding; // indexes of items, in the order they will be answered
    Steady::time_point lastWord;
    std::chrono::nanoseconds cpuThen{}; // what it had used at its last word
};

class Pool {
  public:
    Pool(const PoolOptions& options, std::vector<WorkItem> items, const std::vector<std::int64_t>& weights,
         const PoolHandlers& handlers)
        : m_options(options)
        , m_items(std::move(items))
        , m_weights(weights)
        , m_handlers(handlers)
        , m_slots(std::clamp<std::size_t>(static_cast<std::size_t>(std::max(options.jobs, 1)), 1,
                                          std::max<std::size_t>(m_items.size(), 1)))
        , m_buffer(k_readBytes) {
        for (std::size_t i = 0; i < m_items.size(); ++i)
            m_queue.push_back(i);
        for (Slot& slot : m_slots)
            slot.worker = &slot.own;
        if (!options.held) return;
        m_slots.front().worker = options.held;
        if (options.held->process.running()) hear(m_slots.front()); // it may have become ready, or have left
    }
    // One that was told of files nobody waits for any longer is of no use.
    ~Pool() {
        if (!m_slots.front().outstanding.empty()) m_slots.front().worker->process.end();
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    Result<void> run() {
        while (m_finished < m_items.size()) {
            if (m_handlers.cancelled && m_handlers.cancelled->load()) return fail(ErrorCode::Cancelled);
            EXO_CHECK(feedAll());
            listen();
            endStalled();
        }
        return {};
    }

  private:
    Result<void> feedAll() {
        for (Slot& slot : m_slots) {
            if (m_queue.empty() && slot.outstanding.empty()) continue;
            if (!slot.worker->process.running()) EXO_CHECK(start(slot));
            if (slot.outstanding.size() <= k_fewLeft && !m_queue.empty()) sendBatch(slot);
        }
        return {};
    }

    Result<void> start(Slot& slot) {
        if (m_failedStarts >= k_startAttempts)
            return fail(ErrorCode::WorkerCrashed,
                        "the worker process ends before it begins: " + m_options.command.program);
        EXO_CHECK(slot.worker->start(m_options.command, m_options.setUp));
        heard(slot);
        if (!slot.worker->process.running()) lose(slot, WorkSkip::Crash);
        return {};
    }

    void sendBatch(Slot& slot) {
        const std::size_t share = m_queue.size() / (m_slots.size() * 4) + 1;
        std::vector<WorkItem> batch;
        std::int64_t bytes = 0;
        while (!m_queue.empty() && batch.size() < std::min(share, k_batchFiles) && bytes < k_batchBytes) {
            const std::size_t index = m_queue.front();
            m_queue.pop_front();
            if (slot.outstanding.empty()) heard(slot);
            slot.outstanding.push_back(index);
            batch.push_back(m_items[index]);
            bytes += m_weights[index];
        }
        if (!slot.worker->process.send(frameOf(ParentMessage(std::move(batch))))) lose(slot, WorkSkip::Crash);
    }

    void listen() {
        std::vector<struct pollfd> sockets;
        std::vector<Slot*> owners;
        for (Slot& slot : m_slots) {
            if (!slot.worker->process.running()) continue;
            sockets.push_back({slot.worker->process.socket(), POLLIN, 0});
            owners.push_back(&slot);
        }
        if (::poll(sockets.data(), sockets.size(), k_pollMs) <= 0) return;
        for (std::size_t i = 0; i < sockets.size(); ++i)
            if (sockets[i].revents != 0) hear(*owners[i]);
    }

    void hear(Slot& slot) {
        const ssize_t n = slot.worker->process.receive(m_buffer.data(), m_buffer.size());
        if (n == 0) return;
        if (n < 0) return lose(slot, WorkSkip::Crash);
        slot.worker->frames.feed({m_buffer.data(), static_cast<std::size_t>(n)});
        for (;;) {
            auto frame = slot.worker->frames.next();
            if (frame.ok() && !frame->has_value()) return;
            auto message = frame.ok() ? workerMessage(**frame) : Result<WorkerMessage>(frame.error());
            if (!message.ok() || !take(slot, std::move(*message))) return lose(slot, WorkSkip::Crash);
        }
    }

    bool take(Slot& slot, WorkerMessage message) {
        heard(slot);
        if (auto* ready = std::get_if<WorkerReady>(&message)) {
            if (slot.worker->ready) return false;
            slot.worker->ready = true;
            m_failedStarts = 0;
            tellSandbox(ready->sandbox);
            return true;
        }
        const std::uint32_t id = std::visit(
            [](const auto& answer) -> std::uint32_t {
                if constexpr (requires { answer.id; })
                    return answer.id;
                else
                    return UINT32_MAX;
            },
            message);
        if (!slot.worker->ready || slot.outstanding.empty()) return false;
        const WorkItem& item = m_items[slot.outstanding.front()];
        if (item.id != id) return false; // answers come in order
        slot.outstanding.pop_front();
        if (auto* done = std::get_if<WorkDone>(&message)) m_handlers.done(item, std::move(*done));
        if (auto* same = std::get_if<WorkSame>(&message)) m_handlers.same(item, *same);
        if (auto* skipped = std::get_if<WorkSkipped>(&message)) m_handlers.skipped(item, skipped->reason);
        countFinished();
        return true;
    }

    void tellSandbox(const std::string& sandbox) {
        if (m_sandboxTold) return;
        m_sandboxTold = true;
        if (sandbox.find("no ") != std::string::npos)
            log::warn("the analysis runs with less protection than it could: {}", sandbox);
        else
            log::debug("analysis workers are confined by {}", sandbox);
    }

    void countFinished() {
        ++m_finished;
        if (m_handlers.progress) m_handlers.progress(m_finished);
    }

    static void heard(Slot& slot) {
        slot.lastWord = Steady::now();
        slot.cpuThen = slot.worker->process.cpuTime();
    }

    void endStalled() {
        const auto now = Steady::now();
        for (Slot& slot : m_slots)
            if (slot.worker->process.running() && !slot.outstanding.empty() &&
                stalls(slot, now - slot.lastWord))
                lose(slot, WorkSkip::Timeout);
    }

    // A worker that only waits for a core of a busy machine does not stall; it is waited for longer.
    bool stalls(const Slot& slot, Steady::duration silent) const {
        if (silent <= m_options.stallLimit) return false;
        if (silent > m_options.stallLimit * k_starvedFactor) return true;
        return slot.worker->process.cpuTime() - slot.cpuThen > m_options.stallLimit ||
               !slot.worker->process.wantsCpu();
    }

    // The worker is gone or not to be trusted any more. The file it was at is tried once more, in a fresh
    // worker, in case an earlier one used up what it needed; a stall is not waited for twice.
    void lose(Slot& slot, WorkSkip reason) {
        slot.worker->process.end();
        if (!slot.worker->ready) ++m_failedStarts;
        const bool blamed = slot.worker->ready && !slot.outstanding.empty();
        if (blamed) {
            const std::size_t index = slot.outstanding.front();
            slot.outstanding.pop_front();
            const bool again = reason == WorkSkip::Crash && ++m_crashes[index] < 2;
            if (again) {
                m_suspects.push_back(index);
            } else {
                m_handlers.skipped(m_items[index], reason);
                countFinished();
            }
        }
        m_queue.insert(m_queue.begin(), slot.outstanding.begin(), slot.outstanding.end());
        slot.outstanding.clear();
        for (const std::size_t index : m_suspects)
            m_queue.push_front(index);
        m_suspects.clear();
    }

    const PoolOptions& m_options;
    const std::vector<WorkItem> m_items;
    const std::vector<std::int64_t>& m_weights;
    const PoolHandlers& m_handlers;
    std::vector<Slot> m_slots;
    std::vector<char> m_buffer;
    std::deque<std::size_t> m_queue;
    std::vector<std::size_t> m_suspects;
    std::unordered_map<std::size_t, int> m_crashes;
    std::size_t m_finished = 0;
    int m_failedStarts = 0;
    bool m_sandboxTold = false;
};

} // namespace

Result<void> HeldWorker::start(const WorkerCommand& command, const WorkerSetUp& setUp) {
    EXO_CHECK(process.start(command));
    frames = FrameReader();
    ready = false;
    if (!process.send(frameOf(ParentMessage(setUp)))) process.end();
    return {};
}

Result<void> runWorkers(const PoolOptions& options, std::vector<WorkItem> items,
                        const std::vector<std::int64_t>& weights, const PoolHandlers& handlers) {
    return Pool(options, std::move(items), weights, handlers).run();
}

} // namespace exo::analysis
