#pragma once
// The projects that are being asked about, each kept analysed. Their folders are watched, so a question sees
// every edit before it, and only the edited files are read again; where they cannot be watched, a project is
// brought up to date when it was not looked at for a while (a few seconds; longer where that takes long). One
// thread does the work and answers the questions; calls and results belong to the awaiting executor. io
// thread; owned by Core.

#include "core/analysis/engine/WorkerProcess.h"
#include "core/analysis/retrieve/KnownProject.h"
#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/base/Task.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace exo {

struct KnowledgeOptions {
    std::filesystem::path cacheFolder; // of the analysis; empty: nothing is kept
    analysis::WorkerCommand worker;
    // Asked before each analysis, as a reload may change them; io thread.
    struct Limits {
        int workers = 2;
        std::uint64_t maxFileSize = 2u << 20;
    };
    std::function<Limits()> limits;
    std::size_t maxProjects = 3; // kept in memory; the one not asked for longest goes first
};

// What a job wants to know: `Code` is all but duplicates, hotspots and what else history says; those may then
// be missing, or of before the last edit (AnalysisResult::hasOlderWholes).
enum class KnowledgeNeed : std::uint8_t { Code, Everything };

using KnowledgeJob = std::function<void(const analysis::KnownProject&, const std::atomic<bool>& cancelled)>;

class ProjectKnowledge {
  public:
    virtual ~ProjectKnowledge() = default; // stops running work and waits for it

    // Runs `job` on the worker thread with the project as it is now. NotFound, IoError, WorkerCrashed when it
    // cannot be analysed; Cancelled. `progress` runs on the awaiting executor, now and then.
    virtual Task<void> ask(std::string project, KnowledgeJob job, CancelToken cancel, KnowledgeNeed need,
                           std::function<void(const api::AnalysisProgress&)> progress) = 0;
    Task<void> ask(std::string project, KnowledgeJob job, CancelToken cancel,
                   KnowledgeNeed need = KnowledgeNeed::Everything) {
        return ask(std::move(project), std::move(job), std::move(cancel), need, {});
    }
};

std::unique_ptr<ProjectKnowledge> makeProjectKnowledge(const Clock& clock, KnowledgeOptions options);

} // namespace exo
