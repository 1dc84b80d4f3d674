#include "core/analysis/history/LineHistory.h"

#include "tests/support/GitFolder.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace exo;
using namespace exo::analysis;
using exo::test::Git;
using exo::test::haveGit;
using exo::test::TempHome;
using exo::test::writeText;
namespace fs = std::filesystem;

namespace {

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

namespace {

// A file of functions of three lines each, in the order given; `body` of each by name.
std::string sourceOf(const std::vector<std::pair<std::string, std::string>>& functions) {
    std::string text = "// head\n";
    for (const auto& [name, body] : functions)
        text += "void " + name + "() {\n" + body + "\n}\n\n";
    return text;
}

std::vector<std::int64_t> changesOf(const Git& git, const std::string& path, const std::string& text,
                                    std::vector<LineSpan> spans,
                                    std::size_t budget = std::size_t{128} << 20) {
    const HistoryReport report = read(git.folder());
    const FileHistory* file = find(report, path);
    REQUIRE(file);
    LineHistory lines(git.folder(), budget);
    return lines.changes(*file, text, std::move(spans));
}

using Changes = std::vector<std::int64_t>;

} // namespace

TEST_CASE("a change counts for the function whose lines it touches, wherever those lay then") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("a.c", sourceOf({{"one", "1"}, {"two", "1"}}));
    git.commit();
    git.write("a.c", sourceOf({{"one", "1"}, {"two", "2"}})); // two
    git.commit();
    git.write("a.c", "// more\n// of\n// a head\n" + sourceOf({{"one", "1"}, {"two", "2"}})); // neither
    git.commit();
    git.write("a.c", "// more\n" + sourceOf({{"one", "1"}, {"two", "3"}})); // two
    git.commit();
    const std::string now = "// more\n" + sourceOf({{"one", "1"}, {"two", "4"}, {"three", "new"}});
    // Lines: 1 more, 2 head, 3–5 one, 7–9 two, 11–13 three. The last edit is not committed.
    CHECK(changesOf(git, "a.c", now, {{3, 5, "one"}, {7, 9, "two"}, {11, 13, "three"}}) == Changes{1, 3, 0});
    git.write("a.c", now);
    git.commit();
    CHECK(changesOf(git, "a.c", now, {{3, 5, "one"}, {7, 9, "two"}, {11, 13, "three"}}) == Changes{1, 4, 1});
}

TEST_CASE("a function is known again by its name when its first line was rewritten among others") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("a.c", "int one(int a) {\n  x\n}\nint two(int a) {\n  x\n}\n");
    git.commit();
    git.write("a.c", "int one(int a) {\n  x\n}\nint two(int a) {\n  y\n}\n"); // two
    git.commit();
    const std::string now = "int one(int a) {\n  x\n}\n// what it\n// does\nint two(long a) {\n  y\n}\n";
    git.write("a.c", now); // two: its first line, and two more before it
    git.commit();
    CHECK(changesOf(git, "a.c", now, {{1, 3, "one"}, {6, 8, "two"}}) == Changes{1, 3});
    CHECK(changesOf(git, "a.c", now, {{6, 8, "other"}}) == Changes{1}); // so it came with the last
}

TEST_CASE("lines that go from inside a function change it, lines before it do not") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("a.c", "a\nb\nc\nd\ne\nf\n");
    git.commit();
    git.write("a.c", "a\nb\nd\ne\nf\n"); // c went: inside 2–3 of now, before 4–5
    git.commit();
    CHECK(changesOf(git, "a.c", "a\nb\nd\ne\nf\n", {{1, 1, {}}, {2, 3, {}}, {4, 5, {}}}) == Changes{1, 2, 1});
}

TEST_CASE("a function is followed through a move of its file and through merges") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    const auto text = [](const std::string& one, const std::string& two) {
        return sourceOf({{"one", one}, {"pad", "a\nb\nc\nd\ne\nf\ng"}, {"two", two}});
    };
    git.write("old/a.c", text("1", "1"));
    git.commit();
    git.run("mv old new");
    git.commit(); // nothing changed but the name
    git.run("checkout -q -b side");
    git.write("new/a.c", text("2", "1"));
    git.commit();
    git.run("checkout -q main");
    git.write("new/a.c", text("1", "2"));
    git.commit();
    git.run("merge -q side");
    CHECK(changesOf(git, "new/a.c", text("2", "2"), {{2, 4, "one"}, {6, 14, "pad"}, {16, 18, "two"}}) ==
          Changes{2, 1, 2});
}

TEST_CASE("what does not fit the file, has no history or is too dear counts nothing and breaks nothing") {
    if (!haveGit()) return;
    const TempHome home;
    Git git(home / "r");
    git.write("a.c", sourceOf({{"one", "1"}}));
    git.commit();
    const std::string now = sourceOf({{"one", "1"}});
    CHECK(changesOf(git, "a.c", now, {}).empty());
    CHECK(changesOf(git, "a.c", now, {{900, 950, {}}, {5, 2, {}}}) ==
          Changes{1, 0}); // beyond the end: since it came
    CHECK(changesOf(git, "a.c", "", {{1, 1, {}}}).size() == 1);
    CHECK(changesOf(git, "a.c", now, {{2, 4, {}}}, 3) == Changes{0});
    CHECK(changesOf(git, "a.c", std::string(2u << 20, 'x'), {{1, 1, {}}}) == Changes{0});
    LineHistory none(home.path());
    FileHistory file;
    file.recent = {{BlobId{1}, BlobId{2}}};
    CHECK(none.changes(file, now, {{2, 4, {}}}) == Changes{0});
    LineHistory missing(git.folder());
    CHECK(missing.changes(file, now, {{2, 4, {}}}) == Changes{0});
}
