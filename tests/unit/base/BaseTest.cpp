#include "core/base/Base64.h"
#include "core/base/Cancel.h"
#include "core/base/Ids.h"
#include "core/base/Json.h"
#include "core/base/Log.h"
#include "core/base/Paths.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/base/Text.h"
#include "core/base/Units.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <set>
#include <sys/stat.h>
#include <type_traits>

using namespace exo;

namespace {
template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(!Streamable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_constructible_v<Json, Secret>);

Result<int> half(int x) {
    if (x % 2) return fail(ErrorCode::InvalidRequest, "odd");
    return x / 2;
}
Result<int> quarter(int x) {
    EXO_TRY(const int h, half(x));
    return half(h);
}
} // namespace

TEST_CASE("an error travels up through EXO_TRY unchanged") {
    CHECK(*quarter(8) == 2);
    CHECK(quarter(6).error().detail == "odd");
    CHECK(quarter(7).error().code == ErrorCode::InvalidRequest);
}

TEST_CASE("EXOBRAIN_HOME names the folder of all state") {
    ::unsetenv("EXOBRAIN_HOME");
    const auto usual = Paths::fromEnvironment().configFile();
    ::setenv("EXOBRAIN_HOME", "/srv/state", 1);
    CHECK(Paths::fromEnvironment().configFile() == "/srv/state/config.json");
    ::setenv("EXOBRAIN_HOME", "", 1);
    CHECK(Paths::fromEnvironment().configFile() == usual);
    ::unsetenv("EXOBRAIN_HOME");
}

TEST_CASE("results are values: a copy of a failure is its own") {
    Result<void> first = fail(ErrorCode::IoError, "disk");
    Result<void> second = first;
    second.error().detail = "net";
    CHECK(first.error().detail == "disk");
    first = second;
    second = Result<void>();
    CHECK(first.error().detail == "net");
    CHECK(second.ok());
    Result<int> number = 3;
    const Result<int> failed = fail(ErrorCode::NotFound, "seven");
    number = failed;
    number.error().detail = "eight";
    CHECK(failed.error().detail == "seven");
    const Error taken = std::move(number).error();
    CHECK(taken.detail == "eight");
    CHECK(Result<void>(fail(ErrorCode::Cancelled)).error().code == ErrorCode::Cancelled);
    static_assert(sizeof(Result<void>) == sizeof(void*) && sizeof(Result<char>) == 2 * sizeof(void*));
}

TEST_CASE("every error code has a string that leads back to it") {
    std::set<std::string_view> seen;
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        CHECK(errorCodeFromString(toString(code)) == code);
        CHECK(seen.insert(toString(code)).second);
    }
}

TEST_CASE("sizes, durations and percentages are read as people write them") {
    CHECK(*parseSize("500MB") == 500ull << 20);
    CHECK(*parseSize("3G") == 3ull << 30);
    CHECK(*parseSize(" 1.5 KiB ") == 1536);
    CHECK(*parseSize("42") == 42);
    for (const char* bad : {"", "MB", "-1MB", "5XB", "1e400", "5MBB", "inf", "nan", "0x10"})
        CHECK_FALSE(parseSize(bad).ok());
    CHECK(*parseDuration("30s") == Millis(30000));
    CHECK(*parseDuration("250ms") == Millis(250));
    CHECK(*parseDuration("90d") == Millis(90ll * 86400'000));
    CHECK(*parseDuration("1.5h") == Millis(5400'000));
    CHECK(*parseDuration("30000") == Millis(30000));
    CHECK(*parseDuration("300", Millis(1000)) == Millis(300'000));
    for (const char* bad : {"", "s", "5 fortnights", "-3s"})
        CHECK_FALSE(parseDuration(bad).ok());
    CHECK(*parseFraction("80%") == doctest::Approx(0.8));
    CHECK(*parseFraction("0.8") == doctest::Approx(0.8));
    CHECK_FALSE(parseFraction("101%").ok());
    CHECK_FALSE(parseFraction("80").ok());
    CHECK(formatSize(500ull << 20) == "500 MB");
    CHECK(formatDuration(Millis(1234)) == "1.2 s");
}

TEST_CASE("a cancelled source tells each listener once, and a removed listener never") {
    CancelSource source;
    int first = 0;
    int second = 0;
    CancelRegistration b;
    auto a = source.token().onCancel([&](CancelReason) {
        ++first;
        b.reset(); // removed while the cancellation is being told
    });
    b = source.token().onCancel([&](CancelReason) { ++second; });
    source.cancel(CancelReason::UserStop);
    source.cancel(CancelReason::Shutdown);
    CHECK(first == 1);
    CHECK(second == 0);
    CHECK(source.token().reason() == CancelReason::UserStop);
    int late = 0;
    auto c = source.token().onCancel([&](CancelReason) { ++late; });
    CHECK(late == 1);
    CHECK_FALSE(CancelToken().cancelled());
}

TEST_CASE("ids are unique and carry their prefix") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto id = newId<SessionId>("ses_");
        CHECK(id.str().size() == 30);
        CHECK(id.str().starts_with("ses_"));
        CHECK(seen.insert(id.str()).second);
    }
}

TEST_CASE("UTF-8 is checked, mended and cut between code points") {
    CHECK(isValidUtf8("中文 🙂"));
    for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xe4\xb8", "\xf5\x80\x80\x80"}) {
        CHECK_FALSE(isValidUtf8(bad));
        CHECK(isValidUtf8(sanitizeUtf8(bad)));
    }
    CHECK(utf8Prefix("中文", 4) == "中");
    CHECK(utf8Prefix("中文", 2).empty());
    CHECK(utf8Prefix("ab", 9) == "ab");
    CHECK(isCjk(U'中'));
    CHECK_FALSE(isCjk(U'a'));
    CHECK(editDistance("limts", "limits") == 1);
}

TEST_CASE("base64 round-trips any bytes and refuses what is not base64") {
    for (std::size_t n = 0; n < 70; ++n) {
        const std::string bytes = randomBytes(n);
        CHECK(base64Decode(base64Encode(bytes)) == bytes);
    }
    CHECK(base64Decode("TQ") == "M"); // without padding
    for (const char* bad : {"T", "T Q=", "T\nQ=", "****", "TQ=A"})
        CHECK_FALSE(base64Decode(bad).has_value());
}

TEST_CASE("control bytes cannot forge a log line") {
    CHECK(log::escapeControl("a\nb\x1b[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
    CHECK(log::escapeControl("中文") == "中文");
}

TEST_CASE("a file is replaced whole, private, and reading is bounded") {
    const test::TempHome home;
    const auto file = home / "config.json";
    REQUIRE(writeFileAtomically(file, "one").ok());
    REQUIRE(writeFileAtomically(file, "two").ok());
    CHECK(*readFile(file, 100) == "two");
    struct stat info {};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600);
    CHECK(std::distance(std::filesystem::directory_iterator(home.path()), {}) == 1);
    CHECK(readFile(file, 2).error().code == ErrorCode::RequestTooLarge);
    CHECK(readFile(home / "none", 2).error().code == ErrorCode::NotFound);
    REQUIRE(::mkfifo((home / "fifo").c_str(), 0600) == 0);
    CHECK(readFile(home / "fifo", 2).error().code == ErrorCode::IoError);
    CHECK_FALSE(writeFileAtomically(home / "no/such/folder", "x").ok());
}

TEST_CASE("secrets show only what recognises them") {
    CHECK(Secret("sk-abcdefghijklmnop").masked() == "sk-a…");
    CHECK(Secret("short").masked() == "***");
    CHECK(Secret().masked().empty());
    CHECK(Secret("abc").equals("abc"));
    CHECK_FALSE(Secret("abc").equals("abd"));
    CHECK_FALSE(Secret("abc").equals("ab"));
}
