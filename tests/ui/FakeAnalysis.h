#pragma once
// Analyses as a test wants them: one folder with the files it is given. Replies come from the event loop. GUI
// thread.

#include "ui/backend/AnalysisSource.h"

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>

#include <map>
#include <optional>

namespace exo::ui {

class FakeAnalysis final : public AnalysisSource {
  public:
    struct File {
        api::AnalysisFileView view;
        api::SourceText source;
    };
    std::map<std::string, File> files; // by path
    std::vector<api::AnalysisHotspot> hotspots;
    std::vector<api::AnalysisSkip> skipped;
    std::vector<api::AnalysisDuplicate> copies;
    std::vector<api::AnalysisCall> allCalls;
    std::map<std::string, api::AnalysisGraph> graphs; // by "call src/a.c name", "include src"; "": any other
    std::optional<Error> graphError;
    std::optional<Error> startError, textError;
    bool holdsRunning = false; // analyses go on until finish()
    QStringList asked;         // "start /folder", "text a.c", in order

    // A file of `text`, its lines counted; colours and the rest are the caller's.
    File& add(const std::string& path, const std::string& language, const std::string& text);
    // A small tree in C with findings, calls, duplicates and a history.
    void fillWithExample(bool chinese);
    // What a held analysis does next.
    void progress(std::int64_t done, std::int64_t total);
    void finish(const std::string& status = "done");

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
    template <class T>
    void answer(QObject* context, Reply<T> reply, Result<T> result) {
        QTimer::singleShot(0, context, [reply = std::move(reply), result = std::move(result)]() mutable {
            reply(std::move(result));
        });
    }
    api::AnalysisState m_state;
    QPointer<QObject> m_watcher;
    Reply<api::AnalysisState> m_changed;
    int m_lastId = 0;
};

} // namespace exo::ui
