#include "core/analysis/retrieve/KnownHashes.h"

#include "core/analysis/TextFile.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

constexpr std::int64_t k_written = 1'000'000'000'000;
constexpr std::int64_t k_later = k_written + KnownHashes::k_settled;
const FileVersion k_version{{3, k_written, 77}, 5};

} // namespace

TEST_CASE("a file that was left alone is hashed once, whatever is said to be in it later") {
    KnownHashes hashes;
    CHECK(hashes.hashOf(k_version, "one", k_later) == contentHash("one"));
    CHECK(hashes.hashOf(k_version, "two", k_later) == contentHash("one")); // not looked at
    CHECK(hashes.size() == 1);
}

TEST_CASE("whatever the system says otherwise of a file makes it another") {
    for (int change = 0; change < 4; ++change) {
        KnownHashes hashes;
        hashes.hashOf(k_version, "one", k_later);
        FileVersion other = k_version;
        std::int64_t* const members[] = {&other.stamp.size, &other.stamp.changedNs, &other.stamp.inode,
                                         &other.device};
        --*members[change];
        CAPTURE(change);
        CHECK(hashes.hashOf(other, "two", k_later) == contentHash("two"));
    }
}

TEST_CASE("what may still be written to in the same tick is hashed each time") {
    KnownHashes hashes;
    CHECK(hashes.hashOf(k_version, "one", k_later - 1) == contentHash("one"));
    CHECK(hashes.hashOf(k_version, "two", k_later - 1) == contentHash("two"));
    CHECK(hashes.size() == 0);
    FileVersion future = k_version; // a clock that was set back
    future.stamp.changedNs = k_later * 2;
    CHECK(hashes.hashOf(future, "one", k_later) == contentHash("one"));
    CHECK(hashes.hashOf(future, "two", k_later) == contentHash("two"));
}

TEST_CASE("a file as it was read has its version: written anew with its old size and time it is another") {
    const TempHome home;
    const auto file = home / "root/a.txt";
    writeText(file, "one\n");
    const auto root = SafeRoot::open(home / "root");
    REQUIRE(root.ok());
    std::string bytes;
    const auto before = root->readInto(bytes, "a.txt", 100);
    REQUIRE(before.ok());
    CHECK(bytes == "one\n");
    CHECK(*root->readInto(bytes, "a.txt", 100) == *before);
    const auto time = std::filesystem::last_write_time(file);
    Result<FileVersion> after = *before;
    // Again while the clock of the file system stands.
    for (int i = 0; i < 10'000 && after->stamp.changedNs == before->stamp.changedNs; ++i) {
        writeText(file, "two\n");
        std::filesystem::last_write_time(file, time);
        after = root->readInto(bytes, "a.txt", 100);
        REQUIRE(after.ok());
    }
    CHECK(bytes == "two\n");
    CHECK_FALSE(*after == *before);
    CHECK(root->readInto(bytes, "a.txt", 3).error().code == ErrorCode::RequestTooLarge);
    CHECK(root->readInto(bytes, "b.txt", 3).error().code == ErrorCode::NotFound);
}

TEST_CASE("a buffer that served for a longer file holds nothing of it") {
    const TempHome home;
    const std::string texts[] = {std::string(200'000, 'x'), "short", "", std::string(70'000, 'y'), "z"};
    for (std::size_t i = 0; i < std::size(texts); ++i)
        writeText(home / ("root/" + std::to_string(i)), texts[i]);
    const auto root = SafeRoot::open(home / "root");
    REQUIRE(root.ok());
    std::string bytes;
    for (std::size_t i = 0; i < std::size(texts); ++i) {
        REQUIRE(root->readInto(bytes, std::to_string(i), 200'000).ok());
        CHECK(bytes == texts[i]);
    }
    CHECK(root->readInto(bytes, "0", 199'999).error().code == ErrorCode::RequestTooLarge);
}
