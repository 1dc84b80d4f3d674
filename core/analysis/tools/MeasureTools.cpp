// metrics, findings.
#include "core/analysis/FileKinds.h"
#include "core/analysis/retrieve/TextSearch.h"
#include "core/analysis/tools/Tools.h"

#include <algorithm>
#include <cstdio>

namespace exo::analysis::tools {

namespace {

bool isBelow(const std::string& path, const std::string& folder) {
    return folder.empty() || path == folder || path.starts_with(folder + "/");
}

constexpr std::size_t k_hotFunctionsTold = 5; // of a file

struct Measured {
    const api::AnalysisFile* file = nullptr;
    const api::AnalysisFunction* function = nullptr;
};

int linesOf(const api::AnalysisFunction& function) {
    return function.endLine - function.startLine + 1;
}

Result<ToolAnswer> hotspots(const ToolCallContext& call, const std::string& path, std::size_t limit,
                            ToolWriter out, Json sums) {
    std::size_t total = 0;
    bool room = true;
    for (const api::AnalysisHotspot& spot : call.result().report().hotspots) {
        if (!isBelow(spot.path, path)) continue;
        if (++total > limit || !room) continue;
        char score[32];
        std::snprintf(score, sizeof score, "%.3f", spot.score);
        std::string line = spot.path + ": score " + score + ", " + std::to_string(spot.revisions) +
                           " revisions, complexity " + std::to_string(spot.complexity) + ", mostly by " +
                           spot.owner;
        const std::size_t told = std::min(spot.functions.size(), k_hotFunctionsTold);
        for (std::size_t i = 0; i < told; ++i) {
            const api::AnalysisHotFunction& function = spot.functions[i];
            line += "\n  " + function.name + ", line " + std::to_string(function.startLine) + ": " +
                    std::to_string(function.revisions) + " revisions, complexity " +
                    std::to_string(function.complexity);
        }
        room = out.item(line, api::toJson(spot));
    }
    if (total == 0) out.text("There is no git history of these files.\n");
    return out.finish("entries", total, std::move(sums));
}

int rankOf(std::string_view severity) {
    return severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

} // namespace

Result<ToolAnswer> metrics(const ToolCallContext& call) {
    EXO_TRY(const std::string path, pathArgument(call));
    EXO_TRY(const auto sort, optString(call.arguments, "sort"));
    EXO_TRY(const std::size_t limit, limitArgument(call, 20, 200));
    const std::string order = sort.value_or("complexity");
    std::vector<Measured> functions;
    api::AnalysisSummary sum;
    for (const api::AnalysisFile& file : call.result().report().files) {
        if (!isBelow(file.path, path)) continue;
        ++sum.files;
        if (kindOf(file.language) == "programming") {
            sum.code += file.code;
            sum.comment += file.comment;
            sum.blank += file.blank;
        }
        for (const api::AnalysisFunction& function : file.functions)
            functions.push_back({&file, &function});
    }
    if (sum.files == 0)
        return fail(ErrorCode::NotFound, "The project has no file or folder \"" + path + "\".", "path");
    ToolWriter out(call.project);
    out.text(std::to_string(sum.files) + " files, " + std::to_string(sum.code) + " lines of code, " +
             std::to_string(sum.comment) + " of comments, " + std::to_string(sum.blank) + " blank, " +
             std::to_string(functions.size()) + " functions\n");
    Json sums{{"files", sum.files},
              {"code", sum.code},
              {"comment", sum.comment},
              {"blank", sum.blank},
              {"functions", functions.size()}};
    if (path.empty()) {
        sums["languages"] = Json::array();
        for (const api::AnalysisLanguage& language : call.result().report().languages) {
            if (sums["languages"].size() < 12)
                out.text(language.name + ": " + std::to_string(language.files) + " files, " +
                         std::to_string(language.code) +
                         (language.kind == "programming" ? " lines of code\n" : " lines\n"));
            sums["languages"].push_back(api::toJson(language));
        }
    }
    if (order == "hotspots") return hotspots(call, path, limit, std::move(out), std::move(sums));
    const auto weight = [&](const api::AnalysisFunction& f) {
        return order == "lines" ? linesOf(f) : order == "cognitive" ? f.cognitive : f.ccn;
    };
    if (order != "lines" && order != "cognitive" && order != "complexity")
        return fail(ErrorCode::InvalidRequest, "sort is complexity, cognitive, lines or hotspots", "sort");
    std::stable_sort(functions.begin(), functions.end(), [&](const Measured& a, const Measured& b) {
        return weight(*a.function) > weight(*b.function);
    });
    for (std::size_t i = 0; i < std::min(limit, functions.size()); ++i) {
        const auto& [file, f] = functions[i];
        const std::string& name = f->qualifiedName.empty() ? f->name : f->qualifiedName;
        if (!out.item(placeText(file->path, f->startLine, f->endLine) + " " + name + ": complexity " +
                          std::to_string(f->ccn) + ", cognitive " + std::to_string(f->cognitive) + ", " +
                          std::to_string(linesOf(*f)) + " lines, nesting " + std::to_string(f->nesting) +
                          ", " + std::to_string(f->parameters) + " parameters",
                      {{"path", file->path},
                       {"name", name},
                       {"line", f->startLine},
                       {"endLine", f->endLine},
                       {"complexity", f->ccn},
                       {"cognitive", f->cognitive},
                       {"nesting", f->nesting},
                       {"parameters", f->parameters},
                       {"lines", linesOf(*f)}}))
            break;
        out.shows(file->path, f->startLine, f->endLine);
    }
    return out.finish("entries", functions.size(), std::move(sums));
}

Result<ToolAnswer> findings(const ToolCallContext& call) {
    EXO_TRY(const auto glob, optString(call.arguments, "glob"));
    EXO_TRY(const auto severity, optString(call.arguments, "severity"));
    EXO_TRY(const auto rule, optString(call.arguments, "rule"));
    EXO_TRY(const std::size_t limit, limitArgument(call, 50, 500));
    if (severity && *severity != "note" && *severity != "warning" && *severity != "error")
        return fail(ErrorCode::InvalidRequest, "severity is note, warning or error", "severity");
    struct Found {
        const api::AnalysisFile* file;
        const api::AnalysisFinding* finding;
    };
    std::vector<Found> found;
    for (const api::AnalysisFile& file : call.result().report().files) {
        if (!globMatches(glob.value_or(""), file.path)) continue;
        for (const api::AnalysisFinding& finding : file.findings) {
            const bool wanted = finding.suppressedBy.empty() &&
                                rankOf(finding.severity) >= rankOf(severity.value_or("note")) &&
                                finding.rule.starts_with(rule.value_or(""));
            if (wanted) found.push_back({&file, &finding});
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return rankOf(a.finding->severity) > rankOf(b.finding->severity);
    });
    ToolWriter out(call.project);
    for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
        const auto& [file, f] = found[i];
        if (!out.item(placeText(file->path, f->line, f->line) + " " + f->severity + " " + f->rule + ": " +
                          f->message,
                      {{"path", file->path},
                       {"line", f->line},
                       {"endLine", f->endLine},
                       {"rule", f->rule},
                       {"severity", f->severity},
                       {"message", f->message},
                       {"cwe", f->cwe}}))
            break;
        out.shows(file->path, f->line, std::max(f->line, f->endLine));
    }
    if (found.empty()) out.text("No findings.\n");
    return out.finish("findings", found.size());
}

} // namespace exo::analysis::tools
