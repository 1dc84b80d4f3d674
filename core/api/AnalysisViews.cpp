#include "core/api/AnalysisViews.h"

#include <algorithm>
#include <array>

namespace exo::api {

namespace {

constexpr std::array<std::string_view, k_syntaxKinds> k_kinds{"keyword", "string", "comment", "number",
                                                              "function"};

std::string text(const Json& json, std::string_view key) {
    return std::string(stringOr(json, key));
}

int count(const Json& json, std::string_view key) {
    return static_cast<int>(std::clamp<std::int64_t>(intOr(json, key), 0, INT32_MAX));
}

Result<void> object(const Json& json) {
    if (!json.is_object()) return fail(ErrorCode::InvalidRequest, "a JSON object is expected");
    return {};
}

// Three numbers a span: bytes since the end of the last one, its length, its kind.
Json packed(const std::vector<SyntaxSpan>& spans) {
    Json json = Json::array();
    std::uint32_t end = 0;
    for (const SyntaxSpan& span : spans) {
        json.push_back(span.start - end);
        json.push_back(span.length);
        json.push_back(static_cast<int>(span.kind));
        end = span.start + span.length;
    }
    return json;
}

bool isCount(const Json& json) {
    return json.is_number_integer() && (json.is_number_unsigned() || json.get<std::int64_t>() >= 0) &&
           json.get<std::uint64_t>() <= UINT32_MAX;
}

Result<std::vector<SyntaxSpan>> spansFrom(const Json& json, std::size_t size) {
    const Error wrong = fail(ErrorCode::InvalidRequest, "spans that do not fit the text", "spans");
    std::vector<SyntaxSpan> spans;
    const Json* list = member(json, "spans");
    if (!list) return spans;
    if (!list->is_array() || list->size() % 3 != 0) return wrong;
    spans.reserve(list->size() / 3);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i + 2 < list->size(); i += 3) {
        const Json &gap = (*list)[i], &length = (*list)[i + 1], &kind = (*list)[i + 2];
        if (!isCount(gap) || !isCount(length) || !isCount(kind)) return wrong;
        at += gap.get<std::uint64_t>();
        const auto bytes = length.get<std::uint64_t>();
        if (at + bytes > size || kind.get<std::uint64_t>() >= k_syntaxKinds) return wrong;
        spans.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(bytes),
                         static_cast<SyntaxKind>(kind.get<int>())});
        at += bytes;
    }
    return spans;
}

Result<std::vector<FoldRange>> foldsFrom(const Json& json, std::int64_t lines) {
    const Error wrong = fail(ErrorCode::InvalidRequest, "folds that do not fit the text", "folds");
    std::vector<FoldRange> folds;
    const Json* list = member(json, "folds");
    if (!list) return folds;
    if (!list->is_array()) return wrong;
    for (const Json& item : *list) {
        if (!item.is_array() || item.size() != 2 || !isCount(item[0]) || !isCount(item[1])) return wrong;
        const auto start = item[0].get<std::int64_t>(), end = item[1].get<std::int64_t>();
        const bool ordered = folds.empty() || folds.back().startLine < start;
        if (start < 1 || end <= start || end > lines || !ordered) return wrong;
        folds.push_back({static_cast<int>(start), static_cast<int>(end)});
    }
    return folds;
}

// A list of one, read by the reader of the whole report, which clamps what is out of range.
Result<AnalysisReport> reportOf(const char* key, const Json& item) {
    EXO_CHECK(object(item));
    Json report = Json::object();
    report[key] = Json::array({item});
    return analysisReportFromJson(report);
}

} // namespace

std::string_view nameOf(SyntaxKind kind) {
    return k_kinds[static_cast<std::size_t>(kind)];
}

AnalysisFileRow rowOf(const AnalysisFile& file) {
    AnalysisFileRow row;
    row.path = file.path;
    row.language = file.language;
    row.code = file.code;
    row.comment = file.comment;
    row.blank = file.blank;
    row.bytes = file.bytes;
    row.functions = static_cast<int>(file.functions.size());
    row.findings = static_cast<int>(file.findings.size());
    for (const AnalysisFinding& finding : file.findings) {
        if (!finding.suppressedBy.empty()) continue;
        ++(finding.severity == "error"     ? row.errors
           : finding.severity == "warning" ? row.warnings
                                           : row.notes);
    }
    for (const AnalysisFunction& function : file.functions) {
        row.complexity += function.ccn;
        row.cognitive = std::max(row.cognitive, function.cognitive);
    }
    row.parseErrors = file.parseErrors;
    row.generated = file.generated;
    row.minified = file.minified;
    return row;
}

Json toJson(const AnalysisFileRow& row) {
    Json json = {{"path", row.path},
                 {"language", row.language},
                 {"code", row.code},
                 {"comment", row.comment},
                 {"blank", row.blank},
                 {"bytes", row.bytes},
                 {"parseErrors", row.parseErrors},
                 {"functions", row.functions},
                 {"findings", row.findings},
                 {"errors", row.errors},
                 {"warnings", row.warnings},
                 {"notes", row.notes},
                 {"complexity", row.complexity},
                 {"cognitive", row.cognitive}};
    if (row.generated) json["generated"] = true;
    if (row.minified) json["minified"] = true;
    return json;
}

Json toJson(const SourceText& source) {
    Json kinds = Json::array();
    for (const std::string_view kind : k_kinds)
        kinds.push_back(kind);
    Json folds = Json::array();
    for (const FoldRange& fold : source.folds)
        folds.push_back(Json::array({fold.startLine, fold.endLine}));
    return {{"path", source.path},      {"language", source.language}, {"encoding", source.encoding},
            {"hash", source.hash},      {"changed", source.changed},   {"highlight", source.highlight},
            {"text", source.text},      {"kinds", std::move(kinds)},   {"spans", packed(source.spans)},
            {"folds", std::move(folds)}};
}

Result<AnalysisFileRow> analysisFileRowFromJson(const Json& json) {
    EXO_CHECK(object(json));
    AnalysisFileRow row;
    row.path = text(json, "path");
    row.language = text(json, "language");
    row.code = std::max<std::int64_t>(intOr(json, "code"), 0);
    row.comment = std::max<std::int64_t>(intOr(json, "comment"), 0);
    row.blank = std::max<std::int64_t>(intOr(json, "blank"), 0);
    row.bytes = std::max<std::int64_t>(intOr(json, "bytes"), 0);
    row.functions = count(json, "functions");
    row.findings = count(json, "findings");
    row.errors = count(json, "errors");
    row.warnings = count(json, "warnings");
    row.notes = count(json, "notes");
    row.complexity = std::max<std::int64_t>(intOr(json, "complexity"), 0);
    row.cognitive = count(json, "cognitive");
    row.parseErrors = count(json, "parseErrors");
    row.generated = boolOr(json, "generated");
    row.minified = boolOr(json, "minified");
    return row;
}

Result<AnalysisFileView> analysisFileViewFromJson(const Json& json) {
    EXO_TRY(auto file, analysisFileFromJson(json));
    AnalysisFileView view{std::move(file), {}};
    if (const Json* list = member(json, "includedBy"); list && list->is_array())
        for (const Json& path : *list)
            if (path.is_string()) view.includedBy.push_back(path.get<std::string>());
    return view;
}

Result<AnalysisFinding> analysisFindingFromJson(const Json& json) {
    EXO_CHECK(object(json));
    EXO_TRY(auto file, analysisFileFromJson(Json{{"findings", Json::array({json})}}));
    return std::move(file.findings.front());
}

Result<AnalysisFunction> analysisFunctionFromJson(const Json& json) {
    EXO_CHECK(object(json));
    EXO_TRY(auto file, analysisFileFromJson(Json{{"functions", Json::array({json})}}));
    return std::move(file.functions.front());
}

Result<AnalysisSymbol> analysisSymbolFromJson(const Json& json) {
    EXO_CHECK(object(json));
    EXO_TRY(auto file, analysisFileFromJson(Json{{"symbols", Json::array({json})}}));
    return std::move(file.symbols.front());
}

Result<AnalysisCall> analysisCallFromJson(const Json& json) {
    EXO_TRY(auto report, reportOf("calls", json));
    return std::move(report.calls.front());
}

Result<AnalysisDuplicate> analysisDuplicateFromJson(const Json& json) {
    EXO_TRY(auto report, reportOf("duplicates", json));
    return std::move(report.duplicates.front());
}

Result<AnalysisHotspot> analysisHotspotFromJson(const Json& json) {
    EXO_TRY(auto report, reportOf("hotspots", json));
    return std::move(report.hotspots.front());
}

Result<AnalysisSkip> analysisSkipFromJson(const Json& json) {
    EXO_TRY(auto report, reportOf("skipped", json));
    return std::move(report.skipped.front());
}

Result<SourceText> sourceTextFromJson(const Json& json) {
    EXO_CHECK(object(json));
    SourceText source;
    source.path = text(json, "path");
    source.language = text(json, "language");
    source.encoding = text(json, "encoding");
    source.hash = text(json, "hash");
    source.changed = boolOr(json, "changed");
    source.highlight = text(json, "highlight");
    source.text = text(json, "text");
    EXO_TRY(source.spans, spansFrom(json, source.text.size()));
    const auto lines = std::count(source.text.begin(), source.text.end(), '\n') + 1;
    EXO_TRY(source.folds, foldsFrom(json, lines));
    return source;
}

} // namespace exo::api
