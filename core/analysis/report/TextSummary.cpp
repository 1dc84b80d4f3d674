#include "core/analysis/report/TextSummary.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace exo::analysis {

namespace {

std::string decimal(double value, int places) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

class Writer {
  public:
    Writer(const api::AnalysisReport& report, const TextOptions& options, const ReportSink& sink)
        : m_report(report)
        , m_options(options)
        , m_out(sink) {}

    bool run() {
        head();
        languages();
        functions();
        findings();
        duplicates();
        hotspots();
        cycles();
        skipped();
        return m_out.flush();
    }

  private:
    std::string_view say(std::string_view en, std::string_view zh) const {
        return m_options.language == TextLanguage::Chinese ? zh : en;
    }
    std::string colour(std::string_view code, std::string text) const {
        if (m_options.colours == TextColours::Off) return text;
        return "\x1b[" + std::string(code) + "m" + text + "\x1b[0m";
    }
    void line(const std::string& text = {}) { m_out << text << "\n"; }
    void title(std::string_view en, std::string_view zh) {
        line();
        line(colour("1", std::string(say(en, zh))));
    }
    void more(std::size_t all, std::size_t shown) {
        if (all > shown)
            line("  " + std::string(say("… and ", "… 另有 ")) +
                 grouped(static_cast<std::int64_t>(all - shown)));
    }

    // The first cell takes what is left; the others are figures, set to the right. Those a narrow terminal
    // has no room for are left out, the last ones first.
    void row(std::string_view first, std::vector<std::pair<std::string, std::size_t>> figures,
             std::string_view style = {}) {
        std::size_t right = 0;
        for (const auto& figure : figures)
            right += figure.second + 1;
        while (!figures.empty() && right + 14 > m_options.width) {
            right -= figures.back().second + 1;
            figures.pop_back();
        }
        const std::size_t room = m_options.width - right - 2;
        const std::string name = fitted(first, room);
        std::string text = "  " + name + std::string(room - displayWidth(name), ' ');
        for (const auto& [figure, width] : figures) {
            const std::size_t used = displayWidth(figure);
            text += ' ' + std::string(width > used ? width - used : 0, ' ') + figure;
        }
        line(style.empty() ? text : colour(style, std::move(text)));
    }

    void head() {
        const api::AnalysisSummary& s = m_report.summary;
        line(colour("1", fitted(m_report.root, m_options.width)));
        const double share = s.code + s.comment + s.blank > 0
                                 ? 100.0 * static_cast<double>(s.duplicatedLines) /
                                       static_cast<double>(s.code + s.comment + s.blank)
                                 : 0;
        line(grouped(s.files) + std::string(say(" files, ", " 个文件，")) + grouped(s.code) +
             std::string(say(" lines of code, ", " 行代码，")) + other(s.otherLines) + grouped(s.functions) +
             std::string(say(" functions, ", " 个函数，")) + grouped(s.findings) +
             std::string(say(" findings, ", " 个问题，")) + decimal(share, 1) +
             std::string(say("% duplicated, ", "% 重复，")) + decimal(s.seconds, 2) + " s");
    }

    std::string other(std::int64_t lines) const {
        if (lines == 0) return {};
        return grouped(lines) + std::string(say(" of markup, data and prose, ", " 行标记、数据与文档，"));
    }

    void languages() {
        languages(true, "Languages", "语言");
        languages(false, "Markup, data and prose", "标记、数据与文档");
    }

    void languages(bool programming, std::string_view en, std::string_view zh) {
        std::vector<const api::AnalysisLanguage*> told;
        for (const api::AnalysisLanguage& language : m_report.languages)
            if ((language.kind == "programming") == programming) told.push_back(&language);
        if (told.empty()) return;
        title(en, zh);
        row("",
            {{std::string(say("files", "文件")), 8},
             {std::string(programming ? say("code", "代码") : say("lines", "行")), 11},
             {std::string(say("comment", "注释")), 11},
             {std::string(say("blank", "空行")), 10}},
            "2");
        const std::size_t shown = std::min(told.size(), m_options.rows);
        for (std::size_t i = 0; i < shown; ++i) {
            const api::AnalysisLanguage& l = *told[i];
            row(l.name, {{grouped(l.files), 8},
                         {grouped(l.code), 11},
                         {grouped(l.comment), 11},
                         {grouped(l.blank), 10}});
        }
        more(told.size(), shown);
    }

    void functions() {
        std::vector<std::pair<const api::AnalysisFunction*, const api::AnalysisFile*>> all;
        for (const api::AnalysisFile& file : m_report.files)
            for (const api::AnalysisFunction& function : file.functions)
                all.emplace_back(&function, &file);
        if (all.empty()) return;
        const std::size_t shown = std::min(all.size(), m_options.rows);
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(),
                          [](const auto& a, const auto& b) {
                              if (a.first->ccn != b.first->ccn) return a.first->ccn > b.first->ccn;
                              if (a.second->path != b.second->path) return a.second->path < b.second->path;
                              return a.first->startLine < b.first->startLine;
                          });
        title("Most complex functions", "最复杂的函数");
        row("",
            {{std::string(say("cyclomatic", "圈复杂度")), 10},
             {std::string(say("cognitive", "认知")), 9},
             {std::string(say("lines", "行数")), 6}},
            "2");
        for (std::size_t i = 0; i < shown; ++i) {
            const auto& [f, file] = all[i];
            row(f->name + "  " + file->path + ":" + std::to_string(f->startLine),
                {{grouped(f->ccn), 10},
                 {grouped(f->cognitive), 9},
                 {grouped(f->endLine - f->startLine + 1), 6}});
        }
    }

    std::string severity(const std::string& level) const {
        if (level == "error") return colour("31", std::string(say("error", "错误")));
        if (level == "warning") return colour("33", std::string(say("warning", "警告")));
        return colour("36", std::string(say("note", "提示")));
    }

    // Worst first, then by place; reminders are only counted unless all are asked for.
    void findings() {
        struct Item {
            int rank;
            const api::AnalysisFile* file;
            const api::AnalysisFinding* finding;
        };
        std::vector<Item> all;
        std::size_t suppressed = 0;
        for (const api::AnalysisFile& file : m_report.files)
            for (const api::AnalysisFinding& f : file.findings) {
                if (!f.suppressedBy.empty())
                    ++suppressed;
                else
                    all.push_back({f.severity == "error" ? 0 : f.severity == "warning" ? 1 : 2, &file, &f});
            }
        if (all.empty() && suppressed == 0) return;
        title("Findings", "问题");
        std::stable_sort(all.begin(), all.end(),
                         [](const Item& a, const Item& b) { return a.rank < b.rank; });
        const std::size_t shown =
            m_options.findings == 0 ? all.size() : std::min(all.size(), m_options.findings);
        for (std::size_t i = 0; i < shown; ++i) {
            const api::AnalysisFinding& f = *all[i].finding;
            const std::string place =
                all[i].file->path + ":" + std::to_string(f.line) + ":" + std::to_string(f.column);
            const std::string rule = fitted(f.rule, std::min<std::size_t>(40, m_options.width / 2));
            const std::size_t room = m_options.width - std::min(m_options.width - 8, displayWidth(rule) + 13);
            line("  " + severity(f.severity) + "  " + fitted(place, room) + "  " + colour("2", rule));
            const bool chinese = m_options.language == TextLanguage::Chinese && !f.messageZh.empty();
            line("      " + fitted(chinese ? f.messageZh : f.message, m_options.width - 6));
        }
        more(all.size(), shown);
        if (suppressed > 0)
            line("  " + grouped(static_cast<std::int64_t>(suppressed)) +
                 std::string(say(" suppressed with a reason", " 个已附理由忽略")));
    }

    void duplicates() {
        if (m_report.duplicates.empty()) return;
        title("Duplicates", "重复代码");
        const std::size_t shown = std::min(m_report.duplicates.size(), m_options.rows);
        for (std::size_t i = 0; i < shown; ++i) {
            const api::AnalysisDuplicate& d = m_report.duplicates[i];
            line("  " + grouped(d.lines) + std::string(say(" lines, ", " 行，")) + grouped(d.tokens) +
                 std::string(say(" tokens, ", " 个词元，")) +
                 grouped(static_cast<std::int64_t>(d.places.size())) + std::string(say(" places", " 处")) +
                 std::string(d.renamed ? say(", names differ", "，名称不同") : ""));
            for (std::size_t p = 0; p < std::min<std::size_t>(d.places.size(), 3); ++p)
                line("      " + fitted(d.places[p].path + ":" + std::to_string(d.places[p].startLine) + "-" +
                                           std::to_string(d.places[p].endLine),
                                       m_options.width - 6));
            if (d.places.size() > 3) line("      …");
        }
        more(m_report.duplicates.size(), shown);
    }

    void hotspots() {
        if (m_report.hotspots.empty()) return;
        title("Hotspots: often changed and complex", "热点：经常修改且复杂");
        row("",
            {{std::string(say("score", "得分")), 6},
             {std::string(say("revisions", "修改次数")), 9},
             {std::string(say("complexity", "复杂度")), 10}},
            "2");
        const std::size_t shown = std::min(m_report.hotspots.size(), m_options.rows);
        for (std::size_t i = 0; i < shown; ++i) {
            const api::AnalysisHotspot& h = m_report.hotspots[i];
            row(h.path, {{decimal(h.score, 2), 6}, {grouped(h.revisions), 9}, {grouped(h.complexity), 10}});
        }
        more(m_report.hotspots.size(), shown);
        hotFunctions();
    }

    void hotFunctions() {
        using Row = std::pair<const api::AnalysisHotspot*, const api::AnalysisHotFunction*>;
        std::vector<Row> rows;
        for (const api::AnalysisHotspot& spot : m_report.hotspots)
            for (const api::AnalysisHotFunction& function : spot.functions)
                rows.emplace_back(&spot, &function);
        if (rows.empty()) return;
        std::stable_sort(rows.begin(), rows.end(),
                         [](const Row& a, const Row& b) { return a.second->score > b.second->score; });
        title("Functions of the hotspots that change most", "热点文件中修改最多的函数");
        row("",
            {{std::string(say("score", "得分")), 6},
             {std::string(say("revisions", "修改次数")), 9},
             {std::string(say("complexity", "复杂度")), 10}},
            "2");
        const std::size_t shown = std::min(rows.size(), m_options.rows);
        for (std::size_t i = 0; i < shown; ++i) {
            const auto& [spot, f] = rows[i];
            row(f->name + "  " + spot->path + ":" + std::to_string(f->startLine),
                {{decimal(f->score, 2), 6}, {grouped(f->revisions), 9}, {grouped(f->complexity), 10}});
        }
        more(rows.size(), shown);
    }

    void cycles() {
        if (m_report.cycles.empty()) return;
        title("Include cycles", "循环包含");
        const std::size_t shown = std::min(m_report.cycles.size(), m_options.rows);
        for (std::size_t i = 0; i < shown; ++i) {
            std::string text;
            for (const std::string& path : m_report.cycles[i])
                text += (text.empty() ? "" : " → ") + path;
            line("  " + fitted(text, m_options.width - 2));
        }
        more(m_report.cycles.size(), shown);
    }

    void skipped() {
        if (m_report.skipped.empty()) return;
        title("Skipped", "已跳过");
        const std::size_t shown = std::min(m_report.skipped.size(), m_options.rows);
        for (std::size_t i = 0; i < shown; ++i)
            line("  " +
                 fitted(m_report.skipped[i].path + "  " + m_report.skipped[i].reason, m_options.width - 2));
        more(m_report.skipped.size(), shown);
    }

    const api::AnalysisReport& m_report;
    const TextOptions& m_options;
    Output m_out;
};

} // namespace

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

bool writeTextSummary(const api::AnalysisReport& report, const TextOptions& options, const ReportSink& sink) {
    return Writer(report, options, sink).run();
}

} // namespace exo::analysis
