// outline, repo_map, read_range, list_files.
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/RepoMap.h"
#include "core/analysis/retrieve/TextSearch.h"
#include "core/analysis/tools/Tools.h"
#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis::tools {

namespace {

constexpr int k_mostLines = 400;
constexpr int k_usualLines = 200;
constexpr std::size_t k_maxSource = 16u << 20;
constexpr std::size_t k_maxLine = 1000;

Result<const api::AnalysisFile*> fileArgument(const ToolCallContext& call) {
    EXO_CHECK(getString(call.arguments, "path").ok() ? Result<void>()
                                                     : getString(call.arguments, "path").error());
    EXO_TRY(const std::string path, pathArgument(call));
    if (const api::AnalysisFile* file = call.result().file(path)) return file;
    std::string text = "The project has no file \"" + path + "\"";
    std::size_t shown = 0;
    const std::size_t slash = path.rfind('/');
    const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    for (const api::AnalysisFile& file : call.result().report().files)
        if (!name.empty() && file.path.ends_with(name) && shown < 5)
            text += (shown++ == 0 ? "; did you mean " : ", ") + file.path;
    return fail(ErrorCode::NotFound, text + ". Ignored, binary and oversized files are not read.", "path");
}

} // namespace

Result<ToolAnswer> outline(const ToolCallContext& call) {
    EXO_TRY(const api::AnalysisFile* file, fileArgument(call));
    EXO_TRY(const std::size_t limit, limitArgument(call, 300, 1000));
    ToolWriter out(call.project);
    const std::int64_t lines = file->code + file->comment + file->blank;
    out.text(file->path + " (" + file->language + ", " + std::to_string(lines) + " lines)\n");
    Json includes = Json::array();
    for (const api::AnalysisInclude& include : file->includes)
        includes.push_back(include.path.empty() ? include.text : include.path);
    const std::vector<std::string> users = call.result().includedBy(file->path);
    std::size_t count = 0;
    const FileSymbols& symbols = call.result().symbolsOf(*call.result().fileIndex(file->path));
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const api::AnalysisSymbol symbol = symbols[i].unfolded();
        if (++count > limit) break;
        const std::size_t depth = std::min<std::size_t>(
            symbol.scope.empty()
                ? 0
                : 1 + static_cast<std::size_t>(std::count(symbol.scope.begin(), symbol.scope.end(), '.')),
            4);
        Json item = api::toJson(symbol);
        item.erase("path");
        const std::string place =
            std::to_string(symbol.line) + "-" + std::to_string(std::max(symbol.line, symbol.endLine));
        if (!out.item(std::string(2 + 2 * depth, ' ') + place + ": " + symbol.kind + " " +
                          (symbol.signature.empty() ? symbol.name : symbol.signature),
                      std::move(item)))
            break;
        out.shows(file->path, symbol.line, symbol.line);
    }
    return out.finish("symbols", symbols.size(),
                      {{"path", file->path},
                       {"language", file->language},
                       {"lines", lines},
                       {"includes", std::move(includes)},
                       {"includedBy", users}});
}

Result<ToolAnswer> map(const ToolCallContext& call) {
    RepoMapQuery query;
    EXO_TRY(const auto question, optString(call.arguments, "query"));
    EXO_TRY(const auto tokens, optInt(call.arguments, "max_tokens", 100, 8000));
    query.question = question.value_or("");
    query.maxTokens = static_cast<std::size_t>(tokens.value_or(1500));
    if (const Json* focus = member(call.arguments, "focus")) {
        if (!focus->is_array() || focus->size() > 20)
            return fail(ErrorCode::InvalidRequest, "focus is a list of at most 20 paths", "focus");
        for (const Json& path : *focus) {
            if (!path.is_string())
                return fail(ErrorCode::InvalidRequest, "focus is a list of paths", "focus");
            EXO_TRY(std::string normal, projectPath(call.project, path.get_ref<const std::string&>()));
            query.focus.push_back(std::move(normal));
        }
    }
    const RepoMapText drawn = repoMap(call.project.symbols(), call.project.graph(), query);
    ToolWriter out(call.project);
    out.text(drawn.files.empty() ? "The project defines nothing that could be drawn.\n" : drawn.text);
    const auto& files = call.result().report().files;
    Json list = Json::array();
    for (const RepoMapFile& entry : drawn.files) {
        const api::AnalysisFile& file = files[entry.file];
        Json symbols = Json::array();
        for (const std::uint32_t index : entry.symbols) {
            const SymbolView symbol = call.result().symbolsOf(entry.file)[index];
            symbols.push_back({{"name", symbol.name},
                               {"kind", symbol.kind},
                               {"line", symbol.line},
                               {"signature", symbol.signature}});
            out.shows(file.path, symbol.line, symbol.line);
        }
        list.push_back({{"path", file.path}, {"rank", entry.rank}, {"symbols", std::move(symbols)}});
    }
    ToolAnswer answer = out.finish("files", 0, {{"tokens", drawn.tokens}});
    answer.structured["total"] = files.size();
    answer.structured["truncated"] = list.size() < files.size();
    answer.structured["files"] = std::move(list);
    return answer;
}

Result<ToolAnswer> readRange(const ToolCallContext& call) {
    EXO_TRY(const api::AnalysisFile* file, fileArgument(call));
    EXO_TRY(const auto first, optInt(call.arguments, "start_line", 1, 10'000'000));
    EXO_TRY(const auto last, optInt(call.arguments, "end_line", 1, 10'000'000));
    const int start = static_cast<int>(first.value_or(1));
    const int wanted = last ? static_cast<int>(*last) : start + k_usualLines - 1;
    if (wanted < start) return fail(ErrorCode::InvalidRequest, "end_line is before start_line", "end_line");
    EXO_TRY(auto read, call.project.root().read(file->path, k_maxSource));
    const std::string hash = contentHash(read.bytes);
    const auto text = decodeText(std::move(read.bytes));
    if (!text) return fail(ErrorCode::NotFound, file->path + " is no longer text", "path");
    const auto lines = linesOf(*text);
    const int total = static_cast<int>(lines.size());
    if (start > std::max(total, 1)) // an empty file may be looked at
        return fail(ErrorCode::InvalidRequest, file->path + " has only " + std::to_string(total) + " lines",
                    "start_line");
    const int bound = std::min({wanted, total, start + k_mostLines - 1});
    ToolWriter out(call.project);
    std::string plain, numbered;
    int line = start;
    for (; line <= bound; ++line) {
        const std::string_view whole = lines[static_cast<std::size_t>(line - 1)];
        std::string shown(utf8Prefix(whole, k_maxLine));
        if (shown.size() < whole.size()) shown += "…";
        if (numbered.size() + shown.size() + 16 > ToolWriter::k_maxText && line > start) break;
        numbered += std::to_string(line) + "\t" + shown + "\n";
        plain += shown + "\n";
    }
    const int end = line - 1;
    const bool truncated = end < std::min(wanted, total);
    if (total == 0) {
        out.text(file->path + " is empty.\n");
    } else {
        out.text(file->path + ":" + std::to_string(start) + "-" + std::to_string(end) + " of " +
                 std::to_string(total) + " lines\n");
        out.text(numbered);
        out.shows(file->path, start, end, hash);
    }
    if (truncated) out.text("… cut here: ask for the lines from " + std::to_string(end + 1) + ".\n");
    ToolAnswer answer = out.finish("lines", 0);
    answer.structured = {{"path", file->path},  {"startLine", start},       {"endLine", end},
                         {"totalLines", total}, {"text", std::move(plain)}, {"truncated", truncated}};
    return answer;
}

Result<ToolAnswer> listFiles(const ToolCallContext& call) {
    EXO_TRY(const auto glob, optString(call.arguments, "glob"));
    EXO_TRY(const std::size_t limit, limitArgument(call, 200, 2000));
    ToolWriter out(call.project);
    std::size_t total = 0;
    bool room = true;
    for (const api::AnalysisFile& file : call.result().report().files) {
        if (!globMatches(glob.value_or(""), file.path)) continue;
        if (++total > limit || !room) continue;
        room =
            out.item(file.path + " (" + file.language + ", " + std::to_string(file.code) + " lines of code)",
                     {{"path", file.path}, {"language", file.language}, {"code", file.code}});
    }
    if (total == 0) out.text("No file matches.\n");
    return out.finish("files", total);
}

} // namespace exo::analysis::tools
