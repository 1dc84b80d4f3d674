#include "core/analysis/report/Html.h"

#include "core/base/Base64.h"
#include "core/base/Json.h"
#include "core/base/Resources.h"
#include "core/base/Sha256.h"
#include "core/base/Text.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace exo::analysis {

namespace {

// JSON that may stand in a script element: no "</script>", no "<!--", no line separators.
std::string scriptSafe(const Json& value) {
    const std::string json = dumpJson(value);
    std::string out;
    out.reserve(json.size());
    for (const char c : json) {
        if (c == '<')
            out += "\\u003c";
        else if (c == '>')
            out += "\\u003e";
        else if (c == '&')
            out += "\\u0026";
        else
            out += c;
    }
    return out;
}

std::string policyHash(std::string_view text) {
    return "'sha256-" + base64Encode(sha256Bytes(text)) + "'";
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : sanitizeUtf8(text)) {
        switch (c) {
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '&': out += "&amp;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

class Writer {
  public:
    Writer(const api::AnalysisReport& report, std::span<const RuleInfo> rules, const ReportSink& sink,
           const HtmlLimits& limits)
        : m_report(report)
        , m_rules(rules)
        , m_limits(limits)
        , m_out(sink) {}

    bool run() {
        const std::string_view style = resource("report/report.css").value_or("");
        const std::string_view script = resource("report/report.js").value_or("");
        m_out << "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
              << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
              << policyHash(style) << "; script-src " << policyHash(script)
              << "; base-uri 'none'; form-action 'none'\">\n"
              << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
              << escaped(m_report.root) << " – ExoBrain</title>\n<style>" << style
              << "</style></head>\n<body>"
              << "<main id=\"app\"></main><noscript>"
              << "This report needs JavaScript. · 此报告需要启用 JavaScript。</noscript>\n"
              << "<script type=\"application/json\" id=\"data\">{\n";
        head();
        files();
        functions();
        findings();
        duplicates();
        hotspots();
        m_out << "\"end\":0}</script>\n<script>" << script << "</script>\n</body></html>\n";
        return m_out.flush();
    }

  private:
    void head() {
        const api::AnalysisSummary& s = m_report.summary;
        const Json summary{{"files", s.files},           {"code", s.code},
                           {"comment", s.comment},       {"blank", s.blank},
                           {"otherLines", s.otherLines}, {"functions", s.functions},
                           {"findings", s.findings},     {"duplicatedLines", s.duplicatedLines},
                           {"seconds", s.seconds}};
        m_out << "\"version\":" << scriptSafe(m_report.toolVersion)
              << ",\n\"root\":" << scriptSafe(m_report.root) << ",\n\"summary\":" << scriptSafe(summary)
              << ",\n\"languages\":[";
        for (std::size_t i = 0; i < m_report.languages.size(); ++i) {
            const api::AnalysisLanguage& l = m_report.languages[i];
            m_out << (i ? "," : "")
                  << scriptSafe(Json::array({l.name, l.files, l.code, l.comment, l.blank, l.kind}));
        }
        m_out << "],\n\"skipped\":[";
        for (std::size_t i = 0; i < std::min<std::size_t>(m_report.skipped.size(), 10'000); ++i)
            m_out << (i ? "," : "")
                  << scriptSafe(Json::array({m_report.skipped[i].path, m_report.skipped[i].reason}));
        m_out << "],\n";
    }

    // Rows name files by their place in this list.
    void files() {
        m_out << "\"files\":[";
        const std::size_t count = std::min(m_report.files.size(), m_limits.files);
        for (std::size_t i = 0; i < count && m_out.ok(); ++i) {
            const api::AnalysisFile& f = m_report.files[i];
            std::int64_t sum = 0;
            int most = 0;
            for (const api::AnalysisFunction& function : f.functions) {
                sum += function.ccn;
                most = std::max(most, function.ccn);
            }
            const auto open = std::count_if(f.findings.begin(), f.findings.end(),
                                            [](const auto& finding) { return finding.suppressedBy.empty(); });
            m_out << (i ? ",\n" : "\n")
                  << scriptSafe(Json::array({f.path, f.language, f.code, f.comment, f.blank,
                                             f.functions.size(), sum, most, open}));
        }
        m_out << "],\n";
    }

    void functions() {
        std::vector<std::tuple<int, std::size_t, const api::AnalysisFunction*>> all;
        for (std::size_t i = 0; i < std::min(m_report.files.size(), m_limits.files); ++i)
            for (const api::AnalysisFunction& function : m_report.files[i].functions)
                all.emplace_back(-function.ccn, i, &function);
        const std::size_t count = std::min(all.size(), m_limits.functions);
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
        m_out << "\"functionsTotal\":" << std::to_string(all.size()) << ",\n\"functions\":[";
        for (std::size_t i = 0; i < count && m_out.ok(); ++i) {
            const auto& [rank, file, f] = all[i];
            m_out << (i ? ",\n" : "\n")
                  << scriptSafe(Json::array({f->qualifiedName.empty() ? f->name : f->qualifiedName, file,
                                             f->startLine, f->endLine - f->startLine + 1, f->ccn,
                                             f->cognitive, f->nesting, f->parameters}));
        }
        m_out << "],\n";
    }

    void findings() {
        std::vector<std::tuple<int, std::size_t, const api::AnalysisFinding*>> all;
        const auto rank = [](const api::AnalysisFinding& f) {
            return (f.suppressedBy.empty() ? 0 : 3) + (f.severity == "error"     ? 0
                                                       : f.severity == "warning" ? 1
                                                                                 : 2);
        };
        for (std::size_t i = 0; i < std::min(m_report.files.size(), m_limits.files); ++i)
            for (const api::AnalysisFinding& finding : m_report.files[i].findings)
                all.emplace_back(rank(finding), i, &finding);
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
        const std::size_t count = std::min(all.size(), m_limits.findings);
        std::set<std::string_view> used;
        m_out << "\"findingsTotal\":" << std::to_string(all.size()) << ",\n\"findings\":[";
        for (std::size_t i = 0; i < count && m_out.ok(); ++i) {
            const auto& [order, file, f] = all[i];
            used.insert(f->rule);
            m_out << (i ? ",\n" : "\n")
                  << scriptSafe(Json::array({order % 3, f->rule, file, f->line, f->column, f->message,
                                             f->messageZh, f->cwe, f->suppressedBy}));
        }
        m_out << "],\n\"rules\":{";
        bool first = true;
        for (const RuleInfo& rule : m_rules) {
            if (!used.contains(rule.id)) continue;
            m_out << (first ? "\n" : ",\n") << scriptSafe(rule.id) << ":"
                  << scriptSafe(Json::array({rule.titleEn, rule.titleZh, rule.helpEn, rule.helpZh}));
            first = false;
        }
        m_out << "},\n";
    }

    void duplicates() {
        const std::size_t count = std::min(m_report.duplicates.size(), m_limits.duplicates);
        m_out << "\"duplicatesTotal\":" << std::to_string(m_report.duplicates.size())
              << ",\n\"duplicates\":[";
        for (std::size_t i = 0; i < count && m_out.ok(); ++i) {
            const api::AnalysisDuplicate& d = m_report.duplicates[i];
            Json places = Json::array();
            for (std::size_t p = 0; p < std::min<std::size_t>(d.places.size(), 50); ++p)
                places.push_back(Json::array({d.places[p].path, d.places[p].startLine, d.places[p].endLine}));
            m_out << (i ? ",\n" : "\n")
                  << scriptSafe(Json::array(
                         {d.lines, d.tokens, d.renamed ? 1 : 0, d.places.size(), std::move(places)}));
        }
        m_out << "],\n";
    }

    void hotspots() {
        m_out << "\"hotspots\":[";
        for (std::size_t i = 0; i < std::min(m_report.hotspots.size(), m_limits.hotspots) && m_out.ok();
             ++i) {
            const api::AnalysisHotspot& h = m_report.hotspots[i];
            m_out << (i ? ",\n" : "\n")
                  << scriptSafe(Json::array(
                         {h.path, h.score, h.revisions, h.complexity, h.owner, h.ownership, h.authors}));
        }
        m_out << "],\n\"hotFunctions\":[";
        bool first = true;
        for (const api::AnalysisHotspot& h : m_report.hotspots)
            for (const api::AnalysisHotFunction& f : h.functions) {
                m_out << (first ? "\n" : ",\n")
                      << scriptSafe(
                             Json::array({f.name, h.path, f.startLine, f.score, f.revisions, f.complexity}));
                first = false;
            }
        m_out << "],\n\"coupling\":[";
        for (std::size_t i = 0; i < std::min<std::size_t>(m_report.coupling.size(), 2'000) && m_out.ok();
             ++i) {
            const api::AnalysisCoupling& c = m_report.coupling[i];
            m_out << (i ? ",\n" : "\n")
                  << scriptSafe(Json::array({c.pathA, c.pathB, c.sharedCommits, c.degree}));
        }
        m_out << "],\n";
    }

    const api::AnalysisReport& m_report;
    std::span<const RuleInfo> m_rules;
    const HtmlLimits& m_limits;
    Output m_out;
};

} // namespace

bool writeHtml(const api::AnalysisReport& report, std::span<const RuleInfo> rules, const ReportSink& sink,
               const HtmlLimits& limits) {
    return Writer(report, rules, sink, limits).run();
}

} // namespace exo::analysis
