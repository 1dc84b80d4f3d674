#include "tests/unit/storage/StorageFixture.h"

#include "core/storage/KeyStore.h"
#include "core/storage/UsageStore.h"

using namespace exo;
using namespace exo::test;

namespace {

CreatedKey makeKey(StorageFixture& f, KeyDraft draft = {"ci", "high", "10/60s", {}}) {
    auto made = f.write([&](Connection& c) { return KeyStore(c).create(draft, at(0)); });
    REQUIRE(made.ok());
    return std::move(*made);
}
Result<KeyRow> verify(StorageFixture& f, std::string key, WallTime now = at(1)) {
    return f.read([&](Connection& c) { return KeyStore(c).verify(key, now); });
}

} // namespace

TEST_CASE("a created key is accepted, and only its hash is stored") {
    StorageFixture f;
    CHECK_FALSE(*f.read([](Connection& c) { return KeyStore(c).anyKeyExists(); }));
    const auto key = makeKey(f);
    const std::string secret(key.secret.reveal());
    CHECK(secret.starts_with("exo_" + key.row.id.str() + "_"));
    CHECK(secret.size() == 4 + 12 + 1 + 52);
    auto row = verify(f, secret);
    REQUIRE(row.ok());
    CHECK(row->name == "ci");
    CHECK(row->priority == "high");
    CHECK(row->rate == "10/60s");
    CHECK(*f.read([](Connection& c) { return KeyStore(c).anyKeyExists(); }));
    const std::string tail = secret.substr(secret.size() - 52);
    auto found = f.read([&](Connection& c) {
        return c.integer(
            c.dialect() == Dialect::Sqlite
                ? "SELECT 1 FROM keys WHERE instr(hash, ?1) OR instr(id || name || rate, ?1)"
                : "SELECT 1 FROM keys WHERE strpos(encode(hash, 'escape') || id || name || rate, ?1) > 0",
            tail);
    });
    CHECK_FALSE(*found);
}

TEST_CASE("wrong, foreign, shortened and revoked keys are refused") {
    StorageFixture f;
    const auto key = makeKey(f);
    const auto other = makeKey(f);
    const std::string secret(key.secret.reveal());
    std::string flipped = secret;
    flipped.back() = flipped.back() == 'a' ? 'b' : 'a';
    std::string swapped = secret.substr(0, 17) + std::string(other.secret.reveal()).substr(17);
    for (const std::string& bad : {flipped, swapped, secret.substr(1), secret + "x", std::string(),
                                   std::string("exo_"), std::string(69, '_'), "Bearer " + secret})
        CHECK(verify(f, bad).error().code == ErrorCode::InvalidApiKey);
    REQUIRE(f.write([&](Connection& c) { return KeyStore(c).revoke(key.row.id, at(5)); }).ok());
    REQUIRE(f.write([&](Connection& c) { return KeyStore(c).revoke(key.row.id, at(7)); })->revokedAt ==
            at(5));
    auto revoked = verify(f, secret);
    CHECK(revoked.error().code == ErrorCode::InvalidApiKey);
    CHECK(revoked.error().detail.find("revoked") != std::string::npos);
    CHECK(verify(f, std::string(other.secret.reveal())).ok());
    CHECK(f.write([&](Connection& c) { return KeyStore(c).revoke(KeyId("nope"), at(5)); }).error().code ==
          ErrorCode::NotFound);
    CHECK(*f.read([](Connection& c) { return KeyStore(c).anyKeyExists(); }));
}

TEST_CASE("a key expires at its time") {
    StorageFixture f;
    const auto key = makeKey(f, {"short", "normal", "", at(1000)});
    const std::string secret(key.secret.reveal());
    CHECK(verify(f, secret, at(999)).ok());
    auto late = verify(f, secret, at(1000));
    CHECK(late.error().code == ErrorCode::InvalidApiKey);
    CHECK(late.error().detail.find("expired") != std::string::npos);
}

TEST_CASE("keys are listed oldest first with when they were used; bad drafts are refused") {
    StorageFixture f;
    const auto a = makeKey(f, {"a", "low", "", {}});
    makeKey(f, {"b", "normal", "", {}});
    REQUIRE(f.write([&](Connection& c) { return KeyStore(c).touch(a.row.id, at(50)); }).ok());
    auto list = f.read([](Connection& c) { return KeyStore(c).list(); });
    REQUIRE(list->size() == 2);
    CHECK(list->at(0).name == "a");
    CHECK(list->at(0).lastUsedAt == at(50));
    CHECK_FALSE(list->at(1).lastUsedAt);
    for (const KeyDraft& bad :
         {KeyDraft{"", "normal", "", {}}, KeyDraft{"x\ny", "normal", "", {}}, KeyDraft{"x", "urgent", "", {}},
          KeyDraft{std::string(101, 'x'), "normal", "", {}}})
        CHECK(f.write([&](Connection& c) { return KeyStore(c).create(bad, at(0)); }).error().code ==
              ErrorCode::InvalidRequest);
}

TEST_CASE("a change of keys by another process is noticed") {
    StorageFixture f;
    DatabaseOptions options = f.options();
    options.role = DatabaseOptions::Role::Guest;
    auto guest = Database::open(options);
    REQUIRE(guest.ok());
    const auto version = [&] { return *f.read([](Connection& c) { return KeyStore(c).dataVersion(); }); };
    const auto before = version();
    CHECK(version() == before);
    auto made = (*guest)->writeBlocking<CreatedKey>([](Connection& c) {
        return KeyStore(c).create({"x", "normal", "", {}}, at(0));
    });
    REQUIRE(made.ok());
    CHECK(version() != before);
    CHECK(verify(f, std::string(made->secret.reveal())).ok());
}

TEST_CASE("usage is summed by local day, session and model; unknown prices stay unknown") {
    StorageFixture f;
    const auto t = [](const char* text) { return *api::parseTime(text); };
    const std::vector<UsageRow> calls = {
        {t("2024-05-01T10:00:00.000Z"), "local", SessionId("s1"), "p", "m1", 10, 1, false, 0.5, "ok"},
        {t("2024-05-01T20:00:00.000Z"), "local", SessionId("s1"), "p", "m2", 20, 2, true, {}, "ok"},
        {t("2024-05-02T10:00:00.000Z"), "local", SessionId(), "p", "m1", 30, 3, false, 0.25,
         "upstream_timeout"},
        {t("2024-05-02T10:00:00.000Z"), "key", SessionId("s2"), "p", "m1", 1000, 1000, false, 9.0, "ok"},
    };
    for (const UsageRow& row : calls)
        REQUIRE(f.write([&](Connection& c) { return UsageStore(c).add(row); }).ok());
    const auto sums = [&](Owner owner, UsageBy by, UsageFilter filter = {}) {
        auto out = f.read([&](Connection& c) { return UsageStore(c).sums(owner, by, filter); });
        REQUIRE_MESSAGE(out.ok(), out.error().toLogString());
        return *out;
    };
    auto days = sums(Owner(), UsageBy::Day);
    REQUIRE(days.size() == 2);
    CHECK(days[0].key == "2024-05-01");
    CHECK(days[0].calls == 2);
    CHECK(days[0].inputTokens == 30);
    CHECK(days[0].estimatedCalls == 1);
    CHECK(days[0].cost == 0.5);
    CHECK(days[1].failed == 1);
    UsageFilter china;
    china.offsetMinutes = 8 * 60;
    CHECK(sums(Owner(), UsageBy::Day, china)[0].calls == 1);
    UsageFilter second;
    second.from = calls[1].at;
    second.to = calls[2].at;
    auto one = sums(Owner(), UsageBy::Model, second);
    REQUIRE(one.size() == 1);
    CHECK(one[0].key == "m2");
    CHECK_FALSE(one[0].cost);
    CHECK(sums(Owner(), UsageBy::Session).size() == 1);
    CHECK(sums(Owner::administrator(), UsageBy::Session).size() == 2);
    CHECK(*f.write([&](Connection& c) { return UsageStore(c).prune(calls[2].at); }) == 2);
    CHECK(sums(Owner(), UsageBy::Day).size() == 1);
}
