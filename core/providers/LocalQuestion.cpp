#include "core/providers/LocalQuestion.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace exo {

namespace {

using Phrases = std::span<const std::string_view>;

constexpr std::string_view k_about[]{"who are you", "what are you", "what can you do", "你是谁",
                                     "你是什么",    "你能做什么",   "你会什么",        "你可以做什么"};
constexpr std::string_view k_greetings[]{"hi", "hello", "hey", "你好", "您好", "help", "帮助", "在吗"};
constexpr std::string_view k_overview[]{"what does this project",
                                        "what does the project",
                                        "what is this project",
                                        "what's this project",
                                        "what does this repo",
                                        "what is this repo",
                                        "about this project",
                                        "about this repo",
                                        "this project about",
                                        "this repo about",
                                        "overview",
                                        "what does this code",
                                        "what is this code",
                                        "what does this program",
                                        "summarize the project",
                                        "summarise the project",
                                        "summarize this",
                                        "summarise this",
                                        "describe this project",
                                        "describe the project",
                                        "introduce",
                                        "purpose of this",
                                        "explain this project",
                                        "explain the project",
                                        "what is it for",
                                        "是做什么",
                                        "是干什么",
                                        "是干嘛",
                                        "做什么用",
                                        "有什么用",
                                        "什么项目",
                                        "介绍一下这个",
                                        "介绍这个",
                                        "介绍一下项目",
                                        "介绍项目",
                                        "介绍下这个",
                                        "项目介绍",
                                        "项目简介",
                                        "概述",
                                        "概览",
                                        "总结一下这个项目",
                                        "总结这个项目",
                                        "这个项目是什么",
                                        "项目结构",
                                        "project structure",
                                        "entry point",
                                        "main function",
                                        "program start",
                                        "程序入口",
                                        "入口函数",
                                        "入口在哪",
                                        "入口点",
                                        "主函数",
                                        "structure of this"};
constexpr std::string_view k_locate[]{
    "where is", "where are", "where's", "where do", "where does",    "which file", "which files",
    "in which", "what file", "locate",  "find the", "definition of", "在哪",       "哪个文件",
    "哪些文件", "什么地方",  "位置",    "定义在",   "哪里",          "找到",       "查找"};
constexpr std::string_view k_explain[]{"how does",  "how do",  "how is",   "how are", "what is", "what are",
                                       "what does", "explain", "why does", "why is",  "怎么",    "如何",
                                       "什么是",    "是什么",  "为什么",   "做什么",  "干什么",  "解释",
                                       "怎样",      "原理",    "说明"};
constexpr std::string_view k_recall[]{"did we",
                                      "have we",
                                      "we said",
                                      "we talk",
                                      "we discuss",
                                      "did i ask",
                                      "did i say",
                                      "last time",
                                      "earlier conversation",
                                      "previous conversation",
                                      "my sessions",
                                      "my conversations",
                                      "remember when",
                                      "上次",
                                      "上回",
                                      "之前说",
                                      "之前聊",
                                      "之前讨论",
                                      "以前说",
                                      "以前聊",
                                      "我们说过",
                                      "我们聊过",
                                      "我们讨论过",
                                      "聊过",
                                      "讨论过",
                                      "说过",
                                      "提到过",
                                      "谈过",
                                      "还记得"};
// Of these the first that fits counts, so that the narrower come first.
struct FactPhrases {
    LocalIntent intent;
    std::string_view phrases; // separated by '|'; "A*B": B somewhere after A
};
constexpr FactPhrases k_factPhrases[]{
    {LocalIntent::Debt, "todo|fixme|reminders in|technical debt|待办|技术债"},
    {LocalIntent::Duplicates, "duplicated|duplicates|duplication|duplicate code|copy-past|copied code|code "
                              "clones|重复代码|重复的代码|代码重复|复制粘贴"},
    {LocalIntent::IncludedBy, "who includes|what includes|which files include|which file includes|files "
                              "include|who imports|what imports|"
                              "which files import|which modules import|included by|imported by|included "
                              "from|谁包含|哪些文件包含|哪些文件导入|"
                              "哪些文件引用|被哪些文件|谁导入|哪些模块导入"},
    {LocalIntent::Includes, "what does*include|what does*import|which headers does|which modules "
                            "does|includes of|imports of|包含了哪些|"
                            "包含哪些头|导入了哪些|导入哪些|引入了哪些|依赖哪些文件"},
    {LocalIntent::Callees, "what does* call?|which functions does*call|what functions "
                           "does*call|callees|调用了哪些|调用了什么|调用哪些|"
                           "会调用什么"},
    {LocalIntent::Callers,
     "who calls|what calls|which functions call|which function calls|callers|called from|where is*called|"
     "where are*called|谁调用|被谁|哪里调用|哪些函数调用|哪些地方调用|调用者|被调用|调用处"},
    {LocalIntent::References, "where is* used|where are* used|who uses|what uses|usages of|uses "
                              "of|references to|references of|哪里使用|哪里用到|"
                              "哪些地方用|被使用|的引用|谁使用|谁用了"},
    {LocalIntent::Coupling, "change together|changes together|changed together|coupled with|change "
                            "coupling|一起改|一起修改|一起变|同时改动|同时修改"},
    {LocalIntent::History,
     "who change|who edit|who modif|who commit|which "
     "author|contributors|谁改|谁修改|谁提交|哪个作者|哪位作者|"
     "贡献者|changes most|change most|changed most|most often changed|most frequently|hotspot|who owns|who "
     "wrote|"
     "git history|commit history|churn|who "
     "maintains|改动最|修改最|变更最|变动最|热点|谁写的|谁维护|修改历史|提交历史|变更历史"},
    {LocalIntent::Complex, "most complex|most complicated|complexity|最复杂|复杂度"},
    {LocalIntent::Risk, "riskiest|most risky|risky|most dangerous|风险|最危险"},
    {LocalIntent::Largest, "largest|biggest|longest|最大的|最长的|最大文件|最长函数"},
    {LocalIntent::Findings, "findings|vulnerabilit|security issue|security problem|insecure|hardcoded "
                            "secret|漏洞|安全问题|安全隐患|检查结果"}};

// Asks how to use ExoBrain, whatever project is open.
constexpr std::string_view k_usage[]{
    "use exobrain",   "using exobrain",   "in exobrain",   "exobrain settings", "configure exobrain",
    "start exobrain", "install exobrain", "exobrain 怎么", "exobrain怎么",      "使用 exobrain",
    "使用exobrain",   "exobrain 如何",    "exobrain如何",  "用 exobrain",       "用exobrain"};

// Things of ExoBrain itself: without a project, a question about them is about using it.
constexpr std::string_view k_ownThings[]{"api key",
                                         "provider",
                                         "config",
                                         "setting",
                                         "command",
                                         "install",
                                         "language model",
                                         "connect a model",
                                         "local assistant",
                                         "ollama",
                                         "deepseek",
                                         "openai",
                                         "anthropic",
                                         "lm studio",
                                         "proxy",
                                         "server mode",
                                         "import",
                                         "export",
                                         "privacy",
                                         "my data",
                                         "data live",
                                         "data stored",
                                         "keys",
                                         "密钥",
                                         "配置",
                                         "设置",
                                         "模型",
                                         "命令",
                                         "安装",
                                         "本地助手",
                                         "代理",
                                         "服务器",
                                         "导入",
                                         "导出",
                                         "隐私",
                                         "数据保存",
                                         "数据存",
                                         "保存在哪",
                                         "接入"};

bool hasAny(std::string_view text, Phrases phrases) {
    const auto in = [&](std::string_view phrase) { return text.find(phrase) != std::string_view::npos; };
    return std::any_of(phrases.begin(), phrases.end(), in);
}

// One phrase of the table above.
bool holds(std::string_view text, std::string_view phrase) {
    const std::size_t star = phrase.find('*');
    const std::size_t at = text.find(phrase.substr(0, star));
    if (star == std::string_view::npos || at == std::string_view::npos) return at != std::string_view::npos;
    const std::string_view rest = text.substr(at + star);
    std::string_view after = phrase.substr(star + 1);
    if (after.ends_with('?')) { // ends the question
        after.remove_suffix(1);
        const std::size_t end = rest.find_last_not_of("?!. \t\n");
        return end != std::string_view::npos && rest.substr(0, end + 1).ends_with(after);
    }
    return rest.find(after) != std::string_view::npos;
}

std::optional<LocalIntent> factIntentOf(std::string_view lower) {
    for (const FactPhrases& entry : k_factPhrases)
        for (const std::string_view phrase : split(entry.phrases, '|'))
            if (holds(lower, phrase)) return entry.intent;
    return std::nullopt;
}

std::string withoutPunctuation(std::string_view text) {
    std::string out;
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        const bool word = c < 0x80 ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ' ' : isCjk(c);
        if (word) appendUtf8(out, c);
    }
    return std::string(trim(out));
}

// An identifier stands in it: the question is about that, not about the project.
bool namesSomething(std::string_view text) {
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        const bool lowerBefore = text[i - 1] >= 'a' && text[i - 1] <= 'z';
        const bool upper = text[i] >= 'A' && text[i] <= 'Z';
        if (text[i] == '_' || (lowerBefore && upper)) return true;
    }
    return text.find("()") != std::string_view::npos;
}

LocalIntent intentOf(std::string_view text, bool hasProject) {
    const std::string lower = toLowerAscii(text);
    const std::string bare = withoutPunctuation(lower);
    const bool greets =
        std::find(std::begin(k_greetings), std::end(k_greetings), bare) != std::end(k_greetings);
    if (bare.empty() || greets || hasAny(lower, k_about)) return LocalIntent::About;
    if (hasAny(lower, k_recall)) return LocalIntent::Recall;
    if (hasAny(lower, k_usage)) return LocalIntent::Usage;
    if (hasProject)
        if (const auto intent = factIntentOf(lower)) return *intent;
    const bool names = lower.find("exobrain") != std::string::npos;
    if (!hasProject && (names || hasAny(lower, k_ownThings))) return LocalIntent::Usage;
    // "X 是做什么的" asks about X when X is an identifier.
    const bool aboutName = containsChinese(text) && namesSomething(text);
    if (hasProject && !aboutName && hasAny(lower, k_overview)) return LocalIntent::Overview;
    if (hasAny(lower, k_locate)) return LocalIntent::Locate;
    if (hasAny(lower, k_explain)) return LocalIntent::Explain;
    return LocalIntent::General;
}

// The text of a message's content: a string, or the text parts of an array.
std::string textOf(const Json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (!content.is_array()) return text;
    for (const Json& part : content) {
        const std::string_view piece = part.is_object() ? stringOr(part, "text") : std::string_view{};
        if (!text.empty() && !piece.empty()) text += "\n";
        text += piece;
    }
    return text;
}

} // namespace

std::string_view nameOf(LocalIntent intent) {
    constexpr std::string_view k_names[]{"about",    "overview",    "locate",  "explain",  "usage",
                                         "recall",   "general",     "callers", "callees",  "references",
                                         "includes", "included-by", "largest", "complex",  "risk",
                                         "history",  "duplicates",  "debt",    "findings", "coupling"};
    return k_names[static_cast<std::size_t>(intent)];
}

bool containsChinese(std::string_view text) {
    for (std::size_t pos = 0; pos < text.size();)
        if (isCjk(nextCodePoint(text, pos))) return true;
    return false;
}

LocalQuestion classifyLocal(std::string text, bool hasProject) {
    LocalQuestion question;
    question.text = std::move(text);
    question.chinese = containsChinese(question.text);
    question.intent = intentOf(question.text, hasProject);
    return question;
}

Result<LocalQuestion> localQuestionFrom(const Json& body, bool hasProject) {
    const Json* messages = body.is_object() ? member(body, "messages") : nullptr;
    if (!messages || !messages->is_array() || messages->empty())
        return fail(ErrorCode::InvalidRequest, "messages must be a list with a user message", "messages");
    for (auto message = messages->rbegin(); message != messages->rend(); ++message) {
        if (!message->is_object() || stringOr(*message, "role") != "user") continue;
        const Json* content = member(*message, "content");
        return classifyLocal(content ? textOf(*content) : std::string{}, hasProject);
    }
    return fail(ErrorCode::InvalidRequest, "there is no user message to answer", "messages");
}

} // namespace exo
