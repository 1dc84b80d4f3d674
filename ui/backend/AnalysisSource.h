#pragma once
// What the Code page asks of a backend: analyses of folders and what they found. GUI thread; owned by the
// backend. Paths of files are relative to the analysed folder; lists come whole, up to a bound.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/AnalysisGraph.h"
#include "core/api/AnalysisViews.h"
#endif
#include "ui/backend/Reply.h"

#include <QByteArray>
#include <QString>

#include <vector>

class QObject;

namespace exo::ui {

class AnalysisSource {
  public:
    static constexpr int k_mostRows = 10'000; // of findings, functions, duplicates, hotspots

    struct Overview {
        std::vector<api::AnalysisFileRow> files; // by path
        std::vector<api::AnalysisHotspot> hotspots;
        std::vector<api::AnalysisSkip> skipped;
    };
    enum class Colours { Without, With };
    enum class Format { Sarif, Html };

    virtual ~AnalysisSource() = default;

    // `path` is a folder of the machine the core runs on.
    virtual void start(QString path, QObject* context, Reply<api::AnalysisState> reply) = 0;
    virtual void list(QObject* context, Reply<std::vector<api::AnalysisState>> reply) = 0; // newest first
    // Runs with the state as it is and at every step; last with one that is not "running", or an error.
    virtual void watch(AnalysisId id, QObject* context, Reply<api::AnalysisState> changed) = 0;
    // Stops it when it runs, and forgets it.
    virtual void remove(AnalysisId id) = 0;

    virtual void overview(AnalysisId id, QObject* context, Reply<Overview> reply) = 0;
    virtual void file(AnalysisId id, QString path, QObject* context, Reply<api::AnalysisFileView> reply) = 0;
    virtual void text(AnalysisId id, QString path, Colours colours, QObject* context,
                      Reply<api::SourceText> reply) = 0;
    // Of the whole folder, the worst first.
    virtual void findings(AnalysisId id, QObject* context,
                          Reply<std::vector<api::AnalysisFinding>> reply) = 0;
    struct Function {
        std::string path;
        api::AnalysisFunction function;
    };
    virtual void functions(AnalysisId id, QObject* context, Reply<std::vector<Function>> reply) = 0;
    virtual void duplicates(AnalysisId id, QObject* context,
                            Reply<std::vector<api::AnalysisDuplicate>> reply) = 0;
    virtual void calls(AnalysisId id, QString path, QString function, QObject* context,
                       Reply<api::AnalysisCalls> reply) = 0;
    // A piece of a graph, to be drawn: around a file or function, or of what a folder holds.
    struct GraphQuery {
        enum class Kind : std::uint8_t { Calls, Includes };
        enum class Direction : std::uint8_t { In, Out, Both };
        Kind kind = Kind::Calls;
        Direction direction = Direction::Both;
        QString path; // of a folder, or empty: all of it; Includes
        QString name; // of the function
        int line = 0; // where it begins
        int depth = 1;
        bool operator==(const GraphQuery&) const = default;
    };
    virtual void graph(AnalysisId id, GraphQuery query, QObject* context,
                       Reply<api::AnalysisGraph> reply) = 0;
    virtual void symbols(AnalysisId id, QString query, QObject* context,
                         Reply<std::vector<api::AnalysisSymbol>> reply) = 0;
    virtual void report(AnalysisId id, Format format, QObject* context, Reply<QByteArray> reply) = 0;
};

} // namespace exo::ui
