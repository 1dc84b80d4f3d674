// Baselines given to `analyze`: whatever the bytes, reading them ends, and a log we wrote ourselves knows all
// it told.
#include "core/analysis/report/Sarif.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace exo;
using namespace exo::analysis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    api::AnalysisReport report;
    report.files.emplace_back();
    report.files[0].path = bytes.substr(0, 200);
    report.files[0].findings.emplace_back();
    api::AnalysisFinding& finding = report.files[0].findings[0];
    finding.rule = bytes.substr(size / 2, 50);
    finding.message = bytes.substr(size / 3, 200);
    finding.severity = "note";
    finding.fingerprint = "0123456789abcdef";
    std::string log;
    const bool written = writeSarif(report, {}, [&](std::string_view piece) {
        log += piece;
        return true;
    });
    const auto own = Baseline::fromSarif(log);
    if (!written || !own.ok() || !own->knows(finding, report.files[0].path)) std::abort();
    if (const auto foreign = Baseline::fromSarif(bytes); foreign.ok()) foreign->keepOnlyNew(report);
    return 0;
}
