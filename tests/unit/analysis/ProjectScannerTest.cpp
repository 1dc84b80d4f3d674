#include "core/analysis/ProjectScanner.h"

#include "core/analysis/FileKinds.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

using namespace exo::analysis;
using exo::ErrorCode;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

ScanResult scan(const std::filesystem::path& root, const ScanOptions& options = {}) {
    auto safe = SafeRoot::open(root);
    REQUIRE(safe.ok());
    auto result = scanProject(*safe, options);
    REQUIRE(result.ok());
    return std::move(result).value();
}

std::vector<std::string> paths(const ScanResult& result) {
    std::vector<std::string> out;
    for (const ScannedFile& file : result.files)
        out.push_back(file.path);
    return out;
}

} // namespace

TEST_CASE("links are not followed, inside or out of the root") {
    const TempHome home;
    writeText(home / "outside/secret.c", "outside\n");
    writeText(home / "root/a.c", "x\n");
    std::filesystem::create_directory_symlink(home / "root", home / "root/loop");
    std::filesystem::create_directory_symlink(home / "outside", home / "root/out");
    std::filesystem::create_symlink(home / "outside/secret.c", home / "root/secret.c");
    std::filesystem::create_symlink("nowhere", home / "root/dangling");
    const ScanResult result = scan(home / "root");
    CHECK(paths(result) == std::vector<std::string>{"a.c"});
    CHECK(result.skippedFor(SkipReason::Link) == 4);

    auto root = SafeRoot::open(home / "root");
    REQUIRE(root.ok());
    CHECK_FALSE(root->read("secret.c", 1000).ok());
    CHECK_FALSE(root->read("out/secret.c", 1000).ok());
    CHECK_FALSE(root->read("../outside/secret.c", 1000).ok());
    CHECK(root->read("a.c", 1000).ok());
}

TEST_CASE("FIFOs, sockets and devices are skipped and never opened for reading") {
    const TempHome home;
    writeText(home / "a.c", "x\n");
    REQUIRE(::mkfifo((home / "pipe.c").c_str(), 0600) == 0);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = (home / "s.c").string();
    REQUIRE(name.size() < sizeof address.sun_path);
    std::copy(name.begin(), name.end(), address.sun_path);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const ScanResult result = scan(home.path());
    ::close(fd);
    CHECK(paths(result) == std::vector<std::string>{"a.c"});
    CHECK(result.skippedFor(SkipReason::Special) == 2);
    auto root = SafeRoot::open(home.path());
    REQUIRE(root.ok());
    CHECK_FALSE(root->read("pipe.c", 1000).ok()); // would wait for a writer for ever
}

TEST_CASE("kernel file systems are no projects") {
    const ScanResult result = scan("/proc/self");
    CHECK(result.files.empty());
    CHECK(result.skippedFor(SkipReason::Special) == 1);
}

TEST_CASE("names that cannot be cited are left out") {
    const TempHome home;
    writeText(home / "good name.c", "x\n");
    writeText(home / "two\nlines.c", "x\n");
    writeText(home / "bad\xFF.c", "x\n");
    writeText(home / "tab\tdir/x.c", "x\n");
    const ScanResult result = scan(home.path());
    CHECK(paths(result) == std::vector<std::string>{"good name.c"});
    CHECK(result.skippedFor(SkipReason::Name) == 3);
}

TEST_CASE("folders nobody wrote and files that hold keys are left out without any ignore file") {
    const TempHome home;
    writeText(home / "a.c", "x\n");
    for (const char* path : {"node_modules/m/i.js", ".git/config", "__pycache__/a.py", "b/CMakeCache.txt",
                             "b/x.c", "env/pyvenv.cfg", "env/l.py"})
        writeText(home / path, "x\n");
    for (const char* path : {".env", "id_rsa", "server.pem", ".env.local", "deploy/tls.key"})
        writeText(home / path, "SECRET=1\n");
    writeText(home / ".env.example", "SECRET=\n");
    writeText(home / "package-lock.json", "{}\n");
    writeText(home / "app.min.js", "x\n");
    const ScanResult result = scan(home.path());
    CHECK(paths(result) == std::vector<std::string>{".env.example", "a.c"});
    CHECK(result.skippedFor(SkipReason::Private) == 5);
    CHECK(result.skippedFor(SkipReason::Generated) == 2);
}

TEST_CASE("sizes, numbers and depth are bounded, and what is left out is counted") {
    const TempHome home;
    writeText(home / "big.c", std::string(2000, 'x'));
    writeText(home / "small.c", "x\n");
    ScanOptions options;
    options.maxFileSize = 1000;
    CHECK(paths(scan(home.path(), options)) == std::vector<std::string>{"small.c"});
    CHECK(scan(home.path(), options).skippedFor(SkipReason::TooLarge) == 1);

    options = {};
    options.maxFiles = 1;
    CHECK(scan(home.path(), options).files.size() == 1);
    CHECK(scan(home.path(), options).skippedFor(SkipReason::TooMany) == 1);

    std::filesystem::path deep = home.path();
    for (int i = 0; i < 300; ++i)
        deep /= "d";
    writeText(deep / "x.c", "x\n");
    const ScanResult result = scan(home.path());
    CHECK(result.files.size() == 2);
    CHECK(result.skippedFor(SkipReason::TooDeep) == 1);
}

TEST_CASE("an unreadable folder is counted and does not end the scan") {
    if (::geteuid() == 0) return; // root reads everything
    const TempHome home;
    writeText(home / "a.c", "x\n");
    writeText(home / "locked/b.c", "x\n");
    std::filesystem::permissions(home / "locked", std::filesystem::perms::none);
    const ScanResult result = scan(home.path());
    std::filesystem::permissions(home / "locked", std::filesystem::perms::owner_all);
    CHECK(paths(result) == std::vector<std::string>{"a.c"});
    CHECK(result.skippedFor(SkipReason::Unreadable) == 1);
}

TEST_CASE("a scan of many files reports progress and stops when told to") {
    const TempHome home;
    for (int folder = 0; folder < 100; ++folder)
        for (int file = 0; file < 100; ++file)
            writeText(home / ("d" + std::to_string(folder) + "/f" + std::to_string(file) + ".c"), "x\n");
    auto root = SafeRoot::open(home.path());
    REQUIRE(root.ok());
    ScanControl control;
    std::size_t seen = 0;
    control.progress = [&](std::size_t files) { seen = files; };
    auto all = scanProject(*root, {}, control);
    REQUIRE(all.ok());
    CHECK(all->files.size() == 10'000);
    CHECK(seen == 10'000);
    CHECK(std::is_sorted(all->files.begin(), all->files.end(),
                         [](const auto& a, const auto& b) { return a.path < b.path; }));

    std::atomic<bool> cancelled{false};
    control.cancelled = &cancelled;
    control.progress = [&](std::size_t files) { cancelled = files > 500; };
    const auto stopped = scanProject(*root, {}, control);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::Cancelled);
}

TEST_CASE("a root that is missing or no folder is an error") {
    const TempHome home;
    writeText(home / "file.c", "x\n");
    CHECK(SafeRoot::open(home / "missing").error().code == ErrorCode::NotFound);
    CHECK_FALSE(SafeRoot::open(home / "file.c").ok());
}

TEST_CASE("languages and ranks come from names") {
    CHECK(languageOf("a/b.cpp") == "C++");
    CHECK(languageOf("Makefile") == "Makefile");
    CHECK(languageOf("x/CMakeLists.txt") == "CMake");
    CHECK(languageOf("weird.zzz").empty());
    CHECK(rankOf("src/a.c") == FileRank::Normal);
    CHECK(rankOf("tests/a.c") == FileRank::Low);
    CHECK(rankOf("vendor/x/a.go") == FileRank::Low);
    CHECK(rankOf("yarn.lock") == FileRank::Skip);
    CHECK(rankOf("a/.env") == FileRank::Private);
    for (const char* name :
         {"x.zip", "x.7z", "x.a", "x.bin", "x.png", "x.woff2", "x.so", "x.sqlite", "x.webp"}) {
        CAPTURE(name);
        CHECK(isBinaryName(name)); // the table must be in order for the search in it
    }
}
