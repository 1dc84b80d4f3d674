#include "core/analysis/history/GitObjects.h"

#include <cstring>
#include <mutex>

namespace exo::analysis {

void prepareGit() {
    static std::once_flag once;
    std::call_once(once, [] {
        git_libgit2_init();
        for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                GIT_CONFIG_LEVEL_GLOBAL})
            git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
        git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
        // Objects are packed with their own checksums; hashing each again would take most of the time.
        git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
        git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, std::size_t{64} << 10);
        git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, std::ptrdiff_t{64} << 20);
    });
}

std::string lastGitError() {
    const git_error* error = git_error_last();
    return error && error->message ? error->message : "unknown";
}

std::size_t OidHash::operator()(const git_oid& id) const {
    std::size_t value = 0;
    std::memcpy(&value, id.id, sizeof value);
    return value;
}

} // namespace exo::analysis
