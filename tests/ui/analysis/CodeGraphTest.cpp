// The graph above the code in the true main window over a scripted backend.
#include "tests/ui/analysis/CodePageFixture.h"
#include "ui/analysis/GraphPane.h"

#include <QAbstractButton>
#include <QToolButton>

namespace exo::ui {

class CodeGraphTest : public CodePage {
    Q_OBJECT
    GraphView* view() { return page()->graph()->view(); }
    void choose(const char* control, const char* segment) {
        auto* made = WindowFixture::find<SegmentedControl>(control);
        for (auto* button : made->findChildren<QAbstractButton*>()) {
            if (button->objectName().endsWith(u'.' + QString::fromLatin1(segment)))
                return QTest::mouseClick(button, Qt::LeftButton);
        }
        QFAIL(segment);
    }
    void openGraph(int line) {
        open();
        openExpire();
        code()->goTo(line);
        m_fixture->trigger("code.graph");
        QTRY_VERIFY(!page()->graph()->isWaiting());
    }
    QString lastAsked() { return fake().asked.last(); }
    int itemNamed(const char* title) {
        for (std::size_t i = 0; i < view()->items().size(); ++i) {
            if (view()->items()[i].title == QString::fromUtf8(title)) return static_cast<int>(i);
        }
        return -1;
    }
    void press(int item, bool twice = false) {
        view()->setCurrent(item);
        const QPoint at = view()->itemRect(item).center().toPoint();
        QTest::mouseClick(view(), Qt::LeftButton, {}, at);
        if (twice) QTest::mouseDClick(view(), Qt::LeftButton, {}, at);
    }

  private slots:
    void cleanup() { m_fixture.reset(); }

    void theFunctionAtTheCursorIsTheFocus() {
        openGraph(36);
        QVERIFY(page()->graph()->isVisible());
        QVERIFY(code()->isVisible()); // below it
        QCOMPARE(lastAsked(), QStringLiteral("graph call src/expire.c activeExpireCycle both 1"));
        QCOMPARE(view()->items().front().title, QStringLiteral("activeExpireCycle"));
        QCOMPARE(view()->current(), 0);
        QVERIFY(textOf("code.graph.status").startsWith(QStringLiteral("callers: 3 of 246")));
        QCOMPARE(WindowFixture::find("code.graph.status")->accessibleName(),
                 QStringLiteral("callers: 3 of 246 · callees: 5 · 1 cycle: activeExpireCycle, databasesCron, "
                                "serverCron, latencyAddSample"));
    }

    void aPressGoesToTheLineAndASecondMakesItTheFocus() {
        openGraph(36);
        press(itemNamed("activeExpireCycleTryExpire"));
        QCOMPARE(code()->cursor().line, 10);
        QCOMPARE(page()->path(), QStringLiteral("src/expire.c"));
        press(itemNamed("databasesCron"), true);
        QTRY_COMPARE(page()->path(), QStringLiteral("src/server.c"));
        QTRY_VERIFY(lastAsked() == u"graph call src/server.c databasesCron both 1" ||
                    fake().asked.contains(QStringLiteral("graph call src/server.c databasesCron both 1")));
        QTRY_VERIFY(WindowFixture::find("code.graph.note")->isVisible()); // this backend has no graph of it
    }

    void backAndForwardGoThroughTheGraphs() {
        openGraph(36);
        QVERIFY(!WindowFixture::find("code.graph.back")->isEnabled());
        choose("code.graph.depth", "2");
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph call src/expire.c activeExpireCycle both 2"));
        choose("code.graph.direction", "in");
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph call src/expire.c activeExpireCycle in 2"));
        click("code.graph.back");
        click("code.graph.back");
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph call src/expire.c activeExpireCycle both 1"));
        QVERIFY(!WindowFixture::find("code.graph.back")->isEnabled());
        QCOMPARE(WindowFixture::find<SegmentedControl>("code.graph.depth")->current(), QStringLiteral("1"));
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Right, Qt::AltModifier);
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph call src/expire.c activeExpireCycle both 2"));
    }

    void includesOfTheFileAndOfTheFolderAround() {
        fakeIncludes();
        choose("code.graph.kind", "include");
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph include src/expire.c both 1"));
        QTRY_COMPARE(view()->items().front().title, QStringLiteral("expire.c"));
        click("code.graph.up");
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph include src both 1"));
        m_fixture->trigger("code.folderGraph");
        QTRY_VERIFY(view()->graph().folder);
        QVERIFY(!WindowFixture::find("code.graph.direction")->isVisible());
        QVERIFY(textOf("code.graph.status").contains(QStringLiteral("1 cycle: src/, deps/")));
        // A folder opens as the next picture.
        press(itemNamed("src/"), true);
        QTRY_VERIFY(fake().asked.contains(QStringLiteral("graph include src both 1")));
        // Back to calls: of the function that was there before.
        choose("code.graph.kind", "call");
        QTRY_COMPARE(lastAsked(), QStringLiteral("graph call src/expire.c activeExpireCycle both 1"));
    }

    void whatThereIsNoRoomForOpensAsAList() {
        openGraph(36);
        fake().allCalls.clear();
        for (int i = 0; i < 246; ++i) {
            const std::string name = "caller" + std::to_string(i);
            for (int twice = 0; twice < 2; ++twice) {
                fake().allCalls.push_back(
                    {"src/db.c", name, "src/expire.c", "activeExpireCycle", i + 1, "exact"});
            }
        }
        fake().allCalls.push_back(
            {"src/server.c", "databasesCron", "src/expire.c", "activeExpireCycle", 5, "exact"});
        const int group = itemNamed("+243 more");
        QVERIFY(group > 0);
        view()->setCurrent(group);
        QTest::keyClick(view(), Qt::Key_Return);
        QTableView* rows = list("code.graph.list");
        QTRY_COMPARE(rows->model()->rowCount(), 246); // each once, and none that is in the picture
        QVERIFY(rows->isVisible());
        QTest::mouseClick(rows->viewport(), Qt::LeftButton, {},
                          rows->visualRect(rows->model()->index(3, 0)).center());
        QTRY_COMPARE(page()->path(), QStringLiteral("src/db.c"));
        QVERIFY(!rows->isVisible());
    }

    void errorsAndNothingAreToldInWords() {
        open();
        openExpire();
        fake().graphError = Error(ErrorCode::Overloaded, "busy");
        code()->goTo(36);
        m_fixture->trigger("code.graph");
        QTRY_VERIFY(WindowFixture::find("code.graph.note")->isVisible());
        QVERIFY(WindowFixture::find("code.graph.again")->isVisible());
        fake().graphError.reset();
        click("code.graph.again");
        QTRY_VERIFY(view()->isVisible());
        code()->goTo(1); // outside of functions: includes of the file, which this backend has none of
        m_fixture->trigger("code.graph");
        QTRY_VERIFY(WindowFixture::find("code.graph.note")->isVisible());
        QVERIFY(!WindowFixture::find("code.graph.again")->isVisible());
        api::AnalysisGraph none;
        none.kind = "include";
        none.folder = true;
        fake().graphs["include "] = none;
        m_fixture->trigger("code.folderGraph");
        QTRY_VERIFY(fake().asked.last() == u"graph include  both 1");
        QTRY_VERIFY(WindowFixture::find("code.graph.note")->isVisible());
    }

    void aLateAnswerDoesNotReplaceANewerOne() {
        openGraph(36);
        page()->graph()->showFolder({});
        page()->graph()->showCalls();
        QTRY_VERIFY(!page()->graph()->isWaiting());
        QTest::qWait(50);
        QVERIFY(!view()->graph().folder);
        QCOMPARE(view()->items().front().title, QStringLiteral("activeExpireCycle"));
    }

    void aNewAnalysisIsAskedAgainAndAClosedFolderForgets() {
        openGraph(36);
        const auto before =
            fake().asked.count(QStringLiteral("graph call src/expire.c activeExpireCycle both 1"));
        m_fixture->trigger("code.rerun");
        QTRY_COMPARE(fake().asked.count(QStringLiteral("graph call src/expire.c activeExpireCycle both 1")),
                     before + 1);
        QTRY_VERIFY(!page()->graph()->isWaiting());
        m_fixture->trigger("code.close");
        QTRY_VERIFY(view()->items().empty());
    }

    void theCloseButtonGivesTheRoomBack() {
        openGraph(36);
        const int half = code()->height();
        click("code.graph.close");
        QVERIFY(!page()->graph()->isVisible());
        QTRY_VERIFY(code()->height() > half + 100);
        m_fixture->trigger("code.graph");
        QTRY_VERIFY(view()->isVisible());
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Escape);
        QVERIFY(!page()->graph()->isVisible());
    }

    void everythingHasANameInBothLanguages() {
        for (const QString& language : {QStringLiteral("en"), QStringLiteral("zh_CN")}) {
            open(language);
            openExpire();
            code()->goTo(36);
            m_fixture->trigger("code.graph");
            QTRY_VERIFY(!page()->graph()->isWaiting());
            for (const char* name : {"back", "forward", "up", "zoomOut", "zoomIn", "fit", "close", "kind",
                                     "direction", "depth", "view", "legend", "status"}) {
                const QWidget* part = WindowFixture::find((std::string("code.graph.") + name).c_str());
                QVERIFY2(part && !part->accessibleName().isEmpty(), name);
                const bool english = language == u"en";
                const bool letters = part->accessibleName().at(0).unicode() < 128;
                QVERIFY2(english == letters, qPrintable(part->accessibleName()));
            }
            for (const GraphItem& item : view()->items()) {
                QVERIFY(language == u"en" || !item.spoken.contains(QStringLiteral("focus")));
            }
            m_fixture.reset();
        }
    }

  private:
    void fakeIncludes() {
        openGraph(36);
        api::AnalysisGraph includes;
        includes.kind = "include";
        includes.nodes = {{"src/expire.c", "", 0, 0, 0, 0, 0, false},
                          {"src/server.h", "", 0, 1, 0, 0, 0, false}};
        includes.edges = {{0, 1, 5, 1, "exact"}};
        fake().graphs["include src/expire.c"] = includes;
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::CodeGraphTest)
#include "CodeGraphTest.moc"
