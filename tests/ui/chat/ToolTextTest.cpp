// What of tool calls is shown, in which bounds, and that nothing a model or a file holds can do harm there.

#include "ToolFixture.h"

#include "core/base/Text.h"

using namespace exo;
using namespace exo::ui;

class ToolTextTest : public QObject {
    Q_OBJECT
  private slots:
    void outcomesAreCounted_data();
    void outcomesAreCounted();
    void mainArguments_data();
    void mainArguments();
    void hostileTextsAreHarmless();
    void tenThousandCallsAreBounded();
    void manyCallsWhileTheyRun();
};

void ToolTextTest::outcomesAreCounted_data() {
    QTest::addColumn<QString>("tool");
    QTest::addColumn<QString>("result");
    QTest::addColumn<QString>("outcome");
    const auto row = [](const char* tool, const char* result, const char* outcome) {
        QTest::addRow("%s %s", tool, outcome)
            << QString::fromUtf8(tool) << QString::fromUtf8(result) << QString::fromUtf8(outcome);
    };
    row("search", "a.c:3: x\n", "1 result");
    row("search", "my file.c:3-9 function f\nb.c:1 file b.c\n", "2 results");
    row("search", "Nothing fits \"x\". Names like it: y, z\n", "nothing found");
    row("search", "a.c:3 x\n… 4 of 5 are not shown: narrow the question, or raise `limit`.\n", "1+ results");
    row("references", "a.c:3 (definition) int x;\na.c:9 x = 1;\n", "2 results");
    row("callers", "main.c:4 main → dictAdd [exact]\n", "1 result");
    row("findings", "a.c:3 warning debt/todo: TODO\n", "1 result");
    row("findings", "No findings.\n", "nothing found");
    row("metrics",
        "2 files, 30 lines of code, 1 of comments, 2 blank, 1 functions\nC: 2 files, 30 lines of code\n"
        "a.c:3-9 f: complexity 4, cognitive 2, 7 lines, nesting 1, 0 parameters\n",
        "1 result");
    row("metrics", "2 files, 3 lines of code\na.c: score 0.500, 3 revisions, complexity 4, mostly by x\n",
        "1 result");
    row("outline", "a.c (C, 30 lines)\n  3-9: function f(int x)\n    4-5: variable y\n", "2 symbols");
    row("repo_map", "src/a.c\n  3: int f(void)\nsrc/b.c\n  9: int g(void)\n", "2 files");
    row("repo_map", "The project defines nothing that could be drawn.\n", "nothing found");
    row("list_files", "a.c (C, 30 lines of code)\n", "1 file");
    row("read_range", "a.c:1-2 of 9 lines\n1\tint x;\n2\t\n… cut here: ask for the lines from 3.\n",
        "2+ lines");
    row("made_up", "one\ntwo\n", "2 lines");
}

void ToolTextTest::outcomesAreCounted() {
    QFETCH(QString, tool);
    QFETCH(QString, result);
    QFETCH(QString, outcome);
    Tools v(answered({called(tool.toUtf8().constData(), "{}", result.toStdString())}));
    QCOMPARE(v.written().value(0).section(u'|', -1), outcome + QStringLiteral(" · 12 ms"));
}

void ToolTextTest::mainArguments_data() {
    QTest::addColumn<QString>("tool");
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("shown");
    const auto row = [](const char* tool, const char* arguments, const char* shown) {
        QTest::addRow("%s %s", tool, shown)
            << QString::fromUtf8(tool) << QString::fromUtf8(arguments) << QString::fromUtf8(shown);
    };
    row("search", R"({"mode":"text","query":"连接池","glob":"*.c"})", "连接池");
    row("references", R"({"name":"poolGrow"})", "poolGrow");
    row("callers", R"({"path":"a.c","name":"f"})", "f");
    row("read_range", R"({"path":"a.c","start_line":7})", "a.c:7");
    row("read_range", R"({"path":"a.c","end_line":7})", "a.c:1-7");
    row("findings", R"({"severity":"error"})", "error");
    row("repo_map", R"({"focus":["a.c"],"max_tokens":100})", "[\"a.c\"]");
    row("metrics", R"({"sort":"lines"})", "");
    row("list_files", "{}", "");
    row("search", "not json", "not json");
    row("made_up", R"({"x":[1]})", R"({"x":[1]})");
}

void ToolTextTest::mainArguments() {
    QFETCH(QString, tool);
    QFETCH(QString, arguments);
    QFETCH(QString, shown);
    const api::ToolCall call =
        called(tool.toUtf8().constData(), arguments.toUtf8().constData(), std::string("x\n"));
    QCOMPARE(toolFacts(call).argument, shown);
}

void ToolTextTest::hostileTextsAreHarmless() {
    const std::string rtl = "\u202Egnp.exe\u202C \u2066x\u2069 \u05D0\u05D1\u05D2";
    const std::string html = "<b onclick=x>bold</b><img src=file:///dev/zero>&amp;";
    std::string control = "a\tb\r\nc";
    control += std::string("\0\x01\x1b[31m\x7f", 9) + "\xC2\x9B" + "\xff\xfe\xf0\x28";
    const std::string huge = std::string(300'000, 'w') + "\n" + std::string(300'000, '\n');
    std::string accents = "a";
    for (int i = 0; i < 20'000; ++i) {
        accents += "\u0301";
    }
    std::vector<api::ToolCall> calls;
    for (const std::string& text : {rtl, html, control, huge, accents}) {
        api::ToolCall call = called(text.substr(0, 50'000).c_str(), "{}", text);
        call.arguments = Json{{"query", sanitizeUtf8(text)}}.dump();
        calls.push_back(call);
        call.name = "search";
        call.arguments = text;
        call.failed = true;
        calls.push_back(call);
    }
    calls.push_back(called("search", std::string(200, '[').c_str(), "x"));
    Tools v(answered(calls));
    v.press(SpotAction::ToggleTools);
    for (const QString& line : v.written()) {
        QVERIFY2(line.size() < 500, qPrintable(QString::number(line.size())));
        for (const QChar letter : line) {
            QVERIFY2(letter.category() != QChar::Other_Control, qPrintable(line));
            QVERIFY2(letter.unicode() < 0x202A || letter.unicode() > 0x202E, qPrintable(line));
        }
    }
    QVERIFY(v.written().join(u' ').contains(QStringLiteral("<b onclick=x>"))); // as text
    for (int call = 0; call < static_cast<int>(calls.size()); ++call) {
        const_cast<MessageEntry&>(v.entry()).setToolShown(call, true);
    }
    v.view->setTool(MessageId("nobody"), calls[0]);
    v.view->geometry().refreshAll();
    for (int y = 0; y <= v.bar()->maximum(); y += 400) {
        v.bar()->setValue(y);
        v.view->grab();
    }
    for (const ToolPart& part : v.entry().toolParts()) {
        QVERIFY(part.block.text.text.size() <= 6002);
        QVERIFY(part.block.text.text.count(u'\n') <= 60);
        for (const QChar letter : part.block.text.text) {
            const bool plain =
                letter.category() != QChar::Other_Control || letter == u'\n' || letter == u'\t';
            QVERIFY(plain);
            QVERIFY(letter.unicode() < 0x202A || letter.unicode() > 0x202E);
        }
    }
}

void ToolTextTest::tenThousandCallsAreBounded() {
    std::vector<api::ToolCall> calls(10'000, called("search", R"({"query":"pool"})", k_found, 1));
    Tools v(answered(calls));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Looked at the project: 10,000 calls, 10.0 s")});
    QVERIFY(v.entry().units.size() < 10);
    v.press(SpotAction::ToggleTools);
    QCOMPARE(v.count(UnitKind::ToolRow), 200);
    QCOMPARE(v.count(UnitKind::ToolsMore), 1);
    QVERIFY(v.view->spots().size() < 100); // only what is seen
}

void ToolTextTest::manyCallsWhileTheyRun() {
    Tools v(answered({}, api::MessageState::Pending));
    for (int i = 0; i < 1000; ++i) {
        v.view->setTool(MessageId("m1"), begun("search", R"({"query":"pool"})"));
        v.view->setTool(MessageId("m1"), called("search", R"({"query":"pool"})", k_found, 1));
    }
    QCOMPARE(v.entry().message().toolCalls.size(), std::size_t(1000));
    QCOMPARE(v.entry().toolSums().ms, 1000);
    // An end whose beginning nobody heard is a call all the same, also when its id was there before.
    v.view->setTool(MessageId("m1"), called("search", R"({"query":"late"})", "x"));
    QCOMPARE(v.entry().toolSums().calls, 1001);
    QCOMPARE(v.entry().message().toolCalls.size(), std::size_t(1001));
}

QTEST_MAIN(ToolTextTest)
#include "ToolTextTest.moc"
