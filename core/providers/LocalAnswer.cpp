#include "core/providers/LocalAnswer.h"

#include "core/base/Text.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_shownExcerpts = 5;
constexpr std::size_t k_shownSessions = 4;
constexpr std::size_t k_shownLanguages = 5;
constexpr std::size_t k_shownFolders = 12;
constexpr std::size_t k_shownEntries = 8;

// Both languages of one sentence, side by side.
struct Phrase {
    std::string_view en;
    std::string_view zh;
};

constexpr Phrase k_opening{"Local assistant (no language model): I search and quote; I do not reason.",
                           "本地助手（非语言模型）：只检索和摘录原文，不作推理。"};
constexpr Phrase k_connect{
    "To connect a language model: `exobrain providers detect` finds one on this machine; or add one in "
    "Settings → Providers.",
    "接入语言模型：运行 `exobrain providers detect` 查找本机模型，或在“设置 → 模型服务”中添加。"};
constexpr Phrase k_nothing{"I found nothing that fits this question.", "没有找到与这个问题相符的内容。"};
constexpr Phrase k_noProject{
    "No project folder is given, so I looked only into your sessions and ExoBrain's guide. With a folder "
    "(`exobrain ask \"…\" --project PATH`, or the session's folder button) I can quote its files.",
    "没有指定项目文件夹，所以只查看了你的会话和 ExoBrain 指南。指定文件夹后"
    "（`exobrain ask \"…\" --project PATH`，或会话的文件夹按钮）可以摘录其中的文件。"};
constexpr Phrase k_unreadable{"The project folder cannot be read: ", "无法读取项目文件夹："};
constexpr Phrase k_unfinished{
    "The project is large, and I have not read all of it yet: this answer covers what I "
    "have read so far. Ask again and I go on reading.",
    "项目较大，尚未全部读完：这个回答只涵盖已读的部分。再问一次会继续读取。"};
constexpr Phrase k_emptyProject{"The folder holds no text files that I read.",
                                "这个文件夹里没有可读的文本文件。"};
constexpr Phrase k_saysOfItself{"What it says about itself:", "项目自己的说明："};
constexpr Phrase k_facts{"Counted:", "统计："};
constexpr Phrase k_entries{"Where it starts:", "入口："};
constexpr Phrase k_places{"The best places:", "最相关的位置："};
constexpr Phrase k_passages{"The passages that fit best:", "最相关的原文："};
constexpr Phrase k_nearest{"Nothing fits the whole question. The nearest I found:",
                           "没有与整个问题相符的内容。最接近的是："};
constexpr Phrase k_sessions{"From your sessions:", "你的会话中："};
constexpr Phrase k_help{"From ExoBrain's guide:", "ExoBrain 指南中："};
constexpr Phrase k_about{"I can:\n\n"
                         "- tell what a project folder holds: \"what does this project do?\"\n"
                         "- find places in it: \"where is X defined?\", \"how does X work?\"\n"
                         "- find what was said in your sessions: \"what did we say about X?\"\n"
                         "- look up ExoBrain's guide: \"how do I connect a model?\"\n\n",
                         "我可以：\n\n"
                         "- 说明一个项目文件夹里有什么：“这个项目是做什么的？”\n"
                         "- 找到相关位置：“X 在哪里定义？”“X 是怎么工作的？”\n"
                         "- 查找你的会话：“我们上次说过 X 吗？”\n"
                         "- 查阅 ExoBrain 指南：“怎么接入模型？”\n\n"};

api::Citation citationOf(const Excerpt& excerpt) {
    return {excerpt.path, excerpt.startLine, excerpt.endLine};
}

// `src/a.c:12-20`
std::string place(const Excerpt& excerpt) {
    std::string text = excerpt.path + ":" + std::to_string(excerpt.startLine);
    if (excerpt.endLine > excerpt.startLine) text += "-" + std::to_string(excerpt.endLine);
    return inlineCode(text);
}

std::string infoOf(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    const std::string_view extension =
        dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool usable = extension.size() <= 8 && std::all_of(extension.begin(), extension.end(), plain);
    return usable ? std::string(extension) : std::string{};
}

class Writer {
  public:
    Writer(const LocalQuestion& question, const LocalFindings& findings)
        : m_question(question)
        , m_findings(findings) {}

    std::vector<AnswerPart> write() {
        if (m_question.intent == LocalIntent::About) {
            add(say(k_about));
            add(say(k_connect) + "\n");
            return std::move(m_parts);
        }
        if (m_findings.projectUnreadable) add(say(k_unreadable) + inlineCode(m_findings.project) + "\n\n");
        if (m_findings.unfinished) add(say(k_unfinished) + "\n\n");
        const std::size_t notices = m_parts.size();
        if (m_findings.overview) writeOverview(*m_findings.overview);
        for (const FactAnswer& answer : m_findings.facts)
            for (AnswerPart& part : composeFacts(m_question, answer))
                m_parts.push_back(std::move(part));
        const bool helpFirst = m_question.intent == LocalIntent::Usage;
        if (helpFirst) writeHelp();
        if (m_question.intent == LocalIntent::Recall) {
            writeSessions();
            writeProject();
        } else {
            writeProject();
            writeSessions();
        }
        // The guide helps when nothing else does.
        if (!helpFirst && m_parts.size() == notices && !m_findings.projectUnreadable) writeHelp();
        if (m_parts.size() == notices) writeNothing();
        return std::move(m_parts);
    }

  private:
    std::string say(const Phrase& phrase) const {
        return std::string(m_question.chinese ? phrase.zh : phrase.en);
    }

    void add(std::string text, std::vector<api::Citation> citations = {}) {
        m_parts.push_back({std::move(text), std::move(citations)});
    }

    void quote(const Excerpt& excerpt) { m_parts.push_back(quotePart(excerpt)); }

    void writeOverview(const ProjectOverview& overview) {
        add("**" + plainLine(overview.name) + "**\n\n");
        if (overview.files == 0) {
            if (!m_findings.unfinished) add(say(k_emptyProject) + "\n\n");
            return;
        }
        const auto descriptions = descriptionsOf(overview);
        if (!descriptions.empty()) add(say(k_saysOfItself) + "\n\n");
        for (std::size_t i = 0; i < std::min(descriptions.size(), k_shownExcerpts); ++i)
            quote(*descriptions[i]);
        add(say(k_facts) + "\n\n" + factsOf(overview) + "\n");
        if (overview.entryPoints.empty()) return;
        add(say(k_entries) + "\n\n");
        for (std::size_t i = 0; i < std::min(overview.entryPoints.size(), k_shownEntries); ++i) {
            const Excerpt& entry = overview.entryPoints[i];
            add("- " + place(entry) + " " + inlineCode(trim(entry.text)) + "\n", {citationOf(entry)});
        }
        add("\n");
    }

    // Of READMEs in several languages those in the question's, when there is one.
    std::vector<const Excerpt*> descriptionsOf(const ProjectOverview& overview) const {
        const auto isReadme = [](const Excerpt& e) { return toLowerAscii(e.path).starts_with("readme"); };
        const auto fits = [&](const Excerpt& e) { return containsChinese(e.text) == m_question.chinese; };
        const bool choose = std::any_of(overview.descriptions.begin(), overview.descriptions.end(),
                                        [&](const Excerpt& e) { return isReadme(e) && fits(e); });
        std::vector<const Excerpt*> chosen;
        for (const Excerpt& excerpt : overview.descriptions)
            if (!choose || !isReadme(excerpt) || fits(excerpt)) chosen.push_back(&excerpt);
        return chosen;
    }

    std::string factsOf(const ProjectOverview& overview) const {
        const bool zh = m_question.chinese;
        std::string text =
            zh ? "- " + grouped(overview.files) + " 个文本文件，" + grouped(overview.lines) + " 行\n"
               : "- " + grouped(overview.files) + " text files, " + grouped(overview.lines) + " lines\n";
        std::string languages;
        for (std::size_t i = 0; i < std::min(overview.languages.size(), k_shownLanguages); ++i) {
            const auto& language = overview.languages[i];
            if (i > 0) languages += zh ? "、" : ", ";
            languages += language.name + " " + grouped(language.lines) + (zh ? " 行" : " lines");
        }
        if (!languages.empty()) text += (zh ? "- 语言：" : "- Languages: ") + languages + "\n";
        std::string folders;
        for (std::size_t i = 0; i < std::min(overview.topFolders.size(), k_shownFolders); ++i)
            folders += (i > 0 ? (zh ? "、" : ", ") : "") + inlineCode(overview.topFolders[i] + "/");
        if (overview.topFolders.size() > k_shownFolders) folders += " …";
        if (!folders.empty()) text += (zh ? "- 文件夹：" : "- Folders: ") + folders + "\n";
        if (overview.skipped > 0)
            text += zh ? "- 未读 " + grouped(overview.skipped) + " 个（二进制、过大、生成的文件等）\n"
                       : "- Not read: " + grouped(overview.skipped) + " (binary, too large, generated, …)\n";
        return text;
    }

    // 12345 → "12,345"
    static std::string grouped(std::int64_t value) {
        std::string text = std::to_string(value);
        for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
            text.insert(static_cast<std::size_t>(at), ",");
        return text;
    }

    std::vector<const Excerpt*> of(Excerpt::Source source, std::size_t limit) const {
        std::vector<const Excerpt*> found;
        for (const Excerpt& excerpt : m_findings.excerpts)
            if (excerpt.source == source && found.size() < limit) found.push_back(&excerpt);
        return found;
    }

    void writeProject() {
        const auto found = of(Excerpt::Source::Project, k_shownExcerpts);
        if (found.empty()) return;
        const bool locates = m_question.intent == LocalIntent::Locate;
        add(say(found.front()->weak ? k_nearest : locates ? k_places : k_passages) + "\n\n");
        for (const Excerpt* excerpt : found)
            quote(*excerpt);
    }

    void writeSessions() {
        const auto found = of(Excerpt::Source::Session, k_shownSessions);
        if (found.empty()) return;
        std::string text = say(k_sessions) + "\n\n";
        for (const Excerpt* excerpt : found) {
            const std::string title = excerpt->path.empty()
                                          ? (m_question.chinese ? "未命名会话" : "Untitled session")
                                          : excerpt->path;
            text += "- **" + plainLine(title) + "**: " + plainLine(excerpt->text) + "\n";
        }
        add(text + "\n");
    }

    void writeHelp() {
        const auto found = of(Excerpt::Source::Help, 2);
        if (found.empty()) return;
        add(say(k_help) + "\n\n");
        for (const Excerpt* excerpt : found)
            add("### " + excerpt->heading + "\n\n" + excerpt->text + "\n");
    }

    void writeNothing() {
        add(say(k_nothing) + "\n\n");
        if (m_findings.project.empty()) add(say(k_noProject) + "\n\n");
        add(say(k_connect) + "\n");
    }

    const LocalQuestion& m_question;
    const LocalFindings& m_findings;
    std::vector<AnswerPart> m_parts;
};

} // namespace

AnswerPart quotePart(const Excerpt& excerpt) {
    std::string text = place(excerpt);
    if (!excerpt.heading.empty()) text += " — " + plainLine(excerpt.heading);
    return {text + "\n\n" + fencedBlock(excerpt.text, infoOf(excerpt.path)), {citationOf(excerpt)}};
}

std::string localOpening(const LocalQuestion& question) {
    return std::string(question.chinese ? k_opening.zh : k_opening.en) + "\n\n";
}

std::vector<AnswerPart> composeLocalAnswer(const LocalQuestion& question, const LocalFindings& findings) {
    return Writer(question, findings).write();
}

} // namespace exo
