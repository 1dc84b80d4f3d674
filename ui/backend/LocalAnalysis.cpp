#include "ui/backend/LocalAnalysis.h"

#include "core/analysis/engine/Neighbourhood.h"
#include "ui/backend/LocalCall.h"

#include <algorithm>

namespace exo::ui {

namespace {

using ResultPtr = std::shared_ptr<const analysis::AnalysisResult>;

// What a watch holds on the io thread until the analysis ends.
struct Watch {
    std::unique_ptr<AnalysisSubscription> subscription;
    bool ended = false;
};

int rankOf(const std::string& severity) {
    return severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

template <class T>
void keepMost(std::vector<T>& rows) {
    if (rows.size() > AnalysisSource::k_mostRows) rows.resize(AnalysisSource::k_mostRows);
}

AnalysisSource::Overview overviewOf(const analysis::AnalysisResult& result) {
    AnalysisSource::Overview overview;
    overview.files.reserve(result.report().files.size());
    for (const auto& file : result.report().files)
        overview.files.push_back(api::rowOf(file));
    overview.hotspots = result.report().hotspots;
    overview.skipped = result.report().skipped;
    keepMost(overview.hotspots);
    keepMost(overview.skipped);
    return overview;
}

std::vector<api::AnalysisFinding> findingsOf(const analysis::AnalysisResult& result) {
    std::vector<api::AnalysisFinding> out;
    for (const auto& file : result.report().files)
        for (const auto& finding : file.findings) {
            out.push_back(finding);
            out.back().path = file.path;
        }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return rankOf(a.severity) > rankOf(b.severity); });
    keepMost(out);
    return out;
}

std::vector<AnalysisSource::Function> functionsOf(const analysis::AnalysisResult& result) {
    std::vector<AnalysisSource::Function> out;
    for (const auto& file : result.report().files)
        for (const auto& function : file.functions)
            out.push_back({file.path, function});
    const auto worse = [](const auto& a, const auto& b) {
        return std::pair(a.function.cognitive, a.function.ccn) >
               std::pair(b.function.cognitive, b.function.ccn);
    };
    std::stable_sort(out.begin(), out.end(), worse);
    keepMost(out);
    return out;
}

// Free coroutines: what they need is in their own frame.
Task<api::AnalysisState> startOnCore(Core& core, std::string path) {
    AnalysisRequest request;
    request.path = std::move(path);
    EXO_CO_TRY(const auto id, core.analyses().start(Owner::local(), std::move(request)));
    co_return core.analyses().state(Owner::local(), id);
}

template <class T>
Task<T> fromResult(Core& core, AnalysisId id,
                   std::function<Result<T>(const analysis::AnalysisResult&)> read) {
    EXO_CO_TRY(const ResultPtr result, core.analyses().result(Owner::local(), id));
    co_return read(*result);
}

Task<api::SourceText> textOnCore(Core& core, AnalysisId id, std::string path,
                                 AnalysisService::Colours colours) {
    return core.analyses().text(Owner::local(), std::move(id), std::move(path), colours);
}

Task<QByteArray> reportOnCore(Core& core, AnalysisId id, AnalysisService::Format format) {
    EXO_CO_TRY(const auto text, co_await core.analyses().report(Owner::local(), std::move(id), format));
    co_return QByteArray::fromStdString(text);
}

} // namespace

void LocalAnalysis::start(QString path, QObject* context, Reply<api::AnalysisState> reply) {
    m_backend->call<api::AnalysisState>(context, std::move(reply), [path = path.toStdString()](Core& core) {
        return startOnCore(core, path);
    });
}

void LocalAnalysis::list(QObject* context, Reply<std::vector<api::AnalysisState>> reply) {
    m_backend->call<std::vector<api::AnalysisState>>(context, std::move(reply),
                                                     [](Core& core) -> Task<std::vector<api::AnalysisState>> {
                                                         co_return core.analyses().list(Owner::local());
                                                     });
}

void LocalAnalysis::watch(AnalysisId id, QObject* context, Reply<api::AnalysisState> changed) {
    // Only the GUI thread touches the reply and the context; the io thread posts to the backend, which
    // outlives it.
    auto shared = std::make_shared<Reply<api::AnalysisState>>(std::move(changed));
    const auto tell = [backend = m_backend, context = QPointer<QObject>(context),
                       shared](const api::AnalysisState& state) {
        QMetaObject::invokeMethod(
            backend,
            [context, shared, state] {
                if (context) (*shared)(state);
            },
            Qt::QueuedConnection);
    };
    const auto onCore = [id, tell](Core& core) -> Task<void> {
        const auto watch = std::make_shared<Watch>();
        auto made = core.analyses().subscribe(Owner::local(), id, [watch, tell](const auto& state) {
            tell(state);
            watch->ended = state.status != "running";
            if (watch->ended) watch->subscription.reset();
        });
        if (!made.ok()) co_return made.error();
        if (!watch->ended) watch->subscription = std::move(*made);
        co_return Result<void>();
    };
    m_backend->call<void>(
        context,
        [shared](Result<void> result) {
            if (!result.ok()) (*shared)(std::move(result).error());
        },
        onCore);
}

void LocalAnalysis::remove(AnalysisId id) {
    m_backend->call<void>(
        m_backend, [](Result<void>) {},
        [id](Core& core) -> Task<void> { co_return core.analyses().remove(Owner::local(), id); });
}

void LocalAnalysis::overview(AnalysisId id, QObject* context, Reply<Overview> reply) {
    m_backend->call<Overview>(context, std::move(reply), [id](Core& core) {
        return fromResult<Overview>(core, id, [](const auto& result) { return overviewOf(result); });
    });
}

void LocalAnalysis::file(AnalysisId id, QString path, QObject* context, Reply<api::AnalysisFileView> reply) {
    using View = api::AnalysisFileView;
    m_backend->call<View>(context, std::move(reply), [id, path = path.toStdString()](Core& core) {
        return fromResult<View>(core, id, [path](const auto& result) -> Result<View> {
            const auto file = result.fileIndex(path);
            if (!file) return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
            return View{result.wholeFile(*file), result.includedBy(path)};
        });
    });
}

void LocalAnalysis::text(AnalysisId id, QString path, Colours colours, QObject* context,
                         Reply<api::SourceText> reply) {
    const auto which =
        colours == Colours::With ? AnalysisService::Colours::With : AnalysisService::Colours::Without;
    m_backend->call<api::SourceText>(
        context, std::move(reply),
        [id, path = path.toStdString(), which](Core& core) { return textOnCore(core, id, path, which); });
}

void LocalAnalysis::findings(AnalysisId id, QObject* context,
                             Reply<std::vector<api::AnalysisFinding>> reply) {
    using Rows = std::vector<api::AnalysisFinding>;
    m_backend->call<Rows>(context, std::move(reply), [id](Core& core) {
        return fromResult<Rows>(core, id, [](const auto& result) { return findingsOf(result); });
    });
}

void LocalAnalysis::functions(AnalysisId id, QObject* context, Reply<std::vector<Function>> reply) {
    using Rows = std::vector<Function>;
    m_backend->call<Rows>(context, std::move(reply), [id](Core& core) {
        return fromResult<Rows>(core, id, [](const auto& result) { return functionsOf(result); });
    });
}

void LocalAnalysis::duplicates(AnalysisId id, QObject* context,
                               Reply<std::vector<api::AnalysisDuplicate>> reply) {
    using Rows = std::vector<api::AnalysisDuplicate>;
    m_backend->call<Rows>(context, std::move(reply), [id](Core& core) {
        return fromResult<Rows>(core, id, [](const auto& result) {
            Rows rows = result.report().duplicates;
            keepMost(rows);
            return rows;
        });
    });
}

void LocalAnalysis::calls(AnalysisId id, QString path, QString function, QObject* context,
                          Reply<api::AnalysisCalls> reply) {
    m_backend->call<api::AnalysisCalls>(
        context, std::move(reply),
        [id, path = path.toStdString(), name = function.toStdString()](Core& core) {
            return fromResult<api::AnalysisCalls>(core, id, [path, name](const auto& result) {
                const analysis::Page page{0, 1000};
                return api::AnalysisCalls{result.callers(path, name, page).items,
                                          result.callees(path, name, page).items};
            });
        });
}

void LocalAnalysis::graph(AnalysisId id, GraphQuery query, QObject* context,
                          Reply<api::AnalysisGraph> reply) {
    using Wanted = analysis::NeighbourhoodQuery;
    Wanted wanted;
    wanted.kind = query.kind == GraphQuery::Kind::Calls ? Wanted::Kind::Calls : Wanted::Kind::Includes;
    wanted.direction = query.direction == GraphQuery::Direction::In    ? Wanted::Direction::In
                       : query.direction == GraphQuery::Direction::Out ? Wanted::Direction::Out
                                                                       : Wanted::Direction::Both;
    wanted.path = query.path.toStdString();
    wanted.name = query.name.toStdString();
    wanted.line = query.line;
    wanted.depth = query.depth;
    m_backend->call<api::AnalysisGraph>(context, std::move(reply), [id, wanted](Core& core) {
        return fromResult<api::AnalysisGraph>(
            core, id, [wanted](const auto& result) { return analysis::neighbourhood(result, wanted); });
    });
}

void LocalAnalysis::symbols(AnalysisId id, QString query, QObject* context,
                            Reply<std::vector<api::AnalysisSymbol>> reply) {
    using Rows = std::vector<api::AnalysisSymbol>;
    m_backend->call<Rows>(context, std::move(reply), [id, query = query.toStdString()](Core& core) {
        return fromResult<Rows>(core, id, [query](const auto& result) {
            return result.symbols(query, {0, 200}).items;
        });
    });
}

void LocalAnalysis::report(AnalysisId id, Format format, QObject* context, Reply<QByteArray> reply) {
    const auto which =
        format == Format::Sarif ? AnalysisService::Format::Sarif : AnalysisService::Format::Html;
    m_backend->call<QByteArray>(context, std::move(reply),
                                [id, which](Core& core) { return reportOnCore(core, id, which); });
}

} // namespace exo::ui
