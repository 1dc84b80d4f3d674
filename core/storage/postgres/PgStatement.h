#pragma once
// A statement for PostgreSQL as storage/Sqlite.h's Statement drives it: it runs at the first step(), its rows
// are then in memory.

#include "core/storage/postgres/PgSession.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct PgStatement {
    PgStatement(PgSession& s, std::string_view text)
        : session(s)
        , sql(text) {}

    void bind(int index, PgValue value) {
        const auto at = static_cast<std::size_t>(index);
        if (values.size() < at) values.resize(at);
        values[at - 1] = std::move(value);
    }
    // `changed`: rows the command changed.
    Result<bool> step(std::int64_t& changed) {
        if (!result) {
            EXO_TRY(result, session.run(sql, values));
            changed = result->changed();
        }
        return ++row < result->rows();
    }
    void reset() {
        result.reset();
        values.clear();
        row = -1;
    }

    bool isNull(int column) const { return result->isNull(row, column); }
    std::int64_t integer(int column) const { return number<std::int64_t>(column); }
    double real(int column) const { return number<double>(column); }
    std::string text(int column) const { return std::string(result->text(row, column)); }
    std::string blob(int column) const { return result->bytes(row, column); }

    template <class T>
    T number(int column) const {
        const std::string_view text = result->text(row, column);
        T value{};
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    PgSession& session;
    std::string sql;
    std::vector<PgValue> values;
    std::optional<PgResult> result;
    int row = -1;
};

} // namespace exo
