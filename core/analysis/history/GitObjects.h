#pragma once
// Owners for libgit2's handles and the once-only set-up of the library. Used by core/analysis/history alone.

#include <git2.h>

#include <memory>
#include <string>

namespace exo::analysis {

template <auto Free>
struct GitFree {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using GitRepository = std::unique_ptr<git_repository, GitFree<git_repository_free>>;
using GitReference = std::unique_ptr<git_reference, GitFree<git_reference_free>>;
using GitCommit = std::unique_ptr<git_commit, GitFree<git_commit_free>>;
using GitTree = std::unique_ptr<git_tree, GitFree<git_tree_free>>;

// No configuration but the repository's own, which can only describe its storage to us; no check of the
// owner, since that guards against running what a stranger configured, and nothing is run here.
void prepareGit();

std::string lastGitError();

struct OidHash {
    std::size_t operator()(const git_oid& id) const;
};
struct OidEqual {
    bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};

} // namespace exo::analysis
