#include "core/api/Analysis.h"

namespace exo::api {

namespace {

std::string text(const Json& json, std::string_view key) {
    return std::string(stringOr(json, key));
}

// Numbers of a stranger may be anything; lines and counts are never negative.
int number(const Json& json, std::string_view key, int fallback = 0) {
    const std::int64_t value = intOr(json, key, fallback);
    return value < 0 || value > INT32_MAX ? fallback : static_cast<int>(value);
}

double real(const Json& json, std::string_view key) {
    const Json* value = member(json, key);
    return value && value->is_number() ? value->get<double>() : 0;
}

template <class T, class F>
std::vector<T> listFrom(const Json& json, std::string_view key, F convert) {
    std::vector<T> out;
    const Json* list = member(json, key);
    if (!list || !list->is_array()) return out;
    out.reserve(list->size());
    for (const auto& item : *list)
        if (item.is_object()) out.push_back(convert(item));
    return out;
}

AnalysisFunction functionFrom(const Json& json) {
    AnalysisFunction function;
    function.name = text(json, "name");
    function.qualifiedName = text(json, "qualifiedName");
    function.kind = text(json, "kind");
    function.startLine = number(json, "startLine");
    function.endLine = number(json, "endLine");
    function.ccn = number(json, "ccn", 1);
    function.ccnLizard = number(json, "ccnLizard", 1);
    function.cognitive = number(json, "cognitive");
    function.nesting = number(json, "nesting");
    function.parameters = number(json, "parameters");
    return function;
}

AnalysisSymbol symbolFrom(const Json& json) {
    return {text(json, "name"),   text(json, "kind"),      text(json, "scope"), text(json, "signature"),
            number(json, "line"), number(json, "endLine"), text(json, "path")};
}

AnalysisInclude includeFrom(const Json& json) {
    return {text(json, "text"), text(json, "path"), number(json, "line")};
}

AnalysisFinding findingFrom(const Json& json) {
    AnalysisFinding finding;
    finding.rule = text(json, "rule");
    finding.severity = text(json, "severity");
    finding.line = number(json, "line");
    finding.column = number(json, "column");
    finding.endLine = number(json, "endLine");
    finding.endColumn = number(json, "endColumn");
    finding.message = text(json, "message");
    finding.messageZh = text(json, "messageZh");
    finding.cwe = text(json, "cwe");
    finding.fingerprint = text(json, "fingerprint");
    finding.path = text(json, "path");
    finding.suppressedBy = text(json, "suppressedBy");
    return finding;
}

AnalysisFile fileFrom(const Json& json) {
    AnalysisFile file;
    file.path = text(json, "path");
    file.language = text(json, "language");
    file.code = intOr(json, "code");
    file.comment = intOr(json, "comment");
    file.blank = intOr(json, "blank");
    file.bytes = intOr(json, "bytes");
    file.parseErrors = number(json, "parseErrors");
    file.generated = boolOr(json, "generated");
    file.minified = boolOr(json, "minified");
    file.functions = listFrom<AnalysisFunction>(json, "functions", functionFrom);
    file.symbols = listFrom<AnalysisSymbol>(json, "symbols", symbolFrom);
    file.includes = listFrom<AnalysisInclude>(json, "includes", includeFrom);
    file.findings = listFrom<AnalysisFinding>(json, "findings", findingFrom);
    return file;
}

AnalysisCall callFrom(const Json& json) {
    return {text(json, "fromPath"), text(json, "from"),   text(json, "toPath"),
            text(json, "to"),       number(json, "line"), text(json, "confidence")};
}

AnalysisDuplicate duplicateFrom(const Json& json) {
    AnalysisDuplicate duplicate;
    duplicate.tokens = number(json, "tokens");
    duplicate.lines = number(json, "lines");
    duplicate.renamed = boolOr(json, "renamed");
    duplicate.places = listFrom<AnalysisPlace>(json, "places", [](const Json& place) {
        return AnalysisPlace{text(place, "path"), number(place, "startLine"), number(place, "endLine")};
    });
    return duplicate;
}

AnalysisHotspot hotspotFrom(const Json& json) {
    AnalysisHotspot hotspot;
    hotspot.path = text(json, "path");
    hotspot.revisions = intOr(json, "revisions");
    hotspot.complexity = intOr(json, "complexity");
    hotspot.score = real(json, "score");
    hotspot.owner = text(json, "owner");
    hotspot.ownership = real(json, "ownership");
    hotspot.authors = number(json, "authors");
    hotspot.functions = listFrom<AnalysisHotFunction>(json, "functions", [](const Json& function) {
        return AnalysisHotFunction{text(function, "name"),        number(function, "startLine"),
                                   number(function, "endLine"),   intOr(function, "revisions"),
                                   intOr(function, "complexity"), real(function, "score")};
    });
    return hotspot;
}

AnalysisCoupling couplingFrom(const Json& json) {
    return {text(json, "pathA"), text(json, "pathB"), intOr(json, "sharedCommits"), real(json, "degree")};
}

AnalysisLanguage languageFrom(const Json& json) {
    return {text(json, "name"),     intOr(json, "files"), intOr(json, "code"),
            intOr(json, "comment"), intOr(json, "blank"), text(json, "kind")};
}

AnalysisSummary summaryFrom(const Json& json) {
    AnalysisSummary summary;
    summary.files = intOr(json, "files");
    summary.code = intOr(json, "code");
    summary.comment = intOr(json, "comment");
    summary.blank = intOr(json, "blank");
    summary.functions = intOr(json, "functions");
    summary.findings = intOr(json, "findings");
    summary.duplicatedLines = intOr(json, "duplicatedLines");
    summary.seconds = real(json, "seconds");
    summary.otherLines = intOr(json, "otherLines");
    return summary;
}

std::vector<std::vector<std::string>> cyclesFrom(const Json& json) {
    std::vector<std::vector<std::string>> cycles;
    const Json* list = member(json, "cycles");
    if (!list || !list->is_array()) return cycles;
    for (const auto& cycle : *list) {
        if (!cycle.is_array()) continue;
        auto& paths = cycles.emplace_back();
        for (const auto& path : cycle)
            if (path.is_string()) paths.push_back(path.get<std::string>());
    }
    return cycles;
}

Result<void> object(const Json& json) {
    if (!json.is_object()) return fail(ErrorCode::InvalidRequest, "a JSON object is expected");
    return {};
}

} // namespace

Result<AnalysisFile> analysisFileFromJson(const Json& json) {
    EXO_CHECK(object(json));
    return fileFrom(json);
}

Result<AnalysisState> analysisStateFromJson(const Json& json) {
    EXO_CHECK(object(json));
    AnalysisState state;
    state.id = AnalysisId(text(json, "id"));
    state.path = text(json, "path");
    state.status = text(json, "status");
    if (const Json* progress = member(json, "progress"))
        state.progress = {text(*progress, "stage"), intOr(*progress, "done"), intOr(*progress, "total")};
    if (const Json* summary = member(json, "summary")) state.summary = summaryFrom(*summary);
    state.languages = listFrom<AnalysisLanguage>(json, "languages", languageFrom);
    if (const Json* error = member(json, "error")) {
        state.errorCode = text(*error, "code");
        state.errorMessage = text(*error, "message");
    }
    return state;
}

Result<AnalysisReport> analysisReportFromJson(const Json& json) {
    EXO_CHECK(object(json));
    AnalysisReport report;
    if (const Json* tool = member(json, "tool")) report.toolVersion = text(*tool, "version");
    report.root = text(json, "root");
    if (const Json* summary = member(json, "summary")) report.summary = summaryFrom(*summary);
    report.languages = listFrom<AnalysisLanguage>(json, "languages", languageFrom);
    report.files = listFrom<AnalysisFile>(json, "files", fileFrom);
    report.calls = listFrom<AnalysisCall>(json, "calls", callFrom);
    report.duplicates = listFrom<AnalysisDuplicate>(json, "duplicates", duplicateFrom);
    report.cycles = cyclesFrom(json);
    report.hotspots = listFrom<AnalysisHotspot>(json, "hotspots", hotspotFrom);
    report.coupling = listFrom<AnalysisCoupling>(json, "coupling", couplingFrom);
    report.skipped = listFrom<AnalysisSkip>(json, "skipped", [](const Json& skip) {
        return AnalysisSkip{text(skip, "path"), text(skip, "reason")};
    });
    return report;
}

} // namespace exo::api
