// The guides in their window: chapters that lead somewhere, a search, both languages and themes.
#include "ui/help/HelpWindow.h"
#include "ui/theme/LanguageController.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextBrowser>
#include <QtTest>

using namespace exo::ui;

class HelpTest : public QObject {
    Q_OBJECT
    LanguageController m_language;
    ThemeController m_theme;
    QPointer<HelpWindow> m_window;

    QListWidget* chapters() { return m_window->findChild<QListWidget*>(QStringLiteral("help.chapters")); }
    QTextBrowser* text() { return m_window->findChild<QTextBrowser*>(QStringLiteral("help.text")); }
    QLineEdit* search() { return m_window->findChild<QLineEdit*>(QStringLiteral("help.search")); }
    QString found() { return m_window->findChild<QLabel*>(QStringLiteral("help.found"))->text(); }
    void picture(const QString& name) {
        const QString folder = qEnvironmentVariable("EXO_PICTURES");
        if (!folder.isEmpty())
            m_window->grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    }

  private slots:
    void initTestCase() { m_theme.applyTo(qApp); }

    void init() {
        m_language.setLanguage(QStringLiteral("en"));
        m_theme.setMode(ThemeMode::Light);
        m_window = new HelpWindow(&m_theme);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window));
    }
    void cleanup() { delete m_window; }

    void chaptersLeadToTheirText() {
        QVERIFY(chapters()->count() > 10);
        const int last = chapters()->count() - 1;
        const auto at = chapters()->visualItemRect(chapters()->item(2)).center();
        QTest::mouseClick(chapters()->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(chapters()->currentRow(), 2);
        QCOMPARE(text()->textCursor().block().text(), chapters()->item(2)->toolTip());
        QVERIFY(text()->verticalScrollBar()->value() > 0);
        text()->verticalScrollBar()->setValue(text()->verticalScrollBar()->maximum());
        QVERIFY2(chapters()->currentRow() >= last - 2, "the chapter that is read is marked");
    }

    void searchGoesRoundAndSaysWhenThereIsNothing() {
        QTest::keyClick(m_window, Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(search()->hasFocus());
        QTest::keyClicks(search(), QStringLiteral("provider"));
        QTest::keyClick(search(), Qt::Key_Return);
        QCOMPARE(text()->textCursor().selectedText().toLower(), QStringLiteral("provider"));
        const int first = text()->textCursor().position();
        for (int i = 0; i < 500 && found().isEmpty(); ++i)
            QTest::keyClick(search(), Qt::Key_Return);
        QVERIFY2(!found().isEmpty(), "it went round");
        QCOMPARE(text()->textCursor().position(), first);
        search()->setText(QStringLiteral("no such words at all"));
        QTest::keyClick(search(), Qt::Key_Return);
        QCOMPARE(found(), QStringLiteral("Not found"));
    }

    void speaksTheLanguageOfTheWindows() {
        picture(QStringLiteral("help-light-en"));
        m_language.setLanguage(QStringLiteral("zh_CN"));
        QTRY_COMPARE(m_window->windowTitle(), QStringLiteral("ExoBrain 帮助"));
        QVERIFY(text()->toPlainText().contains(QStringLiteral("本地")));
        m_theme.setMode(ThemeMode::Dark);
        m_window->resize(980, 720);
        QTest::mouseClick(chapters()->viewport(), Qt::LeftButton, {},
                          chapters()->visualItemRect(chapters()->item(4)).center());
        picture(QStringLiteral("help-dark-zh"));
    }
};

QTEST_MAIN(HelpTest)
#include "HelpTest.moc"
