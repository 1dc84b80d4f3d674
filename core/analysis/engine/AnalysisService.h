#pragma once
// Analyses of folders: starts them, tells how far they are, keeps a bounded number of results. Work runs on a
// thread of its own that drives worker processes; calls and callbacks belong to the io thread. Owned by Core.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/api/AnalysisViews.h"
#include "core/base/Cancel.h"
#include "core/base/Task.h"
#include "core/storage/Owner.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo {

struct AnalysisRequest {
    enum class Cache : std::uint8_t { Use, Ignore };
    std::string path; // absolute; a folder, or one file
    int jobs = 0;     // worker processes; 0: analysis.workers
    Cache cache = Cache::Use;
    bool clocCounting = false; // count lines as cloc does
    bool history = true;       // hotspots, coupling
};

// Ends the notifications when destroyed, also from within one.
class AnalysisSubscription {
  public:
    virtual ~AnalysisSubscription() = default;
};

// Lines of a file as it is now; `changed` when it is no longer the one that was analysed.
struct AnalysisSource {
    std::string path;
    int startLine = 1, totalLines = 0;
    std::vector<std::string> lines;
    bool changed = false;
};

class AnalysisService {
  public:
    virtual ~AnalysisService() = default; // stops running work and waits for it

    // NotFound when the path does not exist, Overloaded when too many are running.
    virtual Result<AnalysisId> start(const Owner& owner, AnalysisRequest request) = 0;
    virtual std::vector<api::AnalysisState> list(const Owner& owner) const = 0; // newest first
    // All below: NotFound for ids that are unknown, dropped, or another owner's.
    virtual Result<api::AnalysisState> state(const Owner& owner, const AnalysisId& id) const = 0;
    // Stops it when it runs; its state becomes "cancelled" soon after. No effect on one that ended.
    virtual Result<void> cancel(const Owner& owner, const AnalysisId& id) = 0;
    // Stops and forgets it.
    virtual Result<void> remove(const Owner& owner, const AnalysisId& id) = 0;
    // `changed` runs at every step, at most about 20 times a second, and last with a state that is not
    // "running"; at once with the state as it is.
    [[nodiscard]] virtual Result<std::unique_ptr<AnalysisSubscription>>
    subscribe(const Owner& owner, const AnalysisId& id,
              std::function<void(const api::AnalysisState&)> changed) = 0;
    // Its end; Cancelled when `cancel` fires, which also stops the analysis.
    virtual Task<api::AnalysisState> wait(Owner owner, AnalysisId id, CancelToken cancel) = 0;
    // Conflict while it runs, or when it failed or was cancelled.
    virtual Result<std::shared_ptr<const analysis::AnalysisResult>> result(const Owner& owner,
                                                                           const AnalysisId& id) const = 0;
    // `count` lines from `startLine` of a file of the result. NotFound, IoError.
    virtual Task<AnalysisSource> source(Owner owner, AnalysisId id, std::string path, int startLine,
                                        int count) = 0;
    // A whole file of the result as it is now, with colours when asked. NotFound, RequestTooLarge,
    // Unsupported (no longer text), IoError.
    enum class Colours : std::uint8_t { Without, With };
    virtual Task<api::SourceText> text(Owner owner, AnalysisId id, std::string path, Colours colours) = 0;
    // The findings as SARIF 2.1.0, or everything as one HTML page.
    enum class Format : std::uint8_t { Sarif, Html };
    virtual Task<std::string> report(Owner owner, AnalysisId id, Format format) = 0;
};

} // namespace exo
