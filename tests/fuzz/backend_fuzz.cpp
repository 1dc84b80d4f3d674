// What a window believes of a server's answers: no crash, no more memory than the answer is worth, and what
// is accepted means the same when it is written and read again.
#include "core/api/AnalysisGraph.h"
#include "core/api/AnalysisViews.h"
#include "core/api/Metrics.h"

#include <cstdint>
#include <cstdlib>

using namespace exo;
using namespace exo::api;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class T>
void check(Result<T> (*read)(const Json&), const Json& json) {
    const auto value = read(json);
    if (!value.ok()) return;
    const Json written = toJson(*value);
    const auto again = read(written);
    require(again.ok() && toJson(*again) == written);
}

void checkTurn(const Json& json) {
    for (const char* name : {"message", "delta", "reasoning", "citation", "tool", "done", "error", "other"}) {
        const auto event = turnEventFromJson(name, json);
        if (!event.ok()) continue;
        const NamedEvent written = toEvent(*event);
        require(written.name == name);
        const auto again = turnEventFromJson(name, written.data);
        require(again.ok() && toEvent(*again).data == written.data);
    }
}

void checkGraph(const Json& json) {
    check(analysisGraphFromJson, json);
    const auto graph = analysisGraphFromJson(json);
    if (!graph.ok()) return;
    const auto nodes = static_cast<int>(graph->nodes.size());
    for (const AnalysisGraphEdge& edge : graph->edges)
        require(edge.from >= 0 && edge.from < nodes && edge.to >= 0 && edge.to < nodes);
    for (const AnalysisGraphNode& node : graph->nodes)
        require(node.cycle >= 0 && node.cycle <= static_cast<int>(graph->cycles.size()));
}

void checkHistory(const Json& json) {
    check(metricsHistoryFromJson, json);
    const auto history = metricsHistoryFromJson(json);
    if (!history.ok()) return;
    require(history->step > Millis(0));
    for (const MetricSeries& series : history->series)
        require(series.values.size() == history->series.front().values.size() &&
                series.peaks.size() == series.values.size());
}

void checkAnalyses(const Json& json) {
    check(analysisReportFromJson, json);
    check(analysisStateFromJson, json);
    check(analysisFileFromJson, json);
    check(analysisFileRowFromJson, json);
    check(analysisFindingFromJson, json);
    check(analysisFunctionFromJson, json);
    check(analysisSymbolFromJson, json);
    check(analysisCallFromJson, json);
    check(analysisDuplicateFromJson, json);
    check(analysisHotspotFromJson, json);
    check(analysisSkipFromJson, json);
    check(sourceTextFromJson, json);
    (void)analysisFileViewFromJson(json);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = parseJson({reinterpret_cast<const char*>(data), size});
    if (!json.ok()) return 0;
    check(sessionFromJson, *json);
    check(messageFromJson, *json);
    check(messagePageFromJson, *json);
    check(searchHitFromJson, *json);
    check(modelFromJson, *json);
    check(providerFromJson, *json);
    check(providerTestFromJson, *json);
    check(serviceStatusFromJson, *json);
    check(metricsSnapshotFromJson, *json);
    check(alertListFromJson, *json);
    check(breakerRowFromJson, *json);
    check(logLineFromJson, *json);
    checkTurn(*json);
    checkHistory(*json);
    checkGraph(*json);
    checkAnalyses(*json);
    return 0;
}
