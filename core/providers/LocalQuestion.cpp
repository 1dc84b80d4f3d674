#include "core/providers/LocalQuestion.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
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
constexpr std::string_view k_explain[]{"how does", "how do",    "how is",  "how are",  "what is",
                                       "what are", "what does", "explain", "why does", "why is",
                                       "怎么",     "如何",      "什么是",  "是什么",   "为什么",
                                       "解释",     "怎样",      "原理",    "说明"};
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

std::string withoutPunctuation(std::string_view text) {
    std::string out;
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        const bool word = c < 0x80 ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ' ' : isCjk(c);
        if (word) appendUtf8(out, c);
    }
    return std::string(trim(out));
}

LocalIntent intentOf(const std::string& lower, bool hasProject) {
    const std::string bare = withoutPunctuation(lower);
    const bool greets =
        std::find(std::begin(k_greetings), std::end(k_greetings), bare) != std::end(k_greetings);
    if (bare.empty() || greets || hasAny(lower, k_about)) return LocalIntent::About;
    if (hasAny(lower, k_recall)) return LocalIntent::Recall;
    const bool names = lower.find("exobrain") != std::string::npos;
    if (!hasProject && (names || hasAny(lower, k_ownThings))) return LocalIntent::Usage;
    if (hasProject && hasAny(lower, k_overview)) return LocalIntent::Overview;
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

bool containsChinese(std::string_view text) {
    for (std::size_t pos = 0; pos < text.size();)
        if (isCjk(nextCodePoint(text, pos))) return true;
    return false;
}

LocalQuestion classifyLocal(std::string text, bool hasProject) {
    LocalQuestion question;
    question.text = std::move(text);
    question.chinese = containsChinese(question.text);
    question.intent = intentOf(toLowerAscii(question.text), hasProject);
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
