#include "core/server/AnalysesApi.h"

#include "core/net/Event.h"
#include "core/net/Sse.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace exo::server {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t k_maxJobs = 64;

bool liesUnder(const fs::path& path, const fs::path& root) {
    const auto [rootEnd, ignored] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    return rootEnd == root.end();
}

const char* eventName(const api::AnalysisState& state) {
    if (state.status == "running") return "progress";
    return state.status == "failed" ? "error" : state.status == "done" ? "done" : "cancelled";
}

} // namespace

Result<std::string> checkAnalysisPath(const std::string& path, const std::vector<std::string>& roots) {
    if (path.empty() || path.find('\0') != std::string::npos || path.front() != '/')
        return fail(ErrorCode::InvalidRequest, "'path' must be an absolute path", "path");
    std::error_code errc;
    const fs::path canonical = fs::canonical(path, errc);
    const bool allowed = !errc && std::ranges::any_of(roots, [&](const std::string& root) {
        std::error_code rootErrc;
        const fs::path canonicalRoot = fs::canonical(root, rootErrc);
        return !rootErrc && liesUnder(canonical, canonicalRoot);
    });
    if (!allowed)
        return fail(ErrorCode::PermissionDenied, "'path' must lie under one of analysis.roots of the server",
                    "path");
    return canonical.string();
}

void AnalysesApi::addRoutes(Router& router) {
    if (!m_services.analyses) return;
    using Member = Task<void> (AnalysesApi::*)(Exchange&);
    const auto add = [&](const char* method, const std::string& tail, Member handler) {
        router.add({method, "/api/v1/analyses" + tail, Access::Key,
                    [this, handler](Exchange& e) { return (this->*handler)(e); }});
    };
    add("POST", "", &AnalysesApi::start);
    add("GET", "", &AnalysesApi::list);
    add("GET", "/{id}", &AnalysesApi::get);
    add("DELETE", "/{id}", &AnalysesApi::remove);
    add("GET", "/{id}/events", &AnalysesApi::events);
    add("GET", "/{id}/files", &AnalysesApi::files);
    add("GET", "/{id}/file", &AnalysesApi::file);
    add("GET", "/{id}/symbols", &AnalysesApi::symbols);
    add("GET", "/{id}/references", &AnalysesApi::references);
    add("GET", "/{id}/callers", &AnalysesApi::callers);
    add("GET", "/{id}/graph", &AnalysesApi::graph);
    add("GET", "/{id}/neighbours", &AnalysesApi::neighbours);
    add("GET", "/{id}/metrics", &AnalysesApi::metrics);
    add("GET", "/{id}/duplicates", &AnalysesApi::duplicates);
    add("GET", "/{id}/findings", &AnalysesApi::findings);
    add("GET", "/{id}/hotspots", &AnalysesApi::hotspots);
    add("GET", "/{id}/skipped", &AnalysesApi::skipped);
    add("GET", "/{id}/source", &AnalysesApi::source);
    add("GET", "/{id}/sarif", &AnalysesApi::sarif);
    add("GET", "/{id}/html", &AnalysesApi::html);
}
Result<AnalysesApi::ResultPtr> AnalysesApi::resultOf(const Exchange& exchange) const {
    return m_services.analyses->result(exchange.principal.owner, idOf(exchange));
}

Task<void> AnalysesApi::start(Exchange& exchange) {
    EXO_CO_TRY(const auto body, exchange.jsonBody());
    EXO_CO_TRY(const auto path, getString(body, "path"));
    EXO_CO_TRY(const auto jobs, optInt(body, "jobs", 1, k_maxJobs));
    AnalysisRequest request;
    EXO_CO_TRY(request.path, checkAnalysisPath(path, m_services.settings().analysis.roots));
    request.jobs =
        static_cast<int>(std::min<std::int64_t>(jobs.value_or(0), m_services.settings().analysis.workers));
    EXO_CO_TRY(const auto id, m_services.analyses->start(exchange.principal.owner, std::move(request)));
    EXO_CO_TRY(const auto state, m_services.analyses->state(exchange.principal.owner, id));
    exchange.headers.push_back({"Location", "/api/v1/analyses/" + id.str()});
    const Json json = api::toJson(state);
    co_return co_await exchange.replyJson(202, json);
}

Task<void> AnalysesApi::list(Exchange& exchange) {
    Json json = Json::object();
    json["analyses"] = Json::array();
    for (const auto& state : m_services.analyses->list(exchange.principal.owner))
        json["analyses"].push_back(api::toJson(state));
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::get(Exchange& exchange) {
    EXO_CO_TRY(const auto state, m_services.analyses->state(exchange.principal.owner, idOf(exchange)));
    const Json json = api::toJson(state);
    co_return co_await exchange.replyJson(200, json);
}

Task<void> AnalysesApi::remove(Exchange& exchange) {
    EXO_CO_CHECK(m_services.analyses->remove(exchange.principal.owner, idOf(exchange)));
    net::ServerResponse response;
    response.status = 204;
    co_return co_await exchange.reply(std::move(response));
}

// Each step as `progress`; the last event is done, error or cancelled. Steps a slow reader missed are left
// out.
Task<void> AnalysesApi::events(Exchange& exchange) {
    struct Watch {
        net::Event event;
        std::optional<api::AnalysisState> latest;
    };
    const auto watch = std::make_shared<Watch>();
    EXO_CO_TRY(const auto subscription,
               m_services.analyses->subscribe(exchange.principal.owner, idOf(exchange),
                                              [watch](const api::AnalysisState& state) {
                                                  watch->latest = state;
                                                  watch->event.notify();
                                              }));
    const auto gone =
        exchange.request.disconnected.onCancel([watch](CancelReason) { watch->event.notify(); });
    EXO_CO_TRY(const auto stream, co_await exchange.startSse());
    while (!exchange.request.disconnected.cancelled()) {
        co_await watch->event.wait();
        watch->event.reset();
        if (!watch->latest) continue;
        const api::AnalysisState state = *std::exchange(watch->latest, std::nullopt);
        std::string frame = net::formatSse(eventName(state), dumpJson(api::toJson(state)));
        if (state.status != "running") co_return co_await stream->end(std::move(frame));
        EXO_CO_CHECK(co_await stream->write(std::move(frame)));
    }
    co_return fail(ErrorCode::Cancelled);
}

Task<void> AnalysesApi::report(Exchange& exchange, AnalysisService::Format format) {
    const bool sarif = format == AnalysisService::Format::Sarif;
    Owner owner = exchange.principal.owner;
    AnalysisId id = idOf(exchange);
    net::ServerResponse response;
    EXO_CO_TRY(response.body, co_await m_services.analyses->report(std::move(owner), std::move(id), format));
    response.headers.push_back(
        {"Content-Type", sarif ? "application/sarif+json" : "text/html; charset=utf-8"});
    // A page to keep: opened at this address its script would be the server's own.
    if (!sarif)
        response.headers.push_back({"Content-Disposition", "attachment; filename=\"exobrain-report.html\""});
    co_return co_await exchange.reply(std::move(response));
}

Task<void> AnalysesApi::sarif(Exchange& exchange) {
    return report(exchange, AnalysisService::Format::Sarif);
}

Task<void> AnalysesApi::html(Exchange& exchange) {
    return report(exchange, AnalysisService::Format::Html);
}

} // namespace exo::server
