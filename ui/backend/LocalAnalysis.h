#pragma once
// Analyses by the core in this process. GUI thread; owned by its LocalBackend.

#include "ui/backend/AnalysisSource.h"
#include "ui/backend/LocalBackend.h"

namespace exo::ui {

class LocalAnalysis final : public AnalysisSource {
  public:
    explicit LocalAnalysis(LocalBackend* backend)
        : m_backend(backend) {}

    void start(QString path, QObject* context, Reply<api::AnalysisState> reply) override;
    void list(QObject* context, Reply<std::vector<api::AnalysisState>> reply) override;
    void watch(AnalysisId id, QObject* context, Reply<api::AnalysisState> changed) override;
    void remove(AnalysisId id) override;
    void overview(AnalysisId id, QObject* context, Reply<Overview> reply) override;
    void file(AnalysisId id, QString path, QObject* context, Reply<api::AnalysisFileView> reply) override;
    void text(AnalysisId id, QString path, Colours colours, QObject* context,
              Reply<api::SourceText> reply) override;
    void findings(AnalysisId id, QObject* context, Reply<std::vector<api::AnalysisFinding>> reply) override;
    void functions(AnalysisId id, QObject* context, Reply<std::vector<Function>> reply) override;
    void duplicates(AnalysisId id, QObject* context,
                    Reply<std::vector<api::AnalysisDuplicate>> reply) override;
    void calls(AnalysisId id, QString path, QString function, QObject* context,
               Reply<api::AnalysisCalls> reply) override;
    void graph(AnalysisId id, GraphQuery query, QObject* context, Reply<api::AnalysisGraph> reply) override;
    void symbols(AnalysisId id, QString query, QObject* context,
                 Reply<std::vector<api::AnalysisSymbol>> reply) override;
    void report(AnalysisId id, Format format, QObject* context, Reply<QByteArray> reply) override;

  private:
    LocalBackend* m_backend;
};

} // namespace exo::ui
