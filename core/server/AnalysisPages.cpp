#include "core/server/AnalysesApi.h"

#include "core/server/NeighbourhoodQuery.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

using analysis::Page;

constexpr std::int64_t k_maxPage = 10'000;
constexpr std::int64_t k_defaultPage = 1000;
constexpr std::int64_t k_maxSourceLines = 5000;
constexpr std::size_t k_maxQueryBytes = 1024;

Result<Page> pageOf(const Exchange& exchange) {
    EXO_TRY(const auto limit, exchange.queryInt("limit", 1, k_maxPage, k_defaultPage));
    EXO_TRY(const auto offset, exchange.queryInt("offset", 0, INT32_MAX, 0));
    return Page{static_cast<std::size_t>(offset), static_cast<std::size_t>(limit)};
}

Result<std::string> queryText(const Exchange& exchange, const char* key) {
    std::string text = exchange.request.queryValue(key);
    if (text.empty()) return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' is missing", key);
    if (text.size() > k_maxQueryBytes)
        return fail(ErrorCode::InvalidRequest, "'" + std::string(key) + "' may have 1024 bytes", key);
    return text;
}

Json pageJson(const char* key, Json items, std::size_t total, const Page& page) {
    const std::size_t end = page.offset + items.size();
    Json json = Json::object();
    json[key] = std::move(items);
    json["total"] = total;
    json["next"] = end < total ? Json(end) : Json();
    return json;
}

// One page of a list that is there as a whole.
template <class T, class F>
Json pageOfList(const char* key, const std::vector<T>& items, const Page& page, F toJson) {
    Json list = Json::array();
    const std::size_t end = std::min(items.size(), page.offset + page.limit);
    for (std::size_t i = page.offset; i < end; ++i)
        list.push_back(toJson(items[i]));
    return pageJson(key, std::move(list), items.size(), page);
}

template <class T>
Json pageOfItems(const char* key, const analysis::Paged<T>& paged, const Page& page) {
    Json list = Json::array();
    for (const auto& item : paged.items)
        list.push_back(api::toJson(item));
    return pageJson(key, std::move(list), paged.total, page);
}

int severityRank(std::string_view severity) {
    return severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

Json includeGraph(const api::AnalysisReport& report, const Page& page) {
    Json edges = Json::array();
    std::size_t total = 0;
    for (const auto& file : report.files)
        for (const auto& include : file.includes) {
            if (include.path.empty()) continue;
            if (total++ < page.offset || edges.size() >= page.limit) continue;
            edges.push_back({{"from", file.path}, {"to", include.path}, {"line", include.line}});
        }
    Json json = pageJson("edges", std::move(edges), total, page);
    json["kind"] = "include";
    json["cycles"] = report.cycles;
    return json;
}

} // namespace

Task<void> AnalysesApi::files(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const Json json = pageOfList("files", result->report().files, page,
                                 [](const api::AnalysisFile& file) { return api::toJson(api::rowOf(file)); });
    co_return co_await exchange.replyJson(200, json);
}

// One file in full, with a range of its lines when `startLine` is given.
Task<void> AnalysesApi::file(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(auto path, queryText(exchange, "path"));
    EXO_CO_TRY(const auto startLine, exchange.queryInt("startLine", 1, INT32_MAX, 0));
    EXO_CO_TRY(const auto lines, exchange.queryInt("lines", 1, k_maxSourceLines, 1000));
    const auto found = result->fileIndex(path);
    if (!found) co_return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
    Json json = api::toJson(result->wholeFile(*found));
    json["includedBy"] = result->includedBy(path);
    if (startLine > 0) {
        Owner owner = exchange.principal.owner;
        AnalysisId id = idOf(exchange);
        EXO_CO_TRY(const auto source, co_await m_services.analyses->source(
                                          std::move(owner), std::move(id), std::move(path),
                                          static_cast<int>(startLine), static_cast<int>(lines)));
        json["source"] = {{"startLine", source.startLine},
                          {"totalLines", source.totalLines},
                          {"changed", source.changed},
                          {"lines", source.lines}};
    }
    co_return co_await exchange.replyJson(200, json);
}

// The whole text of a file with its colours, as the Code page shows it.
Task<void> AnalysesApi::source(Exchange& exchange) {
    EXO_CO_TRY(auto path, queryText(exchange, "path"));
    EXO_CO_TRY(const auto colours, exchange.queryInt("colours", 0, 1, 1));
    Owner owner = exchange.principal.owner;
    AnalysisId id = idOf(exchange);
    const auto which = colours == 1 ? AnalysisService::Colours::With : AnalysisService::Colours::Without;
    EXO_CO_TRY(const auto source,
               co_await m_services.analyses->text(std::move(owner), std::move(id), std::move(path), which));
    const Json json = api::toJson(source);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::symbols(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const std::string query = exchange.request.queryValue("q");
    if (query.size() > k_maxQueryBytes)
        co_return fail(ErrorCode::InvalidRequest, "'q' may have 1024 bytes", "q");
    const Json json = pageOfItems("symbols", result->symbols(query, page), page);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::references(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto name, queryText(exchange, "name"));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const auto found = result->references(name, page);
    Json list = Json::array();
    for (const auto& reference : found.items)
        list.push_back({{"path", reference.path}, {"lines", reference.lines}});
    const Json json = pageJson("references", std::move(list), found.total, page);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::callers(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto name, queryText(exchange, "name"));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const std::string path = exchange.request.queryValue("path");
    Json json = pageOfItems("callers", result->callers(path, name, page), page);
    json["callees"] = Json::array();
    for (const auto& call : result->callees(path, name, page).items)
        json["callees"].push_back(api::toJson(call));
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::graph(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const std::string kind = exchange.request.queryValue("kind");
    if (kind != "include" && kind != "call")
        co_return fail(ErrorCode::InvalidRequest, "'kind' must be include or call", "kind");
    if (kind == "include") {
        const Json json = includeGraph(result->report(), page);
        co_return co_await exchange.replyJson(200, json);
    }
    Json json = pageOfItems("calls", result->calls(page), page);
    json["kind"] = "call";
    co_return co_await exchange.replyJson(200, json);
}

// A piece of a graph around a function or file, or of a folder, to be drawn.
Task<void> AnalysesApi::neighbours(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto query, neighbourhoodQuery(exchange));
    EXO_CO_TRY(const auto graph, analysis::neighbourhood(*result, query));
    const Json json = api::toJson(graph);
    co_return co_await exchange.replyJson(200, json);
}

// Every function with its measures, the most complex first.
Task<void> AnalysesApi::metrics(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    using Row = std::pair<const api::AnalysisFile*, const api::AnalysisFunction*>;
    std::vector<Row> rows;
    for (const auto& file : result->report().files)
        for (const auto& function : file.functions)
            rows.emplace_back(&file, &function);
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return std::pair(a.second->cognitive, a.second->ccn) > std::pair(b.second->cognitive, b.second->ccn);
    });
    Json json = pageOfList("functions", rows, page, [](const Row& row) {
        Json item = api::toJson(*row.second);
        item["path"] = row.first->path;
        return item;
    });
    json["summary"] = api::toJson(result->report().summary);
    json["languages"] = Json::array();
    for (const auto& language : result->report().languages)
        json["languages"].push_back(api::toJson(language));
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::duplicates(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const auto toJson = [](const api::AnalysisDuplicate& item) { return api::toJson(item); };
    Json json = pageOfList("duplicates", result->report().duplicates, page, toJson);
    json["duplicatedLines"] = result->report().summary.duplicatedLines;
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::findings(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const std::string severity = exchange.request.queryValue("severity");
    if (!severity.empty() && severity != "note" && severity != "warning" && severity != "error")
        co_return fail(ErrorCode::InvalidRequest, "'severity' must be note, warning or error", "severity");
    using Row = std::pair<const api::AnalysisFile*, const api::AnalysisFinding*>;
    std::vector<Row> rows;
    for (const auto& file : result->report().files)
        for (const auto& finding : file.findings)
            if (severityRank(finding.severity) >= severityRank(severity)) rows.emplace_back(&file, &finding);
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return severityRank(a.second->severity) > severityRank(b.second->severity);
    });
    const Json json = pageOfList("findings", rows, page, [](const Row& row) {
        Json item = api::toJson(*row.second);
        item["path"] = row.first->path;
        return item;
    });
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::hotspots(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const auto toJson = [](const api::AnalysisHotspot& item) { return api::toJson(item); };
    Json json = pageOfList("hotspots", result->report().hotspots, page, toJson);
    json["coupling"] = Json::array();
    for (const auto& pair : result->report().coupling) {
        if (json["coupling"].size() >= page.limit) break;
        json["coupling"].push_back(api::toJson(pair));
    }
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::skipped(Exchange& exchange) {
    EXO_CO_TRY(const auto result, resultOf(exchange));
    EXO_CO_TRY(const auto page, pageOf(exchange));
    const auto toJson = [](const api::AnalysisSkip& item) { return api::toJson(item); };
    const Json json = pageOfList("skipped", result->report().skipped, page, toJson);
    co_return co_await exchange.replyJson(200, json);
}

} // namespace exo::server
