#include "core/analysis/engine/AnalysisResult.h"

#include "core/base/Text.h"

#include <algorithm>
#include <tuple>

namespace exo::analysis {

namespace {

template <class T, class Each>
void takePage(Paged<T>& out, const Page& page, Each make) {
    if (out.total >= page.offset && out.items.size() < page.limit) out.items.push_back(make());
    ++out.total;
}

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

bool AnalysisResult::isTarget(const PackedCall& call, std::string_view path, std::string_view name) const {
    if (call.toFile < 0) return path.empty() && nameText(call.callee) == name;
    const api::AnalysisFile& file = m_report.files[static_cast<std::size_t>(call.toFile)];
    const auto& to = file.functions[static_cast<std::size_t>(call.toFunction)];
    return (path.empty() || file.path == path) && (to.name == name || to.qualifiedName == name);
}

Paged<api::AnalysisCall> AnalysisResult::callers(std::string_view path, std::string_view name,
                                                 const Page& page) const {
    // Calls lead to a function of the name; those that lead nowhere are only written with it.
    std::vector<std::uint32_t> found;
    for (const std::uint32_t index : m_callLookup.leadingTo(name))
        if (isTarget(m_calls[index], path, name)) found.push_back(index);
    if (const auto id = nameId(name); id && path.empty())
        for (const std::uint32_t index : m_callLookup.writtenAs(*id))
            if (m_calls[index].toFile < 0) found.push_back(index);
    std::sort(found.begin(), found.end());
    Paged<api::AnalysisCall> out;
    for (const std::uint32_t index : found)
        takePage(out, page, [&] { return unpack(m_calls[index]); });
    return out;
}

Paged<api::AnalysisCall> AnalysisResult::callees(std::string_view path, std::string_view name,
                                                 const Page& page) const {
    Paged<api::AnalysisCall> out;
    for (const std::uint32_t index : m_callLookup.madeIn(name)) {
        const PackedCall& call = m_calls[index];
        const api::AnalysisFile& file = m_report.files[call.fromFile];
        if (!path.empty() && file.path != path) continue;
        const auto& from = file.functions[static_cast<std::size_t>(call.fromFunction)];
        if (from.name == name || from.qualifiedName == name)
            takePage(out, page, [&] { return unpack(call); });
    }
    return out;
}

Paged<api::AnalysisSymbol> AnalysisResult::symbols(std::string_view query, const Page& page) const {
    Paged<api::AnalysisSymbol> out;
    const auto matches = m_symbolNames.find(query);
    for (std::size_t i = 0; i < matches.size();) { // those of one rank in order of file
        std::size_t end = i, count = 0;
        for (; end < matches.size() && matches[end].rank == matches[i].rank; ++end)
            count += matches[end].places.size();
        const bool wanted = out.total + count > page.offset && out.items.size() < page.limit;
        std::vector<SymbolPlace> places;
        for (; wanted && i < end; ++i)
            places.insert(places.end(), matches[i].places.begin(), matches[i].places.end());
        std::sort(places.begin(), places.end(), [](const SymbolPlace& a, const SymbolPlace& b) {
            return std::tie(a.file, a.symbol) < std::tie(b.file, b.symbol);
        });
        for (const SymbolPlace& place : places)
            takePage(out, page, [&] {
                api::AnalysisSymbol symbol = m_symbols[place.file][place.symbol].unfolded();
                symbol.path = m_report.files[place.file].path;
                return symbol;
            });
        if (!wanted) out.total += count;
        i = end;
    }
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
    ByteReader in(usesOf(name));
    std::uint64_t file = 0;
    std::vector<int> lines;
    while (!in.atEnd() && in.ok()) {
        file += in.number();
        const std::uint64_t count = in.number();
        lines.clear();
        int line = 0;
        for (std::uint64_t i = 0; i < count && in.ok(); ++i)
            lines.push_back(line += static_cast<int>(in.number()));
        if (!visit(static_cast<std::uint32_t>(file), lines)) return;
    }
}

void AnalysisResult::makeLookups() {
    m_callLookup.make(m_calls, m_report.files, nameCount());
    m_symbolNames.make(m_symbols);
}

Paged<NameReference> AnalysisResult::references(std::string_view name, const Page& page) const {
    Paged<NameReference> out;
    const auto id = nameId(name);
    if (!id) return out;
    forEachUse(*id, [&](std::uint32_t file, const std::vector<int>& lines) {
        takePage(out, page, [&] { return NameReference{m_report.files[file].path, lines}; });
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
    if (function.function < 0) { // nothing calls it, and its calls have no name to be found by
        if (which == CallsOf::To) return;
        const auto before = [](const PackedCall& call, std::uint32_t file) { return call.fromFile < file; };
        auto call = std::lower_bound(m_calls.begin(), m_calls.end(), function.file, before);
        for (; call != m_calls.end() && call->fromFile == function.file; ++call)
            if (concerns(*call)) visit(*call);
        return;
    }
    const auto& name =
        m_report.files[function.file].functions[static_cast<std::size_t>(function.function)].name;
    const auto calls = which == CallsOf::To ? m_callLookup.leadingTo(name) : m_callLookup.madeIn(name);
    for (const std::uint32_t index : calls)
        if (concerns(m_calls[index])) visit(m_calls[index]);
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
