#include "core/analysis/QueryTerms.h"

#include "core/analysis/CodeTokens.h"
#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxTerms = 16;
constexpr std::size_t k_maxQuestion = 4000; // bytes looked at

const std::unordered_set<std::string_view>& stopWords() {
    static const std::unordered_set<std::string_view> words{"a",
                                                            "about",
                                                            "all",
                                                            "am",
                                                            "an",
                                                            "and",
                                                            "any",
                                                            "are",
                                                            "as",
                                                            "at",
                                                            "be",
                                                            "been",
                                                            "but",
                                                            "by",
                                                            "can",
                                                            "code",
                                                            "could",
                                                            "did",
                                                            "do",
                                                            "does",
                                                            "done",
                                                            "else",
                                                            "explain",
                                                            "file",
                                                            "files",
                                                            "find",
                                                            "for",
                                                            "from",
                                                            "get",
                                                            "give",
                                                            "had",
                                                            "has",
                                                            "have",
                                                            "here",
                                                            "how",
                                                            "i",
                                                            "if",
                                                            "in",
                                                            "into",
                                                            "is",
                                                            "it",
                                                            "its",
                                                            "just",
                                                            "let",
                                                            "like",
                                                            "located",
                                                            "look",
                                                            "made",
                                                            "make",
                                                            "makes",
                                                            "me",
                                                            "more",
                                                            "most",
                                                            "my",
                                                            "no",
                                                            "not",
                                                            "now",
                                                            "of",
                                                            "on",
                                                            "one",
                                                            "or",
                                                            "our",
                                                            "out",
                                                            "over",
                                                            "place",
                                                            "please",
                                                            "project",
                                                            "really",
                                                            "repo",
                                                            "repository",
                                                            "s",
                                                            "same",
                                                            "say",
                                                            "see",
                                                            "shall",
                                                            "she",
                                                            "should",
                                                            "show",
                                                            "so",
                                                            "some",
                                                            "such",
                                                            "t",
                                                            "tell",
                                                            "than",
                                                            "that",
                                                            "the",
                                                            "their",
                                                            "them",
                                                            "then",
                                                            "there",
                                                            "these",
                                                            "they",
                                                            "thing",
                                                            "this",
                                                            "those",
                                                            "to",
                                                            "too",
                                                            "under",
                                                            "up",
                                                            "us",
                                                            "use",
                                                            "used",
                                                            "uses",
                                                            "using",
                                                            "very",
                                                            "was",
                                                            "we",
                                                            "were",
                                                            "what",
                                                            "when",
                                                            "where",
                                                            "which",
                                                            "while",
                                                            "who",
                                                            "why",
                                                            "will",
                                                            "with",
                                                            "work",
                                                            "works",
                                                            "would",
                                                            "you",
                                                            "your",
                                                            "defined",
                                                            "define",
                                                            "implemented",
                                                            "implement",
                                                            "implementation",
                                                            "happen",
                                                            "happens",
                                                            "handled",
                                                            "handle",
                                                            "handles",
                                                            "exactly",
                                                            "source",
                                                            "mean",
                                                            "means",
                                                            "between"};
    return words;
}

// Cut out of a Chinese question, the long ones first.
constexpr std::array k_stopPhrases{
    "是怎么样", "怎么样的", "在哪个文件", "在什么地方", "是什么意思", "这个项目", "本项目",   "该项目",
    "请问一下", "在哪里",   "在哪儿",     "是怎么",     "是如何",     "是什么",   "有哪些",   "为什么",
    "什么时候", "哪个文件", "哪些文件",   "怎么样",     "怎样",       "怎么",     "如何",     "什么",
    "哪里",     "哪个",     "哪些",       "哪儿",       "请问",       "告诉我",   "介绍一下", "解释一下",
    "说明一下", "介绍",     "解释",       "说明",       "一下",       "实现的",   "实现",     "定义",
    "处理",     "代码",     "文件",       "项目",       "工程",       "可以",     "能够",     "能不能",
    "是否",     "有没有",   "我们",       "你们",       "他们",       "这个",     "那个",     "这些",
    "那些",     "里面",     "之间",       "关于",       "以及",       "或者",     "并且",     "的",
    "是",       "在",       "了",         "吗",         "呢",         "吧",       "啊",       "和",
    "与",       "把",       "被",         "请",         "我",         "你"};

struct Bridge {
    std::string_view chinese;
    std::string_view english; // beginnings of words, blank-separated
};

// Words of the trade. A Chinese question about English source finds nothing without them.
constexpr std::array k_bridges{Bridge{"命令行", "cli argv option command"},
                               Bridge{"数据库", "database sqlite sql db"},
                               Bridge{"配置文件", "config settings"},
                               Bridge{"断路器", "breaker"},
                               Bridge{"熔断", "breaker"},
                               Bridge{"负载均衡", "balanc upstream"},
                               Bridge{"正则", "regex"},
                               Bridge{"反序列化", "deseriali unmarshal decode"},
                               Bridge{"序列化", "seriali marshal encode"},
                               Bridge{"中间件", "middleware"},
                               Bridge{"事件循环", "loop event"},
                               Bridge{"线程池", "pool thread"},
                               Bridge{"连接池", "pool connection"},
                               Bridge{"主函数", "main"},
                               Bridge{"过期", "expir ttl"},
                               Bridge{"删除", "delet remov erase unlink"},
                               Bridge{"添加", "add insert append"},
                               Bridge{"新增", "add insert creat"},
                               Bridge{"创建", "creat new make"},
                               Bridge{"更新", "updat"},
                               Bridge{"修改", "modif updat edit"},
                               Bridge{"查询", "query select find search"},
                               Bridge{"查找", "find search lookup"},
                               Bridge{"搜索", "search"},
                               Bridge{"配置", "config setting"},
                               Bridge{"设置", "setting config set"},
                               Bridge{"入口", "main entry"},
                               Bridge{"测试", "test"},
                               Bridge{"登录", "login auth signin"},
                               Bridge{"登陆", "login auth signin"},
                               Bridge{"注册", "regist signup"},
                               Bridge{"认证", "auth"},
                               Bridge{"鉴权", "auth permission"},
                               Bridge{"授权", "authori permission"},
                               Bridge{"权限", "permission role access"},
                               Bridge{"用户", "user"},
                               Bridge{"密码", "password passwd"},
                               Bridge{"密钥", "key secret"},
                               Bridge{"令牌", "token"},
                               Bridge{"缓存", "cach"},
                               Bridge{"限流", "ratelimit limit throttl"},
                               Bridge{"连接", "connect"},
                               Bridge{"日志", "log"},
                               Bridge{"错误", "error err fail"},
                               Bridge{"异常", "exception error"},
                               Bridge{"重试", "retry"},
                               Bridge{"超时", "timeout deadline"},
                               Bridge{"队列", "queue"},
                               Bridge{"线程", "thread"},
                               Bridge{"进程", "process"},
                               Bridge{"协程", "coroutine goroutine async"},
                               Bridge{"异步", "async"},
                               Bridge{"同步", "sync"},
                               Bridge{"网络", "net network socket"},
                               Bridge{"请求", "request"},
                               Bridge{"响应", "respon"},
                               Bridge{"路由", "rout"},
                               Bridge{"接口", "interface api"},
                               Bridge{"服务器", "server"},
                               Bridge{"服务端", "server"},
                               Bridge{"客户端", "client"},
                               Bridge{"服务", "service server"},
                               Bridge{"解析", "pars"},
                               Bridge{"编码", "encod"},
                               Bridge{"解码", "decod"},
                               Bridge{"加密", "encrypt crypt"},
                               Bridge{"解密", "decrypt"},
                               Bridge{"压缩", "compress zip"},
                               Bridge{"排序", "sort order"},
                               Bridge{"分页", "page pagina"},
                               Bridge{"上传", "upload"},
                               Bridge{"下载", "download"},
                               Bridge{"导入", "import"},
                               Bridge{"导出", "export"},
                               Bridge{"备份", "backup"},
                               Bridge{"恢复", "restore recover"},
                               Bridge{"安装", "install"},
                               Bridge{"部署", "deploy"},
                               Bridge{"构建", "build"},
                               Bridge{"编译", "compil build"},
                               Bridge{"启动", "start boot launch"},
                               Bridge{"停止", "stop shutdown"},
                               Bridge{"关闭", "close shutdown"},
                               Bridge{"退出", "exit quit logout"},
                               Bridge{"初始化", "init"},
                               Bridge{"内存", "memory alloc"},
                               Bridge{"磁盘", "disk"},
                               Bridge{"存储", "stor persist"},
                               Bridge{"保存", "save stor persist"},
                               Bridge{"加载", "load"},
                               Bridge{"读取", "read load"},
                               Bridge{"写入", "write"},
                               Bridge{"发送", "send"},
                               Bridge{"接收", "recv receiv"},
                               Bridge{"消息", "message msg"},
                               Bridge{"通知", "notif"},
                               Bridge{"邮件", "mail email"},
                               Bridge{"支付", "pay"},
                               Bridge{"订单", "order"},
                               Bridge{"商品", "product item goods"},
                               Bridge{"购物车", "cart"},
                               Bridge{"库存", "stock inventory"},
                               Bridge{"价格", "price"},
                               Bridge{"折扣", "discount"},
                               Bridge{"界面", "ui view window"},
                               Bridge{"窗口", "window"},
                               Bridge{"按钮", "button"},
                               Bridge{"组件", "component widget"},
                               Bridge{"主题", "theme"},
                               Bridge{"翻译", "translat i18n locale"},
                               Bridge{"定时", "timer schedul cron"},
                               Bridge{"任务", "task job"},
                               Bridge{"会话", "session"},
                               Bridge{"模型", "model"},
                               Bridge{"流式", "stream"},
                               Bridge{"索引", "index"},
                               Bridge{"向量", "vector embed"},
                               Bridge{"分词", "tokeniz segment"},
                               Bridge{"哈希", "hash"},
                               Bridge{"链表", "list"},
                               Bridge{"字典", "dict map"},
                               Bridge{"集合", "set collection"},
                               Bridge{"字符串", "string str"},
                               Bridge{"数组", "array vector"},
                               Bridge{"锁", "lock mutex"},
                               Bridge{"键", "key"},
                               Bridge{"值", "value"},
                               Bridge{"计算", "calc comput"},
                               Bridge{"统计", "stat count"},
                               Bridge{"监控", "monitor metric"},
                               Bridge{"指标", "metric"},
                               Bridge{"告警", "alert"},
                               Bridge{"报警", "alert alarm"},
                               Bridge{"健康检查", "health"},
                               Bridge{"依赖", "depend"},
                               Bridge{"版本", "version"},
                               Bridge{"许可证", "license"},
                               Bridge{"复制", "copy replicat"},
                               Bridge{"集群", "cluster"},
                               Bridge{"事务", "transaction"},
                               Bridge{"迁移", "migrat"}};

// About the conversation itself, not what it was about.
const std::unordered_set<std::string_view>& talkWords() {
    static const std::unordered_set<std::string_view> words{
        "say",          "said",          "talk",     "talked",   "discuss",    "discussed",
        "mention",      "mentioned",     "remember", "recall",   "last",       "time",
        "earlier",      "before",        "ago",      "previous", "previously", "yesterday",
        "conversation", "conversations", "session",  "sessions", "chat",       "chats",
        "asked",        "ask",           "told",     "week",     "decide",     "decided"};
    return words;
}
constexpr std::array k_talkPhrases{"说过什么", "聊过什么", "讨论过", "上一次", "上次", "之前", "以前",
                                   "昨天",     "上周",     "聊过",   "聊到",   "说过", "说到", "提到过",
                                   "提到",     "谈过",     "谈到",   "讨论",   "记得", "会话", "对话",
                                   "聊天",     "结论",     "聊",     "说",     "过",   "什么", "没"};

template <class Phrases>
std::string withoutPhrases(std::string text, const Phrases& phrases) {
    for (const char* phrase : phrases) {
        const std::string_view word = phrase;
        for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
            text.replace(at, word.size(), " ");
    }
    return text;
}

// The words of the trade inside, taken out of `text`.
std::vector<QueryTerm> takeBridges(std::string& text) {
    std::vector<QueryTerm> terms;
    for (const Bridge& bridge : k_bridges) {
        const std::size_t at = text.find(bridge.chinese);
        if (at == std::string::npos) continue;
        QueryTerm term;
        term.exact = tokensOf(bridge.chinese);
        for (const std::string_view word : split(bridge.english, ' ')) {
            if (word.size() <= 3)
                term.exact.emplace_back(word);
            else
                term.prefixes.emplace_back(word);
        }
        terms.push_back(std::move(term));
        text.replace(at, bridge.chinese.size(), " ");
    }
    return terms;
}

// The part of an English word that its other forms share; a light hand, since identifiers are words as well.
std::string stemOf(std::string_view word) {
    constexpr std::array<std::string_view, 16> k_endings{"ations", "ation", "ments", "ment", "ities", "ings",
                                                         "ions",   "ing",   "ion",   "ies",  "ers",   "ed",
                                                         "es",     "er",    "e",     "s"};
    for (const std::string_view ending : k_endings)
        if (word.ends_with(ending) && word.size() >= ending.size() + 4)
            return std::string(word.substr(0, word.size() - ending.size()));
    return std::string(word);
}

bool isPlainWord(std::string_view token) {
    return std::all_of(token.begin(), token.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool isPartOfWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '#';
}

bool isCjkToken(std::string_view token) {
    std::size_t pos = 0;
    return isCjk(nextCodePoint(token, pos));
}

QueryTerm termOf(std::string_view token) {
    QueryTerm term;
    term.exact.emplace_back(token);
    if (isCjkToken(token)) {
        std::size_t pos = 0;
        nextCodePoint(token, pos);
        if (pos == token.size())
            term.prefixes.emplace_back(token); // one character: any pair that begins with it
        term.weight = 0.5;
    } else if (isPlainWord(token) && token.size() >= 5) {
        term.prefixes.push_back(stemOf(token));
    } else if (token.size() >= 3 && token.ends_with('s') && isPlainWord(token)) {
        term.exact.emplace_back(token.substr(0, token.size() - 1));
    }
    return term;
}

std::string inQuotes(std::string_view token) {
    std::string out = "\"";
    for (const char c : token) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

} // namespace

bool QueryTerm::matches(std::string_view token) const {
    const auto begins = [&](const std::string& prefix) { return token.starts_with(prefix); };
    return std::find(exact.begin(), exact.end(), token) != exact.end() ||
           std::any_of(prefixes.begin(), prefixes.end(), begins);
}

std::string QueryTerm::matchExpression() const {
    std::string out;
    const auto add = [&](const std::string& form) { out += (out.empty() ? "" : " OR ") + form; };
    for (const std::string& token : exact)
        add(inQuotes(token));
    for (const std::string& prefix : prefixes)
        add(inQuotes(prefix) + " *");
    return out;
}

std::vector<QueryTerm> queryTerms(std::string_view question) {
    std::string text(utf8Prefix(question, k_maxQuestion));
    std::vector<QueryTerm> terms = takeBridges(text);
    text = withoutPhrases(std::move(text), k_stopPhrases);
    std::unordered_set<std::string> seen;
    std::size_t identifierEnd = 0;
    forEachToken(text, [&](const CodeToken& token) {
        // Of an identifier in the question its parts help to find it, the whole decides; the parts of a plain
        // word are none.
        if (!token.part) identifierEnd = token.end;
        const std::string word(token.text);
        const bool tooShort = word.size() < 2 && !isCjkToken(word);
        if (tooShort || stopWords().contains(word) || !seen.insert(word).second) return true;
        QueryTerm term = termOf(word);
        if (token.part && token.end <= identifierEnd) term.weight = 0.4;
        terms.push_back(std::move(term));
        return terms.size() < k_maxTerms;
    });
    return terms;
}

std::vector<std::string> spokenWords(std::string_view question) {
    std::string text(utf8Prefix(question, k_maxQuestion));
    text = withoutPhrases(std::move(text), k_talkPhrases);
    text = withoutPhrases(std::move(text), k_stopPhrases);
    std::vector<std::string> words;
    const auto isBreak = [](char32_t c) {
        return c < 0x80 ? !isPartOfWord(static_cast<char>(c))
                        : !isCjk(c) && (c >= 0x3000 || (c >= 0x2000 && c < 0x2070));
    };
    std::string word;
    const auto flush = [&] {
        const std::string lower = toLowerAscii(word);
        const bool counts = lower.size() >= 2 && !stopWords().contains(lower) && !talkWords().contains(lower);
        if (counts && words.size() < k_maxTerms) words.push_back(word);
        word.clear();
    };
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        if (isBreak(c))
            flush();
        else
            appendUtf8(word, c);
    }
    flush();
    return words;
}

std::string matchExpression(const std::vector<QueryTerm>& terms) {
    std::string out;
    for (const QueryTerm& term : terms)
        out += (out.empty() ? "" : " OR ") + term.matchExpression();
    return out;
}

} // namespace exo::analysis
