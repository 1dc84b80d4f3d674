// The Code page in the true main window over a scripted backend: its states, its lists, the way
// back from a citation.
#include "tests/ui/analysis/CodePageFixture.h"
#include "ui/chat/transcript/TranscriptView.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDropEvent>
#include <QFileDialog>
#include <QLineEdit>
#include <QMimeData>
#include <QTreeView>

namespace exo::ui {

class CodePageTest : public CodePage {
    Q_OBJECT
  private slots:
    void cleanup() { m_fixture.reset(); }

    void anEmptyPageSaysWhatToDo() {
        open();
        QVERIFY(WindowFixture::find("code.empty")->isVisible());
        QVERIFY(WindowFixture::find<QPushButton>("code.empty.open")->isVisible());
        QVERIFY(!WindowFixture::find("code.empty.again")->isVisible());
        QVERIFY(fake().asked.isEmpty()); // nothing is analysed unasked
        click("code.empty.open");
        auto* dialog = WindowFixture::find<QFileDialog>("code.openDialog");
        QVERIFY(dialog);
        dialog->reject();
    }

    void aRunShowsItsCountsAndCanBeCancelled() {
        open();
        fake().holdsRunning = true;
        page()->openFolder(QStringLiteral("/code/redis"));
        QTRY_VERIFY(WindowFixture::find("code.running.bar")->isVisible());
        QTRY_VERIFY(page()->analysis()->state().id == AnalysisId("an_1"));
        fake().progress(40, 120);
        QTRY_COMPARE(textOf("code.running.stage"), QStringLiteral("Reading files: 40 of 120"));
        click("code.running.cancel");
        QTRY_VERIFY(WindowFixture::find("code.empty")->isVisible());
        QVERIFY(fake().asked.contains(QStringLiteral("remove an_1")));
        QVERIFY(WindowFixture::find("code.empty.again")->isVisible());
        fake().holdsRunning = false;
        click("code.empty.again");
        QTRY_VERIFY(page()->analysis()->hasResult());
    }

    void anErrorIsToldInWords() {
        open();
        fake().startError = Error(ErrorCode::NotFound, "/gone: no such file or folder");
        page()->openFolder(QStringLiteral("/gone"));
        QTRY_VERIFY(WindowFixture::find("code.empty.again")->isVisible());
        bool told = false;
        for (const QLabel* label : WindowFixture::find("code.empty")->findChildren<QLabel*>()) {
            told = told || label->text().contains(QStringLiteral("no such file"));
        }
        QVERIFY(told);
        fake().startError.reset();
        click("code.empty.again");
        QTRY_VERIFY(page()->analysis()->hasResult());
    }

    void theFolderIsThereAgainAfterARestart() {
        open();
        page()->openFolder(QStringLiteral("/code/redis"));
        QTRY_VERIFY(page()->analysis()->hasResult());
        QCOMPARE(m_fixture->preferences->codeFolders({}), QStringList{QStringLiteral("/code/redis")});
        const QString ini = m_fixture->iniFile();
        QVERIFY(Preferences(ini).codeFolders({}).contains(QStringLiteral("/code/redis")));
        // A new page, as after a start: nothing happens before it is seen.
        AnalysisPage::Memory memory;
        memory.recall = [&](const QString& place) { return m_fixture->preferences->codeFolders(place); };
        ActionRegistry registry;
        AnalysisPage again(m_fixture->connections.get(), &m_fixture->theme, &registry, memory);
        QVERIFY(again.analysis()->folder().isEmpty());
        again.show();
        QTRY_VERIFY(again.analysis()->hasResult());
        QCOMPARE(again.analysis()->folder(), QStringLiteral("/code/redis"));
    }

    void theOldResultStaysWhileTheNextIsMade() {
        open();
        openExpire();
        code()->goTo(39);
        fake().holdsRunning = true;
        m_fixture->trigger("code.rerun");
        QTRY_VERIFY(WindowFixture::find("code.progress")->isVisible());
        QVERIFY(code()->isVisible());
        QVERIFY(!action("code.rerun")->isEnabled());
        QVERIFY(action("code.cancel")->isEnabled());
        fake().finish();
        QTRY_VERIFY(!page()->analysis()->isRunning());
        QTRY_COMPARE(page()->path(), QStringLiteral("src/expire.c"));
        QTRY_COMPARE(code()->cursor().line, 39);
        QTRY_VERIFY(fake().asked.contains(QStringLiteral("remove an_1")));
    }

    void theTreeOpensFiles() {
        open();
        page()->openFolder(QStringLiteral("/code/redis"));
        QTRY_VERIFY(page()->analysis()->hasResult());
        auto* filter = WindowFixture::find<QLineEdit>("code.filter");
        filter->setText(QStringLiteral("expire"));
        QTest::keyClick(filter, Qt::Key_Return);
        QTRY_COMPARE(page()->path(), QStringLiteral("src/expire.c"));
        QTRY_VERIFY(!code()->document().isEmpty());
        QVERIFY(WindowFixture::find<QTreeView>("code.tree")->currentIndex().isValid());
    }

    void aFileThatWasLeftOutSaysWhy() {
        open();
        page()->openFolder(QStringLiteral("/code/redis"));
        QTRY_VERIFY(page()->analysis()->hasResult());
        page()->openFile(QStringLiteral("src/logo.png"));
        auto* note = WindowFixture::find("code.fileNote");
        QTRY_VERIFY(note->isVisible());
        QVERIFY(!fake().asked.contains(QStringLiteral("text src/logo.png")));
        fake().textError = Error(ErrorCode::RequestTooLarge);
        page()->openFile(QStringLiteral("src/db.c"));
        QTRY_VERIFY(fake().asked.contains(QStringLiteral("text src/db.c")));
        QTRY_VERIFY(note->isVisible());
    }

    void listsLeadToTheLine() {
        open();
        openExpire();
        page()->inspector()->showTab(QStringLiteral("findings"));
        QTableView* findings = list("code.findings");
        QTRY_COMPARE(findings->model()->rowCount(), 2);
        click("code.severity.error");
        QCOMPARE(findings->model()->rowCount(), 1);
        QTest::mouseClick(findings->viewport(), Qt::LeftButton, {},
                          findings->visualRect(findings->model()->index(0, 0)).center());
        QCOMPARE(code()->cursor().line, 39);
        QVERIFY(textOf("code.finding.text").contains(QStringLiteral("strcpy")));
        click("code.severity.all");

        page()->inspector()->showTab(QStringLiteral("metrics"));
        QTableView* functions = list("code.functions");
        functions->sortByColumn(1, Qt::DescendingOrder);
        QCOMPARE(cell(functions, 0, 0), QStringLiteral("activeExpireCycle"));
        QCOMPARE(cell(functions, 0, 1), QStringLiteral("38"));
        functions->sortByColumn(1, Qt::AscendingOrder);
        QCOMPARE(cell(functions, 0, 0), QStringLiteral("activeExpireCycleTryExpire"));

        page()->inspector()->showTab(QStringLiteral("calls"));
        QTRY_COMPARE(list("code.callers")->model()->rowCount(), 2);
        QCOMPARE(list("code.callees")->model()->rowCount(), 2);
        QTableView* callers = list("code.callers");
        QTest::mouseClick(callers->viewport(), Qt::LeftButton, {},
                          callers->visualRect(callers->model()->index(0, 0)).center());
        QTRY_COMPARE(page()->path(), QStringLiteral("src/server.c"));
        m_fixture->trigger("code.back");
        QTRY_COMPARE(page()->path(), QStringLiteral("src/expire.c"));
        QTRY_COMPARE(code()->cursor().line, 39);

        page()->inspector()->showTab(QStringLiteral("duplicates"));
        QTRY_COMPARE(list("code.duplicates")->model()->rowCount(), 2);
        page()->inspector()->showTab(QStringLiteral("hotspots"));
        QVERIFY(list("code.hotspots")->model()->rowCount() > 10);
        QTableView* changing = list("code.hotFunctions");
        QCOMPARE(changing->model()->index(0, 0).data().toString(), QStringLiteral("activeExpireCycle"));
        QTest::mouseClick(changing->viewport(), Qt::LeftButton, {},
                          changing->visualRect(changing->model()->index(0, 0)).center());
        QTRY_COMPARE(page()->path(), QStringLiteral("src/expire.c"));
        QTRY_COMPARE(code()->cursor().line, 30);
        page()->inspector()->showTab(QStringLiteral("includes"));
        QCOMPARE(list("code.includes")->model()->rowCount(), 2);
        QVERIFY(textOf("code.includedBy.none").contains(QStringLiteral("No file")));
    }

    void listsOverTheFolderAreFetchedWhenWanted() {
        open();
        openExpire();
        page()->inspector()->showTab(QStringLiteral("findings"));
        click("code.scope.folder");
        QTRY_VERIFY(list("code.findings")->model()->rowCount() > 10);
        page()->inspector()->showTab(QStringLiteral("metrics"));
        QTRY_VERIFY(list("code.functions")->model()->rowCount() > 100);
        click("code.scope.file");
        QCOMPARE(list("code.functions")->model()->rowCount(), 2);
    }

    void findingsSpeakTheLanguageOfTheWindow() {
        open(QStringLiteral("zh_CN"));
        openExpire();
        page()->inspector()->showTab(QStringLiteral("findings"));
        QTRY_COMPARE(list("code.findings")->model()->rowCount(), 2);
        QVERIFY(cell(list("code.findings"), 0, 0).contains(QStringLiteral("认知复杂度")));
        m_fixture->language.setLanguage(QStringLiteral("en"));
        QTRY_VERIFY(cell(list("code.findings"), 0, 0).contains(QStringLiteral("cognitive complexity")));
    }

    void aCitationOpensTheCode() {
        open();
        page()->openFolder(QStringLiteral("/code/redis"));
        QTRY_VERIFY(page()->analysis()->hasResult());
        m_fixture->trigger("page.chat");
        emit m_fixture->window->chat()->citationActivated(QStringLiteral("/code/redis"),
                                                          QStringLiteral("expire.c:39"));
        QVERIFY(page()->isVisible());
        QTRY_COMPARE(code()->cursor().line, 39);
        QCOMPARE(page()->path(), QStringLiteral("src/expire.c"));
        // A chat without a project means the folder that is open.
        emit m_fixture->window->chat()->citationActivated({}, QStringLiteral("src/expire.c:20-30"));
        QTRY_COMPARE(code()->selectedLines().second, 30);
        // Another project is opened first.
        emit m_fixture->window->chat()->citationActivated(QStringLiteral("/code/other"),
                                                          QStringLiteral("src/expire.c:12"));
        QTRY_COMPARE(page()->analysis()->folder(), QStringLiteral("/code/other"));
        QTRY_COMPARE(code()->cursor().line, 12);
        // What is not there is copied, and said.
        m_fixture->trigger("page.chat");
        emit m_fixture->window->chat()->citationActivated(QStringLiteral("/code/other"),
                                                          QStringLiteral("none.c:1"));
        QVERIFY(m_fixture->window->chat()->isVisible());
    }

    void theTreemapOpensWhatIsClicked() {
        open();
        openExpire();
        m_fixture->trigger("code.treemap");
        QVERIFY(WindowFixture::find("code.treemap")->isVisible());
        QVERIFY(!code()->isVisible());
        QVERIFY(!action("code.find")->isEnabled());
        m_fixture->trigger("code.colourChanges");
        click("code.views.tree");
        QVERIFY(code()->isVisible());
    }

    void keysOfTheCodeAreFreeElsewhere() {
        open();
        openExpire();
        QVERIFY(action("code.find")->isEnabled());
        QTest::keyClick(code(), Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(WindowFixture::find("code.find")->isVisible());
        QTest::keyClick(WindowFixture::find("code.find.field"), Qt::Key_Escape);
        QVERIFY(!WindowFixture::find("code.find")->isVisible());
        m_fixture->trigger("page.chat");
        QVERIFY(!action("code.find")->isEnabled());
        QVERIFY(action("code.open")->isEnabled());
    }

    void aSymbolIsFoundByName() {
        open();
        openExpire();
        m_fixture->trigger("code.goToSymbol");
        auto* field = WindowFixture::find<QLineEdit>("code.symbols.field");
        QTRY_VERIFY(field->isVisible());
        field->setText(QStringLiteral("tryexp"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(code()->cursor().line, 10);
    }

    void aServerIsAskedForItsOwnFolders() {
        open();
        m_fixture->connections->connectTo(QUrl(QStringLiteral("http://127.0.0.1:8686")), {});
        QTRY_VERIFY(m_fixture->server);
        m_fixture->trigger("code.open");
        auto* dialog = WindowFixture::find<QDialog>("code.folderDialog");
        QVERIFY(dialog);
        auto* field = WindowFixture::find<QLineEdit>("code.folderDialog.path");
        field->setText(QStringLiteral("srv"));
        QVERIFY(!WindowFixture::find("code.folderDialog.open")->isEnabled());
        field->setText(QStringLiteral("/srv/code/"));
        click("code.folderDialog.open");
        QTRY_VERIFY(m_fixture->server->code.asked.contains(QStringLiteral("start /srv/code")));
        QCOMPARE(m_fixture->preferences->codeFolders(QStringLiteral("http://127.0.0.1:8686")).size(), 1);
    }

    void aReportIsWritten() {
        open();
        openExpire();
        m_fixture->trigger("code.exportSarif");
        auto* dialog = WindowFixture::find<QFileDialog>("code.exportDialog");
        QVERIFY(dialog);
        const QString file = m_fixture->iniFile() + QStringLiteral(".sarif");
        emit dialog->fileSelected(file);
        dialog->reject();
        QTRY_VERIFY(QFile::exists(file));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(written.readAll().contains("2.1.0"));
    }

    void aFolderCanBeDropped() {
        open();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp"))});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(page(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(page(), &drop);
        QCOMPARE(page()->analysis()->folder(), QStringLiteral("/tmp"));
    }

    void everythingThatCanBeOperatedHasAName() {
        open();
        openExpire();
        m_fixture->trigger("code.find");
        for (const QString& tab : Inspector::tabs()) {
            page()->inspector()->showTab(tab);
            for (const QWidget* widget : page()->findChildren<QWidget*>()) {
                if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()) continue;
                const QString inner = widget->objectName();
                if (inner.startsWith(u"qt_") ||
                    qobject_cast<const QAbstractScrollArea*>(widget->parentWidget()))
                    continue;
                QVERIFY2(!inner.isEmpty(), widget->metaObject()->className());
                QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(inner));
            }
        }
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::CodePageTest)
#include "CodePageTest.moc"
