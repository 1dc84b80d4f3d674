#include "tests/ui/FakeAnalysis.h"

#include <algorithm>
#include <cctype>

namespace exo::ui {

namespace {

using api::SyntaxKind;

const char* const k_expire = R"(/* Expire: keys with a time to live.
 *
 * %1
 */
#include "server.h"
#include "monotonic.h"

static double avg_ttl_factor[16];

int activeExpireCycleTryExpire(serverDb *db, dictEntry *de, long long now) {
    long long t = dictGetSignedIntegerVal(de);
    if (now < t) return 0;
    sds key = dictGetKey(de);
    robj *keyobj = createStringObject(key, sdslen(key));
    deleteExpiredKeyAndPropagate(db, keyobj);
    decrRefCount(keyobj);
    return 1;
}

void activeExpireCycle(int type) {
    /* %2 */
    unsigned long effort = server.active_expire_effort - 1,
    config_keys_per_loop = 20 + 20/4*effort,
    config_cycle_fast_duration = 1000 + 1000/4*effort;

    static unsigned int current_db = 0;
    static int timelimit_exit = 0;

    if (isPausedActionsWithUpdate(PAUSE_ACTION_EXPIRE))
        return;

    for (j = 0; dbs_performed < dbs_per_call && !timelimit_exit; j++) {
        do {
            unsigned long num;
            if ((num = kvstoreSize(db->expires)) == 0) {
                db->avg_ttl = 0;
                break;
            }
            strcpy(data.name, db->name);
            expireScan(&data);
        } while (repeat);
    }
}
)";

// Enough of the colours for a picture: what the tree would say of this text.
std::vector<api::SyntaxSpan> coloursOf(const std::string& text) {
    static const std::vector<std::string> keywords = {"static", "double", "int",      "long", "if",
                                                      "return", "void",   "unsigned", "for",  "do",
                                                      "while",  "break",  "#include"};
    std::vector<api::SyntaxSpan> spans;
    const auto add = [&](std::size_t start, std::size_t end, SyntaxKind kind) {
        spans.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end - start), kind});
    };
    const auto isWord = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '#';
    };
    for (std::size_t i = 0; i < text.size();) {
        if (text.compare(i, 2, "/*") == 0) {
            const std::size_t end = text.find("*/", i) + 2;
            add(i, end, SyntaxKind::Comment);
            i = end;
        } else if (text[i] == '"') {
            const std::size_t end = text.find('"', i + 1) + 1;
            add(i, end, SyntaxKind::String);
            i = end;
        } else if (isWord(text[i])) {
            std::size_t end = i;
            while (end < text.size() && isWord(text[end])) {
                ++end;
            }
            const std::string word = text.substr(i, end - i);
            if (std::isdigit(static_cast<unsigned char>(word[0])) != 0)
                add(i, end, SyntaxKind::Number);
            else if (std::find(keywords.begin(), keywords.end(), word) != keywords.end())
                add(i, end, SyntaxKind::Keyword);
            else if (end < text.size() && text[end] == '(')
                add(i, end, SyntaxKind::Function);
            i = end;
        } else {
            ++i;
        }
    }
    return spans;
}

api::AnalysisFunction function(const char* name, int start, int end, int ccn, int cognitive, int nesting,
                               int parameters) {
    api::AnalysisFunction out;
    out.name = out.qualifiedName = name;
    out.kind = "function";
    out.startLine = start;
    out.endLine = end;
    out.ccn = out.ccnLizard = ccn;
    out.cognitive = cognitive;
    out.nesting = nesting;
    out.parameters = parameters;
    return out;
}

api::AnalysisFinding finding(const char* rule, const char* severity, int line, const char* message,
                             const char* messageZh) {
    api::AnalysisFinding out;
    out.rule = rule;
    out.severity = severity;
    out.line = out.endLine = line;
    out.column = 1;
    out.message = message;
    out.messageZh = messageZh;
    return out;
}

} // namespace

FakeAnalysis::File& FakeAnalysis::add(const std::string& path, const std::string& language,
                                      const std::string& text) {
    File& made = files[path];
    made.view.file.path = made.source.path = path;
    made.view.file.language = made.source.language = language;
    made.view.file.code = std::count(text.begin(), text.end(), '\n');
    made.view.file.bytes = static_cast<std::int64_t>(text.size());
    made.source.encoding = "UTF-8";
    made.source.highlight = "done";
    made.source.text = text;
    return made;
}

namespace {

api::AnalysisGraphNode graphNode(const char* path, const char* name, int line, int depth, int cycle = 0) {
    return {path, name, line, depth, 0, 0, cycle, false};
}

// What a real analysis says of the function, with a cycle through the event loop.
api::AnalysisGraph exampleCalls() {
    api::AnalysisGraph graph;
    graph.kind = "call";
    graph.nodes = {graphNode("src/expire.c", "activeExpireCycle", 20, 0, 1),
                   graphNode("src/server.c", "databasesCron", 1170, -1, 1),
                   graphNode("src/server.c", "beforeSleep", 1730, -1),
                   graphNode("src/db.c", "expireIfNeeded", 2010, -1),
                   graphNode("src/server.c", "serverCron", 1320, -2, 1),
                   graphNode("src/ae.c", "aeProcessEvents", 342, -2),
                   graphNode("src/expire.c", "activeExpireCycleTryExpire", 10, 1),
                   graphNode("src/kvstore.c", "kvstoreSize", 301, 1),
                   graphNode("src/kvstore.c", "kvstoreScan", 388, 1),
                   graphNode("src/server.c", "isPausedActionsWithUpdate", 4120, 1),
                   graphNode("src/latency.c", "latencyAddSample", 96, 1, 1),
                   graphNode("src/dict.c", "dictGetKey", 815, 2),
                   graphNode("src/object.c", "createStringObject", 118, 2)};
    graph.nodes[0].moreIn = 243;
    graph.nodes[6].moreOut = 17;
    graph.edges = {{1, 0, 1190, 1, "exact"},     {2, 0, 1752, 1, "exact"},    {3, 0, 2033, 1, "name-only"},
                   {4, 1, 1402, 1, "same-file"}, {5, 2, 360, 1, "name-only"}, {0, 6, 34, 1, "same-file"},
                   {0, 7, 36, 1, "import"},      {0, 8, 40, 2, "import"},     {0, 9, 29, 1, "exact"},
                   {0, 10, 41, 1, "import"},     {6, 11, 13, 1, "import"},    {6, 12, 14, 1, "exact"},
                   {10, 4, 101, 1, "name-only"}, {8, 7, 390, 1, "same-file"}};
    graph.cycles = {4};
    return graph;
}

// What the folders and files of the project include of each other.
api::AnalysisGraph exampleFolder() {
    api::AnalysisGraph graph;
    graph.kind = "include";
    graph.folder = true;
    const auto add = [&](const char* path, bool folder, int cycle) {
        graph.nodes.push_back({path, "", 0, 0, 0, 0, cycle, folder});
    };
    add("src", true, 1);
    add("deps", true, 1);
    add("tests", true, 0);
    add("modules", true, 0);
    add("utils", true, 0);
    add("sentinel.c", false, 0);
    graph.edges = {{0, 1, 0, 48, "exact"}, {1, 0, 0, 3, "exact"}, {2, 0, 0, 11, "exact"},
                   {3, 0, 0, 6, "exact"},  {4, 1, 0, 2, "exact"}, {5, 0, 12, 4, "exact"},
                   {3, 2, 0, 1, "exact"}};
    graph.cycles = {2};
    graph.unlinked = 9;
    return graph;
}

} // namespace

void FakeAnalysis::fillWithExample(bool chinese) {
    QString text = QString::fromLatin1(k_expire);
    text.replace(QStringLiteral("%1"),
                 chinese ? QStringLiteral("过期键只在预算之内抽样删除。")
                         : QStringLiteral("Expired keys are sampled and deleted within a budget."));
    text.replace(QStringLiteral("%2"), chinese ? QStringLiteral("用户可配置的力度，1 到 10")
                                               : QStringLiteral("Effort the user configures, 1 to 10"));
    const std::string source = text.toStdString();
    File& expire = add("src/expire.c", "C", source);
    expire.source.spans = coloursOf(source);
    expire.source.folds = {{1, 4}, {10, 17}, {20, 42}, {32, 41}, {33, 40}, {35, 37}};
    auto& file = expire.view.file;
    file.functions = {function("activeExpireCycleTryExpire", 10, 18, 2, 1, 1, 3),
                      function("activeExpireCycle", 20, 43, 21, 38, 5, 1)};
    for (const auto& made : file.functions) {
        api::AnalysisSymbol symbol;
        symbol.name = made.name;
        symbol.kind = "function";
        symbol.line = made.startLine;
        symbol.endLine = made.endLine;
        file.symbols.push_back(symbol);
    }
    file.includes = {{"server.h", "src/server.h", 5}, {"monotonic.h", "", 6}};
    file.findings = {finding("maintainability/complex-function", "warning", 20,
                             "activeExpireCycle has cognitive complexity 38, more than 25",
                             "activeExpireCycle 的认知复杂度为 38，超过 25"),
                     finding("c/unsafe-strcpy", "error", 39, "strcpy does not know the size of its target",
                             "strcpy 不知道目标缓冲区的大小")};
    expire.view.includedBy = {};
    const std::pair<const char*, int> others[] = {
        {"src/acl.c", 3100},       {"src/aof.c", 2700},        {"src/cluster_legacy.c", 6200},
        {"src/config.c", 3300},    {"src/db.c", 2400},         {"src/dict.c", 1800},
        {"src/module.c", 13000},   {"src/networking.c", 4900}, {"src/rdb.c", 3700},
        {"src/server.c", 7100},    {"src/server.h", 3900},     {"src/replication.c", 4600},
        {"src/t_zset.c", 4400},    {"src/t_stream.c", 4000},   {"src/sentinel.c", 5400},
        {"deps/lua/lapi.c", 1100}, {"deps/lua/lvm.c", 760},    {"tests/helpers.tcl", 900}};
    int n = 0;
    for (const auto& [path, lines] : others) {
        File& other = add(path, "C", "int unused(void);\n");
        other.view.file.code = lines;
        const int functions = lines / 60;
        for (int i = 0; i < functions; ++i) {
            other.view.file.functions.push_back(
                function("f", i * 50 + 1, i * 50 + 40, 2 + (n * 7 + i) % 9, (n * 11) % 40, 2, 2));
        }
        for (int i = 0; i < (n * 5) % 7; ++i) {
            other.view.file.findings.push_back(finding("debt/todo",
                                                       i == 5       ? "error"
                                                       : i % 2 == 0 ? "warning"
                                                                    : "note",
                                                       i * 10 + 1, "TODO left in the code",
                                                       "代码中遗留的 TODO"));
        }
        hotspots.push_back({path, 120 - n * 6, functions * 5, 0.95 - n * 0.05, "Ann Li", 0.6, 4, {}});
        if (functions > 0 && n % 3 == 0)
            hotspots.back().functions = {{"f0", 1, 40, 48 - n, 9, 0.9 - n * 0.04}};
        ++n;
    }
    hotspots.push_back({"src/expire.c", 34, 23, 0.4, "Ann Li", 0.7, 3, {}});
    hotspots.back().functions = {{"activeExpireCycle", 30, 64, 12, 21, 0.95}};
    skipped = {{"src/logo.png", "binary"}};
    graphs["call src/expire.c activeExpireCycle"] = exampleCalls();
    graphs["include "] = exampleFolder();
    api::AnalysisDuplicate duplicate;
    duplicate.tokens = 88;
    duplicate.lines = 2;
    duplicate.places = {{"src/expire.c", 26, 27}, {"src/db.c", 410, 411}};
    copies = {duplicate};
    allCalls = {{"src/server.c", "databasesCron", "src/expire.c", "activeExpireCycle", 1204, "exact"},
                {"src/server.c", "beforeSleep", "src/expire.c", "activeExpireCycle", 1689, "exact"},
                {"src/expire.c", "activeExpireCycle", "src/db.c", "kvstoreSize", 35, "exact"},
                {"src/expire.c", "activeExpireCycle", "src/db.c", "expireScan", 40, "import"}};
}

void FakeAnalysis::progress(std::int64_t done, std::int64_t total) {
    m_state.progress = {"parsing", done, total};
    if (m_watcher && m_changed) m_changed(m_state);
}

void FakeAnalysis::finish(const std::string& status) {
    m_state.status = status;
    m_state.progress.stage = "done";
    api::AnalysisSummary summary;
    for (const auto& [path, file] : files) {
        ++summary.files;
        summary.code += file.view.file.code;
        summary.functions += static_cast<std::int64_t>(file.view.file.functions.size());
        summary.findings += static_cast<std::int64_t>(file.view.file.findings.size());
    }
    summary.seconds = 0.8;
    m_state.summary = summary;
    if (m_watcher && m_changed) m_changed(m_state);
}

void FakeAnalysis::start(QString path, QObject* context, Reply<api::AnalysisState> reply) {
    asked << QStringLiteral("start ") + path;
    if (startError) return answer<api::AnalysisState>(context, std::move(reply), *startError);
    m_state = {};
    m_state.id = AnalysisId("an_" + std::to_string(++m_lastId));
    m_state.path = path.toStdString();
    m_state.status = "running";
    m_state.progress.stage = "scanning";
    answer<api::AnalysisState>(context, std::move(reply), m_state);
}

void FakeAnalysis::list(QObject* context, Reply<std::vector<api::AnalysisState>> reply) {
    std::vector<api::AnalysisState> all;
    if (m_state.status == "done") all.push_back(m_state);
    answer<std::vector<api::AnalysisState>>(context, std::move(reply), std::move(all));
}

void FakeAnalysis::watch(AnalysisId, QObject* context, Reply<api::AnalysisState> changed) {
    m_watcher = context;
    m_changed = std::move(changed);
    QTimer::singleShot(0, context, [this] {
        if (holdsRunning) {
            if (m_changed) m_changed(m_state);
            return;
        }
        finish();
    });
}

void FakeAnalysis::remove(AnalysisId id) {
    asked << QStringLiteral("remove ") + QString::fromStdString(id.str());
    if (m_state.status == "running") finish("cancelled");
}

void FakeAnalysis::overview(AnalysisId, QObject* context, Reply<Overview> reply) {
    Overview overview;
    for (const auto& [path, file] : files) {
        overview.files.push_back(api::rowOf(file.view.file));
    }
    overview.hotspots = hotspots;
    overview.skipped = skipped;
    answer<Overview>(context, std::move(reply), std::move(overview));
}

void FakeAnalysis::file(AnalysisId, QString path, QObject* context, Reply<api::AnalysisFileView> reply) {
    const auto found = files.find(path.toStdString());
    if (found == files.end())
        return answer<api::AnalysisFileView>(context, std::move(reply), fail(ErrorCode::NotFound));
    answer<api::AnalysisFileView>(context, std::move(reply), found->second.view);
}

void FakeAnalysis::text(AnalysisId, QString path, Colours, QObject* context, Reply<api::SourceText> reply) {
    asked << QStringLiteral("text ") + path;
    const auto found = files.find(path.toStdString());
    if (textError || found == files.end())
        return answer<api::SourceText>(context, std::move(reply),
                                       textError.value_or(fail(ErrorCode::NotFound)));
    answer<api::SourceText>(context, std::move(reply), found->second.source);
}

void FakeAnalysis::findings(AnalysisId, QObject* context, Reply<std::vector<api::AnalysisFinding>> reply) {
    std::vector<api::AnalysisFinding> all;
    for (const auto& [path, file] : files) {
        for (const auto& found : file.view.file.findings) {
            all.push_back(found);
            all.back().path = path;
        }
    }
    answer<std::vector<api::AnalysisFinding>>(context, std::move(reply), std::move(all));
}

void FakeAnalysis::functions(AnalysisId, QObject* context, Reply<std::vector<Function>> reply) {
    std::vector<Function> all;
    for (const auto& [path, file] : files) {
        for (const auto& found : file.view.file.functions) {
            all.push_back({path, found});
        }
    }
    answer<std::vector<Function>>(context, std::move(reply), std::move(all));
}

void FakeAnalysis::duplicates(AnalysisId, QObject* context,
                              Reply<std::vector<api::AnalysisDuplicate>> reply) {
    answer<std::vector<api::AnalysisDuplicate>>(context, std::move(reply), copies);
}

void FakeAnalysis::calls(AnalysisId, QString path, QString function, QObject* context,
                         Reply<api::AnalysisCalls> reply) {
    api::AnalysisCalls out;
    for (const auto& call : allCalls) {
        if (call.to == function.toStdString() && call.toPath == path.toStdString())
            out.callers.push_back(call);
        if (call.from == function.toStdString() && call.fromPath == path.toStdString())
            out.callees.push_back(call);
    }
    answer<api::AnalysisCalls>(context, std::move(reply), std::move(out));
}

void FakeAnalysis::graph(AnalysisId, GraphQuery query, QObject* context, Reply<api::AnalysisGraph> reply) {
    const bool calls = query.kind == GraphQuery::Kind::Calls;
    QString key = (calls ? QStringLiteral("call ") : QStringLiteral("include ")) + query.path;
    if (calls) key += u' ' + query.name;
    const QString direction = query.direction == GraphQuery::Direction::In    ? QStringLiteral("in")
                              : query.direction == GraphQuery::Direction::Out ? QStringLiteral("out")
                                                                              : QStringLiteral("both");
    asked << QStringLiteral("graph %1 %2 %3").arg(key, direction).arg(query.depth);
    auto found = graphs.find(key.toStdString());
    if (found == graphs.end()) found = graphs.find(std::string());
    if (graphError || found == graphs.end())
        return answer<api::AnalysisGraph>(context, std::move(reply),
                                          graphError.value_or(fail(ErrorCode::NotFound)));
    answer<api::AnalysisGraph>(context, std::move(reply), found->second);
}

void FakeAnalysis::symbols(AnalysisId, QString query, QObject* context,
                           Reply<std::vector<api::AnalysisSymbol>> reply) {
    std::vector<api::AnalysisSymbol> out;
    for (const auto& [path, file] : files) {
        for (const auto& symbol : file.view.file.symbols) {
            if (!QString::fromStdString(symbol.name).contains(query, Qt::CaseInsensitive)) continue;
            out.push_back(symbol);
            out.back().path = path;
        }
    }
    answer<std::vector<api::AnalysisSymbol>>(context, std::move(reply), std::move(out));
}

void FakeAnalysis::report(AnalysisId, Format format, QObject* context, Reply<QByteArray> reply) {
    answer<QByteArray>(context, std::move(reply),
                       format == Format::Sarif ? QByteArray("{\"version\": \"2.1.0\"}")
                                               : QByteArray("<!doctype html>"));
}

} // namespace exo::ui
