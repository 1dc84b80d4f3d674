// From the Code page to a question: what goes along with it.
#include "tests/ui/analysis/CodePageFixture.h"

namespace exo::ui {

class CodeAskTest : public CodePage {
    Q_OBJECT
  private slots:
    void cleanup() { m_fixture.reset(); }

    void aQuestionTakesTheFunctionAlong() {
        open();
        openExpire();
        code()->goTo(34);
        m_fixture->trigger("code.askFunction");
        ChatPage* chat = m_fixture->window->chat();
        QVERIFY(chat->isVisible());
        const auto& attached = chat->composer()->attachments().list();
        QCOMPARE(attached.size(), std::size_t(1));
        QCOMPARE(attached.front().name, std::string("src/expire.c:20-43"));
        QVERIFY(attached.front().data.starts_with("void activeExpireCycle(int type) {\n"));
        QVERIFY(attached.front().data.ends_with("    }\n}\n"));
        QCOMPARE(chat->composer()->text(), QString());
        QTRY_VERIFY(chat->composer()->edit()->hasFocus());
        QCOMPARE(chat->project(), QStringLiteral("/code/redis"));
        chat->composer()->setText(QStringLiteral("Why twice?"));
        QTest::keyClick(chat->composer()->edit(), Qt::Key_Return);
        QTRY_COMPARE(m_fixture->backend->lastRequest.attachments.size(), std::size_t(1));
        QCOMPARE(m_fixture->backend->lastRequest.content, std::string("Why twice?"));
        QCOMPARE(m_fixture->backend->lastRequest.attachments.front().name, std::string("src/expire.c:20-43"));
    }

    void aQuestionTakesWhatIsSelectedOrFound() {
        open();
        openExpire();
        const auto attached = [this] { return m_fixture->window->chat()->composer()->attachments().list(); };
        code()->select({25, 4}, {27, 0});
        m_fixture->trigger("code.ask");
        QCOMPARE(attached().back().name, std::string("src/expire.c:25-26"));
        QCOMPARE(attached().back().data, code()->document().text({25, 0}, {27, 0}).toStdString());
        m_fixture->trigger("page.code");
        page()->inspector()->chooseFinding(39);
        m_fixture->trigger("code.askFinding");
        QVERIFY(attached().back().data.starts_with("src/expire.c:39 · Error · c/unsafe-strcpy: strcpy"));
        m_fixture->trigger("page.code");
        m_fixture->trigger("code.askFile");
        QCOMPARE(attached().back().name, std::string("src/expire.c:1-43"));
        QCOMPARE(attached().back().data, code()->document().source().text);
    }

    void aFindingOfAnotherFileIsAskedAboutWithOnePress() {
        open();
        openExpire();
        page()->inspector()->showTab(QStringLiteral("findings"));
        click("code.scope.folder");
        QTRY_VERIFY(list("code.findings")->model()->rowCount() > 10);
        const auto choose = [this](const QString& besides) {
            const QAbstractItemModel* rows = list("code.findings")->model();
            for (int row = 0; row < rows->rowCount(); ++row) {
                list("code.findings")->setCurrentIndex(rows->index(row, 0));
                const QString path = page()->inspector()->findingPath();
                if (path != page()->path() && path != besides) return path;
            }
            return QString();
        };
        const ChatPage* chat = m_fixture->window->chat();
        // Who goes elsewhere meanwhile is not asked about it any more.
        const QString left = choose({});
        QVERIFY(!left.isEmpty());
        m_fixture->trigger("code.askFinding");
        QCOMPARE(page()->path(), left);
        page()->openFile(QStringLiteral("src/expire.c"), 1);
        QTRY_VERIFY(code()->document().source().text.starts_with("/*") ||
                    code()->document().lineCount() > 40);
        QTRY_COMPARE(list("code.outline")->model()->rowCount(), 2);
        QVERIFY(!chat->isVisible());
        const QString path = choose(left);
        QVERIFY(!path.isEmpty());
        const int line = page()->inspector()->finding()->line;
        QVERIFY(action("code.askFinding")->isEnabled());
        m_fixture->trigger("code.askFinding");
        QTRY_VERIFY(chat->isVisible());
        const auto& attached = chat->composer()->attachments().list();
        QCOMPARE(attached.size(), std::size_t(1));
        QVERIFY(QString::fromStdString(attached.front().name).startsWith(path + u':'));
        const QString heading = path + u':' + QString::number(line) + QStringLiteral(" · ");
        QVERIFY2(QString::fromStdString(attached.front().data).startsWith(heading),
                 attached.front().data.c_str());
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::CodeAskTest)
#include "CodeAskTest.moc"
