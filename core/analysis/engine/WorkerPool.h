#pragma once
// Keeps worker processes busy with a list of files and takes in what they say. A worker that dies, stalls or
// talks nonsense is replaced; the file it was at is reported. Blocks: one call at a time, on one thread.

#include "core/analysis/engine/WorkerProcess.h"
#include "core/analysis/engine/WorkerProtocol.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace exo::analysis {

// A worker as it is kept between calls: with what it was set up for, and how far it was heard.
struct HeldWorker {
    WorkerProcess process;
    FrameReader frames;
    bool ready = false;

    // Starts it without waiting until it is ready.
    Result<void> start(const WorkerCommand& command, const WorkerSetUp& setUp);
};

struct PoolOptions {
    WorkerCommand command;
    WorkerSetUp setUp;
    int jobs = 2;
    HeldWorker* held = nullptr; // is the first worker, started with the same set-up; it is left running
    // Of one file: so long without a word, and idle or with so much CPU used. Of a worker that gets no CPU,
    // six times as long.
    std::chrono::milliseconds stallLimit{10'000};
};

struct PoolHandlers {
    std::function<void(const WorkItem&, WorkDone&&)> done;
    std::function<void(const WorkItem&, const WorkSame&)> same;
    std::function<void(const WorkItem&, WorkSkip)> skipped;
    std::function<void(std::size_t finished)> progress;
    const std::atomic<bool>* cancelled = nullptr;
};

// `items` in the order they are begun; `weights` (bytes) keep batches short. Errors: Cancelled, WorkerCrashed
// when no worker can be started.
Result<void> runWorkers(const PoolOptions& options, std::vector<WorkItem> items,
                        const std::vector<std::int64_t>& weights, const PoolHandlers& handlers);

} // namespace exo::analysis
