#pragma once
// The one folder the Code page shows: starts its analysis, follows it, keeps the result while the next one is
// made. Asks for nothing by itself and holds no timer. GUI thread; the page owns it.

#include "ui/analysis/FileTree.h"
#include "ui/backend/Connections.h"

#include <QObject>

#include <memory>
#include <optional>

namespace exo::ui {

class FolderAnalysis final : public QObject {
    Q_OBJECT
  public:
    explicit FolderAnalysis(Connections* connections, QObject* parent = nullptr);
    ~FolderAnalysis() override;

    const QString& folder() const { return m_folder; } // empty: none is open
    bool isRunning() const { return m_running; }
    bool hasResult() const { return m_result.has_value(); }
    const api::AnalysisState& state() const { return m_state; }   // of the run, or of the last one
    const std::optional<Error>& error() const { return m_error; } // of the last run
    bool wasCancelled() const { return m_cancelled; }

    // Of the result.
    AnalysisSource* source() const;
    const AnalysisId& id() const { return *m_result; }
    const std::optional<api::AnalysisSummary>& summary() const { return m_summary; }
    std::shared_ptr<const FileTree> tree() const { return m_tree; }
    const std::vector<api::AnalysisHotspot>& hotspots() const { return m_hotspots; }

    void open(const QString& folder);
    void rerun();
    void cancel();
    void close();

  signals:
    void changed();       // progress, error, folder
    void resultChanged(); // a new one, or none any more

  private:
    void start();
    void onState(const api::AnalysisState& state);
    void load(const api::AnalysisState& state);
    void fail(Error error);
    void forgetResult();

    Connections* m_connections;
    QPointer<Backend> m_backend;
    QString m_folder;
    api::AnalysisState m_state;
    std::optional<AnalysisId> m_run, m_result;
    std::optional<Error> m_error;
    std::optional<api::AnalysisSummary> m_summary;
    std::shared_ptr<const FileTree> m_tree = std::make_shared<FileTree>();
    std::vector<api::AnalysisHotspot> m_hotspots;
    bool m_running = false, m_cancelled = false;
    quint64 m_generation = 0; // of the run that counts
};

} // namespace exo::ui
