// search, references, callers.
#include "core/analysis/retrieve/TextSearch.h"
#include "core/analysis/tools/Tools.h"
#include "core/base/Text.h"

#include <algorithm>
#include <unordered_set>

namespace exo::analysis::tools {

namespace {

Result<ToolAnswer> searchRanked(const ToolCallContext& call, const std::string& query,
                                const std::string& glob, std::size_t limit) {
    ToolWriter out(call.project);
    constexpr std::size_t k_lookedAt = 2000; // before the glob
    const auto& files = call.result().report().files;
    std::size_t total = 0;
    bool room = true;
    const SymbolSearch& symbols = call.project.symbols();
    for (const SymbolHit& hit : symbols.find(query, glob.empty() ? limit + 1 : k_lookedAt)) {
        const api::AnalysisFile& file = files[hit.file];
        if (!globMatches(glob, file.path)) continue;
        ++total;
        if (total > limit || !room) continue;
        const std::optional<SymbolView> symbol = symbols.symbol(hit);
        const int start = symbol ? symbol->line : 1;
        const int end = symbol ? std::max(symbol->endLine, start) : 1;
        std::string text = !symbol                     ? std::string()
                           : symbol->signature.empty() ? out.lineAt(file.path, start)
                                                       : std::string(symbol->signature);
        const std::string kind(symbol ? symbol->kind : "file");
        const std::string name(symbol ? symbol->name : std::string_view(file.path));
        room = out.item(placeText(file.path, start, end) + " " + kind + " " + (text.empty() ? name : text),
                        {{"path", file.path},
                         {"line", start},
                         {"endLine", end},
                         {"name", name},
                         {"kind", kind},
                         {"text", text},
                         {"score", hit.score}});
        if (room) out.shows(file.path, start, end);
    }
    if (total == 0) {
        out.text("Nothing fits \"" + query + "\".");
        const auto near = call.result().namesLike(query, 5);
        for (std::size_t i = 0; i < near.size(); ++i)
            out.text((i == 0 ? " Names like it: " : ", ") + near[i]);
        out.text("\n");
    }
    return out.finish("hits", total);
}

} // namespace

Result<ToolAnswer> search(const ToolCallContext& call) {
    EXO_TRY(const std::string query, getString(call.arguments, "query"));
    EXO_TRY(const auto mode, optString(call.arguments, "mode"));
    EXO_TRY(const auto glob, optString(call.arguments, "glob"));
    EXO_TRY(const auto ignoreCase, optBool(call.arguments, "ignore_case"));
    EXO_TRY(const std::size_t limit, limitArgument(call, 20, 200));
    if (trim(query).empty()) return fail(ErrorCode::InvalidRequest, "the query is empty", "query");
    if (!mode || *mode == "ranked") return searchRanked(call, query, glob.value_or(""), limit);
    TextQuery text;
    text.pattern = query;
    if (*mode == "regex")
        text.syntax = TextQuery::Syntax::Regex;
    else if (*mode != "text")
        return fail(ErrorCode::InvalidRequest, "mode is ranked, text or regex", "mode");
    if (ignoreCase.value_or(false)) text.letters = TextQuery::Case::Ignore;
    text.glob = glob.value_or("");
    text.maxHits = limit;
    text.cancelled = &call.cancelled;
    const auto index = call.project.texts(&call.cancelled);
    EXO_TRY(const TextHits found, searchText(call.result(), call.project.root(), text, index.get()));
    ToolWriter out(call.project);
    for (const TextHit& hit : found.hits) {
        const std::string line(trim(hit.text));
        if (!out.item(placeText(hit.path, hit.line, hit.line) + ": " + line, {{"path", hit.path},
                                                                              {"line", hit.line},
                                                                              {"endLine", hit.line},
                                                                              {"kind", "line"},
                                                                              {"text", line}}))
            break;
        out.shows(hit.path, hit.line, hit.line, hit.hash);
    }
    if (found.hits.empty()) out.text("No line matches, in " + std::to_string(found.files) + " files.\n");
    return out.finish("hits", found.hits.size() + (found.cut ? 1 : 0));
}

Result<ToolAnswer> references(const ToolCallContext& call) {
    EXO_TRY(const std::string asked, getString(call.arguments, "name"));
    EXO_TRY(const auto glob, optString(call.arguments, "glob"));
    EXO_TRY(const std::size_t limit, limitArgument(call, 60, 500));
    const std::string name(lastPart(trim(asked)));
    ToolWriter out(call.project);
    std::unordered_set<std::string> definitions;
    for (const SymbolPlace& place : call.result().symbolsNamed(name)) {
        const auto& file = call.result().report().files[place.file];
        definitions.insert(file.path + ":" +
                           std::to_string(call.result().symbolsOf(place.file)[place.symbol].line));
    }
    std::size_t total = 0;
    bool room = true;
    const auto id = call.result().nameId(name);
    if (id)
        call.result().forEachUse(*id, [&](std::uint32_t index, const std::vector<int>& lines) {
            const std::string& path = call.result().report().files[index].path;
            if (!globMatches(glob.value_or(""), path)) return true;
            for (const int line : lines) {
                if (++total > limit || !room) continue;
                const bool defines = definitions.contains(path + ":" + std::to_string(line));
                const std::string text = out.lineAt(path, line);
                room = out.item(placeText(path, line, line) + (defines ? " (definition) " : " ") + text,
                                {{"path", path}, {"line", line}, {"text", text}, {"definition", defines}});
                if (room) out.shows(path, line, line);
            }
            return !call.cancelled;
        });
    if (total == 0) {
        out.text("Nothing uses the name \"" + name + "\".");
        const auto near = call.result().namesLike(name, 5);
        for (std::size_t i = 0; i < near.size(); ++i)
            out.text((i == 0 ? " Names like it: " : ", ") + near[i]);
        out.text("\n");
    }
    return out.finish("references", total, {{"name", name}});
}

Result<ToolAnswer> callers(const ToolCallContext& call) {
    EXO_TRY(const std::string name, getString(call.arguments, "name"));
    EXO_TRY(const std::string path, pathArgument(call));
    EXO_TRY(const auto direction, optString(call.arguments, "direction"));
    EXO_TRY(const std::size_t limit, limitArgument(call, 60, 500));
    const std::string way = direction.value_or("callers");
    if (way != "callers" && way != "callees")
        return fail(ErrorCode::InvalidRequest, "direction is callers or callees", "direction");
    const Page page{0, limit};
    const auto found =
        way == "callers" ? call.result().callers(path, name, page) : call.result().callees(path, name, page);
    ToolWriter out(call.project);
    for (const api::AnalysisCall& one : found.items) {
        const std::string from = one.from.empty() ? "(top of the file)" : one.from;
        std::string line = placeText(one.fromPath, one.line, one.line) + " " + from + " → " + one.to;
        if (!one.toPath.empty() && way == "callees") line += " (" + one.toPath + ")";
        if (!out.item(line + " [" + one.confidence + "]", api::toJson(one))) break;
        out.shows(one.fromPath, one.line, one.line);
    }
    if (found.total == 0) {
        const bool known = !call.result().symbolsNamed(lastPart(name)).empty();
        out.text(known ? "No call found.\n"
                       : "The project defines no \"" + name + "\", and nothing calls it.\n");
    }
    return out.finish("calls", found.total, {{"name", name}, {"direction", way}});
}

} // namespace exo::analysis::tools
