// Real folders and the kernel's own events: they are there when the call that made them returns.
#include "core/analysis/engine/FolderWatch.h"

#include "core/analysis/ProjectScanner.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;
using Seen = FolderWatch::Seen;

void watchAll(FolderWatch& watch, const fs::path& path) {
    const auto root = SafeRoot::open(path);
    REQUIRE(root.ok());
    ScanControl control;
    control.folder = [&](int folder, const std::string& path) { watch.add(folder, path); };
    watch.begin();
    REQUIRE(scanProject(*root, {}, control).ok());
    watch.end();
}

struct Tree {
    TempHome home;
    Tree() {
        writeText(home / "a.c", "int a;\n");
        writeText(home / "b/c/d.c", "int d;\n");
        writeText(home / ".gitignore", "out/\n");
        writeText(home / "out/o.c", "int o;\n");
    }
};

} // namespace

TEST_CASE("every change to what is listed is seen once, and nothing else") {
    const Tree tree;
    const fs::path root = tree.home.path();
    FolderWatch watch;
    CHECK(watch.take() == Seen::Unknown); // nothing is watched yet
    watchAll(watch, root);
    CHECK(watch.folders() == 3);
    CHECK(watch.take() == Seen::Nothing);
    const auto seesOnce = [&](const char* what, const auto& change) {
        CAPTURE(what);
        change();
        CHECK(watch.take() == Seen::Changes);
        CHECK(watch.take() == Seen::Nothing);
    };
    seesOnce("written", [&] { writeText(root / "a.c", "int b;\n"); });
    seesOnce("written in a folder below", [&] { writeText(root / "b/c/d.c", "int e;\n"); });
    seesOnce("made", [&] { writeText(root / "b/new.c", ""); });
    seesOnce("renamed over another, as editors save", [&] { fs::rename(root / "b/new.c", root / "a.c"); });
    seesOnce("removed", [&] { fs::remove(root / "a.c"); });
    seesOnce("a folder made", [&] { fs::create_directory(root / "b/e"); });
    seesOnce("rights", [&] { fs::permissions(root / "b/c/d.c", fs::perms::owner_read); });
    (void)exo::test::readText(root / "b/c/d.c");
    writeText(root / "out/o.c", "int ignored;\n");
    CHECK(watch.take() == Seen::Nothing);
}

TEST_CASE("folders that came are watched from the next listing on, those that went are let go") {
    const Tree tree;
    const fs::path root = tree.home.path();
    FolderWatch watch;
    watchAll(watch, root);
    writeText(root / "n/m/x.c", "int x;\n");
    fs::remove_all(root / "b");
    CHECK(watch.take() == Seen::Changes);
    CHECK(watch.folders() == 1);
    watchAll(watch, root);
    CHECK(watch.folders() == 3);
    CHECK(watch.take() == Seen::Nothing);
    writeText(root / "n/m/x.c", "int y;\n");
    CHECK(watch.take() == Seen::Changes);
    const TempHome elsewhere;
    fs::rename(root / "n", elsewhere / "n"); // no longer ours
    CHECK(watch.take() == Seen::Changes);
    watchAll(watch, root);
    CHECK(watch.folders() == 1);
    writeText(elsewhere / "n/m/x.c", "int z;\n");
    CHECK(watch.take() == Seen::Nothing);
}

TEST_CASE("more folders than may be watched: unknown, and nothing is held") {
    const Tree tree;
    FolderWatch watch(2);
    watchAll(watch, tree.home.path());
    CHECK(watch.take() == Seen::Unknown);
    CHECK(watch.folders() == 0);
    fs::remove_all(tree.home / "b");
    watchAll(watch, tree.home.path());
    CHECK(watch.take() == Seen::Nothing);
}

TEST_CASE("events the kernel had no room for: unknown until all is listed anew") {
    const long room = std::stol(exo::test::readText("/proc/sys/fs/inotify/max_queued_events"));
    if (room > 100'000) return; // too many to make
    const Tree tree;
    FolderWatch watch;
    watchAll(watch, tree.home.path());
    const std::string a = tree.home / "a.c", b = tree.home / "b.c";
    for (long i = 0; i <= room; i += 2) { // each is two events
        REQUIRE(::rename(a.c_str(), b.c_str()) == 0);
        REQUIRE(::rename(b.c_str(), a.c_str()) == 0);
    }
    CHECK(watch.take() == Seen::Unknown);
    CHECK(watch.take() == Seen::Unknown);
    watchAll(watch, tree.home.path());
    CHECK(watch.take() == Seen::Nothing);
}
