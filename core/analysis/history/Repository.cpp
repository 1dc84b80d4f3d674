#include "core/analysis/history/Repository.h"

#include "core/base/Text.h"

#include <fstream>
#include <string_view>
#include <system_error>

namespace exo::analysis {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_maxShallowBytes = 16u << 20;

std::string firstLine(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string line;
    std::getline(in, line);
    return std::string(trim(line));
}

fs::path realPath(const fs::path& path) {
    std::error_code failed;
    fs::path found = fs::canonical(path, failed);
    return failed ? fs::path() : found;
}

bool within(const fs::path& inner, const fs::path& outer) {
    const auto rest = inner.lexically_relative(outer);
    return !rest.empty() && *rest.begin() != "..";
}

// A `.git` that is a file or a link leads to another place. That place must know the folder: a worktree is
// written down in its repository, a submodule lies in the .git of the project around it. Otherwise an
// unpacked archive could make us read any repository of the machine.
bool belongsTogether(const fs::path& workdir, const fs::path& gitdir) {
    const fs::path dotGit = workdir / ".git";
    std::error_code failed;
    const auto status = fs::symlink_status(dotGit, failed);
    if (fs::is_directory(status)) return true;
    const fs::path real = realPath(gitdir);
    if (real.empty()) return false;
    if (fs::is_regular_file(status) && realPath(firstLine(real / "gitdir")) == realPath(dotGit)) return true;
    for (fs::path outer = realPath(workdir).parent_path(); outer.has_relative_path();
         outer = outer.parent_path())
        if (within(real, outer / ".git" / "modules")) return true;
    return false;
}

std::vector<git_oid> shallowCommits(const fs::path& commonDir) {
    std::vector<git_oid> commits;
    std::ifstream in(commonDir / "shallow", std::ios::binary);
    std::size_t read = 0;
    for (std::string line; std::getline(in, line) && read < k_maxShallowBytes; read += line.size()) {
        git_oid id;
        if (git_oid_fromstr(&id, std::string(trim(line)).c_str()) == 0) commits.push_back(id);
    }
    return commits;
}

HistoryState stateOfOpenError(int error) {
    if (error == GIT_ENOTFOUND) return HistoryState::NoRepository;
    const std::string text = lastGitError();
    const bool unknown =
        text.find("unsupported") != std::string::npos || text.find("not supported") != std::string::npos;
    return unknown ? HistoryState::Unsupported : HistoryState::Damaged;
}

void readHead(OpenedRepository& opened) {
    const int unborn = git_repository_head_unborn(opened.handle.get());
    git_reference* reference = nullptr;
    if (unborn == 1) {
        opened.state = HistoryState::Empty;
        return;
    }
    if (git_repository_head(&reference, opened.handle.get()) != 0) {
        opened.state = HistoryState::Damaged;
        opened.detail = lastGitError();
        return;
    }
    const GitReference owner(reference);
    git_object* object = nullptr;
    if (git_reference_peel(&object, reference, GIT_OBJECT_COMMIT) != 0) {
        opened.state = HistoryState::Damaged;
        opened.detail = lastGitError();
        return;
    }
    // A peeled commit object is a git_commit (git2/object.h).
    opened.head.reset(reinterpret_cast<git_commit*>(object));
    opened.state = HistoryState::Ok;
}

} // namespace

OpenedRepository openRepository(const fs::path& root) {
    prepareGit();
    OpenedRepository opened;
    const fs::path folder = realPath(root);
    std::error_code failed;
    if (folder.empty() || !fs::is_directory(folder, failed)) return opened;
    git_repository* handle = nullptr;
    const int error = git_repository_open_ext(&handle, folder.c_str(), 0, nullptr);
    opened.handle.reset(handle);
    if (error != 0) {
        opened.state = stateOfOpenError(error);
        if (opened.state != HistoryState::NoRepository) opened.detail = lastGitError();
        return opened;
    }
    if (const char* workdir = git_repository_workdir(handle)) {
        // core.worktree may name any folder; what counts is the folder the .git was found from.
        const fs::path top = realPath(workdir);
        if (!(folder == top || within(folder, top)) || !belongsTogether(top, git_repository_path(handle))) {
            opened.state = HistoryState::Foreign;
            return opened;
        }
        if (folder != top) opened.prefix = folder.lexically_relative(top).generic_string() + "/";
    }
    opened.shallow = shallowCommits(git_repository_commondir(handle));
    readHead(opened);
    return opened;
}

std::string historyMark(const fs::path& root) {
    const OpenedRepository opened = openRepository(root);
    std::string mark(nameOf(opened.state));
    char hex[GIT_OID_HEXSZ + 1] = {};
    if (opened.head) mark += git_oid_tostr(hex, sizeof hex, git_commit_id(opened.head.get()));
    return mark;
}

} // namespace exo::analysis
