#pragma once
// A thread with a queue of database jobs. It takes what waits as one batch, so that jobs that came while a
// commit was on its way share the next one. Destroying it runs what is queued, then joins.

#include "core/base/Result.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace exo {

class Connection;

class JobThread {
  public:
    struct Entry {
        std::function<Result<void>(Connection&)> job;
        std::function<void(Result<void>)> done; // called once, on this thread
    };
    using RunBatch = std::function<void(std::vector<Entry>&)>;

    explicit JobThread(RunBatch runBatch)
        : m_runBatch(std::move(runBatch))
        , m_thread([this] { loop(); }) {}
    JobThread(const JobThread&) = delete;
    JobThread& operator=(const JobThread&) = delete;
    ~JobThread() {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_one();
        m_thread.join();
    }

    // Any thread.
    void push(std::function<Result<void>(Connection&)> job, std::function<void(Result<void>)> done) {
        {
            const std::lock_guard lock(m_mutex);
            m_queue.push_back({std::move(job), std::move(done)});
        }
        m_wake.notify_one();
    }

  private:
    void loop() {
        constexpr std::size_t k_maxBatch = 64;
        std::vector<Entry> batch;
        for (;;) {
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
                if (m_queue.empty()) return;
                while (!m_queue.empty() && batch.size() < k_maxBatch) {
                    batch.push_back(std::move(m_queue.front()));
                    m_queue.pop_front();
                }
            }
            m_runBatch(batch);
            batch.clear();
        }
    }

    RunBatch m_runBatch;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Entry> m_queue;
    bool m_stopping = false;
    std::thread m_thread; // last: it uses the rest
};

} // namespace exo
