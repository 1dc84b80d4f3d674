#include "core/analysis/history/History.h"

#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;
namespace fs = std::filesystem;

namespace {

// A repository made by the git command; each commit a day after the one before.
class Git {
  public:
    explicit Git(fs::path folder)
        : m_folder(std::move(folder)) {
        fs::create_directories(m_folder);
        run("init -q -b main .");
    }
    void run(const std::string& arguments) const {
        const std::string date = std::to_string(1'700'000'000 + 86'400 * m_day) + " +0000";
        const std::string command =
            "cd '" + m_folder.string() + "' && HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='" +
            date + "' GIT_COMMITTER_DATE='" + date + "' git -c user.name='" + m_name + "' -c user.email='" +
            m_name + "@example.org' -c protocol.file.allow=always " + arguments + " >/dev/null 2>&1";
        REQUIRE(std::system(command.c_str()) == 0);
    }
    void commit(const std::string& author = "Ann") {
        ++m_day;
        m_name = author;
        run("add -A");
        run("commit -q --allow-empty -m x");
    }
    void write(const std::string& path, const std::string& text) const { writeText(m_folder / path, text); }
    const fs::path& folder() const { return m_folder; }

  private:
    fs::path m_folder;
    std::string m_name = "Ann";
    int m_day = 0;
};

HistoryReport read(const fs::path& folder, const HistoryOptions& options = {}) {
    auto report = readHistory(folder, options);
    REQUIRE(report.ok());
    return *std::move(report);
}

const FileHistory* find(const HistoryReport& report, const std::string& path) {
    const auto file = std::find_if(report.files.begin(), report.files.end(),
                                   [&](const FileHistory& f) { return f.path == path; });
    return file == report.files.end() ? nullptr : &*file;
}

bool haveGit() {
    return std::system("git --version >/dev/null 2>&1") == 0;
}

} // namespace

TEST_CASE("revisions, authors, owner and bus factor are those of the log") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    for (int i = 0; i < 5; ++i) {
        git.write("a.c", std::to_string(i));
        if (i < 2) git.write("b.c", std::to_string(i));
        git.commit(i < 3 ? "Ann" : "Bob");
    }
    const HistoryReport report = read(git.folder());
    CHECK(report.state == HistoryState::Ok);
    CHECK(report.commits == 5);
    CHECK(report.authors == 2);
    REQUIRE(report.files.size() == 2);
    const FileHistory* a = find(report, "a.c");
    REQUIRE(a);
    CHECK(a->revisions == 5);
    CHECK(a->authors == 2);
    CHECK(a->owner == "Ann");
    CHECK(a->ownership == doctest::Approx(0.6));
    CHECK(a->busFactor == 1);
    CHECK(a->firstChange == 1'700'000'000 + 86'400);
    CHECK(a->lastChange == 1'700'000'000 + 86'400 * 5);
    CHECK(find(report, "b.c")->revisions == 2);
    CHECK(report.busFactor == 1);
}

TEST_CASE("a moved file keeps its history, a name used again does not inherit it") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("old.c", "1\n");
    git.write("lib/deep.c", "1\n");
    git.commit();
    git.write("old.c", "2\n");
    git.commit();
    git.run("mv old.c new.c");
    git.commit();
    git.run("mv lib/deep.c deep.c");
    git.write("deep.c", "moved and changed\n");
    git.commit();
    git.write("old.c", "another file\n");
    git.commit();
    const HistoryReport report = read(git.folder());
    REQUIRE(find(report, "new.c"));
    CHECK(find(report, "new.c")->revisions == 3);
    CHECK(find(report, "deep.c")->revisions == 2);
    CHECK(find(report, "old.c")->revisions == 1);
}

TEST_CASE("files that change together are coupled, huge commits are left out, merges count for nothing") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    for (int i = 0; i < 60; ++i)
        git.write("f" + std::to_string(i), "x");
    git.commit();
    for (int i = 0; i < 3; ++i) {
        git.write("f1", "c" + std::to_string(i));
        git.write("f2", "c" + std::to_string(i));
        if (i == 0) git.write("f3", "c");
        git.commit();
    }
    git.run("checkout -q -b side HEAD~1");
    git.write("f9", "side");
    git.commit();
    git.run("checkout -q main");
    git.run("merge -q --no-ff -m merged side");
    const HistoryReport report = read(git.folder());
    REQUIRE(report.coupling.size() == 1);
    CHECK(report.coupling[0].pathA == "f1");
    CHECK(report.coupling[0].pathB == "f2");
    CHECK(report.coupling[0].sharedCommits == 3);
    CHECK(report.coupling[0].degree == doctest::Approx(0.75));
    CHECK(find(report, "f9")->revisions == 2);
    CHECK(report.commits == 6);
}

TEST_CASE("a folder inside a repository sees its own files by their names there") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("part/a.c", "1");
    git.write("particle/b.c", "1");
    git.write("c.c", "1");
    git.commit();
    const HistoryReport report = read(git.folder() / "part");
    REQUIRE(report.files.size() == 1);
    CHECK(report.files[0].path == "a.c");
}

TEST_CASE("bare, shallow, worktree, submodule and alternate repositories are read") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    for (int i = 0; i < 4; ++i) {
        git.write("a.c", std::to_string(i));
        git.commit();
    }
    const std::string source = "file://" + git.folder().string();
    git.run("clone -q --bare . ../bare.git");
    CHECK(read(home / "bare.git").files.at(0).revisions == 4);
    git.run("clone -q --depth 2 " + source + " ../shallow");
    const HistoryReport shallow = read(home / "shallow");
    CHECK(shallow.state == HistoryState::Ok);
    CHECK(shallow.shallow);
    CHECK(shallow.files.at(0).revisions == 1); // where history is cut off nothing is known to have changed
    git.run("worktree add -q ../tree");
    CHECK(read(home / "tree").files.at(0).revisions == 4);
    git.run("clone -q --shared . ../shared");
    CHECK(read(home / "shared").files.at(0).revisions == 4);
    Git outer(home / "outer");
    outer.run("submodule add -q " + source + " inner");
    CHECK(read(home / "outer/inner").files.at(0).revisions == 4);
}

TEST_CASE("a .git that points into somebody else's repository is not followed") {
    if (!haveGit()) return;
    const TempHome home;
    Git victim(home / "victim");
    victim.write("private.c", "1");
    victim.commit();
    writeText(home / "evil/.git", "gitdir: " + (home / "victim/.git").string() + "\n");
    CHECK(read(home / "evil").state == HistoryState::Foreign);
    fs::create_directories(home / "linked");
    fs::create_symlink(home / "victim/.git", home / "linked/.git");
    CHECK(read(home / "linked").state == HistoryState::Foreign);
}

TEST_CASE("what is no repository, has no commit or is broken says so") {
    if (!haveGit()) return;
    const TempHome home;
    fs::create_directories(home / "plain");
    CHECK(read(home / "plain").state == HistoryState::NoRepository);
    CHECK(read(home / "missing").state == HistoryState::NoRepository);
    const Git empty(home / "empty");
    CHECK(read(home / "empty").state == HistoryState::Empty);
    Git broken(home / "broken");
    broken.write("a.c", "1");
    broken.commit();
    broken.write("a.c", "2");
    broken.commit();
    for (const auto& entry : fs::recursive_directory_iterator(broken.folder() / ".git/objects"))
        if (entry.is_regular_file()) {
            fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
            writeText(entry.path(), "garbage");
        }
    const HistoryReport report = read(home / "broken");
    CHECK(report.state == HistoryState::Damaged);
    CHECK_FALSE(report.detail.empty());
}

TEST_CASE("nothing the repository configures is run") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("a.c", "1");
    git.commit();
    const std::string mark = (home / "ran").string();
    writeText(git.folder() / ".gitattributes", "*.c filter=evil diff=evil\n");
    writeText(git.folder() / "touch.sh", "#!/bin/sh\ntouch " + mark + "\n");
    fs::permissions(git.folder() / "touch.sh", fs::perms::owner_all);
    const std::string run = (git.folder() / "touch.sh").string();
    std::string config = "[core]\n repositoryformatversion = 0\n bare = false\n fsmonitor = " + run;
    config += "\n sshCommand = " + run + "\n pager = " + run + "\n hooksPath = " + git.folder().string();
    config += "\n[filter \"evil\"]\n clean = " + run + "\n smudge = " + run + "\n process = " + run;
    config += "\n[diff \"evil\"]\n textconv = " + run + "\n command = " + run + "\n external = " + run + "\n";
    writeText(git.folder() / ".git/config", config);
    for (const char* hook : {"post-checkout", "pre-commit", "post-index-change", "reference-transaction"}) {
        fs::create_directories(git.folder() / ".git/hooks");
        fs::copy_file(run, git.folder() / ".git/hooks" / hook, fs::copy_options::overwrite_existing);
    }
    CHECK(read(git.folder()).files.size() == 1);
    CHECK_FALSE(fs::exists(mark));
}

TEST_CASE("a walk can be stopped and is bounded in time and commits") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    for (int i = 0; i < 5; ++i) {
        git.write("a.c", std::to_string(i));
        git.commit();
    }
    const std::atomic<bool> stop{true};
    HistoryOptions options;
    options.cancelled = &stop;
    const auto stopped = readHistory(git.folder(), options);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::Cancelled);
    HistoryOptions few;
    few.maxCommits = 2;
    const HistoryReport report = read(git.folder(), few);
    CHECK(report.truncated);
    CHECK(report.commits == 2);
    CHECK(report.files.at(0).revisions == 2);
}

TEST_CASE("a hotspot is often changed and complex") {
    HistoryReport history;
    for (const auto& [path, revisions] :
         {std::pair("busy.c", 10), std::pair("calm.c", 1), std::pair("gone.c", 9)}) {
        FileHistory file;
        file.path = path;
        file.revisions = revisions;
        history.files.push_back(file);
    }
    const auto spots = hotspotsOf(history, {{"busy.c", 50}, {"calm.c", 100}, {"unknown.c", 7}});
    REQUIRE(spots.size() == 2);
    CHECK(spots[0].path == "busy.c");
    CHECK(spots[0].score == doctest::Approx(0.5));
    CHECK(spots[1].score == doctest::Approx(0.1));
}
