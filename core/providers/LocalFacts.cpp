#include "core/providers/LocalFacts.h"

#include "core/providers/LocalAnswer.h"

#include <cstdio>
#include <optional>

namespace exo {

namespace {

using Kind = FactQuery::Kind;

std::optional<Kind> kindOf(LocalIntent intent) {
    switch (intent) {
    case LocalIntent::Callers: return Kind::Callers;
    case LocalIntent::Callees: return Kind::Callees;
    case LocalIntent::References: return Kind::References;
    case LocalIntent::Includes: return Kind::Includes;
    case LocalIntent::IncludedBy: return Kind::IncludedBy;
    case LocalIntent::Largest: return Kind::Largest;
    case LocalIntent::Complex: return Kind::MostComplex;
    case LocalIntent::Risk: return Kind::Riskiest;
    case LocalIntent::History: return Kind::History;
    case LocalIntent::Duplicates: return Kind::Duplicates;
    case LocalIntent::Debt: return Kind::Debt;
    case LocalIntent::Findings: return Kind::Findings;
    case LocalIntent::Coupling: return Kind::Coupling;
    default: return std::nullopt;
    }
}

struct Title {
    const char *en, *zh; // with a subject: %s and %lld; %lld alone without
    const char *noneEn, *noneZh;
};

Title titleOf(Kind kind) {
    switch (kind) {
    case Kind::Definition: return {"%s is defined here (%lld):", "%s 的定义（%lld 处）：", "", ""};
    case Kind::Callers:
        return {"%s is called in %lld places:", "%s 有 %lld 处调用：", "No call of %s was found.",
                "没有找到对 %s 的调用。"};
    case Kind::Callees:
        return {"%s makes %lld calls:", "%s 中有 %lld 处调用：", "%s calls nothing that was found.",
                "没有找到 %s 中的调用。"};
    case Kind::References:
        return {"%s is used on %lld lines:", "%s 出现在 %lld 行：", "No use of %s was found.",
                "没有找到 %s 的使用。"};
    case Kind::Includes:
        return {"%s includes or imports %lld others:", "%s 包含或导入了 %lld 个：", "%s includes nothing.",
                "%s 没有包含或导入别的文件。"};
    case Kind::IncludedBy:
        return {"%s is included or imported by %lld files:", "%s 被 %lld 个文件包含或导入：",
                "No file of the project includes %s.", "项目中没有文件包含 %s。"};
    case Kind::Largest: return {"The largest, of %lld:", "最大的（共 %lld 个）：", "", ""};
    case Kind::MostComplex:
        return {"The most complex functions, of %lld:", "最复杂的函数（共 %lld 个）：",
                "No functions were found.", "没有找到函数。"};
    case Kind::Riskiest:
        return {"Where findings and frequent changes come together, of %lld files:",
                "检查发现与频繁改动最集中的文件（共 %lld 个）：",
                "There are no findings and no history of changes.", "没有检查发现，也没有改动历史。"};
    case Kind::History:
        return {"What changes most often, of %lld:", "改动最多的（共 %lld 个）：",
                "There is no git history of it.", "没有它的 git 历史。"};
    case Kind::Duplicates:
        return {"Duplicated stretches, the longest first (%lld):", "重复的代码，最长的在前（%lld 组）：",
                "No duplicated code was found.", "没有发现重复代码。"};
    case Kind::Debt:
        return {"Reminders in the code (%lld):", "代码中的待办（%lld 处）：",
                "There are no reminders such as TODO.", "没有 TODO 之类的待办。"};
    case Kind::Findings:
        return {"Findings, the worst first (%lld):", "检查发现，最严重的在前（%lld 个）：",
                "The rules found nothing.", "规则没有发现问题。"};
    case Kind::Coupling:
        return {"Files that change together (%lld pairs):", "经常一起改动的文件（%lld 对）：",
                "The git history tells of no files that change together.",
                "git 历史中没有经常一起改动的文件。"};
    }
    return {};
}

bool hasSubject(Kind kind) {
    return kind == Kind::Definition || kind == Kind::Callers || kind == Kind::Callees ||
           kind == Kind::References || kind == Kind::Includes || kind == Kind::IncludedBy;
}

std::string filled(std::string text, std::string_view subject, std::int64_t count) {
    const auto put = [&text](std::string_view mark, const std::string& value) {
        if (const std::size_t at = text.find(mark); at != std::string::npos)
            text.replace(at, mark.size(), value);
    };
    put("%s", inlineCode(subject));
    put("%lld", std::to_string(count));
    return text;
}

std::string placeOf(const Fact& fact) {
    std::string text = fact.path + ":" + std::to_string(std::max(fact.startLine, 1));
    if (fact.endLine > fact.startLine) text += "-" + std::to_string(fact.endLine);
    return inlineCode(text);
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
    return text;
}

// How sure a call is, when it is not.
std::string doubtOf(const std::string& confidence, bool zh) {
    if (confidence == "name-only") return zh ? "（仅名称相符）" : " (only the name fits)";
    if (confidence == "unresolved") return zh ? "（未能确定目标）" : " (not resolved)";
    return {};
}

std::string asCode(std::string_view line) {
    return line.empty() ? std::string() : " " + inlineCode(line);
}

std::string detailOf(Kind kind, const Fact& f, bool zh) {
    const auto n = [](std::int64_t value) { return std::to_string(value); };
    const auto many = [](std::int64_t count, std::string_view one) { // in English
        return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
    };
    switch (kind) {
    case Kind::Definition: return " " + plainLine(f.note) + asCode(f.text.empty() ? f.name : f.text);
    case Kind::Callers:
        return (f.name.empty() ? "" : (zh ? " 在 " : " in ") + inlineCode(f.name)) + doubtOf(f.note, zh) +
               asCode(f.text);
    case Kind::Callees: return " " + inlineCode(f.name) + doubtOf(f.note, zh);
    case Kind::References:
    case Kind::IncludedBy:
    case Kind::Debt: return asCode(f.text);
    case Kind::Includes: return " " + inlineCode(f.name) + (f.note.empty() ? "" : " → " + inlineCode(f.note));
    case Kind::Largest:
        if (!f.text.empty() && f.name.empty()) // data, markup or prose
            return (zh ? " " + n(f.lines) + " 行（" : " " + n(f.lines) + " lines (") + plainLine(f.note) +
                   (zh ? "）" : ")");
        if (f.note != "function")
            return zh ? " " + n(f.lines) + " 行代码，" + n(f.count) + " 个函数（" + plainLine(f.note) + "）"
                      : " " + n(f.lines) + " lines of code, " + n(f.count) + " functions (" +
                            plainLine(f.note) + ")";
        return " " + inlineCode(f.name) + (zh ? " " + n(f.lines) + " 行" : " " + n(f.lines) + " lines");
    case Kind::MostComplex:
        return " " + inlineCode(f.name) +
               (zh ? " 圈复杂度 " + n(f.complexity) + "，认知复杂度 " + n(f.count) + "，" + n(f.lines) + " 行"
                   : " cyclomatic " + n(f.complexity) + ", cognitive " + n(f.count) + ", " + n(f.lines) +
                         " lines");
    case Kind::Riskiest: {
        std::string text = " " + (zh ? n(f.count) + " 个发现" : many(f.count, "finding"));
        if (f.lines > 0) text += zh ? "，" + n(f.lines) + " 次改动" : ", " + many(f.lines, "revision");
        if (!f.note.empty())
            text += (zh ? "；例如 " : "; such as ") + inlineCode(f.note) + ": " + plainLine(f.text);
        return text;
    }
    case Kind::History:
        if (!f.name.empty())
            return " " + inlineCode(f.name) +
                   (zh ? " " + n(f.count) + " 次改动，圈复杂度 " + n(f.complexity)
                       : " " + many(f.count, "revision") + ", cyclomatic " + n(f.complexity));
        return zh ? " " + n(f.count) + " 次改动，" + n(f.lines) + " 位作者，" +
                        (f.share > 0.5 ? "主要是 " : "最多的是 ") + plainLine(f.text) + "（" +
                        percent(f.share) + "）"
                  : " " + many(f.count, "revision") + " by " + many(f.lines, "author") + ", " +
                        (f.share > 0.5 ? "mostly " : "the most by ") + plainLine(f.text) + " (" +
                        percent(f.share) + ")";
    case Kind::Duplicates:
        return (zh ? " " + n(f.lines) + " 行，共 " + n(f.count) + " 处；另一处："
                   : " " + n(f.lines) + " lines in " + n(f.count) + " places; also ") +
               inlineCode(f.text) +
               (f.note.empty() ? ""
                : zh           ? "（改了名称）"
                               : " (names differ)");
    case Kind::Coupling:
        return (zh ? " 与 " : " and ") + inlineCode(f.text) +
               (zh ? "：" + n(f.count) + " 次一起改动（" + percent(f.share) + "）"
                   : ": " + many(f.count, "commit") + " in common (" + percent(f.share) + ")");
    case Kind::Findings: return " " + plainLine(f.name) + " " + inlineCode(f.note) + ": " + plainLine(f.text);
    }
    return {};
}

std::string unknownText(const ProjectFacts& facts, bool zh) {
    std::string text = zh ? "项目中没有名为 " + inlineCode(facts.subjects.front()) + " 的符号。"
                          : "The project has no symbol named " + inlineCode(facts.subjects.front()) + ".";
    for (std::size_t i = 0; i < facts.nearest.size(); ++i)
        text += (i == 0 ? (zh ? "相近的名称：" : " Names near it: ") : (zh ? "、" : ", ")) +
                inlineCode(facts.nearest[i]);
    return text + "\n\n";
}

} // namespace

std::vector<FactQuery> factQueriesFor(const LocalQuestion& question, const std::string& project) {
    std::vector<FactQuery> queries;
    if (project.empty()) return queries;
    const auto add = [&](Kind kind, std::size_t limit) {
        queries.push_back({kind, project, question.text, limit});
    };
    if (const auto kind = kindOf(question.intent)) {
        const bool ranked = question.intent >= LocalIntent::Largest; // the others are lists of places
        add(*kind, ranked ? 10 : 20);
    } else if (question.intent == LocalIntent::Locate || question.intent == LocalIntent::General) {
        add(Kind::Definition, 6);
    } else if (question.intent == LocalIntent::Explain) {
        add(Kind::Definition, 3);
        add(Kind::Callers, 4);
        add(Kind::Callees, 8);
    }
    return queries;
}

bool isAnsweredByFacts(LocalIntent intent) {
    return kindOf(intent).has_value();
}

std::vector<AnswerPart> composeFacts(const LocalQuestion& question, const FactAnswer& answer) {
    std::vector<AnswerPart> parts;
    const ProjectFacts& facts = answer.facts;
    const bool zh = question.chinese;
    const bool asked = isAnsweredByFacts(question.intent);
    if (!facts.analysed || (facts.facts.empty() && !asked && facts.nearest.empty())) return parts;
    const std::string subject = facts.subjects.empty() ? std::string() : facts.subjects.front();
    const Title title = titleOf(answer.kind);
    if (facts.facts.empty()) {
        const char* none = zh ? title.noneZh : title.noneEn;
        if (!facts.nearest.empty())
            parts.push_back({unknownText(facts, zh), {}});
        else if (asked && *none && (!hasSubject(answer.kind) || !subject.empty()))
            parts.push_back({filled(none, subject, 0) + "\n\n", {}});
        return parts;
    }
    parts.push_back({filled(zh ? title.zh : title.en, subject, facts.total) + "\n\n", {}});
    for (const Fact& fact : facts.facts) {
        const int line = std::max(fact.startLine, 1);
        parts.push_back({"- " + placeOf(fact) + detailOf(answer.kind, fact, zh) + "\n",
                         {{fact.path, line, std::max(line, fact.endLine)}}});
    }
    const auto left = facts.total - static_cast<std::int64_t>(facts.facts.size());
    if (left > 0)
        parts.push_back({zh ? "- … 另有 " + std::to_string(left) + " 个\n"
                            : "- … and " + std::to_string(left) + " more\n",
                         {}});
    parts.push_back({"\n", {}});
    for (const Excerpt& excerpt : facts.excerpts)
        parts.push_back(quotePart(excerpt));
    return parts;
}

} // namespace exo
