#include "core/analysis/report/Sarif.h"

#include "core/base/Text.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace exo::analysis {

namespace {

constexpr const char* k_fingerprint = "exobrainFinding/v1";

// A relative reference of RFC 3986; ':' too, so that "a:b.c" is no scheme.
std::string uriOf(std::string_view path) {
    static constexpr std::string_view k_plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    static constexpr std::string_view k_hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (k_plain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += k_hex[byte >> 4];
            out += k_hex[byte & 15];
        }
    }
    return out;
}

std::string pathOf(std::string_view uri) {
    std::string out;
    const auto value = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                      : -1;
    };
    for (std::size_t i = 0; i < uri.size(); ++i) {
        const bool coded =
            uri[i] == '%' && i + 2 < uri.size() && value(uri[i + 1]) >= 0 && value(uri[i + 2]) >= 0;
        out += coded ? static_cast<char>(value(uri[i + 1]) * 16 + value(uri[i + 2])) : uri[i];
        if (coded) i += 2;
    }
    return out;
}

Json textJson(const std::string& text) {
    return {{"text", sanitizeUtf8(text)}};
}

Json ruleJson(const RuleInfo& rule) {
    Json made{{"id", rule.id}, {"shortDescription", textJson(rule.titleEn)}};
    const std::string help = rule.helpEn.empty() ? rule.titleEn : rule.helpEn;
    made["fullDescription"] = textJson(help);
    made["help"] = textJson(help);
    made["defaultConfiguration"] = {{"level", nameOf(rule.severity)}};
    Json tags = Json::array();
    if (!rule.cwe.empty()) {
        tags.push_back("security");
        tags.push_back("external/cwe/" + toLowerAscii(rule.cwe));
    } else {
        tags.push_back("maintainability");
    }
    made["properties"] = {{"tags", std::move(tags)},
                          {"titleZh", sanitizeUtf8(rule.titleZh)},
                          {"helpZh", sanitizeUtf8(rule.helpZh)}};
    return made;
}

Json regionOf(const api::AnalysisFinding& finding) {
    Json region{{"startLine", std::max(finding.line, 1)}};
    if (finding.column > 0) region["startColumn"] = finding.column;
    const bool later = finding.endLine > finding.line;
    if (finding.endLine >= finding.line && finding.endLine > 0) region["endLine"] = finding.endLine;
    if (finding.endColumn > 0 && (later || finding.endColumn >= finding.column))
        region["endColumn"] = finding.endColumn;
    return region;
}

Json resultJson(const api::AnalysisFinding& finding, const std::string& path, std::int64_t ruleIndex) {
    Json result{
        {"ruleId", finding.rule}, {"level", finding.severity}, {"message", textJson(finding.message)}};
    if (ruleIndex >= 0) result["ruleIndex"] = ruleIndex;
    const Json artifact{{"uri", uriOf(path)}, {"uriBaseId", "SRCROOT"}};
    result["locations"] = Json::array(
        {{{"physicalLocation", {{"artifactLocation", artifact}, {"region", regionOf(finding)}}}}});
    if (!finding.fingerprint.empty()) result["partialFingerprints"] = {{k_fingerprint, finding.fingerprint}};
    if (!finding.suppressedBy.empty())
        result["suppressions"] =
            Json::array({{{"kind", "inSource"}, {"justification", sanitizeUtf8(finding.suppressedBy)}}});
    if (!finding.messageZh.empty()) result["properties"] = {{"messageZh", sanitizeUtf8(finding.messageZh)}};
    return result;
}

void writeNotifications(Output& out, const api::AnalysisReport& report) {
    out << "\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[";
    bool first = true;
    for (const api::AnalysisSkip& skip : report.skipped) {
        const Json location{{"physicalLocation",
                             {{"artifactLocation", {{"uri", uriOf(skip.path)}, {"uriBaseId", "SRCROOT"}}}}}};
        const Json note{{"level", "note"},
                        {"message", textJson("skipped: " + skip.reason)},
                        {"locations", Json::array({location})}};
        out << (first ? "" : ",") << dumpJson(note);
        first = false;
        if (!out.ok()) return;
    }
    out << "]}],";
}

// Without a fingerprint: what stays when lines move.
std::string plainKey(std::string_view rule, std::string_view path, std::string_view message) {
    return std::string(rule) + '\n' + std::string(path) + '\n' + std::string(message);
}

const Json* at(const Json* value, std::string_view key) {
    return value && value->is_object() ? member(*value, key) : nullptr;
}

std::string_view textAt(const Json* value, std::string_view key) {
    return value && value->is_object() ? stringOr(*value, key) : std::string_view();
}

} // namespace

bool writeSarif(const api::AnalysisReport& report, std::span<const RuleInfo> rules, const ReportSink& sink) {
    Output out(sink);
    out << "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
        << "\"tool\":{\"driver\":{\"name\":\"ExoBrain\",\"version\":" << dumpJson(Json(report.toolVersion))
        << ",\"rules\":[";
    std::map<std::string_view, std::int64_t> indices;
    for (const RuleInfo& rule : rules) {
        if (!indices.emplace(rule.id, static_cast<std::int64_t>(indices.size())).second) continue;
        out << (indices.size() > 1 ? ",\n" : "\n") << dumpJson(ruleJson(rule));
    }
    std::string root = report.root;
    if (!root.ends_with('/')) root += '/';
    out << "]}},\n\"originalUriBaseIds\":{\"SRCROOT\":{\"uri\":" << dumpJson(Json("file://" + uriOf(root)))
        << "}},"
        << "\"columnKind\":\"utf16CodeUnits\",";
    writeNotifications(out, report);
    out << "\"results\":[";
    bool first = true;
    for (const api::AnalysisFile& file : report.files)
        for (const api::AnalysisFinding& finding : file.findings) {
            const auto rule = indices.find(finding.rule);
            out << (first ? "\n" : ",\n")
                << dumpJson(resultJson(finding, file.path, rule == indices.end() ? -1 : rule->second));
            first = false;
            if (!out.ok()) return false;
        }
    out << "]}]}\n";
    return out.flush();
}

Result<Baseline> Baseline::fromSarif(std::string_view text) {
    JsonLimits limits;
    limits.maxBytes = k_maxBytes;
    EXO_TRY(const Json log, parseJson(text, limits));
    const Json* runs = at(&log, "runs");
    if (!runs || !runs->is_array() || !textAt(&log, "version").starts_with("2."))
        return fail(ErrorCode::InvalidRequest, "this is no SARIF 2.1.0 log", "baseline");
    Baseline baseline;
    for (const Json& run : *runs) {
        const Json* results = at(&run, "results");
        if (!results || !results->is_array()) continue;
        for (const Json& result : *results) {
            const std::string_view print = textAt(at(&result, "partialFingerprints"), k_fingerprint);
            if (!print.empty()) {
                baseline.m_known.emplace(print);
                continue;
            }
            const Json* locations = at(&result, "locations");
            if (!locations || !locations->is_array() || locations->empty()) continue;
            const Json* artifact = at(at(&(*locations)[0], "physicalLocation"), "artifactLocation");
            baseline.m_known.insert(plainKey(textAt(&result, "ruleId"), pathOf(textAt(artifact, "uri")),
                                             textAt(at(&result, "message"), "text")));
        }
    }
    return baseline;
}

bool Baseline::knows(const api::AnalysisFinding& finding, std::string_view path) const {
    if (!finding.fingerprint.empty() && m_known.contains(finding.fingerprint)) return true;
    return m_known.contains(plainKey(finding.rule, path, finding.message));
}

void Baseline::keepOnlyNew(api::AnalysisReport& report) const {
    for (api::AnalysisFile& file : report.files)
        std::erase_if(file.findings,
                      [&](const api::AnalysisFinding& finding) { return knows(finding, file.path); });
    report.summary.findings = countFindings(report);
}

std::int64_t countFindings(const api::AnalysisReport& report) {
    std::int64_t count = 0;
    for (const api::AnalysisFile& file : report.files)
        count +=
            std::count_if(file.findings.begin(), file.findings.end(),
                          [](const api::AnalysisFinding& finding) { return finding.suppressedBy.empty(); });
    return count;
}

} // namespace exo::analysis
