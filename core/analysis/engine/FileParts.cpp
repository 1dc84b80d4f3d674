#include "core/analysis/engine/FileParts.h"

#include "core/analysis/engine/CallResolver.h"
#include "core/analysis/engine/Cycles.h"
#include "core/analysis/engine/LineTotals.h"
#include "core/analysis/rules/Passes.h"

#include <string_view>
#include <unordered_set>

namespace exo::analysis {

namespace {

const char* kindText(FunctionRecord::Kind kind) {
    switch (kind) {
    case FunctionRecord::Kind::Function: return "function";
    case FunctionRecord::Kind::Method: return "method";
    case FunctionRecord::Kind::Lambda: return "lambda";
    }
    return "function";
}

} // namespace

std::vector<api::AnalysisFunction> functionsOf(const FileRecord& record) {
    std::vector<api::AnalysisFunction> out;
    out.reserve(record.functions.size());
    for (const FunctionRecord& f : record.functions)
        out.push_back({f.name, f.qualifiedName, kindText(f.kind), f.startLine, f.endLine, f.ccn, f.ccnLizard,
                       f.cognitive, f.nesting, f.parameters});
    return out;
}

void fillFile(api::AnalysisFile& file, const FileRecord& record) {
    file.language = record.languageName.empty() ? std::string(k_plainText) : record.languageName;
    file.code = record.lines.code;
    file.comment = record.lines.comment;
    file.blank = record.lines.blank;
    file.bytes = static_cast<std::int64_t>(record.bytes);
    file.parseErrors = record.parseErrors;
    file.generated = record.generated;
    file.minified = record.minified;
    file.functions = functionsOf(record);
    file.findings = applyFingerprints(record);
}

std::vector<bool> hiddenFunctions(const FileRecord& record) {
    std::unordered_set<std::string_view> names;
    for (const SymbolRecord& symbol : record.symbols)
        if (!symbol.isExported && (symbol.kind == "function" || symbol.kind == "method"))
            names.insert(symbol.name);
    std::vector<bool> hidden;
    hidden.reserve(record.functions.size());
    for (const FunctionRecord& function : record.functions)
        hidden.push_back(names.contains(function.name));
    return hidden;
}

FileIncludes includesOf(const IncludeResolver& resolver, const std::vector<std::string>& paths,
                        std::uint32_t file, const FileRecord& record) {
    FileIncludes out;
    for (const IncludeRecord& include : record.includes) {
        const std::int32_t target = resolver.resolve(record.language, file, include);
        std::string path = target >= 0 ? paths[static_cast<std::size_t>(target)] : std::string();
        out.told.push_back({include.text, std::move(path), include.line});
        if (target < 0) continue;
        out.files.push_back(static_cast<std::uint32_t>(target));
        if (!isCFamily(record.language))
            out.imports.push_back({target, include.names, include.alias, include.text});
    }
    return out;
}

std::vector<std::vector<std::uint32_t>> includersOf(const std::vector<std::vector<std::uint32_t>>& includes) {
    std::vector<std::vector<std::uint32_t>> out(includes.size());
    for (std::uint32_t from = 0; from < includes.size(); ++from)
        for (const std::uint32_t to : includes[from])
            if (out[to].empty() || out[to].back() != from) out[to].push_back(from);
    return out;
}

void sumUp(api::AnalysisReport& report) {
    api::AnalysisSummary sums;
    sums.duplicatedLines = report.summary.duplicatedLines;
    sums.seconds = report.summary.seconds;
    LineTotals totals;
    for (const api::AnalysisFile& file : report.files) {
        LineCounts lines;
        lines.code = static_cast<std::int32_t>(file.code);
        lines.comment = static_cast<std::int32_t>(file.comment);
        lines.blank = static_cast<std::int32_t>(file.blank);
        totals.add(file.language, lines, sums);
        sums.functions += static_cast<std::int64_t>(file.functions.size());
        for (const api::AnalysisFinding& finding : file.findings)
            if (finding.suppressedBy.empty()) ++sums.findings;
    }
    report.summary = std::move(sums);
    report.languages = totals.languages();
}

void findCycles(api::AnalysisReport& report, const std::vector<std::vector<std::uint32_t>>& includes) {
    report.cycles.clear();
    for (const auto& component : cyclesOf(includes)) {
        auto& cycle = report.cycles.emplace_back();
        for (const std::uint32_t file : component)
            cycle.push_back(report.files[file].path);
    }
}

} // namespace exo::analysis
