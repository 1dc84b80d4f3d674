// Settings: providers, connecting to a server, appearance. Through the true dialogs.
#include "tests/ui/support/WindowFixture.h"
#include "ui/backend/RemoteBackend.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSpinBox>

using namespace exo;
using namespace exo::ui;

namespace {

template <class Widget = QWidget>
Widget* find(const char* name) {
    return WindowFixture::find<Widget>(name);
}
void click(const char* name) {
    QTest::mouseClick(find(name), Qt::LeftButton);
}
QAction* preset(const char* id) {
    return find<QMenu>("providers.addMenu")
        ->findChild<QAction*>(QStringLiteral("providers.preset.") + QString::fromLatin1(id));
}

} // namespace

class SettingsTest : public QObject {
    Q_OBJECT
  private slots:
    void addingAPresetSavesAndTestsIt();
    void wrongAddressesCannotBeSaved();
    void namesAreCheckedBeforeSaving();
    void aRefusedSaveKeepsWhatWasTyped();
    void editingWithoutAKeyKeepsTheStoredOne();
    void aFailedTestSaysWhyInWords();
    void removingAsksFirst();
    void aServersProvidersAreNotOurs();
    void connectTestsBeforeItSwitches();
    void connectRemembersAndSwitches();
    void serverAddressesAreNormalised_data();
    void serverAddressesAreNormalised();
    void appearanceAppliesAtOnceAndIsRemembered();
};

void SettingsTest::addingAPresetSavesAndTestsIt() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(preset("deepseek"));
    preset("deepseek")->trigger();
    QTRY_VERIFY(find("providerDialog"));
    QCOMPARE(find<QLineEdit>("provider.name")->text(), QStringLiteral("deepseek"));
    QCOMPARE(find<QLabel>("provider.preview")->text(),
             QStringLiteral("Calls go to https://api.deepseek.com/chat/completions"));
    QCOMPARE(find<QLineEdit>("provider.key")->echoMode(), QLineEdit::Password);
    find<QLineEdit>("provider.key")->setText(QStringLiteral("  sk-secret\n"));
    find<QPlainTextEdit>("provider.models")
        ->setPlainText(QStringLiteral("deepseek-chat，deepseek-reasoner\n\n"));
    click("provider.save");
    QTRY_VERIFY(find("providers.deepseek.outcome"));
    QTRY_COMPARE(find<QLabel>("providers.deepseek.outcome")->text(),
                 QStringLiteral("Works: deepseek-chat answered in 321 ms"));
    const auto& saved = fixture.backend->providers.at(0);
    QCOMPARE(saved.models, (std::vector<std::string>{"deepseek-chat", "deepseek-reasoner"}));
    QCOMPARE(saved.proxy, std::string("system"));
    QCOMPARE(fixture.backend->lastKey.value_or(QString()), QStringLiteral("sk-secret"));
    // A second one of the same kind gets a free name.
    preset("deepseek")->trigger();
    QTRY_VERIFY(find<QLineEdit>("provider.name"));
    QTRY_COMPARE(find<QLineEdit>("provider.name")->text(), QStringLiteral("deepseek-2"));
}

void SettingsTest::wrongAddressesCannotBeSaved() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(preset("custom"));
    preset("custom")->trigger();
    QTRY_VERIFY(find("providerDialog"));
    QVERIFY(!find("provider.save")->isEnabled());
    find<QLineEdit>("provider.baseUrl")->setText(QStringLiteral("ftp://x"));
    QCOMPARE(find<QLabel>("provider.preview")->text(),
             QStringLiteral("This is not an address that can be called."));
    QVERIFY(!find("provider.save")->isEnabled());
    QVERIFY(!find("provider.save")->toolTip().isEmpty());
    find<QLineEdit>("provider.baseUrl")->setText(QStringLiteral("http://127.0.0.1:8000/v1"));
    QVERIFY(find("provider.save")->isEnabled());
    find<QComboBox>("provider.proxy")->setCurrentIndex(2);
    QVERIFY(find("provider.proxyUrl")->isVisible());
    QVERIFY(!find("provider.save")->isEnabled());
}

void SettingsTest::namesAreCheckedBeforeSaving() {
    WindowFixture fixture;
    fixture.backend->providers.push_back({"mine", "openai", "http://h/v1", {}, false, "none"});
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(find("providers.mine"));
    preset("openai")->trigger();
    QTRY_VERIFY(find("providerDialog"));
    for (const QString& name :
         {QString(), QStringLiteral("has space"), QStringLiteral("名字"), QStringLiteral("mine")}) {
        find<QLineEdit>("provider.name")->setText(name);
        QVERIFY2(!find("provider.save")->isEnabled(), qPrintable(name));
    }
    find<QLineEdit>("provider.name")->setText(QStringLiteral("mine.2"));
    QVERIFY(find("provider.save")->isEnabled());
}

void SettingsTest::aRefusedSaveKeepsWhatWasTyped() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(preset("openai"));
    preset("openai")->trigger();
    QTRY_VERIFY(find("providerDialog"));
    find<QLineEdit>("provider.key")->setText(QStringLiteral("sk-1"));
    fixture.backend->failNext(Error(ErrorCode::StorageFull, "no space left on device"));
    click("provider.save");
    auto* error = find<QLabel>("provider.error");
    QTRY_VERIFY(error->isVisible());
    QVERIFY(error->text().contains(errorSentence(Error(ErrorCode::StorageFull))));
    QVERIFY(error->text().contains(QStringLiteral("no space left")));
    QCOMPARE(find<QLineEdit>("provider.key")->text(), QStringLiteral("sk-1"));
    QVERIFY(find("provider.save")->isEnabled());
}

void SettingsTest::editingWithoutAKeyKeepsTheStoredOne() {
    WindowFixture fixture;
    fixture.backend->providers.push_back(
        {"mine", "anthropic", "https://h", {"m"}, true, "http://127.0.0.1:7890"});
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(find("providers.mine.edit"));
    click("providers.mine.edit");
    QTRY_VERIFY(find("providerDialog"));
    QVERIFY(find<QLineEdit>("provider.key")->text().isEmpty());
    QVERIFY(find<QLineEdit>("provider.key")->placeholderText().contains(QStringLiteral("stored")));
    QCOMPARE(find<QComboBox>("provider.type")->currentData().toString(), QStringLiteral("anthropic"));
    QCOMPARE(find<QLineEdit>("provider.proxyUrl")->text(), QStringLiteral("http://127.0.0.1:7890"));
    find<QLineEdit>("provider.name")->setText(QStringLiteral("renamed"));
    click("provider.save");
    QTRY_VERIFY(find("providers.renamed"));
    QVERIFY(!fixture.backend->lastKey.has_value());
    QCOMPARE(fixture.backend->providers.size(), std::size_t(1));
}

void SettingsTest::aFailedTestSaysWhyInWords() {
    WindowFixture fixture;
    fixture.backend->providers.push_back({"mine", "openai", "http://h/v1", {"m"}, true, "none"});
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(find("providers.mine.test"));
    api::ProviderTest test;
    test.error = api::ErrorInfo{std::string(toString(ErrorCode::UpstreamConnection)), "Connection refused"};
    fixture.backend->nextTest = test;
    click("providers.mine.test");
    auto* outcome = find<QLabel>("providers.mine.outcome");
    QTRY_VERIFY(outcome->text().contains(QStringLiteral("Connection refused")));
    QVERIFY(outcome->text().startsWith(errorSentence(Error(ErrorCode::UpstreamConnection))));
    QVERIFY(find("providers.mine.test")->isEnabled());
}

void SettingsTest::removingAsksFirst() {
    WindowFixture fixture;
    fixture.backend->providers.push_back({"mine", "openai", "http://h/v1", {"m"}, true, "none"});
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(find("providers.mine.remove"));
    click("providers.mine.remove");
    QTRY_VERIFY(find("providers.removeYes"));
    QCOMPARE(fixture.backend->providers.size(), std::size_t(1));
    click("providers.removeYes");
    QTRY_VERIFY(fixture.backend->providers.empty());
    QTRY_VERIFY(!find("providers.mine") || !find("providers.mine")->isVisible());
}

void SettingsTest::aServersProvidersAreNotOurs() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.connections->connectTo(QUrl(QStringLiteral("https://b.example.com")), {});
    fixture.server->failNext(Error(ErrorCode::Unsupported));
    fixture.trigger("settings.open");
    QTRY_VERIFY(find("providers.add") && !find("providers.add")->isVisible());
    QVERIFY(find<QLabel>("providers.hint")->text().contains(QStringLiteral("server")));
}

void SettingsTest::connectTestsBeforeItSwitches() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("connection.connect");
    QTRY_VERIFY(find("connectDialog"));
    QVERIFY(!find("connect.connect")->isEnabled());
    find<QLineEdit>("connect.url")->setText(QStringLiteral("http://user:pass@h"));
    QVERIFY(!find("connect.connect")->isEnabled());
    find<QLineEdit>("connect.url")->setText(QStringLiteral("brain.example.com"));
    QVERIFY(find("connect.connect")->isEnabled());
    fixture.serverError = Error(ErrorCode::InvalidApiKey);
    click("connect.connect");
    auto* outcome = find<QLabel>("connect.outcome");
    QTRY_COMPARE(outcome->text(), errorSentence(Error(ErrorCode::InvalidApiKey)));
    QVERIFY(fixture.connections->isLocal());
    QVERIFY(!fixture.preferences->usesServer());
    QVERIFY(find("connect.connect")->isEnabled());
}

void SettingsTest::connectRemembersAndSwitches() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("connection.connect");
    QTRY_VERIFY(find("connectDialog"));
    find<QLineEdit>("connect.url")->setText(QStringLiteral("192.168.1.5:8686/"));
    find<QLineEdit>("connect.key")->setText(QStringLiteral("exo_secret"));
    click("connect.test");
    QTRY_COMPARE(find<QLabel>("connect.outcome")->text(), QStringLiteral("ExoBrain 0.1.0 answers"));
    QVERIFY(fixture.connections->isLocal());
    click("connect.connect");
    QTRY_VERIFY(!fixture.connections->isLocal());
    QCOMPARE(fixture.connections->server(), QUrl(QStringLiteral("http://192.168.1.5:8686")));
    Preferences again(fixture.iniFile());
    QVERIFY(again.usesServer());
    QCOMPARE(again.lastServer().key, QStringLiteral("exo_secret"));
}

void SettingsTest::serverAddressesAreNormalised_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("url");
    const auto row = [](const char* typed, const char* url) {
        QTest::newRow(typed) << QString::fromLatin1(typed) << QString::fromLatin1(url);
    };
    row("localhost:8686", "http://localhost:8686");
    row("127.0.0.1:8686/", "http://127.0.0.1:8686");
    row("10.1.2.3", "http://10.1.2.3");
    row("[::1]:8686", "http://[::1]:8686");
    row("brain.example.com", "https://brain.example.com");
    row("https://brain.example.com/api/v1/", "https://brain.example.com");
    row("https://example.com/exo", "https://example.com/exo");
    row("ftp://example.com", "");
    row("http://u:p@example.com", "");
    row("https://example.com/?a=b", "");
    row("not a host", "");
    row("", "");
}

void SettingsTest::serverAddressesAreNormalised() {
    QFETCH(QString, typed);
    QFETCH(QString, url);
    const auto got = RemoteBackend::normaliseServer(typed);
    QCOMPARE(got ? got->toString() : QString(), url);
}

void SettingsTest::appearanceAppliesAtOnceAndIsRemembered() {
    WindowFixture fixture;
    fixture.window->show();
    fixture.trigger("settings.open");
    auto* list = find<QListWidget>("settings.list");
    list->setCurrentRow(1);
    click("appearance.theme.dark");
    QVERIFY(fixture.theme.isDark());
    find<QSpinBox>("appearance.fontSize")->setValue(18);
    QCOMPARE(QApplication::font().pixelSize(), 18);
    click("appearance.language.zh_CN");
    QCOMPARE(fixture.language.language(), QStringLiteral("zh_CN"));
    Preferences again(fixture.iniFile());
    QCOMPARE(int(again.themeMode()), int(ThemeMode::Dark));
    QCOMPARE(again.fontPixels(), 18);
    QCOMPARE(again.language(), QStringLiteral("zh_CN"));
    fixture.theme.setFontPixels(14);
}

QTEST_MAIN(SettingsTest)
#include "SettingsTest.moc"
