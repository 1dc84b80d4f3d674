#include "core/analysis/engine/Merger.h"

#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/Cycles.h"
#include "core/analysis/rules/Passes.h"
#include "core/base/Version.h"

#include <algorithm>
#include <numeric>
#include <utility>

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

std::vector<api::AnalysisFunction> functionsOf(const FileRecord& record) {
    std::vector<api::AnalysisFunction> out;
    out.reserve(record.functions.size());
    for (const FunctionRecord& f : record.functions)
        out.push_back({f.name, f.qualifiedName, kindText(f.kind), f.startLine, f.endLine, f.ccn, f.ccnLizard,
                       f.cognitive, f.nesting, f.parameters});
    return out;
}

std::vector<api::AnalysisSymbol> symbolsOf(FileRecord& record) {
    std::vector<api::AnalysisSymbol> out;
    out.reserve(record.symbols.size());
    for (SymbolRecord& s : record.symbols)
        out.push_back({std::move(s.name),
                       std::move(s.kind),
                       std::move(s.scope),
                       std::move(s.signature),
                       s.line,
                       s.endLine,
                       {}});
    return out;
}

std::unordered_set<std::string> hiddenNames(const FileRecord& record) {
    std::unordered_set<std::string> hidden;
    for (const SymbolRecord& symbol : record.symbols)
        if (!symbol.isExported && (symbol.kind == "function" || symbol.kind == "method"))
            hidden.insert(symbol.name);
    return hidden;
}

} // namespace

Merger::Merger(std::string root, std::vector<std::string> paths, std::map<std::string, std::string> goModules)
    : m_paths(std::move(paths))
    , m_includes(m_paths, std::move(goModules)) {
    report().root = std::move(root);
    report().toolVersion = std::string(k_version);
    report().files.reserve(m_paths.size());
    m_functions.reserve(m_paths.size()); // the call resolver keeps pointers into it
    m_open.reserve(m_paths.size());
    idOf(""); // 0: no receiver
}

std::uint32_t Merger::idOf(std::string_view name) {
    const auto found = m_nameIds.find(name);
    if (found != m_nameIds.end()) return found->second;
    const auto id = static_cast<std::uint32_t>(m_names.size());
    m_names.emplace_back(name);
    m_nameIds.emplace(m_names.back(), id);
    m_uses.emplace_back();
    m_lastFile.push_back(0);
    return id;
}

void Merger::addUses(std::uint32_t file, const std::vector<NameUse>& names) {
    ByteWriter run;
    for (const NameUse& use : names) {
        const std::uint32_t id = idOf(use.name);
        run.clear();
        run.number(file - m_lastFile[id]);
        m_lastFile[id] = file;
        run.number(use.lines.size());
        std::int32_t before = 0;
        for (const std::int32_t line : use.lines) {
            run.number(static_cast<std::uint32_t>(std::max(line - before, 0)));
            before = line;
        }
        m_uses[id] += run.bytes();
    }
}

void Merger::addCalls(const FileRecord& record) {
    auto& open = m_open.emplace_back();
    open.reserve(record.calls.size());
    for (const CallRecord& call : record.calls)
        open.push_back({idOf(call.callee), idOf(call.receiver), call.function, call.line, call.arguments});
}

void Merger::addIncludes(std::uint32_t file, FileRecord& record) {
    CallResolver::File info;
    info.language = record.language;
    info.path = m_paths[file];
    info.functions = &m_functions.back();
    info.hidden = hiddenNames(record);
    auto& edges = m_edges.emplace_back();
    auto& told = report().files.back().includes;
    for (IncludeRecord& include : record.includes) {
        const std::int32_t target = m_includes.resolve(record.language, file, include);
        std::string path = target >= 0 ? m_paths[static_cast<std::size_t>(target)] : std::string();
        told.push_back({include.text, std::move(path), include.line});
        if (target < 0) continue;
        edges.push_back(static_cast<std::uint32_t>(target));
        info.includes.push_back(
            {target, std::move(include.names), std::move(include.alias), std::move(include.text)});
    }
    m_calls.add(std::move(info));
}

void Merger::count(const FileRecord& record) {
    api::AnalysisSummary& summary = report().summary;
    m_lines.add(record.languageName, record.lines, summary);
    summary.functions += static_cast<std::int64_t>(record.functions.size());
    for (const FindingRecord& finding : record.findings)
        if (finding.suppressedBy.empty()) ++summary.findings;
    std::int64_t complexity = 0;
    for (const FunctionRecord& function : record.functions)
        complexity += function.ccn;
    m_complexity[record.path] = complexity;
}

void Merger::add(FileRecord record) {
    const auto index = static_cast<std::uint32_t>(report().files.size());
    if (record.languageName.empty()) record.languageName = k_plainText;
    count(record);
    addUses(index, record.names);
    addCalls(record);
    api::AnalysisFile& file = report().files.emplace_back();
    file.path = record.path;
    file.language = record.languageName;
    file.code = record.lines.code;
    file.comment = record.lines.comment;
    file.blank = record.lines.blank;
    file.bytes = static_cast<std::int64_t>(record.bytes);
    file.parseErrors = record.parseErrors;
    file.generated = record.generated;
    file.minified = record.minified;
    file.functions = functionsOf(record);
    file.findings = applyFingerprints(record);
    m_result->m_hashes.push_back(record.hash);
    m_functions.push_back(std::move(record.functions));
    addIncludes(index, record); // before the symbols are moved away: it asks which are hidden
    auto& hidden = m_result->m_hidden.emplace_back();
    for (std::uint32_t i = 0; i < record.symbols.size(); ++i)
        if (!record.symbols[i].isExported) hidden.push_back(i);
    file.symbols = symbolsOf(record);
}

bool Merger::linkCalls(const std::atomic<bool>* cancelled) {
    AnalysisResult& result = *m_result;
    for (std::uint32_t file = 0; file < m_open.size(); ++file) {
        if (cancelled && cancelled->load()) return false;
        for (const OpenCall& call : m_open[file]) {
            const auto target = m_calls.resolve(file, m_names[call.callee], m_names[call.receiver], call);
            result.m_calls.push_back({file, call.function, target.file, target.function, call.callee,
                                      call.line, target.confidence});
            if (target.file >= 0) ++result.m_resolvedCalls;
        }
        std::vector<OpenCall>().swap(m_open[file]);
    }
    result.m_calls.shrink_to_fit();
    return true;
}

// One block each for names and uses, what only the merging needed goes.
void Merger::sealNames() {
    AnalysisResult& result = *m_result;
    decltype(m_nameIds)().swap(m_nameIds);
    decltype(m_lastFile)().swap(m_lastFile);
    std::size_t textBytes = 0, useBytes = 0;
    for (std::size_t name = 0; name < m_names.size(); ++name) {
        textBytes += m_names[name].size();
        useBytes += m_uses[name].size();
    }
    result.m_names.reserve(textBytes);
    result.m_uses.reserve(useBytes);
    result.m_nameStarts.reserve(m_names.size() + 1);
    result.m_useStarts.reserve(m_names.size() + 1);
    for (std::size_t name = 0; name < m_names.size(); ++name) {
        result.m_nameStarts.push_back(result.m_names.size());
        result.m_useStarts.push_back(result.m_uses.size());
        result.m_names += m_names[name];
        result.m_uses += std::exchange(m_uses[name], {});
    }
    result.m_nameStarts.push_back(result.m_names.size());
    result.m_useStarts.push_back(result.m_uses.size());
    result.m_sortedNames.resize(m_names.size());
    std::iota(result.m_sortedNames.begin(), result.m_sortedNames.end(), 0U);
    decltype(m_names)().swap(m_names);
    decltype(m_uses)().swap(m_uses);
    std::sort(result.m_sortedNames.begin(), result.m_sortedNames.end(),
              [&](std::uint32_t a, std::uint32_t b) { return result.nameText(a) < result.nameText(b); });
}

void Merger::findCycles() {
    for (const auto& component : cyclesOf(m_edges)) {
        auto& cycle = report().cycles.emplace_back();
        for (const std::uint32_t file : component)
            cycle.push_back(m_paths[file]);
    }
}

Result<std::shared_ptr<const AnalysisResult>> Merger::finish(const std::atomic<bool>* cancelled) {
    if (!linkCalls(cancelled)) return fail(ErrorCode::Cancelled);
    m_calls = CallResolver();
    decltype(m_functions)().swap(m_functions);
    sealNames();
    findCycles();
    report().languages = m_lines.languages();
    for (std::uint32_t i = 0; i < report().files.size(); ++i)
        m_result->m_fileByPath.emplace(report().files[i].path, i);
    m_result->m_includers.resize(report().files.size());
    for (std::uint32_t from = 0; from < m_edges.size(); ++from)
        for (const std::uint32_t to : m_edges[from]) {
            auto& includers = m_result->m_includers[to];
            if (includers.empty() || includers.back() != from) includers.push_back(from);
        }
    m_result->makeLookups();
    return std::shared_ptr<const AnalysisResult>(std::move(m_result));
}

} // namespace exo::analysis
