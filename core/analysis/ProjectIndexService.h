#pragma once
// The text indexes of the projects people ask about: one file each below the cache folder, brought up to date
// at every question. Work runs on one thread of its own; results come back on the awaiting executor. io
// thread; owned by Core.

#include "core/analysis/ProjectIndex.h"
#include "core/base/Cancel.h"
#include "core/base/Paths.h"
#include "core/base/Task.h"

#include <functional>
#include <memory>

namespace exo {

struct IndexProgress {
    std::int64_t done = 0; // files read
    std::int64_t total = 0;
};

class ProjectIndexService {
  public:
    virtual ~ProjectIndexService() = default; // stops running work and waits for it

    // All bring the index up to date first; when the time is up (Deadline) they answer from what is read by
    // then, and the next call goes on. NotFound when the folder does not exist, Cancelled.
    virtual Task<std::vector<Excerpt>> search(std::string project, std::string question,
                                              std::size_t maxExcerpts, std::size_t maxBytes,
                                              CancelToken cancel) = 0;
    virtual Task<ProjectOverview> overview(std::string project, CancelToken cancel) = 0;
    // SHA-256 of each file as it is now, empty when it cannot be read. Does not bring the index up to date.
    virtual Task<std::vector<std::string>> hashes(std::string project, std::vector<std::string> paths) = 0;
    // `progress` runs on the awaiting executor, now and then.
    virtual Task<analysis::UpdateReport> refresh(std::string project, CancelToken cancel,
                                                 std::function<void(IndexProgress)> progress) = 0;
    // Paused (the disk is almost full): indexes are made in memory and those on disk left alone; On goes back
    // to them at the next question. Any thread.
    enum class Writing { On, Paused };
    virtual void setWriting(Writing writing) = 0;
};

std::unique_ptr<ProjectIndexService> makeProjectIndexService(const Paths& paths,
                                                             analysis::ScanOptions options);

} // namespace exo
