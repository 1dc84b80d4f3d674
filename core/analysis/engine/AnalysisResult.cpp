#include "core/analysis/engine/AnalysisResult.h"

#include "core/analysis/engine/Bytes.h"
#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

// 0: the whole name, 1: its beginning, 2: a part; +3 when case differs. nullopt: not at all.
std::optional<int> matchRank(std::string_view name, std::string_view query, const std::string& lowerQuery) {
    if (query.empty()) return 0;
    if (name == query) return 0;
    if (name.starts_with(query)) return 1;
    const std::string lower = toLowerAscii(name);
    if (lower == lowerQuery) return 3;
    if (name.find(query) != std::string_view::npos) return 2;
    if (lower.starts_with(lowerQuery)) return 4;
    if (lower.find(lowerQuery) != std::string::npos) return 5;
    return std::nullopt;
}

template <class T, class Each>
void takePage(Paged<T>& out, const Page& page, Each make) {
    if (out.total >= page.offset && out.items.size() < page.limit) out.items.push_back(make());
    ++out.total;
}

template <class T>
bool writeList(const std::function<bool(std::string_view)>& sink, const char* key,
               const std::vector<T>& items) {
    std::string text = std::string(",\n\"") + key + "\": [";
    for (std::size_t i = 0; i < items.size(); ++i) {
        text += i == 0 ? "\n" : ",\n";
        text += dumpJson(api::toJson(items[i]));
        if (text.size() < 64 * 1024) continue;
        if (!sink(text)) return false;
        text.clear();
    }
    text += "]";
    return sink(text);
}

} // namespace

std::string_view nameOf(CallConfidence confidence) {
    switch (confidence) {
    case CallConfidence::Exact: return "exact";
    case CallConfidence::SameFile: return "same-file";
    case CallConfidence::Import: return "import";
    case CallConfidence::NameOnly: return "name-only";
    case CallConfidence::Unresolved: return "unresolved";
    }
    return "unresolved";
}

const api::AnalysisFile* AnalysisResult::file(std::string_view path) const {
    const auto found = m_fileByPath.find(path);
    return found == m_fileByPath.end() ? nullptr : &m_report.files[found->second];
}

std::string AnalysisResult::hashOf(std::string_view path) const {
    const auto found = m_fileByPath.find(path);
    return found == m_fileByPath.end() ? std::string() : m_hashes[found->second];
}

std::string AnalysisResult::functionName(std::uint32_t file, std::int32_t function) const {
    return function < 0 ? std::string()
                        : m_report.files[file].functions[static_cast<std::size_t>(function)].name;
}

api::AnalysisCall AnalysisResult::unpack(const PackedCall& call) const {
    api::AnalysisCall out;
    out.fromPath = m_report.files[call.fromFile].path;
    out.from = functionName(call.fromFile, call.fromFunction);
    out.to = m_names[call.callee];
    if (call.toFile >= 0) {
        const auto file = static_cast<std::uint32_t>(call.toFile);
        out.toPath = m_report.files[file].path;
        out.to = functionName(file, call.toFunction);
    }
    out.line = call.line;
    out.confidence = nameOf(call.confidence);
    return out;
}

void AnalysisResult::forEachCall(const std::function<bool(const api::AnalysisCall&)>& visit) const {
    for (const PackedCall& call : m_calls)
        if (call.toFile >= 0 && !visit(unpack(call))) return;
}

Paged<api::AnalysisCall> AnalysisResult::calls(const Page& page) const {
    Paged<api::AnalysisCall> out;
    for (const PackedCall& call : m_calls)
        if (call.toFile >= 0) takePage(out, page, [&] { return unpack(call); });
    return out;
}

Paged<api::AnalysisCall> AnalysisResult::callers(std::string_view path, std::string_view name,
                                                 const Page& page) const {
    Paged<api::AnalysisCall> out;
    for (const PackedCall& call : m_calls) {
        bool same = call.toFile < 0 && path.empty() && m_names[call.callee] == name;
        if (call.toFile >= 0) {
            const api::AnalysisFile& file = m_report.files[static_cast<std::size_t>(call.toFile)];
            const auto& to = file.functions[static_cast<std::size_t>(call.toFunction)];
            same = (path.empty() || file.path == path) && (to.name == name || to.qualifiedName == name);
        }
        if (same) takePage(out, page, [&] { return unpack(call); });
    }
    return out;
}

Paged<api::AnalysisCall> AnalysisResult::callees(std::string_view path, std::string_view name,
                                                 const Page& page) const {
    Paged<api::AnalysisCall> out;
    for (const PackedCall& call : m_calls) {
        const api::AnalysisFile& file = m_report.files[call.fromFile];
        if (call.fromFunction < 0 || (!path.empty() && file.path != path)) continue;
        const auto& from = file.functions[static_cast<std::size_t>(call.fromFunction)];
        if (from.name == name || from.qualifiedName == name)
            takePage(out, page, [&] { return unpack(call); });
    }
    return out;
}

Paged<api::AnalysisSymbol> AnalysisResult::symbols(std::string_view query, const Page& page) const {
    struct Hit {
        int rank;
        std::uint32_t file, symbol;
    };
    std::vector<Hit> hits;
    const std::string lowerQuery = toLowerAscii(query);
    for (std::uint32_t f = 0; f < m_report.files.size(); ++f) {
        const auto& symbols = m_report.files[f].symbols;
        for (std::uint32_t s = 0; s < symbols.size(); ++s)
            if (const auto rank = matchRank(symbols[s].name, query, lowerQuery))
                hits.push_back({*rank, f, s});
    }
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.rank < b.rank; });
    Paged<api::AnalysisSymbol> out;
    out.total = hits.size();
    for (std::size_t i = page.offset; i < hits.size() && out.items.size() < page.limit; ++i) {
        const api::AnalysisFile& file = m_report.files[hits[i].file];
        out.items.push_back(file.symbols[hits[i].symbol]);
        out.items.back().path = file.path;
    }
    return out;
}

Paged<NameReference> AnalysisResult::references(std::string_view name, const Page& page) const {
    Paged<NameReference> out;
    const auto found = m_nameIds.find(name);
    if (found == m_nameIds.end()) return out;
    ByteReader in(m_uses[found->second]);
    std::uint64_t file = 0;
    while (!in.atEnd() && in.ok()) {
        file += in.number();
        NameReference reference{m_report.files[file].path, {}};
        const std::uint64_t count = in.number();
        int line = 0;
        for (std::uint64_t i = 0; i < count && in.ok(); ++i)
            reference.lines.push_back(line += static_cast<int>(in.number()));
        takePage(out, page, [&] { return std::move(reference); });
    }
    return out;
}

std::vector<std::string> AnalysisResult::includedBy(std::string_view path) const {
    std::vector<std::string> out;
    for (const api::AnalysisFile& file : m_report.files) {
        const auto leads = [&](const api::AnalysisInclude& include) { return include.path == path; };
        if (std::any_of(file.includes.begin(), file.includes.end(), leads)) out.push_back(file.path);
    }
    return out;
}

bool AnalysisResult::writeJson(const std::function<bool(std::string_view)>& sink) const {
    const Json tool = {{"name", "exobrain"}, {"version", m_report.toolVersion}};
    const std::string head = "{\"tool\": " + dumpJson(tool) +
                             ",\n\"root\": " + dumpJson(Json(m_report.root)) +
                             ",\n\"summary\": " + dumpJson(api::toJson(m_report.summary));
    if (!sink(head) || !writeList(sink, "languages", m_report.languages) ||
        !writeList(sink, "files", m_report.files))
        return false;
    bool ok = sink(",\n\"calls\": [");
    std::string text;
    bool first = true;
    if (ok) {
        forEachCall([&](const api::AnalysisCall& call) {
            text += first ? "\n" : ",\n";
            first = false;
            text += dumpJson(api::toJson(call));
            if (text.size() < 64 * 1024) return true;
            ok = sink(text);
            text.clear();
            return ok;
        });
    }
    ok = ok && sink(text + "]") && writeList(sink, "duplicates", m_report.duplicates);
    ok = ok && sink(",\n\"cycles\": " + dumpJson(Json(m_report.cycles)));
    ok = ok && writeList(sink, "hotspots", m_report.hotspots) &&
         writeList(sink, "coupling", m_report.coupling);
    return ok && writeList(sink, "skipped", m_report.skipped) && sink("}\n");
}

api::AnalysisReport AnalysisResult::fullReport() const {
    api::AnalysisReport report = m_report;
    report.calls.reserve(m_resolvedCalls);
    forEachCall([&](const api::AnalysisCall& call) {
        report.calls.push_back(call);
        return true;
    });
    return report;
}

} // namespace exo::analysis
