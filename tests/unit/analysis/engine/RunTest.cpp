// Whole analyses with real worker processes: those of engine_worker, which can be told to misbehave.
#include "tests/support/EngineRun.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

using namespace exo;
using namespace exo::analysis;
using exo::test::runOf;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;

RunOptions optionsFor(const TempHome& home) {
    RunOptions options = exo::test::engineOptions(home / "root");
    options.cacheFolder = home / "cache";
    return options;
}

std::string reasonOf(const RunReport& report, const std::string& path) {
    for (const auto& skip : report.result->report().skipped)
        if (skip.path == path) return skip.reason;
    return "";
}

std::vector<std::string> filesOf(const RunReport& report) {
    std::vector<std::string> paths;
    for (const auto& file : report.result->report().files)
        paths.push_back(file.path);
    return paths;
}

} // namespace

TEST_CASE("texts in the encodings of other systems are read inside the sandbox too") {
    const TempHome home;
    const auto wide = [](std::string_view mark, std::string_view line, std::size_t at) {
        std::string text(mark);
        for (const char c : line) {
            text.append(2, '\0');
            text[text.size() - 2 + at] = c;
        }
        return text;
    };
    // Many, one kind after the other: what the C library loads for one it lets go of for the next.
    for (int i = 0; i < 20; ++i) {
        const auto file = [&](const char* end) { return home / ("root/f" + std::to_string(i) + end); };
        writeText(file("a.py"), "def f # \xD6\xD0\xCE\xC4\xD7\xA2\xCA\xCD\n");
        writeText(file("b.py"), wide("\xFF\xFE", "def g\n", 0));
        writeText(file("c.py"), wide("\xFE\xFF", "def h\n", 1));
    }
    const RunReport report = runOf(optionsFor(home));
    CHECK(report.result->report().skipped.empty());
    CHECK(report.result->report().files.size() == 60);
    for (const auto& file : report.result->report().files)
        CHECK(file.functions.size() == 1);
}

TEST_CASE("a file that crashes its worker is told and takes no other along") {
    const TempHome home;
    for (int i = 0; i < 30; ++i)
        writeText(home / ("root/ok" + std::to_string(i) + ".py"), "def f\n");
    writeText(home / "root/bad.py", "CRASH\n");
    writeText(home / "root/worse.py", "CRASH\n");
    const RunReport report = runOf(optionsFor(home));
    CHECK(reasonOf(report, "bad.py") == "crash");
    CHECK(reasonOf(report, "worse.py") == "crash");
    CHECK(report.result->report().summary.files == 30);
    CHECK(report.result->report().skipped.size() == 2);
}

TEST_CASE("a project's own rules that changed are asked again about files that did not") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/b.py", "def g\n");
    const auto read = [&] { return runOf(optionsFor(home)).analysed; };
    const auto first = read();
    CHECK(first >= 2);
    CHECK(read() == 0);
    writeText(home / "root/.exobrain/rules/own.json", R"({"rules":[]})");
    CHECK(read() >= 2);
    CHECK(read() == 0);
    writeText(home / "root/.exobrain/rules/own.json", R"({"rules": []})");
    CHECK(read() >= 2);
    fs::remove_all(home / "root/.exobrain");
    CHECK(read() >= 2);
}

TEST_CASE("a wrong rule of the project is told among what was skipped, each time") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/.exobrain/rules/own.json", R"({"rules":[{"id":"own/x","languages":["Python"],)"
                                                      R"("message":"m","query":"(nothing) @find"}]})");
    for (int i = 0; i < 2; ++i) {
        const std::string reason = reasonOf(runOf(optionsFor(home)), ".exobrain/rules/own.json");
        CHECK(reason.starts_with("rule left out: own/x: "));
    }
}

TEST_CASE("a file that stalls its worker is given up") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/spin.py", "SPIN\n");
    writeText(home / "root/stall.py", "STALL\n");
    RunOptions options = optionsFor(home);
    options.stallLimit = std::chrono::milliseconds(500);
    const RunReport report = runOf(options);
    CHECK(reasonOf(report, "stall.py") == "timeout");
    CHECK(reasonOf(report, "spin.py") == "timeout");
    CHECK(filesOf(report) == std::vector<std::string>{"a.py"});
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a file that eats memory ends its worker at the limit") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/hog.py", "HOG\n");
    const RunReport report = runOf(optionsFor(home));
    CHECK(reasonOf(report, "hog.py") == "crash");
    CHECK(filesOf(report) == std::vector<std::string>{"a.py"});
}
#endif

TEST_CASE("a worker reaches neither the network nor files to write or outside the root") {
    const TempHome home;
    writeText(home / "root/a.py", "NETWORK\nWRITE\n");
    const RunReport report = runOf(optionsFor(home));
    const auto& findings = report.result->report().files.at(0).findings;
    REQUIRE(findings.size() == 3);
    for (const auto& finding : findings)
        CHECK(finding.rule.ends_with("/refused"));
    CHECK_FALSE(fs::exists("/tmp/exobrain-engine-test"));
}

TEST_CASE("a second run analyses only what changed") {
    const TempHome home;
    for (const char* name : {"a", "b", "c"})
        writeText(home / ("root/" + std::string(name) + ".py"), "def " + std::string(name) + "\n");
    const RunOptions options = optionsFor(home);
    CHECK(runOf(options).analysed == 3);
    CHECK(runOf(options).analysed == 0);
    writeText(home / "root/b.py", "def b\ncall a\n");
    fs::last_write_time(home / "root/c.py", fs::file_time_type::clock::now() + std::chrono::hours(1));
    fs::remove(home / "root/a.py");
    const RunReport report = runOf(options);
    CHECK(report.analysed == 1); // c was touched, but is the same
    CHECK(filesOf(report) == std::vector<std::string>{"b.py", "c.py"});
    CHECK(report.result->callCount() == 0);
    CHECK(runOf(options).analysed == 0);
}

TEST_CASE("contents that changed are seen also where size and time are put back") {
    const TempHome home;
    const fs::path file = home / "root/a.py";
    writeText(file, "def one\n");
    const RunOptions options = optionsFor(home);
    CHECK(runOf(options).analysed == 1);
    const auto time = fs::last_write_time(file);
    writeText(file, "def two\n");
    fs::last_write_time(file, time);
    const RunReport report = runOf(options);
    CHECK(report.result->report().files.at(0).functions.at(0).name == "two");
}

TEST_CASE("a result from the index is the same as a fresh one") {
    const TempHome home;
    writeText(home / "root/a.py", "include b\ndef f\ncall g\n");
    writeText(home / "root/b.py", "def g\nfind x\n");
    RunOptions options = optionsFor(home);
    const auto jsonOf = [](const RunReport& report) {
        Json json = api::toJson(report.result->fullReport());
        json["summary"].erase("seconds");
        return json;
    };
    const Json fresh = jsonOf(runOf(options));
    CHECK(jsonOf(runOf(options)) == fresh);
    options.cacheFolder.clear();
    CHECK(jsonOf(runOf(options)) == fresh);
    CHECK(fresh["calls"].size() == 1);
}

TEST_CASE("a damaged index is mended while it is used") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/b.py", "def g\n");
    const RunOptions options = optionsFor(home);
    CHECK(runOf(options).analysed == 2);
    for (const auto& entry : fs::directory_iterator(home / "cache"))
        if (entry.path().extension() == ".dat") {
            std::string bytes = test::readText(entry.path());
            bytes[0] = static_cast<char>(bytes[0] ^ 0x55);
            writeText(entry.path(), bytes);
        }
    const RunReport report = runOf(options);
    CHECK(report.analysed == 1);
    CHECK(filesOf(report) == std::vector<std::string>{"a.py", "b.py"});
}

TEST_CASE("a hostile tree: special files, links, names, sizes") {
    const TempHome home;
    writeText(home / "outside/secret.py", "def secret\n");
    writeText(home / "root/ok.py", "def f\n");
    writeText(home / "root/new\nline.py", "def f\n");
    writeText(home / "root/bad\xFF.py", "def f\n");
    writeText(home / "root/zero.py", std::string("a\0b", 3));
    writeText(home / "root/picture.png", "x");
    writeText(home / "root/huge.py", std::string(3u << 20, 'x'));
    REQUIRE(::mkfifo((home / "root/pipe.py").c_str(), 0600) == 0);
    fs::create_symlink(home / "outside/secret.py", home / "root/out.py");
    fs::create_directory_symlink(home / "root", home / "root/loop");
    fs::create_symlink("ok.py", home / "root/inside.py");
    fs::create_symlink("self", home / "root/self");
    const RunReport report = runOf(optionsFor(home));
    CHECK(filesOf(report) == std::vector<std::string>{"ok.py"});
    CHECK(reasonOf(report, "new\\x0aline.py") == "unreadable");
    CHECK(reasonOf(report, "bad\uFFFD.py") == "unreadable");
    CHECK(reasonOf(report, "zero.py") == "binary");
    CHECK(reasonOf(report, "picture.png") == "binary");
    CHECK(reasonOf(report, "huge.py") == "too-large");
    CHECK(reasonOf(report, "pipe.py") == "special");
    CHECK(reasonOf(report, "out.py") == "outside-root");
    CHECK(reasonOf(report, "loop") == "");
    CHECK(reasonOf(report, "inside.py") == "");
    CHECK(reasonOf(report, "self") == "unreadable");
}

TEST_CASE("ten thousand small files, and what .gitignore names left out") {
    const TempHome home;
    writeText(home / "root/.gitignore", "ignored/\n");
    for (int i = 0; i < 10'000; ++i)
        writeText(home / ("root/d" + std::to_string(i % 100) + "/f" + std::to_string(i) + ".py"), "def f\n");
    writeText(home / "root/ignored/x.py", "def f\n");
    const RunReport report = runOf(optionsFor(home));
    CHECK(report.result->report().summary.functions == 10'000);
    CHECK(report.result->report().skipped.empty());
    CHECK(report.result->file("ignored/x.py") == nullptr);
}

TEST_CASE("one file can be analysed, also an empty one; an empty folder has nothing") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    writeText(home / "root/empty.py", "");
    RunOptions options = optionsFor(home);
    options.path = (home / "root/a.py").string();
    CHECK(filesOf(runOf(options)) == std::vector<std::string>{"a.py"});
    options.path = (home / "root/empty.py").string();
    CHECK(filesOf(runOf(options)) == std::vector<std::string>{"empty.py"});
    fs::create_directories(home / "none");
    options.path = (home / "none").string();
    CHECK(filesOf(runOf(options)).empty());
}

TEST_CASE("what cannot be analysed is an error that says why") {
    const TempHome home;
    writeText(home / "root/a.py", "def f\n");
    RunOptions options = optionsFor(home);
    options.path = (home / "nowhere").string();
    CHECK(runAnalysis(options, {}).error().code == ErrorCode::NotFound);
    options = optionsFor(home);
    options.worker.program = (home / "no-program").string();
    CHECK(runAnalysis(options, {}).error().code == ErrorCode::WorkerCrashed);
    options.worker.program = "/bin/false"; // ends before it begins
    CHECK(runAnalysis(options, {}).error().code == ErrorCode::WorkerCrashed);
    options.worker.program = "/bin/cat"; // reads and says nothing
    options.stallLimit = std::chrono::milliseconds(50);
    CHECK(runAnalysis(options, {}).error().code == ErrorCode::WorkerCrashed);
}

TEST_CASE("a run that is cancelled ends soon, and what was done is not done again") {
    const TempHome home;
    for (int i = 0; i < 500; ++i)
        writeText(home / ("root/f" + std::to_string(i) + ".py"), "def f\n");
    const RunOptions options = optionsFor(home);
    std::atomic<bool> cancelled = false;
    RunControl control;
    control.cancelled = &cancelled;
    control.progress = [&](const api::AnalysisProgress& progress) {
        if (progress.stage == "parsing" && progress.done > 0) cancelled = true;
    };
    const auto stopped = runAnalysis(options, control);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::Cancelled);
    CHECK(runOf(options).analysed < 500);
}
