// The main window: reachable by keyboard and screen reader, palette, status, connection, start errors.
#include "tests/ui/support/WindowFixture.h"
#include "ui/chat/ChatPage.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/StatusStrip.h"
#include "ui/widgets/SegmentedControl.h"
#include "ui/widgets/Toast.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QApplication>
#include <QComboBox>
#include <QCoreApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSpinBox>

using namespace exo;
using namespace exo::ui;

namespace {

bool isInteractive(const QWidget* widget) {
    if (qobject_cast<const QAbstractSlider*>(widget)) return false; // scroll bars belong to their view
    // Parts Qt makes inside its own widgets.
    if (widget->inherits("QLineEditIconButton")) return false;
    if (widget->objectName().startsWith(u"qt_")) return false;
    if (qobject_cast<const QLineEdit*>(widget) &&
        qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()))
        return false;
    if (qobject_cast<const QAbstractItemView*>(widget) &&
        widget->window()->inherits("QComboBoxPrivateContainer"))
        return false;
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QLineEdit*>(widget) ||
           qobject_cast<const QComboBox*>(widget) || qobject_cast<const QAbstractItemView*>(widget) ||
           qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget);
}

QStringList withoutNames(QWidget* root) {
    QStringList bad;
    for (const QWidget* widget : root->findChildren<QWidget*>()) {
        if (!isInteractive(widget)) continue;
        const QString where =
            QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName();
        if (widget->objectName().isEmpty()) bad << where + QStringLiteral(" (no objectName)");
        if (widget->accessibleName().isEmpty()) bad << where + QStringLiteral(" (no accessibleName)");
    }
    return bad;
}

QStringList paletteRows(QListView* list) {
    QStringList rows;
    for (int i = 0; i < list->model()->rowCount(); ++i) {
        rows << list->model()->index(i, 0).data().toString();
    }
    return rows;
}

api::SearchHit hit(const char* session, const char* message, const QString& title, const QString& snippet) {
    return {SessionId(session), MessageId(message), title.toStdString(), snippet.toStdString(), 1.0};
}

} // namespace

class ShellTest : public QObject {
    Q_OBJECT
  private slots:
    void everyInteractiveWidgetHasAName();
    void everyActionHasATextAndNoTwoShareAShortcut();
    void pagesAreSwitchedByMouseAndKeys();
    void paletteFindsCommandsAndRunsThem();
    void paletteOpensTheChatItFound();
    void paletteDropsAnswersToOlderQuestions();
    void paletteSaysWhenNothingIsFound();
    void escapeAndAClickBesideClosePalette();
    void statusIsAskedOnlyWhileTheWindowIsVisible();
    void statusShowsNumbersAndTroubleInWords();
    void startErrorSaysWhyAndOffersWaysOut();
    void aWorkingCoreHidesTheStartError();
    void connectingSwitchesEveryPart();
    void connectionMenuOffersTheLastServer();
    void askOpensAChat();
    void firstRunOffersAProvider();
    void placeOfTheWindowIsRemembered();
    void toastUndoRunsOnceAndGoes();
};

void ShellTest::everyInteractiveWidgetHasAName() {
    WindowFixture fixture;
    fixture.backend->providers.push_back(
        {"deepseek", "openai", "https://api.deepseek.com", {"deepseek-chat"}, true, "system"});
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(WindowFixture::find("providers.deepseek.test"));
    fixture.trigger("connection.connect");
    fixture.trigger("palette.open");
    QTRY_VERIFY(WindowFixture::find("connectDialog"));
    for (QWidget* top : QApplication::topLevelWidgets()) {
        const QStringList bad = withoutNames(top);
        QVERIFY2(bad.isEmpty(), qPrintable(bad.join(u'\n')));
    }
}

void ShellTest::everyActionHasATextAndNoTwoShareAShortcut() {
    WindowFixture fixture;
    QHash<QString, QString> taken;
    QVERIFY(!fixture.window->actions()->entries().empty());
    for (const auto& entry : fixture.window->actions()->entries()) {
        const QAction* action = fixture.window->actions()->action(entry.id);
        QVERIFY2(!action->text().isEmpty(), qPrintable(entry.id));
        const QString keys = action->shortcut().toString();
        if (keys.isEmpty()) continue;
        QVERIFY2(!taken.contains(keys), qPrintable(entry.id + u' ' + taken.value(keys)));
        taken.insert(keys, entry.id);
    }
}

void ShellTest::pagesAreSwitchedByMouseAndKeys() {
    WindowFixture fixture;
    fixture.window->show();
    QVERIFY(QTest::qWaitForWindowActive(fixture.window.get()));
    auto* pages = WindowFixture::find<SegmentedControl>("top.pages");
    QCOMPARE(pages->current(), QStringLiteral("chat"));
    QTest::keyClick(fixture.window.get(), Qt::Key_3, Qt::ControlModifier);
    QTRY_VERIFY(WindowFixture::find("monitorPage")->isVisible());
    QCOMPARE(pages->current(), QStringLiteral("monitor"));
    QVERIFY(!fixture.window->chat()->isVisible());
    QTest::mouseClick(WindowFixture::find("top.pages.chat"), Qt::LeftButton);
    QTRY_VERIFY(fixture.window->chat()->isVisible());
}

void ShellTest::paletteFindsCommandsAndRunsThem() {
    WindowFixture fixture;
    fixture.window->show();
    QVERIFY(QTest::qWaitForWindowActive(fixture.window.get()));
    QTest::keyClick(fixture.window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* field = WindowFixture::find<QLineEdit>("palette.field");
    QTRY_VERIFY(field->isVisible());
    QTest::keyClicks(field, QStringLiteral("dark th"));
    QCOMPARE(paletteRows(WindowFixture::find<QListView>("palette.list")),
             (QStringList{QStringLiteral("Commands"), QStringLiteral("Dark theme")}));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(!field->isVisible());
    QVERIFY(fixture.theme.isDark());
    QCOMPARE(int(fixture.preferences->themeMode()), int(ThemeMode::Dark));
}

void ShellTest::paletteOpensTheChatItFound() {
    WindowFixture fixture;
    fixture.backend->addSession(QStringLiteral("s1"), QStringLiteral("过期键"));
    fixture.backend->addMessage(QStringLiteral("s1"), api::Role::User, QStringLiteral("为什么扫两遍"));
    fixture.backend->hits.push_back(
        hit("s1", "m1", QStringLiteral("过期键"), QStringLiteral("为什么\uE000扫\uE001两遍")));
    fixture.window->show();
    fixture.trigger("palette.open");
    auto* field = WindowFixture::find<QLineEdit>("palette.field");
    auto* list = WindowFixture::find<QListView>("palette.list");
    field->setText(QStringLiteral("扫"));
    QTRY_COMPARE(paletteRows(list), (QStringList{QStringLiteral("Chats"), QStringLiteral("过期键")}));
    QCOMPARE(list->currentIndex().row(), 1);
    auto* palette = fixture.window->findChild<CommandPalette*>();
    QString opened;
    connect(palette, &CommandPalette::sessionChosen, this,
            [&](const QString& session, const QString& message) { opened = session + u'/' + message; });
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(opened, QStringLiteral("s1/m1"));
}

void ShellTest::paletteDropsAnswersToOlderQuestions() {
    WindowFixture fixture;
    fixture.backend->hits.push_back(hit("s1", "", QStringLiteral("old"), {}));
    fixture.window->show();
    fixture.trigger("palette.open");
    auto* field = WindowFixture::find<QLineEdit>("palette.field");
    auto* list = WindowFixture::find<QListView>("palette.list");
    field->setText(QStringLiteral("zzz"));
    field->clear();
    QVERIFY(!paletteRows(list).contains(QStringLiteral("old")));
    // The first question is answered after a second one was typed: only the second's answer may show.
    field->setText(QStringLiteral("first"));
    QTRY_COMPARE(fixture.backend->searches, QStringList{QStringLiteral("first")});
    field->setText(QStringLiteral("second"));
    fixture.backend->hits.front().sessionTitle = "new";
    QTRY_VERIFY(paletteRows(list).contains(QStringLiteral("new")));
    QCOMPARE(fixture.backend->searches, (QStringList{QStringLiteral("first"), QStringLiteral("second")}));
    QVERIFY(!paletteRows(list).contains(QStringLiteral("old")));
}

void ShellTest::paletteSaysWhenNothingIsFound() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("palette.open");
    WindowFixture::find<QLineEdit>("palette.field")->setText(QStringLiteral("qqqqq"));
    auto* note = WindowFixture::find<QLabel>("palette.note");
    QTRY_COMPARE(note->text(), QStringLiteral("Nothing found. Try fewer or other words."));
    fixture.backend->failNext(Error(ErrorCode::StorageError));
    WindowFixture::find<QLineEdit>("palette.field")->setText(QStringLiteral("qqqqqq"));
    QTRY_COMPARE(note->text(), errorSentence(Error(ErrorCode::StorageError)));
}

void ShellTest::escapeAndAClickBesideClosePalette() {
    WindowFixture fixture;
    fixture.window->show();
    auto* palette = WindowFixture::find("palette");
    fixture.trigger("palette.open");
    QVERIFY(palette->isVisible());
    QTest::keyClick(WindowFixture::find("palette.field"), Qt::Key_Escape);
    QVERIFY(!palette->isVisible());
    fixture.trigger("palette.open");
    QTest::mouseClick(palette, Qt::LeftButton, {}, QPoint(5, 5));
    QVERIFY(!palette->isVisible());
}

void ShellTest::statusIsAskedOnlyWhileTheWindowIsVisible() {
    WindowFixture fixture;
    const auto* timer = fixture.window->findChild<QTimer*>(QStringLiteral("status.timer"));
    QVERIFY(!timer->isActive());
    QCOMPARE(fixture.backend->statusCalls, 0);
    fixture.window->show();
    QCOMPARE(fixture.backend->statusCalls, 1);
    QVERIFY(timer->isActive());
    fixture.window->hide();
    QVERIFY(!timer->isActive());
    fixture.window->show();
    fixture.window->showMinimized();
    QTRY_VERIFY(!timer->isActive());
    fixture.window->showNormal();
    QTRY_VERIFY(timer->isActive());
}

void ShellTest::statusShowsNumbersAndTroubleInWords() {
    WindowFixture fixture;
    fixture.window->show();
    const auto text = [](const char* name) { return WindowFixture::find<QLabel>(name)->text(); };
    QTRY_COMPARE(text("status.latency"), QStringLiteral("P95 812 ms"));
    QCOMPARE(text("status.state"), QStringLiteral("OK"));
    QCOMPARE(text("status.load"), QStringLiteral("Active 1 · Queued 0"));
    QCOMPARE(text("status.cpu"), QStringLiteral("CPU 12 %"));
    fixture.backend->status.level = "critical";
    QTRY_COMPARE_WITH_TIMEOUT(text("status.state"), QStringLiteral("Critical"), 5000);
    fixture.backend->setState(Backend::State::Unreachable);
    QCOMPARE(text("status.state"), QStringLiteral("Not running"));
}

void ShellTest::startErrorSaysWhyAndOffersWaysOut() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.backend->setState(Backend::State::Unreachable);
    fixture.window->showStartError(
        Error(ErrorCode::Conflict, "in use by process 4711 (serve, http://127.0.0.1:8686)"));
    QWidget* page = WindowFixture::find("startError");
    QVERIFY(page->isVisible());
    QStringList texts;
    for (const QLabel* label : page->findChildren<QLabel*>()) {
        texts << label->text();
    }
    QVERIFY(texts.join(u'\n').contains(QStringLiteral("Another ExoBrain")));
    QVERIFY(texts.join(u'\n').contains(QStringLiteral("4711")));
    QTest::mouseClick(WindowFixture::find("startError.retry"), Qt::LeftButton);
    QCOMPARE(fixture.retries, 1);
    QTest::mouseClick(WindowFixture::find("startError.connect"), Qt::LeftButton);
    QTRY_VERIFY(WindowFixture::find("connectDialog"));
    QCOMPARE(WindowFixture::find<QLineEdit>("connect.url")->text(), QStringLiteral("http://127.0.0.1:8686"));
}

void ShellTest::aWorkingCoreHidesTheStartError() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.window->showStartError(Error(ErrorCode::StorageError));
    fixture.backend->setState(Backend::State::Ready);
    QVERIFY(!WindowFixture::find("startError")->isVisible());
}

void ShellTest::connectingSwitchesEveryPart() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.connections->connectTo(QUrl(QStringLiteral("https://brain.example.com")),
                                   QStringLiteral("exo_k"));
    auto* chip = WindowFixture::find<QAbstractButton>("top.connection");
    QCOMPARE(chip->text(), QStringLiteral("brain.example.com"));
    QTRY_VERIFY(fixture.server->statusCalls > 0);
    QPointer<FakeBackend> server = fixture.server;
    server->setState(Backend::State::Unreachable);
    QCOMPARE(WindowFixture::find<QLabel>("status.state")->text(), QStringLiteral("Unreachable"));
    fixture.trigger("connection.local");
    QVERIFY(server.isNull());
    QCOMPARE(chip->text(), QStringLiteral("This computer"));
    QCOMPARE(WindowFixture::find<QLabel>("status.state")->text(), QStringLiteral("OK"));
}

void ShellTest::connectionMenuOffersTheLastServer() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.preferences->rememberServer(
        {QUrl(QStringLiteral("https://brain.example.com")), QStringLiteral("exo_k")});
    auto* menu = WindowFixture::find<QMenu>("top.connectionMenu");
    emit menu->aboutToShow();
    QStringList texts;
    for (const QAction* action : menu->actions()) {
        if (!action->isSeparator()) texts << action->text();
    }
    QCOMPARE(texts, (QStringList{QStringLiteral("This computer"), QStringLiteral("https://brain.example.com"),
                                 QStringLiteral("Connect to server…")}));
    menu->actions().at(1)->trigger();
    QVERIFY(!fixture.connections->isLocal());
    QVERIFY(fixture.preferences->usesServer());
}

void ShellTest::askOpensAChat() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.window->ask(QStringLiteral("why?"));
    QTRY_VERIFY(!fixture.backend->calls.filter(QStringLiteral("why?")).isEmpty());
}

void ShellTest::firstRunOffersAProvider() {
    {
        WindowFixture fixture(QStringLiteral("en"), ThemeMode::Light, [](FakeBackend& backend) {
            backend.models = {{"exobrain-local", "local", "exobrain", 0, false}};
        });
        fixture.window->show();
        auto* offer = WindowFixture::find<QAbstractButton>("emptyProvider");
        QTRY_VERIFY(offer->isVisible());
        QTest::mouseClick(offer, Qt::LeftButton);
        auto* menu = WindowFixture::find<QMenu>("providers.addMenu");
        QTRY_VERIFY(menu->isVisible());
        QVERIFY(menu->actions().size() >= 10);
    }
    WindowFixture fixture(QStringLiteral("en"), ThemeMode::Light, [](FakeBackend& backend) {
        backend.models = {{"deepseek-chat", "deepseek", "", 0, false}};
    });
    fixture.window->show();
    QTRY_COMPARE(WindowFixture::find<QLabel>("status.state")->text(), QStringLiteral("OK"));
    QCoreApplication::sendPostedEvents();
    QVERIFY(!WindowFixture::find("emptyProvider")->isVisible());
}

void ShellTest::placeOfTheWindowIsRemembered() {
    WindowFixture fixture;
    fixture.window->resize(900, 600);
    fixture.window->show();
    fixture.window->close();
    Preferences again(fixture.iniFile());
    QVERIFY(!again.windowGeometry().isEmpty());
    const auto mode = QFile::permissions(fixture.iniFile());
    QVERIFY(!mode.testAnyFlags(QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther));
}

void ShellTest::toastUndoRunsOnceAndGoes() {
    WindowFixture fixture;
    fixture.window->show();
    int undone = 0;
    Toast::popUp(&fixture.theme, fixture.window.get(),
                 {QStringLiteral("Deleted"), QStringLiteral("Undo"), [&] { ++undone; }});
    auto* button = WindowFixture::find<QAbstractButton>("toast.action");
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(undone, 1);
    QVERIFY(!WindowFixture::find("toast") || !WindowFixture::find("toast")->isVisible());
    // A second notice replaces the first.
    Toast::popUp(&fixture.theme, fixture.window.get(), {QStringLiteral("One"), {}, {}});
    Toast::popUp(&fixture.theme, fixture.window.get(), {QStringLiteral("Two"), {}, {}});
    QCOMPARE(fixture.window->findChildren<Toast*>().size(), 1);
    // And each goes by itself.
    Toast* last = Toast::popUp(&fixture.theme, fixture.window.get(), {QStringLiteral("Three"), {}, {}},
                               std::chrono::milliseconds(20));
    QPointer<Toast> gone(last);
    QTRY_VERIFY(gone.isNull());
}

QTEST_MAIN(ShellTest)
#include "ShellTest.moc"
