#include "core/analysis/report/LineTable.h"

#include "core/base/Json.h"

#include <algorithm>
#include <array>

namespace exo::analysis {

namespace {

constexpr std::size_t k_figure = 13; // columns of one
constexpr std::size_t k_leastName = 12;

class Table {
  public:
    Table(const api::AnalysisReport& report, const TextOptions& options, const ReportSink& sink)
        : m_report(report)
        , m_chinese(options.language == TextLanguage::Chinese)
        , m_name(std::max(k_leastName, std::min<std::size_t>(options.width, 80) - 4 * k_figure))
        , m_out(sink) {}

    bool run() {
        m_out << m_report.root << "\n";
        part(true, m_chinese ? "语言" : "Language", m_chinese ? "代码" : "code");
        part(false, m_chinese ? "标记、数据与文档" : "Markup, data, prose", m_chinese ? "行" : "lines");
        const api::AnalysisSummary& sum = m_report.summary;
        std::array<char, 32> seconds{};
        std::snprintf(seconds.data(), seconds.size(), "%.2f s", sum.seconds);
        m_out << "\n"
              << grouped(sum.files) << (m_chinese ? " 个文件，" : " files, ") << grouped(sum.code)
              << (m_chinese ? " 行代码，" : " lines of code, ") << seconds.data();
        if (!m_report.skipped.empty())
            m_out << (m_chinese ? "，已跳过 " : ", ")
                  << grouped(static_cast<std::int64_t>(m_report.skipped.size()))
                  << (m_chinese ? " 个" : " skipped");
        m_out << "\n";
        return m_out.flush();
    }

  private:
    void part(bool programming, std::string_view title, std::string_view code) {
        api::AnalysisLanguage sum;
        sum.name = m_chinese ? "合计" : "Sum";
        for (const api::AnalysisLanguage& language : m_report.languages) {
            if ((language.kind == "programming") != programming) continue;
            if (sum.files == 0) head(title, code);
            row(language.name, {grouped(language.files), grouped(language.blank), grouped(language.comment),
                                grouped(language.code)});
            sum.files += language.files;
            sum.blank += language.blank;
            sum.comment += language.comment;
            sum.code += language.code;
        }
        if (sum.files == 0) return;
        rule();
        row(sum.name, {grouped(sum.files), grouped(sum.blank), grouped(sum.comment), grouped(sum.code)});
    }

    void head(std::string_view title, std::string_view code) {
        m_out << "\n";
        row(title, {m_chinese ? "文件" : "files", m_chinese ? "空行" : "blank",
                    m_chinese ? "注释" : "comment", std::string(code)});
        rule();
    }

    void rule() { m_out << std::string(m_name + 4 * k_figure, '-') << "\n"; }

    void row(std::string_view first, const std::array<std::string, 4>& figures) {
        const std::string name = fitted(first, m_name);
        m_out << name << std::string(m_name - displayWidth(name), ' ');
        for (const std::string& figure : figures)
            m_out << std::string(k_figure - std::min(k_figure, displayWidth(figure)), ' ') << figure;
        m_out << "\n";
    }

    const api::AnalysisReport& m_report;
    const bool m_chinese;
    const std::size_t m_name; // columns of the first one
    Output m_out;
};

} // namespace

bool writeLineTable(const api::AnalysisReport& report, const TextOptions& options, const ReportSink& sink) {
    return Table(report, options, sink).run();
}

bool writeLineJson(const api::AnalysisReport& report, const ReportSink& sink) {
    Output out(sink);
    const api::AnalysisSummary& sum = report.summary;
    out << "{\"tool\": " << dumpJson({{"name", "exobrain"}, {"version", report.toolVersion}})
        << ",\n\"root\": " << dumpJson(Json(report.root)) << ",\n\"summary\": "
        << dumpJson({{"files", sum.files},
                     {"code", sum.code},
                     {"comment", sum.comment},
                     {"blank", sum.blank},
                     {"otherLines", sum.otherLines},
                     {"seconds", sum.seconds}});
    const auto list = [&out](const char* name, const auto& items, const auto& toText) {
        out << ",\n\"" << name << "\": [";
        bool first = true;
        for (const auto& item : items) {
            out << (first ? "\n" : ",\n") << dumpJson(toText(item));
            first = false;
        }
        out << "]";
    };
    list("languages", report.languages, [](const auto& language) { return api::toJson(language); });
    list("files", report.files, [](const api::AnalysisFile& file) {
        return Json{{"path", file.path},       {"language", file.language}, {"code", file.code},
                    {"comment", file.comment}, {"blank", file.blank},       {"bytes", file.bytes}};
    });
    list("skipped", report.skipped, [](const auto& skip) { return api::toJson(skip); });
    out << "}\n";
    return out.flush();
}

} // namespace exo::analysis
