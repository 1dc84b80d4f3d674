#pragma once
// The words of the Code page for what an analysis says in codes. Pure functions; GUI thread.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/AnalysisViews.h"
#endif
#include "ui/theme/Theme.h"

#include <QString>

namespace exo::ui {

// Why a file was not analysed or cannot be shown, as a sentence.
QString analysisSkipText(const std::string& reason);
// What a running analysis does, with its counts.
QString analysisStageText(const api::AnalysisProgress& progress);
QString severityText(const std::string& severity);
Token severityToken(const std::string& severity);
int severityRank(const std::string& severity); // note 1, warning 2, error 3
QString symbolKindText(const std::string& kind);
QString confidenceText(const std::string& confidence);
// In the language of the windows.
QString findingMessage(const api::AnalysisFinding& finding);
// "299 k lines", short for a chip.
QString shortCount(qint64 number);
// ok below `warn`, crit from `crit` on.
Token levelToken(qint64 value, qint64 warn, qint64 crit);

} // namespace exo::ui
