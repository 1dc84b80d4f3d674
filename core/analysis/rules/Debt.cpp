#include "core/analysis/rules/Debt.h"

#include "core/base/Text.h"

#include <tree_sitter/api.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxMarks = 2000; // in a file
constexpr std::string_view k_ignoreMark = "exobrain-ignore";

struct Mark {
    std::string_view word, rule, en, zh;
};
constexpr Mark k_marks[]{
    {"TODO", "debt/todo", "Something is left to do", "有待完成的工作"},
    {"FIXME", "debt/fixme", "Something is known to be broken", "已知的缺陷"},
    {"HACK", "debt/hack", "A workaround", "临时的变通做法"},
    {"XXX", "debt/xxx", "A place that needs attention", "需要注意的地方"},
};

bool isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

struct Place {
    std::int32_t line = 1;
    std::size_t lineStart = 0;
};

// Line numbers of ascending offsets.
class LineCounter {
  public:
    explicit LineCounter(std::string_view text)
        : m_text(text) {}
    Place at(std::size_t offset) {
        for (std::size_t next; (next = m_text.find('\n', m_place.lineStart)) < offset;) {
            ++m_place.line;
            m_place.lineStart = next + 1;
        }
        return m_place;
    }

  private:
    std::string_view m_text;
    Place m_place;
};

std::string_view restOfLine(std::string_view text, std::size_t from) {
    return text.substr(from, std::min(text.find('\n', from), text.size()) - from);
}

// What follows the mark, without the end of a block comment.
std::string noteAfter(std::string_view text, std::size_t from) {
    std::string_view rest = trim(restOfLine(text, from));
    for (const std::string_view close : {"*/", "-->"})
        rest = trim(rest.substr(0, rest.find(close)));
    while (!rest.empty() && (rest[0] == ':' || rest[0] == '-' || rest[0] == ' '))
        rest.remove_prefix(1);
    return sanitizeUtf8(utf8Prefix(rest, 120));
}

struct Suppression {
    std::int32_t line = 0;
    std::vector<std::string> rules;
    std::string reason;

    bool covers(const std::string& rule) const {
        return std::any_of(rules.begin(), rules.end(), [&](const std::string& pattern) {
            if (pattern == "*" || pattern == rule) return true;
            return pattern.ends_with("/*") && rule.starts_with(pattern.substr(0, pattern.size() - 1));
        });
    }
};

Suppression readSuppression(std::string_view text, std::int32_t line) {
    Suppression made;
    made.line = line;
    text = trim(text);
    if (text.starts_with(':')) text = trim(text.substr(1));
    const std::size_t space = std::min(text.find_first_of(" \t"), text.size());
    for (const std::string_view rule : split(text.substr(0, space), ','))
        if (!trim(rule).empty()) made.rules.emplace_back(trim(rule));
    made.reason = noteAfter(text, space);
    return made;
}

// A comment on a line of its own speaks for the line below it, else for its own.
bool standsAlone(std::string_view source, const Place& place, std::size_t offset) {
    const std::string_view before = source.substr(place.lineStart, offset - place.lineStart);
    return std::none_of(before.begin(), before.end(), isWord);
}

} // namespace

bool isInComment(const ParsedFile& file, std::size_t offset) {
    if (file.tree) {
        const auto at = static_cast<std::uint32_t>(offset);
        const TSNode node = ts_node_descendant_for_byte_range(ts_tree_root_node(file.tree), at, at + 1);
        return std::string_view(ts_node_type(node)).find("comment") != std::string_view::npos;
    }
    const std::size_t before = offset == 0 ? std::string_view::npos : file.source.rfind('\n', offset - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    // Comments begin near what they say; a longer look back would make one giant line cost its square.
    const std::size_t from = std::max(begin, offset - std::min<std::size_t>(offset, 300));
    const std::string_view line = file.source.substr(from, offset - from);
    for (const std::string_view leader : {"//", "#", "/*", "--", "<!--", ";;"})
        if (line.find(leader) != std::string_view::npos) return true;
    return trim(line).starts_with("*");
}

void addDebtFindings(const ParsedFile& file, FileRecord& record) {
    LineCounter lines(file.source);
    std::size_t found = 0;
    for (std::size_t i = 0; found < k_maxMarks; ++i) {
        i = file.source.find_first_of("TFHX", i);
        if (i == std::string_view::npos) return;
        if (i > 0 && isWord(file.source[i - 1])) continue;
        for (const Mark& mark : k_marks) {
            const std::size_t end = i + mark.word.size();
            if (!file.source.substr(i).starts_with(mark.word)) continue;
            if (end < file.source.size() && isWord(file.source[end])) continue;
            if (!isInComment(file, i)) continue;
            const Place place = lines.at(i);
            FindingRecord finding;
            finding.rule = mark.rule;
            finding.severity = FindingRecord::Severity::Note;
            finding.line = finding.endLine = place.line;
            finding.column = static_cast<std::int32_t>(i - place.lineStart) + 1;
            finding.endColumn = finding.column + static_cast<std::int32_t>(mark.word.size());
            const std::string note = noteAfter(file.source, end);
            finding.messageEn = std::string(mark.word) + (note.empty() ? "" : ": " + note);
            finding.messageZh = std::string(mark.word) + (note.empty() ? "" : "：" + note);
            finding.context = finding.messageEn;
            record.findings.push_back(std::move(finding));
            ++found;
        }
    }
}

std::vector<RuleInfo> debtRules() {
    std::vector<RuleInfo> rules;
    for (const Mark& mark : k_marks)
        rules.push_back({std::string(mark.rule), std::string(mark.en) + " (" + std::string(mark.word) + ")",
                         std::string(mark.zh) + "（" + std::string(mark.word) + "）",
                         "A reminder in a comment; do it, or write it down where work is planned.",
                         "注释中的备忘：请完成它，或登记到任务清单。", FindingRecord::Severity::Note,
                         "CWE-546"});
    return rules;
}

void applySuppressions(const ParsedFile& file, FileRecord& record) {
    LineCounter lines(file.source);
    std::vector<Suppression> all;
    for (std::size_t i = 0; all.size() < k_maxMarks; i += k_ignoreMark.size()) {
        i = file.source.find(k_ignoreMark, i);
        if (i == std::string_view::npos) break;
        if (!isInComment(file, i)) continue;
        const Place place = lines.at(i);
        Suppression made = readSuppression(restOfLine(file.source, i + k_ignoreMark.size()), place.line);
        if (made.rules.empty() || made.reason.empty()) {
            FindingRecord finding;
            finding.rule = "exobrain/suppression-without-reason";
            finding.severity = FindingRecord::Severity::Note;
            finding.line = finding.endLine = place.line;
            finding.column = static_cast<std::int32_t>(i - place.lineStart) + 1;
            finding.messageEn = "Nothing is silenced: write exobrain-ignore: rule reason";
            finding.messageZh = "未生效：请写成 exobrain-ignore: 规则 理由";
            finding.context = restOfLine(file.source, i);
            record.findings.push_back(std::move(finding));
            continue;
        }
        if (standsAlone(file.source, place, i)) ++made.line;
        all.push_back(std::move(made));
    }
    for (FindingRecord& finding : record.findings)
        for (const Suppression& suppression : all)
            if (suppression.line == finding.line && suppression.covers(finding.rule))
                finding.suppressedBy = suppression.reason;
}

} // namespace exo::analysis
