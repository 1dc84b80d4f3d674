#include "core/analysis/engine/RecordCodec.h"
#include "core/analysis/engine/RecordStore.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <zlib.h>

#include <algorithm>
#include <cstring>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;

namespace {

namespace fs = std::filesystem;

WorkDone doneOf(const std::string& path, std::int64_t size) {
    FileRecord record;
    record.path = path;
    TokenStream tokens;
    tokens.kinds = {1, 2, 3};
    tokens.texts = {4, 5, 6};
    tokens.lines = {7, 8, 9};
    return {0, size, 11, 12, encodeRecord(record), 3, columnsOf(tokens)};
}

std::unique_ptr<RecordStore> openIn(const TempHome& home, const std::string& rules = {}) {
    return RecordStore::open(home / "cache", "/root", "", rules);
}

void fill(const TempHome& home) {
    const auto store = openIn(home);
    CHECK(store->put("a.c", "hash-a", doneOf("a.c", 1)));
    CHECK(store->put("b.c", "hash-b", doneOf("b.c", 2)));
    store->setExtra("key", "value");
    store->save();
}

fs::path onlyFile(const TempHome& home, const std::string& extension) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(home / "cache"))
        if (entry.path().extension() == extension) found = entry.path();
    REQUIRE_FALSE(found.empty());
    return found;
}

void spoil(const fs::path& file, std::size_t at) {
    std::string bytes = test::readText(file);
    REQUIRE(at < bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    test::writeText(file, bytes);
}

} // namespace

TEST_CASE("what was kept is there when it is opened again") {
    const TempHome home;
    fill(home);
    const auto store = openIn(home);
    REQUIRE(store->map());
    const StoredFile* file = store->find("b.c");
    REQUIRE(file);
    CHECK(file->hash == "hash-b");
    CHECK(file->stamp == FileStamp{2, 11, 12});
    const auto record = decodeRecord(store->record(*file));
    REQUIRE(record.ok());
    CHECK(record->path == "b.c");
    const CloneSource columns = store->columns("b.c", *file);
    CHECK(columns.texts.size() == 3);
    CHECK(columns.texts[2] == 6);
    CHECK(columns.lines[0] == 7);
    REQUIRE(store->extra("key"));
    CHECK(*store->extra("key") == "value");
    CHECK_FALSE(store->extra("other"));
    CHECK_FALSE(store->find("c.c"));
}

TEST_CASE("another root or other options have an index of their own") {
    const TempHome home;
    fill(home);
    CHECK_FALSE(RecordStore::open(home / "cache", "/other", "", "")->find("a.c"));
    CHECK_FALSE(RecordStore::open(home / "cache", "/root", "cloc", "")->find("a.c"));
}

TEST_CASE("what other rules of the project found is made anew") {
    const TempHome home;
    fill(home);
    CHECK(openIn(home)->find("a.c"));
    CHECK_FALSE(openIn(home, "rules")->find("a.c"));
}

TEST_CASE("what another version of the program wrote is made anew") {
    const TempHome home;
    fill(home);
    const fs::path table = onlyFile(home, ".idx");
    std::string bytes = test::readText(table);
    const std::size_t at = bytes.find(k_recordVersion);
    REQUIRE(at != std::string::npos);
    bytes[at] = bytes[at] == '0' ? '1' : '0';
    // With the checksum of the changed bytes, so that the version alone is wrong.
    const std::size_t body = bytes.size() - 4;
    const auto sum =
        static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), body));
    std::memcpy(bytes.data() + body, &sum, 4);
    test::writeText(table, bytes);
    CHECK_FALSE(openIn(home)->find("a.c"));
}

TEST_CASE("a damaged table is made anew and leaves no old data behind") {
    const TempHome home;
    fill(home);
    spoil(onlyFile(home, ".idx"), 30);
    {
        const auto store = openIn(home);
        CHECK_FALSE(store->find("a.c"));
        CHECK(store->put("a.c", "new", doneOf("a.c", 3)));
        store->save();
    }
    CHECK(std::count_if(fs::directory_iterator(home / "cache"), fs::directory_iterator(),
                        [](const auto& entry) { return entry.path().extension() == ".dat"; }) == 1);
    CHECK(openIn(home)->find("a.c")->hash == "new");
}

TEST_CASE("a record that no longer is what was written is not given out") {
    const TempHome home;
    fill(home);
    spoil(onlyFile(home, ".dat"), 0);
    const auto store = openIn(home);
    REQUIRE(store->map());
    CHECK(store->record(*store->find("a.c")).empty());
    CHECK_FALSE(store->record(*store->find("b.c")).empty());
}

TEST_CASE("a data file that was cut is made anew") {
    const TempHome home;
    fill(home);
    fs::resize_file(onlyFile(home, ".dat"), 5);
    CHECK_FALSE(openIn(home)->find("a.c"));
}

TEST_CASE("a second one reads, and keeps its news to itself") {
    const TempHome home;
    fill(home);
    const auto first = openIn(home);
    const auto second = openIn(home);
    CHECK(first->writable());
    CHECK_FALSE(second->writable());
    REQUIRE(second->find("a.c"));
    CHECK(second->put("c.c", "hash-c", doneOf("c.c", 3)));
    REQUIRE(second->map());
    CHECK_FALSE(second->record(*second->find("c.c")).empty());
    CHECK_FALSE(second->record(*second->find("a.c")).empty());
    second->save();
    CHECK_FALSE(first->find("c.c"));
}

TEST_CASE("without a folder, or with one that cannot be made, it works in memory") {
    const TempHome home;
    test::writeText(home / "file", "x");
    for (const fs::path& folder : {fs::path(), home / "file/below"}) {
        const auto store = RecordStore::open(folder, "/root", "", "");
        CHECK(store->put("a.c", "hash", doneOf("a.c", 1)));
        REQUIRE(store->map());
        CHECK_FALSE(store->record(*store->find("a.c")).empty());
        store->save();
    }
}

TEST_CASE("files that are gone leave the index, and waste is given back") {
    const TempHome home;
    const std::string large(1u << 20, 'x');
    const auto big = [&](const std::string& path) {
        WorkDone done = doneOf(path, 1);
        done.columns.assign(12u << 20, 'x');
        done.tokens = 1u << 20;
        return done;
    };
    {
        const auto store = openIn(home);
        CHECK(store->put("a.c", "a", big("a.c")));
        CHECK(store->put("b.c", "b", big("b.c")));
        CHECK(store->put("c.c", "c", doneOf("c.c", 1)));
        store->save();
    }
    {
        const auto store = openIn(home);
        store->keepOnly({"c.c"});
        REQUIRE(store->map());
        store->save();
        CHECK_FALSE(store->record(*store->find("c.c")).empty()); // views outlive the old file
    }
    CHECK(fs::file_size(onlyFile(home, ".dat")) < 1000);
    const auto store = openIn(home);
    REQUIRE(store->map());
    CHECK_FALSE(store->find("a.c"));
    CHECK_FALSE(store->record(*store->find("c.c")).empty());
}
