#pragma once
// What the local assistant (and the context of a real model's turn) may know: excerpts of a project folder,
// of the user's sessions, and of ExoBrain's own help. Implemented above (analysis, sessions), handed in by
// Core. io thread.

#include "core/base/Cancel.h"
#include "core/base/Task.h"
#include "core/providers/ProjectFacts.h"
#include "core/providers/Provider.h"

#include <string>
#include <vector>

namespace exo {

// Facts computed from the tree, not guessed.
struct ProjectOverview {
    std::string name;
    std::string root;
    std::int64_t files = 0;
    std::int64_t lines = 0;
    struct Language {
        std::string name;
        std::int64_t files = 0;
        std::int64_t lines = 0;
    };
    std::vector<Language> languages;   // most lines first
    std::vector<Excerpt> descriptions; // first paragraphs of README and manifests, best first
    std::vector<std::string> topFolders;
    std::vector<Excerpt> entryPoints; // main functions, scripts, package entry fields
    std::int64_t skipped = 0;
};

// The time for an answer is over (CancelReason::Deadline): it is made of what is known by then. Any other
// cancellation ends the call.
inline bool timeIsUp(const CancelToken& cancel) {
    return cancel.reason() == CancelReason::Deadline;
}

struct RetrievalQuery {
    std::string question;
    RetrievalScope scope;
    bool project = true; // which sources to look at, as far as the scope allows
    bool sessions = true;
    bool help = true;
    bool nearest = false; // of the project, when nothing fits: what comes nearest, as weak excerpts
    std::size_t maxExcerpts = 8;
    std::size_t maxBytes = 24u << 10;
};

class Retriever {
  public:
    virtual ~Retriever() = default;
    // Best first within each source: project, then sessions, then help; empty when nothing fits. Brings the
    // project's index up to date first; when the time is up, as far as it got. NotFound, IoError when the
    // project's folder cannot be read.
    virtual Task<std::vector<Excerpt>> retrieve(RetrievalQuery query, CancelToken cancel) = 0;
    virtual Task<ProjectOverview> overview(std::string project, CancelToken cancel) = 0;
    // What the project's analysis says. Errors as above, WorkerCrashed; nothing known when nobody analyses.
    virtual Task<ProjectFacts> facts(FactQuery query, CancelToken cancel) {
        (void)query, (void)cancel;
        co_return ProjectFacts{};
    }
    // SHA-256 of each file as it is now, empty when it is gone; fewer than asked for when nobody looks.
    virtual Task<std::vector<std::string>> hashes(std::string project, std::vector<std::string> paths,
                                                  CancelToken cancel) {
        (void)project, (void)paths, (void)cancel;
        co_return std::vector<std::string>{};
    }
};

} // namespace exo
