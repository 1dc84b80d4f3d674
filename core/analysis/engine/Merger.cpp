#include "core/analysis/engine/Merger.h"

#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/Cycles.h"
#include "core/analysis/rules/Passes.h"
#include "core/base/Version.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_set>
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

std::unordered_set<std::string_view> hiddenNames(const FileRecord& record) {
    std::unordered_set<std::string_view> hidden;
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
    report().files.reserve(m_paths.size()); // the call resolver keeps pointers into it
    m_open.reserve(m_paths.size());
    m_names.idOf(""); // 0: no receiver
}

void Merger::addUses(std::uint32_t file, const std::vector<NameUse>& names) {
    ByteWriter out, run;
    for (const NameUse& use : names) {
        const std::uint32_t id = m_names.idOf(use.name);
        if (m_usesBytes.size() <= id) {
            m_usesBytes.resize(id + 1);
            m_lastFile.resize(id + 1);
        }
        run.clear();
        run.number(file - m_lastFile[id]);
        m_lastFile[id] = file;
        run.number(use.lines.size());
        std::int32_t before = 0;
        for (const std::int32_t line : use.lines) {
            run.number(static_cast<std::uint32_t>(std::max(line - before, 0)));
            before = line;
        }
        m_usesBytes[id] += run.size();
        out.number(id);
        out.text(run.bytes());
    }
    m_uses.emplace_back(out.bytes()); // no more room than it needs
}

void Merger::addCalls(const FileRecord& record) {
    auto& open = m_open.emplace_back();
    open.reserve(record.calls.size());
    for (const CallRecord& call : record.calls)
        open.push_back({m_names.idOf(call.callee), m_names.idOf(call.receiver), call.function, call.line,
                        call.arguments});
}

void Merger::addIncludes(std::uint32_t file, FileRecord& record) {
    CallResolver::File info;
    info.language = record.language;
    info.path = m_paths[file];
    info.functions = &report().files.back().functions;
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
    m_calls.add(std::move(info), hiddenNames(record));
}

void Merger::count(const FileRecord& record) {
    api::AnalysisSummary& summary = report().summary;
    api::AnalysisLanguage& language = m_languages[record.languageName];
    language.name = record.languageName;
    ++summary.files;
    ++language.files;
    for (auto* sum : {&summary.code, &language.code})
        *sum += record.lines.code;
    for (auto* sum : {&summary.comment, &language.comment})
        *sum += record.lines.comment;
    for (auto* sum : {&summary.blank, &language.blank})
        *sum += record.lines.blank;
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
    if (record.languageName.empty()) record.languageName = "Text";
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
    addIncludes(index, record);
    m_result->m_symbols.emplace_back(record.symbols);
}

bool Merger::linkCalls(const std::atomic<bool>* cancelled) {
    AnalysisResult& result = *m_result;
    std::size_t count = 0;
    for (const auto& open : m_open)
        count += open.size();
    result.m_calls.reserve(count);
    for (std::uint32_t file = 0; file < m_open.size(); ++file) {
        if (cancelled && cancelled->load()) return false;
        for (const OpenCall& call : m_open[file]) {
            const auto target =
                m_calls.resolve(file, m_names.text(call.callee), m_names.text(call.receiver), call);
            result.m_calls.push_back({file, call.function, target.file, target.function, call.callee,
                                      call.line, target.confidence});
            if (target.file >= 0) ++result.m_resolvedCalls;
        }
        std::vector<OpenCall>().swap(m_open[file]);
    }
    return true;
}

void Merger::sealNames() {
    AnalysisResult& result = *m_result;
    std::tie(result.m_names, result.m_nameStarts) = m_names.take();
    result.m_sortedNames.resize(result.m_nameStarts.size() - 1);
    std::iota(result.m_sortedNames.begin(), result.m_sortedNames.end(), 0U);
    std::sort(result.m_sortedNames.begin(), result.m_sortedNames.end(),
              [&](std::uint32_t a, std::uint32_t b) { return result.nameText(a) < result.nameText(b); });
}

// From the order of files to that of names.
void Merger::sealUses() {
    AnalysisResult& result = *m_result;
    decltype(m_lastFile)().swap(m_lastFile);
    m_usesBytes.resize(m_names.size()); // the names of calls may be used nowhere
    result.m_useStarts.reserve(m_usesBytes.size() + 1);
    std::uint64_t next = 0;
    for (std::uint64_t& bytes : m_usesBytes) {
        result.m_useStarts.push_back(next);
        next += std::exchange(bytes, result.m_useStarts.back()); // from here on: where the next go
    }
    result.m_useStarts.push_back(next);
    result.m_uses.resize(next);
    for (std::string& piece : m_uses) {
        for (ByteReader in(piece); !in.atEnd();) {
            const std::uint64_t id = in.number();
            const std::string_view run = in.text(piece.size());
            run.copy(result.m_uses.data() + m_usesBytes[id], run.size());
            m_usesBytes[id] += run.size();
        }
        std::string().swap(piece);
    }
    decltype(m_uses)().swap(m_uses);
    decltype(m_usesBytes)().swap(m_usesBytes);
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
    sealUses();
    sealNames();
    findCycles();
    for (auto& [name, language] : m_languages)
        report().languages.push_back(language);
    std::stable_sort(report().languages.begin(), report().languages.end(),
                     [](const auto& a, const auto& b) { return a.code > b.code; });
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
