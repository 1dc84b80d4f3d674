#include "core/server/NeighbourhoodQuery.h"

#include <initializer_list>

namespace exo::server {

namespace {

using Query = analysis::NeighbourhoodQuery;

constexpr std::size_t k_maxTextBytes = 4096;

template <class T>
Result<T> choiceOf(const Exchange& exchange, const char* key,
                   std::initializer_list<std::pair<const char*, T>> choices) {
    const std::string text = exchange.request.queryValue(key);
    std::string names;
    for (const auto& [name, value] : choices) {
        if (name == text) return value;
        if (*name != '\0') names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' must be one of " + names, key);
}

Result<std::string> textOf(const Exchange& exchange, const char* key) {
    std::string text = exchange.request.queryValue(key);
    if (text.size() > k_maxTextBytes)
        return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' may have 4096 bytes", key);
    return text;
}

} // namespace

Result<Query> neighbourhoodQuery(const Exchange& exchange) {
    Query query;
    EXO_TRY(query.kind,
            choiceOf<Query::Kind>(exchange, "kind",
                                  {{"call", Query::Kind::Calls}, {"include", Query::Kind::Includes}}));
    EXO_TRY(query.direction, choiceOf<Query::Direction>(exchange, "direction",
                                                        {{"", Query::Direction::Both},
                                                         {"both", Query::Direction::Both},
                                                         {"in", Query::Direction::In},
                                                         {"out", Query::Direction::Out}}));
    EXO_TRY(const auto depth, exchange.queryInt("depth", 1, analysis::k_deepest, 1));
    EXO_TRY(const auto width, exchange.queryInt("width", 1, analysis::k_widest, query.width));
    EXO_TRY(const auto line, exchange.queryInt("line", 0, INT32_MAX, 0));
    query.depth = static_cast<int>(depth);
    query.width = static_cast<int>(width);
    query.line = static_cast<int>(line);
    EXO_TRY(query.path, textOf(exchange, "path"));
    EXO_TRY(query.name, textOf(exchange, "name"));
    return query;
}

} // namespace exo::server
