#pragma once
// /api/v1/analyses: start, watch, ask and drop analyses of folders below analysis.roots. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class AnalysesApi {
  public:
    explicit AnalysesApi(const Services& services)
        : m_services(services) {}
    // Nothing when there is no service.
    void addRoutes(Router& router);

  private:
    using ResultPtr = std::shared_ptr<const analysis::AnalysisResult>;

    Task<void> start(Exchange& exchange);
    Task<void> list(Exchange& exchange);
    Task<void> get(Exchange& exchange);
    Task<void> remove(Exchange& exchange);
    Task<void> events(Exchange& exchange);
    // In AnalysisPages.cpp: what a finished analysis knows, by page.
    Task<void> files(Exchange& exchange);
    Task<void> file(Exchange& exchange);
    Task<void> symbols(Exchange& exchange);
    Task<void> references(Exchange& exchange);
    Task<void> callers(Exchange& exchange);
    Task<void> graph(Exchange& exchange);
    Task<void> neighbours(Exchange& exchange);
    Task<void> metrics(Exchange& exchange);
    Task<void> duplicates(Exchange& exchange);
    Task<void> findings(Exchange& exchange);
    Task<void> hotspots(Exchange& exchange);
    Task<void> skipped(Exchange& exchange);
    Task<void> source(Exchange& exchange);

    Task<void> sarif(Exchange& exchange);
    Task<void> html(Exchange& exchange);
    Task<void> report(Exchange& exchange, AnalysisService::Format format);
    static AnalysisId idOf(const Exchange& exchange) { return AnalysisId(exchange.param(0)); }
    Result<ResultPtr> resultOf(const Exchange& exchange) const;

    const Services& m_services;
};

// The canonical path when it lies under one of `roots`. PermissionDenied otherwise, also for what does not
// exist: whoever may not look is not told. InvalidRequest for a path that cannot be one.
Result<std::string> checkAnalysisPath(const std::string& path, const std::vector<std::string>& roots);

} // namespace exo::server
