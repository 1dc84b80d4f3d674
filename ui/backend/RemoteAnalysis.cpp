#include "ui/backend/RemoteAnalysis.h"

#include "ui/backend/AnalysisWatch.h"
#include "ui/backend/ListFromJson.h"

namespace exo::ui {

namespace {

QString encoded(const QString& text) {
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

QString pathOf(const AnalysisId& id, const QString& rest) {
    return QStringLiteral("/api/v1/analyses/") + encoded(QString::fromStdString(id.str())) + rest;
}

QString limited(const char* view) {
    return QLatin1String(view) + QStringLiteral("?limit=%1").arg(AnalysisSource::k_mostRows);
}

template <class Row, class Read>
auto rowsOf(const char* key, Read read) {
    return [key, read](const Json& json) { return listFrom<Row>(json, key, read); };
}

Result<AnalysisSource::Function> functionFrom(const Json& json) {
    EXO_TRY(auto function, api::analysisFunctionFromJson(json));
    return AnalysisSource::Function{std::string(stringOr(json, "path")), std::move(function)};
}

Result<api::AnalysisCalls> callsFrom(const Json& json) {
    EXO_TRY(auto callers, listFrom<api::AnalysisCall>(json, "callers", api::analysisCallFromJson));
    EXO_TRY(auto callees, listFrom<api::AnalysisCall>(json, "callees", api::analysisCallFromJson));
    return api::AnalysisCalls{std::move(callers), std::move(callees)};
}

} // namespace

template <class T, class Read>
void RemoteAnalysis::fetch(const QString& path, QObject* context, Reply<T> reply, Read read) {
    m_backend->callJson("GET", path, std::nullopt, context,
                        [reply = std::move(reply), read](Result<Json> json) {
                            reply(json.ok() ? read(*json) : Result<T>(std::move(json).error()));
                        });
}

void RemoteAnalysis::start(QString path, QObject* context, Reply<api::AnalysisState> reply) {
    m_backend->callJson("POST", QStringLiteral("/api/v1/analyses"), Json{{"path", path.toStdString()}},
                        context, [reply = std::move(reply)](Result<Json> json) {
                            reply(json.ok() ? api::analysisStateFromJson(*json)
                                            : Result<api::AnalysisState>(std::move(json).error()));
                        });
}

void RemoteAnalysis::list(QObject* context, Reply<std::vector<api::AnalysisState>> reply) {
    fetch(QStringLiteral("/api/v1/analyses"), context, std::move(reply),
          rowsOf<api::AnalysisState>("analyses", api::analysisStateFromJson));
}

void RemoteAnalysis::watch(AnalysisId id, QObject* context, Reply<api::AnalysisState> changed) {
    new AnalysisWatch(m_backend->openStream(pathOf(id, QStringLiteral("/events"))), context,
                      std::move(changed));
}

void RemoteAnalysis::remove(AnalysisId id) {
    m_backend->callBytes("DELETE", pathOf(id, {}), m_backend, [](Result<QByteArray>) {});
}

void RemoteAnalysis::overview(AnalysisId id, QObject* context, Reply<Overview> reply) {
    fetchFiles(id, 0, std::make_shared<Overview>(), context, std::move(reply));
}

void RemoteAnalysis::fetchFiles(const AnalysisId& id, qint64 offset, std::shared_ptr<Overview> soFar,
                                QObject* context, Reply<Overview> reply) {
    const QString path = pathOf(id, limited("/files") + QStringLiteral("&offset=%1").arg(offset));
    m_backend->callJson("GET", path, std::nullopt, context,
                        [this, id, offset, soFar, context, reply = std::move(reply)](Result<Json> json) {
                            if (!json.ok()) return reply(std::move(json).error());
                            auto rows =
                                listFrom<api::AnalysisFileRow>(*json, "files", api::analysisFileRowFromJson);
                            if (!rows.ok()) return reply(std::move(rows).error());
                            std::move(rows->begin(), rows->end(), std::back_inserter(soFar->files));
                            const qint64 next = intOr(*json, "next", -1);
                            if (next > offset && !rows->empty())
                                return fetchFiles(id, next, soFar, context, reply);
                            fetchRest(id, soFar, context, reply);
                        });
}

void RemoteAnalysis::fetchRest(const AnalysisId& id, std::shared_ptr<Overview> soFar, QObject* context,
                               Reply<Overview> reply) {
    using Hotspots = std::vector<api::AnalysisHotspot>;
    using Skips = std::vector<api::AnalysisSkip>;
    fetch<Hotspots>(
        pathOf(id, limited("/hotspots")), context,
        [this, id, soFar, context, reply = std::move(reply)](Result<Hotspots> hotspots) {
            if (!hotspots.ok()) return reply(std::move(hotspots).error());
            soFar->hotspots = std::move(*hotspots);
            fetch<Skips>(
                pathOf(id, limited("/skipped")), context,
                [soFar, reply](Result<Skips> skipped) {
                    if (!skipped.ok()) return reply(std::move(skipped).error());
                    soFar->skipped = std::move(*skipped);
                    reply(std::move(*soFar));
                },
                rowsOf<api::AnalysisSkip>("skipped", api::analysisSkipFromJson));
        },
        rowsOf<api::AnalysisHotspot>("hotspots", api::analysisHotspotFromJson));
}

void RemoteAnalysis::file(AnalysisId id, QString path, QObject* context, Reply<api::AnalysisFileView> reply) {
    fetch(pathOf(id, QStringLiteral("/file?path=") + encoded(path)), context, std::move(reply),
          api::analysisFileViewFromJson);
}

void RemoteAnalysis::text(AnalysisId id, QString path, Colours colours, QObject* context,
                          Reply<api::SourceText> reply) {
    const QString rest = QStringLiteral("/source?path=") + encoded(path) +
                         (colours == Colours::With ? QString() : QStringLiteral("&colours=0"));
    fetch(pathOf(id, rest), context, std::move(reply), api::sourceTextFromJson);
}

void RemoteAnalysis::findings(AnalysisId id, QObject* context,
                              Reply<std::vector<api::AnalysisFinding>> reply) {
    fetch(pathOf(id, limited("/findings")), context, std::move(reply),
          rowsOf<api::AnalysisFinding>("findings", api::analysisFindingFromJson));
}

void RemoteAnalysis::functions(AnalysisId id, QObject* context, Reply<std::vector<Function>> reply) {
    fetch(pathOf(id, limited("/metrics")), context, std::move(reply),
          rowsOf<Function>("functions", functionFrom));
}

void RemoteAnalysis::duplicates(AnalysisId id, QObject* context,
                                Reply<std::vector<api::AnalysisDuplicate>> reply) {
    fetch(pathOf(id, limited("/duplicates")), context, std::move(reply),
          rowsOf<api::AnalysisDuplicate>("duplicates", api::analysisDuplicateFromJson));
}

void RemoteAnalysis::calls(AnalysisId id, QString path, QString function, QObject* context,
                           Reply<api::AnalysisCalls> reply) {
    const QString rest = QStringLiteral("/callers?limit=1000&path=") + encoded(path) +
                         QStringLiteral("&name=") + encoded(function);
    fetch(pathOf(id, rest), context, std::move(reply), callsFrom);
}

void RemoteAnalysis::graph(AnalysisId id, GraphQuery query, QObject* context,
                           Reply<api::AnalysisGraph> reply) {
    const QString kind =
        query.kind == GraphQuery::Kind::Calls ? QStringLiteral("call") : QStringLiteral("include");
    const QString direction = query.direction == GraphQuery::Direction::In    ? QStringLiteral("in")
                              : query.direction == GraphQuery::Direction::Out ? QStringLiteral("out")
                                                                              : QStringLiteral("both");
    const QString rest = QStringLiteral("/neighbours?kind=%1&direction=%2&depth=%3&line=%4")
                             .arg(kind, direction)
                             .arg(query.depth)
                             .arg(query.line) +
                         QStringLiteral("&path=") + encoded(query.path) + QStringLiteral("&name=") +
                         encoded(query.name);
    fetch(pathOf(id, rest), context, std::move(reply), api::analysisGraphFromJson);
}

void RemoteAnalysis::symbols(AnalysisId id, QString query, QObject* context,
                             Reply<std::vector<api::AnalysisSymbol>> reply) {
    fetch(pathOf(id, QStringLiteral("/symbols?limit=200&q=") + encoded(query)), context, std::move(reply),
          rowsOf<api::AnalysisSymbol>("symbols", api::analysisSymbolFromJson));
}

void RemoteAnalysis::report(AnalysisId id, Format format, QObject* context, Reply<QByteArray> reply) {
    m_backend->callBytes(
        "GET", pathOf(id, format == Format::Sarif ? QStringLiteral("/sarif") : QStringLiteral("/html")),
        context, std::move(reply));
}

} // namespace exo::ui
