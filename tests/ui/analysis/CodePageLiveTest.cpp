// The true window over true analyses: the core of this process, and a server, each on a small tree.
#include <QObject>

#ifndef Q_MOC_RUN // moc 6.4 loses its way in what these include
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/Process.h"
#include "ui/analysis/AnalysisPage.h"
#include "ui/analysis/GraphPane.h"
#include "ui/analysis/Inspector.h"
#include "ui/analysis/code/CodeView.h"
#include "ui/backend/LocalBackend.h"
#include "ui/backend/RemoteBackend.h"
#include "ui/chat/ChatPage.h"
#include "ui/shell/MainWindow.h"

#include <QApplication>
#include <QLabel>
#include <QTableView>
#include <QTest>

#include <filesystem>
#include <fstream>
#endif

namespace exo::ui {

namespace {

namespace fs = std::filesystem;

void writeTree(const fs::path& root) {
    test::writeText(root / "src/main.c",
                    "#include \"util.h\"\n\nint main(void) {\n    char b[8];\n    gets(b);\n"
                    "    return work(b);\n}\n");
    test::writeText(root / "src/util.c",
                    "#include \"util.h\"\n\n/* 工作 */\nint work(char *text) {\n    if (!text)\n"
                    "        return 0; // TODO: say why\n    return text[0];\n}\n");
    test::writeText(root / "src/util.h", "int work(char *text);\n");
    test::writeText(root / "tool.py", "def run(n):\n    while n:\n        n -= 1\n    return n\n");
    test::writeText(root / "gbk.py", "# \xD6\xD0\xCE\xC4\xD7\xA2\xCA\xCD\xB2\xE2\xCA\xD4\nx = 1\n");
    test::writeText(root / "picture.bin", std::string("\0\1\2\3", 4));
    fs::create_symlink("/etc/passwd", root / "link.c");
}

} // namespace

class CodePageLiveTest : public QObject {
    Q_OBJECT

    struct World {
        test::TempHome home;
        ThemeController theme;
        LanguageController language;
        std::unique_ptr<Preferences> preferences;
        std::unique_ptr<test::Process> server;
        std::unique_ptr<Connections> connections;
        std::unique_ptr<MainWindow> window;

        explicit World(bool remote) {
            language.setLanguage(QStringLiteral("en"));
            theme.applyTo(qApp);
            writeTree(home / "tree");
            preferences =
                std::make_unique<Preferences>(QString::fromStdString((home / "desktop.ini").string()));
            CoreOptions options;
            options.paths = Paths::fromHome(home / "local");
            options.sources.file = options.paths.configFile();
            options.kind = "desktop";
            auto local = std::make_unique<LocalBackend>(std::move(options));
            if (!remote) local->start();
            connections =
                std::make_unique<Connections>(std::move(local), [](const QUrl& url, const QString& key) {
                    return std::make_unique<RemoteBackend>(url, key);
                });
            if (remote) connect();
            const WindowServices services{&theme, &language, preferences.get(), connections.get(), {}, {}};
            window = std::make_unique<MainWindow>(services, [] {});
            window->resize(1280, 800);
            window->show();
        }
        void connect() {
            fs::create_directories(home / "server");
            std::ofstream(home / "server/config.json")
                << "{\"analysis\": {\"roots\": [\"" << (home / "tree").string() << "\"]}}";
            test::ProcessOptions process;
            process.arguments = {EXO_PROGRAM, "--home",   (home / "server").string(),
                                 "serve",     "--listen", "127.0.0.1:0"};
            process.stderrFile = home / "serve.log";
            server = std::make_unique<test::Process>(process);
            connections->connectTo(QUrl(QString::fromStdString(test::waitForListening(*server))), {});
        }
        QString folder() const { return QString::fromStdString((home / "tree").string()); }
        AnalysisPage* page() { return window->code(); }
        CodeView* code() { return page()->code(); }
        QTableView* list(const char* name) {
            return page()->findChild<QTableView*>(QString::fromLatin1(name));
        }
        void trigger(const char* id) { window->actions()->action(QString::fromLatin1(id))->trigger(); }
    };

    static void faces() {
        QTest::addColumn<bool>("remote");
        QTest::newRow("local") << false;
        QTest::newRow("remote") << true;
    }

  private slots:
    void aTreeIsAnalysedAndRead_data() { faces(); }
    void aTreeIsAnalysedAndRead() {
        QFETCH(bool, remote);
        World world(remote);
        world.trigger("page.code");
        world.page()->openFolder(world.folder());
        QTRY_VERIFY_WITH_TIMEOUT(world.page()->analysis()->hasResult(), 30000);
        const auto tree = world.page()->analysis()->tree();
        QVERIFY(tree->find(QStringLiteral("src/main.c")) > 0);
        QCOMPARE(tree->node(tree->find(QStringLiteral("src"))).files, 3);

        world.page()->openFile(QStringLiteral("src/util.c"), 6);
        QTRY_VERIFY_WITH_TIMEOUT(world.code()->document().source().highlight == "done", 30000);
        QCOMPARE(world.code()->document().line(3), QStringLiteral("/* 工作 */"));
        QVERIFY(world.code()->document().colours(3).front().kind == api::SyntaxKind::Comment);
        QVERIFY(!world.code()->document().folds().empty());
        QTRY_VERIFY(!world.code()->marks().empty());
        QCOMPARE(world.code()->cursor().line, 6);
        QTRY_COMPARE(world.list("code.outline")->model()->rowCount(), 1);

        world.page()->inspector()->showTab(QStringLiteral("calls"));
        QTableView* callers = world.list("code.callers");
        QTRY_COMPARE_WITH_TIMEOUT(callers->model()->rowCount(), 1, 10000);
        QCOMPARE(callers->model()->index(0, 0).data().toString(), QStringLiteral("main"));
        QTRY_VERIFY(callers->isVisible());
        QTest::mouseClick(callers->viewport(), Qt::LeftButton, {},
                          callers->visualRect(callers->model()->index(0, 0)).center());
        QTRY_COMPARE(world.page()->path(), QStringLiteral("src/main.c"));
        QTRY_COMPARE(world.code()->cursor().line, 6);
        world.page()->inspector()->showTab(QStringLiteral("findings"));
        QTRY_VERIFY(world.list("code.findings")->model()->rowCount() >= 1); // gets()

        world.page()->openFile(QStringLiteral("gbk.py"));
        QTRY_COMPARE(world.code()->document().line(1), QStringLiteral("# 中文注释测试"));
        QCOMPARE(world.code()->document().source().encoding, std::string("GB 18030"));
    }

    void aChangedFileSaysSoAndIsReadAgain_data() { faces(); }
    void aChangedFileSaysSoAndIsReadAgain() {
        QFETCH(bool, remote);
        World world(remote);
        world.trigger("page.code");
        world.page()->openFolder(world.folder());
        QTRY_VERIFY_WITH_TIMEOUT(world.page()->analysis()->hasResult(), 30000);
        test::writeText(world.home / "tree/tool.py",
                        "def other():\n    return 2\n\n\ndef run(n):\n    return n\n");
        world.page()->openFile(QStringLiteral("tool.py"));
        auto* notice = world.page()->findChild<QLabel*>(QStringLiteral("code.notice.text"));
        QTRY_VERIFY_WITH_TIMEOUT(notice->isVisible(), 10000);
        world.trigger("code.rerun");
        QTRY_VERIFY_WITH_TIMEOUT(!world.page()->analysis()->isRunning(), 30000);
        QTRY_VERIFY_WITH_TIMEOUT(!notice->isVisible(), 10000);
        QTRY_COMPARE(world.list("code.outline")->model()->rowCount(), 2);
    }

    void theGraphIsTheSameFromBoth_data() { faces(); }
    void theGraphIsTheSameFromBoth() {
        QFETCH(bool, remote);
        World world(remote);
        world.trigger("page.code");
        world.page()->openFolder(world.folder());
        QTRY_VERIFY_WITH_TIMEOUT(world.page()->analysis()->hasResult(), 30000);
        world.page()->openFile(QStringLiteral("src/util.c"), 6);
        QTRY_COMPARE_WITH_TIMEOUT(world.list("code.outline")->model()->rowCount(), 1, 30000);
        QTRY_COMPARE_WITH_TIMEOUT(world.code()->cursor().line, 6, 30000);
        world.trigger("code.graph");
        GraphPane* pane = world.page()->graph();
        QTRY_COMPARE_WITH_TIMEOUT(pane->view()->items().size(), std::size_t(2), 10000);
        const api::AnalysisGraph& calls = pane->view()->graph();
        QCOMPARE(calls.nodes[0].name, std::string("work"));
        QCOMPARE(calls.nodes[1].name, std::string("main"));
        QCOMPARE(calls.nodes[1].depth, -1);
        QCOMPARE(calls.edges[0].line, 6);
        pane->view()->setCurrent(1);
        QTest::keyClick(pane->view(), Qt::Key_Return);
        QTRY_COMPARE(world.page()->path(), QStringLiteral("src/main.c"));
        QTRY_COMPARE(world.code()->cursor().line, 3);
        pane->showIncludes();
        QTRY_COMPARE_WITH_TIMEOUT(pane->view()->graph().kind, std::string("include"), 10000);
        QCOMPARE(pane->view()->graph().nodes.back().path, std::string("src/util.h"));
        pane->showFolder(QStringLiteral("src"));
        QTRY_VERIFY_WITH_TIMEOUT(pane->view()->graph().folder, 10000);
        QCOMPARE(pane->view()->items().size(), std::size_t(3));
    }

    void aFolderThatMayNotBeReadIsToldInWords_data() { faces(); }
    void aFolderThatMayNotBeReadIsToldInWords() {
        QFETCH(bool, remote);
        World world(remote);
        world.trigger("page.code");
        world.page()->openFolder(QStringLiteral("/no/such/folder"));
        QTRY_VERIFY_WITH_TIMEOUT(world.page()->analysis()->error().has_value(), 20000);
        QVERIFY(world.page()->analysis()->error()->code ==
                (remote ? ErrorCode::PermissionDenied : ErrorCode::NotFound));
        QVERIFY(world.page()->findChild<QWidget*>(QStringLiteral("code.empty"))->isVisible());
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::CodePageLiveTest)
#include "CodePageLiveTest.moc"
