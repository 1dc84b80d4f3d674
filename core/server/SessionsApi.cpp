#include "core/server/SessionsApi.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace exo::server {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t k_maxList = 1000;
constexpr std::int64_t k_maxHits = 200;
constexpr std::size_t k_maxQueryBytes = 1024;

SessionId sessionId(const Exchange& exchange) {
    return SessionId(exchange.param(0));
}

bool liesUnder(const fs::path& path, const fs::path& root) {
    const auto [rootEnd, ignored] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    return rootEnd == root.end();
}

Result<ExportFormat> exportFormat(std::string_view text) {
    if (text.empty() || text == "md" || text == "markdown") return ExportFormat::Markdown;
    if (text == "json") return ExportFormat::Json;
    return fail(ErrorCode::InvalidRequest, "'format' must be md or json", "format");
}

Json importJson(const ImportReport& report) {
    Json json = Json::object();
    json["sessions"] = report.sessions;
    json["messages"] = report.messages;
    json["skipped"] = report.skipped;
    return json;
}

} // namespace

Result<std::string> checkProject(const std::string& project, const Principal& principal,
                                 const std::vector<std::string>& roots) {
    if (project.empty()) return std::string();
    if (project.find('\0') != std::string::npos || project.front() != '/')
        return fail(ErrorCode::InvalidRequest, "'project' must be the absolute path of a folder", "project");
    std::error_code errc;
    const fs::path canonical = fs::canonical(project, errc);
    const bool allowed = principal.tenant.empty() || std::ranges::any_of(roots, [&](const std::string& root) {
                             std::error_code rootErrc;
                             const fs::path canonicalRoot = fs::canonical(root, rootErrc);
                             return !errc && !rootErrc && liesUnder(canonical, canonicalRoot);
                         });
    // With a key, a missing folder and a forbidden one look the same.
    if (!allowed)
        return fail(ErrorCode::PermissionDenied,
                    "'project' must lie under one of analysis.roots of the server", "project");
    if (errc || !fs::is_directory(canonical, errc))
        return fail(ErrorCode::InvalidRequest, "'project' is not a folder that can be read", "project");
    return canonical.string();
}

void SessionsApi::addRoutes(Router& router) {
    using Member = Task<void> (SessionsApi::*)(Exchange&);
    const auto add = [&](const char* method, const char* pattern, Member handler) {
        router.add(
            {method, pattern, Access::Key, [this, handler](Exchange& e) { return (this->*handler)(e); }});
    };
    add("GET", "/api/v1/sessions", &SessionsApi::list);
    add("POST", "/api/v1/sessions", &SessionsApi::create);
    add("GET", "/api/v1/sessions/{id}", &SessionsApi::get);
    add("PATCH", "/api/v1/sessions/{id}", &SessionsApi::update);
    add("DELETE", "/api/v1/sessions/{id}", &SessionsApi::remove);
    add("POST", "/api/v1/sessions/{id}/restore", &SessionsApi::restore);
    add("GET", "/api/v1/sessions/{id}/messages", &SessionsApi::messages);
    add("GET", "/api/v1/sessions/{id}/export", &SessionsApi::exportSession);
    add("POST", "/api/v1/import", &SessionsApi::importSessions);
    add("GET", "/api/v1/search", &SessionsApi::search);
}

Result<api::SessionPatch> SessionsApi::patchFrom(const Exchange& exchange, const Json& body) const {
    EXO_TRY(auto patch, api::sessionPatchFromJson(body));
    if (patch.project) {
        EXO_TRY(patch.project,
                checkProject(*patch.project, exchange.principal, m_services.settings().analysis.roots));
    }
    return patch;
}

Task<void> SessionsApi::list(Exchange& exchange) {
    SessionFilter filter;
    EXO_CO_TRY(const auto limit, exchange.queryInt("limit", 1, k_maxList, 200));
    filter.limit = static_cast<std::size_t>(limit);
    if (std::string folder = exchange.request.queryValue("folder"); !folder.empty())
        filter.folder = std::move(folder);
    if (const std::string before = exchange.request.queryValue("before"); !before.empty()) {
        filter.before = api::parseTime(before);
        if (!filter.before)
            co_return fail(ErrorCode::InvalidRequest, "'before' must be a time like 2026-01-31T08:00:00.000Z",
                           "before");
    }
    EXO_CO_TRY(const auto sessions,
               co_await m_services.sessions.list(exchange.principal.owner, std::move(filter)));
    Json body = Json::object();
    body["sessions"] = Json::array();
    for (const auto& session : sessions)
        body["sessions"].push_back(api::toJson(session));
    const bool more = sessions.size() == static_cast<std::size_t>(limit);
    body["next"] = more ? Json(api::formatTime(sessions.back().updatedAt)) : Json();
    co_return co_await exchange.replyJson(200, body);
}

Task<void> SessionsApi::create(Exchange& exchange) {
    EXO_CO_TRY(const auto body, exchange.jsonBody(Exchange::EmptyBody::IsObject));
    EXO_CO_TRY(auto draft, patchFrom(exchange, body));
    EXO_CO_TRY(const auto session,
               co_await m_services.sessions.create(exchange.principal.owner, std::move(draft)));
    exchange.headers.push_back({"Location", "/api/v1/sessions/" + session.id.str()});
    const Json json = api::toJson(session);
    co_return co_await exchange.replyJson(201, json);
}

Task<void> SessionsApi::get(Exchange& exchange) {
    EXO_CO_TRY(const auto session,
               co_await m_services.sessions.get(exchange.principal.owner, sessionId(exchange)));
    const Json json = api::toJson(session);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> SessionsApi::update(Exchange& exchange) {
    EXO_CO_TRY(const auto body, exchange.jsonBody());
    EXO_CO_TRY(auto patch, patchFrom(exchange, body));
    EXO_CO_TRY(const auto session, co_await m_services.sessions.update(
                                       exchange.principal.owner, sessionId(exchange), std::move(patch)));
    const Json json = api::toJson(session);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> SessionsApi::remove(Exchange& exchange) {
    EXO_CO_CHECK(co_await m_services.sessions.remove(exchange.principal.owner, sessionId(exchange)));
    net::ServerResponse response;
    response.status = 204;
    co_return co_await exchange.reply(std::move(response));
}

Task<void> SessionsApi::restore(Exchange& exchange) {
    EXO_CO_CHECK(co_await m_services.sessions.restore(exchange.principal.owner, sessionId(exchange)));
    co_return co_await get(exchange);
}

Task<void> SessionsApi::messages(Exchange& exchange) {
    EXO_CO_TRY(const auto limit, exchange.queryInt("limit", 1, k_maxList, 200));
    EXO_CO_TRY(const auto before, exchange.queryInt("before", 0, INT64_MAX, -1));
    const auto page = before < 0 ? std::nullopt : std::optional<std::int64_t>(before);
    EXO_CO_TRY(const auto messages,
               co_await m_services.sessions.messages(exchange.principal.owner, sessionId(exchange),
                                                     static_cast<std::size_t>(limit), page));
    const Json json = api::toJson(messages);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> SessionsApi::exportSession(Exchange& exchange) {
    EXO_CO_TRY(const auto format, exportFormat(exchange.request.queryValue("format")));
    EXO_CO_TRY(auto text, co_await m_services.sessions.exportSession(exchange.principal.owner,
                                                                     sessionId(exchange), format));
    const bool markdown = format == ExportFormat::Markdown;
    net::ServerResponse response;
    response.headers.push_back(
        {"Content-Type", markdown ? "text/markdown; charset=utf-8" : "application/json"});
    response.headers.push_back({"Content-Disposition", std::string("attachment; filename=\"session.") +
                                                           (markdown ? "md\"" : "json\"")});
    response.body = std::move(text);
    co_return co_await exchange.reply(std::move(response));
}

Task<void> SessionsApi::importSessions(Exchange& exchange) {
    if (exchange.request.body.empty())
        co_return fail(ErrorCode::InvalidJson, "the body must be an exported file");
    EXO_CO_TRY(const auto report, co_await m_services.sessions.importSessions(
                                      exchange.principal.owner, std::move(exchange.request.body)));
    const Json json = importJson(report);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> SessionsApi::search(Exchange& exchange) {
    EXO_CO_TRY(const auto limit, exchange.queryInt("limit", 1, k_maxHits, 50));
    std::string query = exchange.request.queryValue("q");
    if (query.size() > k_maxQueryBytes)
        co_return fail(ErrorCode::InvalidRequest, "'q' may have 1024 bytes", "q");
    EXO_CO_TRY(const auto hits,
               co_await m_services.sessions.search(exchange.principal.owner, std::move(query),
                                                   static_cast<std::size_t>(limit)));
    Json body = Json::object();
    body["hits"] = Json::array();
    for (const auto& hit : hits)
        body["hits"].push_back(api::toJson(hit));
    co_return co_await exchange.replyJson(200, body);
}

} // namespace exo::server
