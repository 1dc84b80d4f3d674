#include "core/server/StoreKeySource.h"

#include "core/base/Log.h"
#include "core/storage/KeyStore.h"

#include <utility>

namespace exo::server {

namespace {

Priority priorityFrom(std::string_view text) {
    if (text == "high") return Priority::High;
    return text == "low" ? Priority::Low : Priority::Normal;
}

KnownKey knownKey(const KeyRow& row) {
    KnownKey key{row.id.str(), priorityFrom(row.priority), row.expiresAt, row.revokedAt.has_value(), {}};
    if (row.rate.empty()) return key;
    if (auto rate = parseRate(row.rate); rate.ok())
        key.rate = *rate;
    else
        log::warn("the rate \"{}\" of API key {} is not understood; the general one holds", row.rate, key.id);
    return key;
}

} // namespace

Task<KeyList> StoreKeySource::list(std::optional<std::int64_t> knownVersion) {
    std::function<Result<KeyList>(Connection&)> job = [knownVersion](Connection& db) -> Result<KeyList> {
        KeyStore store(db);
        KeyList list;
        EXO_TRY(list.version, store.dataVersion());
        list.changed = knownVersion != list.version;
        if (!list.changed) return list;
        EXO_TRY(const auto rows, store.list());
        for (const auto& row : rows)
            list.keys.push_back(knownKey(row));
        return list;
    };
    return m_database.read<KeyList>(std::move(job));
}

Task<KnownKey> StoreKeySource::verify(std::string token) {
    std::function<Result<KnownKey>(Connection&)> job =
        [token = std::move(token), now = m_clock.wallNow()](Connection& db) -> Result<KnownKey> {
        EXO_TRY(const auto row, KeyStore(db).verify(token, now));
        return knownKey(row);
    };
    return m_database.read<KnownKey>(std::move(job));
}

Task<void> StoreKeySource::touch(std::string id) {
    std::function<Result<void>(Connection&)> job = [id = KeyId(std::move(id)),
                                                    now = m_clock.wallNow()](Connection& db) {
        return KeyStore(db).touch(id, now);
    };
    return m_database.write<void>(std::move(job));
}

} // namespace exo::server
