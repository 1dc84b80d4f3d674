#include "core/storage/KeyStore.h"

#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/storage/Sqlite.h"

namespace exo {

namespace {

constexpr std::string_view k_prefix = "exo_";
constexpr std::size_t k_idLength = 12;
constexpr std::size_t k_secretLength = 52; // 5 bits each: 260 random bits
constexpr std::string_view k_columns =
    "id, name, priority, rate, created_at, expires_at, revoked_at, last_used_at, hash FROM keys ";

std::string randomText(std::size_t length) {
    static constexpr std::string_view k_alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string out;
    for (const char byte : randomBytes(length))
        out += k_alphabet[static_cast<unsigned char>(byte) & 31U];
    return out;
}

std::optional<WallTime> timeAt(const Statement& row, int column) {
    const auto value = row.optInteger(column);
    return value ? std::optional(fromUnixMillis(*value)) : std::nullopt;
}

KeyRow keyFrom(const Statement& row) {
    KeyRow key;
    key.id = KeyId(row.text(0));
    key.name = row.text(1);
    key.priority = row.text(2);
    key.rate = row.text(3);
    key.createdAt = fromUnixMillis(row.integer(4));
    key.expiresAt = timeAt(row, 5);
    key.revokedAt = timeAt(row, 6);
    key.lastUsedAt = timeAt(row, 7);
    return key;
}

Result<std::optional<std::string>> readPepper(Connection& db) {
    EXO_TRY(Statement row, db.query("SELECT value FROM meta WHERE key = 'key_pepper'"));
    EXO_TRY(const bool found, row.step());
    return found ? std::optional(row.blob(0)) : std::nullopt;
}

Result<std::string> pepper(Connection& db) {
    EXO_TRY(auto known, readPepper(db));
    if (known) return std::move(*known);
    std::string fresh = randomBytes(32);
    EXO_CHECK(db.run("INSERT INTO meta (key, value) VALUES ('key_pepper', ?)", Blob{fresh}));
    return fresh;
}

Result<void> check(const KeyDraft& draft) {
    std::size_t length = 0;
    for (std::size_t pos = 0; pos < draft.name.size(); ++length) {
        if (const char32_t c = nextCodePoint(draft.name, pos); c < ' ' || c == 0x7F)
            return fail(ErrorCode::InvalidRequest, "a key's name holds no control characters", "name");
    }
    if (length < 1 || length > 100 || !isValidUtf8(draft.name))
        return fail(ErrorCode::InvalidRequest, "a key's name has 1 to 100 characters", "name");
    if (draft.priority != "high" && draft.priority != "normal" && draft.priority != "low")
        return fail(ErrorCode::InvalidRequest, "the priority is high, normal or low", "priority");
    return {};
}

} // namespace

Result<CreatedKey> KeyStore::create(const KeyDraft& draft, WallTime now) {
    EXO_CHECK(check(draft));
    EXO_TRY(const std::string salt, pepper(m_db));
    const std::string id = randomText(k_idLength);
    const std::string secret = randomText(k_secretLength);
    std::optional<std::int64_t> expires;
    if (draft.expiresAt) expires = toUnixMillis(*draft.expiresAt);
    EXO_CHECK(m_db.run(
        "INSERT INTO keys (id, hash, name, priority, rate, created_at, expires_at) VALUES (?,?,?,?,?,?,?)",
        id, Blob{hmacSha256(salt, secret)}, draft.name, draft.priority, draft.rate, toUnixMillis(now),
        expires));
    EXO_TRY(KeyRow row, get(KeyId(id)));
    return CreatedKey{std::move(row), Secret(std::string(k_prefix) + id + "_" + secret)};
}

Result<std::vector<KeyRow>> KeyStore::list() {
    EXO_TRY(Statement rows, m_db.query("SELECT " + std::string(k_columns) + "ORDER BY n"));
    std::vector<KeyRow> out;
    for (;;) {
        EXO_TRY(const bool more, rows.step());
        if (!more) return out;
        out.push_back(keyFrom(rows));
    }
}

Result<KeyRow> KeyStore::get(const KeyId& id) {
    EXO_TRY(Statement row, m_db.query("SELECT " + std::string(k_columns) + "WHERE id = ?", id.str()));
    EXO_TRY(const bool found, row.step());
    if (!found) return fail(ErrorCode::NotFound, "no key " + id.str());
    return keyFrom(row);
}

Result<KeyRow> KeyStore::revoke(const KeyId& id, WallTime now) {
    EXO_CHECK(m_db.run("UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", toUnixMillis(now),
                       id.str()));
    return get(id);
}

Result<KeyRow> KeyStore::verify(std::string_view key, WallTime now) {
    const Error unknown = fail(ErrorCode::InvalidApiKey, "unknown key");
    if (key.size() != k_prefix.size() + k_idLength + 1 + k_secretLength || !key.starts_with(k_prefix) ||
        key[k_prefix.size() + k_idLength] != '_')
        return unknown;
    const std::string_view id = key.substr(k_prefix.size(), k_idLength);
    const std::string_view secret = key.substr(k_prefix.size() + k_idLength + 1);
    EXO_TRY(const auto salt, readPepper(m_db));
    if (!salt) return unknown;
    EXO_TRY(Statement found, m_db.query("SELECT " + std::string(k_columns) + "WHERE id = ?", id));
    EXO_TRY(const bool there, found.step());
    if (!there || !constantTimeEqual(found.blob(8), hmacSha256(*salt, secret))) return unknown;
    KeyRow row = keyFrom(found);
    if (row.revokedAt) return fail(ErrorCode::InvalidApiKey, "revoked key " + row.id.str());
    if (!row.usable(now)) return fail(ErrorCode::InvalidApiKey, "expired key " + row.id.str());
    return row;
}

Result<bool> KeyStore::anyKeyExists() {
    EXO_TRY(const auto row, m_db.integer("SELECT n FROM keys LIMIT 1"));
    return row.has_value();
}

Result<void> KeyStore::touch(const KeyId& id, WallTime now) {
    return m_db.run("UPDATE keys SET last_used_at = ?1 WHERE id = ?2 AND coalesce(last_used_at, 0) < ?1",
                    toUnixMillis(now), id.str());
}

Result<std::int64_t> KeyStore::dataVersion() {
    // Keys are made and revoked, never deleted: every change makes this larger.
    const char* const keysSoFar =
        "SELECT coalesce(sum(n * 2 + CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END), 0) "
        "FROM keys";
    EXO_TRY(const auto version,
            m_db.integer(m_db.dialect() == Dialect::Sqlite ? "PRAGMA data_version" : keysSoFar));
    return version.value_or(0);
}

} // namespace exo
