#include "core/analysis/ProjectIndex.h"

#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <chrono>
#include <thread>

using namespace exo::analysis;
using exo::ErrorCode;
using exo::Excerpt;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

std::unique_ptr<ProjectIndex> openIndex(const TempHome& home, const std::filesystem::path& file = {}) {
    auto index = ProjectIndex::open((home / "p").string(), file.empty() ? home / "index.db" : file, {});
    REQUIRE(index.ok());
    // As if the files had been written long ago, so that they count as settled.
    (*index)->setClock([] {
        const auto later = std::chrono::system_clock::now() + std::chrono::hours(1);
        return std::chrono::nanoseconds(later.time_since_epoch()).count();
    });
    return std::move(index).value();
}

UpdateReport update(ProjectIndex& index) {
    auto report = index.update();
    REQUIRE(report.ok());
    return *report;
}

std::vector<Excerpt> find(ProjectIndex& index, std::string_view question) {
    auto found = index.search(question, 8, 100'000);
    REQUIRE(found.ok());
    return std::move(found).value();
}

void makeProject(const TempHome& home) {
    writeText(home / "p/a.c", "int alpha(void) {\n    return 1;\n}\n");
    writeText(home / "p/b.c", "int beta(void) {\n    return 2;\n}\n");
    writeText(home / "p/notes.md", "# Notes\n\nThe gamma ray is bright.\n");
}

} // namespace

TEST_CASE("only what changed is read again") {
    const TempHome home;
    makeProject(home);
    auto index = openIndex(home);
    CHECK(update(*index).added == 3);
    CHECK(update(*index).read == 0);

    SUBCASE("an edit") {
        writeText(home / "p/a.c", "int delta(void) {\n    return 4;\n}\n");
        const UpdateReport report = update(*index);
        CHECK(report.read == 1);
        CHECK(report.changed == 1);
        CHECK(find(*index, "alpha").empty());
        REQUIRE(find(*index, "delta").size() == 1);
        CHECK(find(*index, "delta")[0].path == "a.c");
    }
    SUBCASE("a deletion") {
        std::filesystem::remove(home / "p/a.c");
        CHECK(update(*index).removed == 1);
        CHECK(find(*index, "alpha").empty());
        CHECK(find(*index, "beta").size() == 1);
    }
    SUBCASE("a new name") {
        std::filesystem::rename(home / "p/a.c", home / "p/z.c");
        const UpdateReport report = update(*index);
        CHECK(report.removed == 1);
        CHECK(report.added == 1);
        REQUIRE(find(*index, "alpha").size() == 1);
        CHECK(find(*index, "alpha")[0].path == "z.c");
    }
    SUBCASE("a new time with the same text") {
        std::filesystem::last_write_time(home / "p/a.c", std::filesystem::file_time_type::clock::now() -
                                                             std::chrono::minutes(5));
        const UpdateReport report = update(*index);
        CHECK(report.read == 1);
        CHECK(report.changed == 0);
        CHECK(update(*index).read == 0);
    }
    SUBCASE("a second start") {
        index.reset();
        index = openIndex(home);
        CHECK(update(*index).read == 0);
        CHECK(find(*index, "beta").size() == 1);
    }
    SUBCASE("an ignore file that appears") {
        writeText(home / "p/.gitignore", "b.c\n");
        CHECK(update(*index).removed == 1);
        CHECK(find(*index, "beta").empty());
    }
}

TEST_CASE("a change that size and time do not show is noticed before it is quoted") {
    const TempHome home;
    makeProject(home);
    auto index = openIndex(home);
    update(*index);
    const auto time = std::filesystem::last_write_time(home / "p/a.c");
    writeText(home / "p/a.c", "\nint alpha(int) {\n    return;\n}\n"); // the same number of bytes
    std::filesystem::last_write_time(home / "p/a.c", time);
    const auto found = find(*index, "alpha");
    REQUIRE(found.size() == 1);
    CHECK(found[0].startLine == 2);
    CHECK(found[0].text.starts_with("int alpha(int) {"));
}

TEST_CASE("a file that is deleted after the update is not quoted") {
    const TempHome home;
    makeProject(home);
    auto index = openIndex(home);
    update(*index);
    std::filesystem::remove(home / "p/a.c");
    CHECK(find(*index, "alpha").empty());
}

TEST_CASE("a file written in the instant of indexing is looked at again") {
    const TempHome home;
    writeText(home / "p/a.c", "int first(void) {\n}\n");
    auto index = openIndex(home);
    index->setClock({});
    update(*index);
    writeText(home / "p/a.c", "int other(void) {\n}\n"); // perhaps the same time, the same size
    update(*index);
    CHECK(find(*index, "first").empty());
    CHECK(find(*index, "other").size() == 1);
}

TEST_CASE("a damaged or foreign index is made anew") {
    const TempHome home;
    makeProject(home);
    update(*openIndex(home));
    SUBCASE("no database at all") {
        writeText(home / "index.db", "this is no database, but it is long enough to look at\n");
    }
    SUBCASE("overwritten in the middle") {
        auto bytes = exo::test::readText(home / "index.db");
        for (std::size_t i = 100; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>(i * 7);
        writeText(home / "index.db", bytes);
        std::filesystem::remove(home / "index.db-wal");
        std::filesystem::remove(home / "index.db-shm");
    }
    SUBCASE("another schema") {
        exo::ConnectionOptions options;
        options.file = home / "index.db";
        auto db = exo::Connection::open(options);
        REQUIRE(db.ok());
        REQUIRE((*db)->exec("PRAGMA user_version=999").ok());
    }
    auto index = openIndex(home);
    update(*index);
    CHECK_FALSE(index->inMemory());
    CHECK(find(*index, "alpha").size() == 1);
    CHECK(find(*index, "gamma").size() == 1);
}

TEST_CASE("an index that cannot be stored lives in memory") {
    const TempHome home;
    makeProject(home);
    auto index = openIndex(home, home / "no/such/folder/index.db");
    CHECK(index->inMemory());
    CHECK(update(*index).added == 3);
    CHECK(find(*index, "alpha").size() == 1);
}

TEST_CASE("two processes share an index") {
    const TempHome home;
    for (int i = 0; i < 200; ++i)
        writeText(home / ("p/f" + std::to_string(i) + ".c"),
                  "int function" + std::to_string(i) + "(void) {\n    return omega;\n}\n");
    auto first = openIndex(home);
    auto second = openIndex(home);
    std::thread other([&] { CHECK(second->update().ok()); });
    CHECK(first->update().ok());
    other.join();
    CHECK_FALSE(first->inMemory());
    CHECK_FALSE(second->inMemory());
    CHECK(update(*first).read == 0);
    CHECK(update(*second).read == 0);
    auto chunks = IndexStore::open(home / "index.db");
    REQUIRE(chunks.ok());
    CHECK(*(*chunks)->chunkCount() == 200); // none twice

    writeText(home / "p/f7.c", "int renamed(void) {\n}\n");
    update(*first);
    update(*second);
    CHECK(find(*second, "renamed").size() == 1);
    CHECK(find(*second, "function7").empty());
}

TEST_CASE("a cancelled update keeps what it did and goes on later") {
    const TempHome home;
    for (int i = 0; i < 1500; ++i)
        writeText(home / ("p/f" + std::to_string(i) + ".c"), "int x;\n");
    auto index = openIndex(home);
    std::atomic<bool> cancelled{false};
    UpdateControl control;
    control.cancelled = &cancelled;
    control.progress = [&](std::int64_t done, std::int64_t total) {
        CHECK(total == 1500);
        cancelled = done > 0;
    };
    const auto stopped = index->update(control);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::Cancelled);
    const UpdateReport rest = update(*index);
    CHECK(rest.read > 0);
    CHECK(rest.read < 1500);
}

TEST_CASE("binary and minified files are passed over once and for all") {
    const TempHome home;
    makeProject(home);
    writeText(home / "p/data.txt", std::string("alpha\0beta", 10));
    writeText(home / "p/bundle.js", "var alpha=1;" + std::string(20'000, 'x'));
    auto index = openIndex(home);
    update(*index);
    CHECK(find(*index, "alpha").size() == 1);
    CHECK(update(*index).read == 0);
    auto overview = index->overview();
    REQUIRE(overview.ok());
    CHECK(overview->skipped == 2);
    CHECK(overview->files == 3);
}

TEST_CASE("any text is a question, and nothing that fits is an empty answer") {
    const TempHome home;
    makeProject(home);
    auto index = openIndex(home);
    update(*index);
    for (const char* question : {"", "???", "\"", "alpha\" OR \"beta", "NEAR(alpha beta)", "a* AND (",
                                 "flux capacitor", "\xFF\xFE", "的"}) {
        CAPTURE(question);
        CHECK(index->search(question, 8, 1000).ok());
    }
    CHECK(find(*index, "flux capacitor").empty());
    CHECK(index->search("alpha", 0, 1000)->empty());
}

TEST_CASE("an empty folder gives an empty overview") {
    const TempHome home;
    std::filesystem::create_directories(home / "p");
    auto index = openIndex(home);
    update(*index);
    auto overview = index->overview();
    REQUIRE(overview.ok());
    CHECK(overview->files == 0);
    CHECK(overview->name == "p");
}
