#pragma once
// What the inspector's lists show, made of what an analysis says. Pure functions; GUI thread for their words.

#include "ui/analysis/InspectorList.h"
#include "ui/backend/AnalysisSource.h"

namespace exo::ui {

// `withFile`: for lists over many files; the place is a column then.
enum class RowScope { File, Folder };

std::vector<InspectorRow> outlineRows(const api::AnalysisFile& file);
std::vector<InspectorRow> findingRows(const std::vector<api::AnalysisFinding>& findings, const QString& path,
                                      RowScope scope);
std::vector<InspectorRow> functionRows(const std::vector<AnalysisSource::Function>& functions,
                                       RowScope scope);
std::vector<InspectorRow> callerRows(const std::vector<api::AnalysisCall>& calls);
std::vector<InspectorRow> calleeRows(const std::vector<api::AnalysisCall>& calls);
std::vector<InspectorRow> includeRows(const api::AnalysisFile& file);
std::vector<InspectorRow> includedByRows(const std::vector<std::string>& paths);
// Those that touch the file, or all when it is empty.
std::vector<InspectorRow> duplicateRows(const std::vector<api::AnalysisDuplicate>& duplicates,
                                        const QString& path);
std::vector<InspectorRow> hotspotRows(const std::vector<api::AnalysisHotspot>& hotspots);
// The functions of all of them, highest score first.
std::vector<InspectorRow> hotFunctionRows(const std::vector<api::AnalysisHotspot>& hotspots);

} // namespace exo::ui
