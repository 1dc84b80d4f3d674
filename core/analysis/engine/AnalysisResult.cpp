#include "core/analysis/engine/AnalysisResult.h"

#include "core/base/Text.h"

#include <algorithm>
#include <tuple>

namespace exo::analysis {

namespace {

// `json` makes that of the item at an index.
template <class Each>
bool writeItems(const std::function<bool(std::string_view)>& sink, const char* key, std::size_t count,
                Each json) {
    std::string text = std::string(",\n\"") + key + "\": [";
    for (std::size_t i = 0; i < count; ++i) {
        text += i == 0 ? "\n" : ",\n";
        text += dumpJson(json(i));
        if (text.size() < 64 * 1024) continue;
        if (!sink(text)) return false;
        text.clear();
    }
    text += "]";
    return sink(text);
}

template <class T>
bool writeList(const std::function<bool(std::string_view)>& sink, const char* key,
               const std::vector<T>& items) {
    return writeItems(sink, key, items.size(), [&](std::size_t i) { return api::toJson(items[i]); });
}

std::vector<api::AnalysisSymbol> unfolded(const FileSymbols& symbols) {
    std::vector<api::AnalysisSymbol> out;
    out.reserve(symbols.size());
    for (std::size_t i = 0; i < symbols.size(); ++i)
        out.push_back(symbols[i].unfolded());
    return out;
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

api::AnalysisFile AnalysisResult::wholeFile(std::size_t file) const {
    api::AnalysisFile whole = m_report.files[file];
    whole.symbols = unfolded(m_symbols[file]);
    return whole;
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
    out.to = nameText(call.callee);
    if (call.toFile >= 0) {
        const auto file = static_cast<std::uint32_t>(call.toFile);
        out.toPath = m_report.files[file].path;
        out.to = functionName(file, call.toFunction);
    }
    out.line = call.line;
    out.confidence = nameOf(call.confidence);
    return out;
}

std::span<const PackedCall> AnalysisResult::callsIn(std::uint32_t file) const {
    if (!m_edited.empty())
        if (const auto edited = m_edited.find(file); edited != m_edited.end()) return edited->second.calls;
    return std::span(m_calls).subspan(m_firstCall[file], m_firstCall[file + 1] - m_firstCall[file]);
}

std::string_view AnalysisResult::Edited::usesOf(std::uint32_t name) const {
    const auto found = std::lower_bound(names.begin(), names.end(), std::pair(name, std::uint32_t{0}));
    if (found == names.end() || found->first != name) return {};
    ByteReader in(std::string_view(uses).substr(found->second));
    return in.text(uses.size());
}

// What is packed and what lies beside it, together in the order of files.
template <class Visit>
void AnalysisResult::eachCallWritten(std::uint32_t name, Visit visit) const {
    auto edited = m_edited.begin();
    const auto editedBefore = [&](std::uint64_t file) {
        for (; edited != m_edited.end() && edited->first < file; ++edited)
            for (const PackedCall& call : edited->second.calls)
                if (call.callee == name) visit(call);
    };
    for (const std::uint32_t index : m_callsByName.of(name)) {
        const PackedCall& call = m_calls[index];
        if (isEdited(call.fromFile)) continue;
        editedBefore(call.fromFile);
        visit(call);
    }
    editedBefore(std::numeric_limits<std::uint64_t>::max());
}

void AnalysisResult::forEachCall(const std::function<bool(const api::AnalysisCall&)>& visit) const {
    for (std::uint32_t file = 0; file < m_report.files.size(); ++file)
        for (const PackedCall& call : callsIn(file))
            if (call.toFile >= 0 && !visit(unpack(call))) return;
}

Paged<api::AnalysisCall> AnalysisResult::calls(const Page& page) const {
    Paged<api::AnalysisCall> out;
    for (std::uint32_t file = 0; file < m_report.files.size(); ++file)
        for (const PackedCall& call : callsIn(file))
            if (call.toFile >= 0) out.take(page, [&] { return unpack(call); });
    return out;
}

bool AnalysisResult::isTarget(const PackedCall& call, std::string_view path, std::string_view name) const {
    if (call.toFile < 0) return path.empty() && nameText(call.callee) == name;
    const api::AnalysisFile& file = m_report.files[static_cast<std::size_t>(call.toFile)];
    const auto& to = file.functions[static_cast<std::size_t>(call.toFunction)];
    return (path.empty() || file.path == path) && (to.name == name || to.qualifiedName == name);
}

Paged<api::AnalysisCall> AnalysisResult::callers(std::string_view path, std::string_view name,
                                                 const Page& page) const {
    // A call that leads somewhere is written with the last part of that function's name; one that leads
    // nowhere is only written with it.
    std::vector<const PackedCall*> found;
    const auto take = [&](std::string_view written) {
        const auto id = nameId(written);
        if (!id) return;
        eachCallWritten(*id, [&](const PackedCall& call) {
            if (isTarget(call, path, name)) found.push_back(&call);
        });
    };
    take(name);
    if (const std::string_view last = lastPart(name); last != name) {
        take(last);
        std::stable_sort(found.begin(), found.end(), [](const PackedCall* a, const PackedCall* b) {
            return std::tie(a->fromFile, a->line) < std::tie(b->fromFile, b->line);
        });
    }
    Paged<api::AnalysisCall> out;
    for (const PackedCall* call : found)
        out.take(page, [&] { return unpack(*call); });
    return out;
}

Paged<api::AnalysisCall> AnalysisResult::callees(std::string_view path, std::string_view name,
                                                 const Page& page) const {
    std::map<std::uint32_t, std::vector<std::int32_t>> callers; // functions by file
    const auto take = [&](const FunctionPlace& place) {
        const api::AnalysisFile& file = m_report.files[place.file];
        const api::AnalysisFunction& function = file.functions[place.function];
        const bool asked = function.name == name || function.qualifiedName == name;
        if (asked && (path.empty() || file.path == path)) callers[place.file].push_back(place.function);
    };
    eachDefinition(name, take);
    if (const std::string_view last = lastPart(name); last != name) eachDefinition(last, take);
    Paged<api::AnalysisCall> out;
    for (const auto& [file, functions] : callers)
        for (const PackedCall& call : callsIn(file))
            if (std::find(functions.begin(), functions.end(), call.fromFunction) != functions.end())
                out.take(page, [&, &one = call] { return unpack(one); });
    return out;
}

std::optional<std::uint32_t> AnalysisResult::nameId(std::string_view name) const {
    const auto found =
        std::lower_bound(m_sortedNames.begin(), m_sortedNames.end(), name,
                         [this](std::uint32_t a, std::string_view b) { return nameText(a) < b; });
    return found == m_sortedNames.end() || nameText(*found) != name ? std::nullopt : std::optional(*found);
}

void AnalysisResult::forEachUse(
    std::uint32_t name,
    const std::function<bool(std::uint32_t file, const std::vector<int>& lines)>& visit) const {
    std::vector<int> lines;
    std::uint32_t of = 0;
    bool going = true;
    eachUse(name, [&](std::uint32_t file, int line) {
        if (!lines.empty() && file != of) {
            going = visit(of, lines);
            lines.clear();
        }
        of = file;
        lines.push_back(line);
        return going;
    });
    if (going && !lines.empty()) visit(of, lines);
}

void AnalysisResult::knowPaths() {
    m_fileByPath.clear();
    for (std::uint32_t i = 0; i < m_report.files.size(); ++i)
        m_fileByPath.emplace(m_report.files[i].path, i);
}

Paged<NameReference> AnalysisResult::references(std::string_view name, const Page& page) const {
    Paged<NameReference> out;
    const auto id = nameId(name);
    if (!id) return out;
    forEachUse(*id, [&](std::uint32_t file, const std::vector<int>& lines) {
        out.take(page, [&] { return NameReference{m_report.files[file].path, lines}; });
        return true;
    });
    return out;
}

std::vector<std::string> AnalysisResult::includedBy(std::string_view path) const {
    std::vector<std::string> out;
    const auto file = fileIndex(path);
    if (!file) return out;
    for (const std::uint32_t from : m_includers[*file])
        out.push_back(m_report.files[from].path);
    return out;
}

std::optional<std::uint32_t> AnalysisResult::fileIndex(std::string_view path) const {
    const auto found = m_fileByPath.find(path);
    return found == m_fileByPath.end() ? std::nullopt : std::optional(found->second);
}

void AnalysisResult::forEachCall(FunctionRef function, CallsOf which,
                                 const std::function<void(const PackedCall&)>& visit) const {
    const auto concerns = [&](const PackedCall& call) {
        if (call.toFile < 0) return false;
        return which == CallsOf::From
                   ? FunctionRef{call.fromFile, call.fromFunction} == function
                   : FunctionRef{static_cast<std::uint32_t>(call.toFile), call.toFunction} == function;
    };
    if (which == CallsOf::From) {
        for (const PackedCall& call : callsIn(function.file))
            if (concerns(call)) visit(call);
        return;
    }
    if (function.function < 0) return; // nothing calls what stands outside of functions
    const auto& functions = m_report.files[function.file].functions;
    const auto id = nameId(functions[static_cast<std::size_t>(function.function)].name);
    if (!id) return;
    eachCallWritten(*id, [&](const PackedCall& call) {
        if (concerns(call)) visit(call);
    });
}

bool AnalysisResult::writeJson(const std::function<bool(std::string_view)>& sink) const {
    const Json tool = {{"name", "exobrain"}, {"version", m_report.toolVersion}};
    const std::string head = "{\"tool\": " + dumpJson(tool) +
                             ",\n\"root\": " + dumpJson(Json(m_report.root)) +
                             ",\n\"summary\": " + dumpJson(api::toJson(m_report.summary));
    if (!sink(head) || !writeList(sink, "languages", m_report.languages) ||
        !writeItems(sink, "files", m_report.files.size(),
                    [this](std::size_t i) { return api::toJson(wholeFile(i)); }))
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
    for (std::size_t i = 0; i < report.files.size(); ++i)
        report.files[i].symbols = unfolded(m_symbols[i]);
    report.calls.reserve(m_resolvedCalls);
    forEachCall([&](const api::AnalysisCall& call) {
        report.calls.push_back(call);
        return true;
    });
    return report;
}

} // namespace exo::analysis
