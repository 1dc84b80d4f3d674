// The core in this process: opening beside the window, failing to open, settings.
#include "ui/backend/LocalBackend.h"
#include "tests/support/TempHome.h"
#include "tests/ui/backend/Await.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>

using namespace exo;
using namespace exo::ui;

namespace {

CoreOptions optionsFor(const test::TempHome& home) {
    CoreOptions options;
    options.paths = Paths::fromHome(home.path());
    options.sources.file = options.paths.configFile();
    options.kind = "desktop";
    return options;
}

} // namespace

class LocalBackendTest : public QObject {
    Q_OBJECT
  private slots:
    void callsMadeBeforeTheCoreIsOpenAreAnswered();
    void aHeldHomeIsToldAndCanBeTriedAgain();
    void withoutAProviderTheLocalAssistantAnswers();
    void aSavedProviderKeepsItsKeyInAPrivateFile();
    void addressesArePreviewed();
    void destroyingItWhileItOpensIsSafe();
};

void LocalBackendTest::callsMadeBeforeTheCoreIsOpenAreAnswered() {
    const test::TempHome home;
    LocalBackend backend(optionsFor(home));
    QCOMPARE(backend.state(), Backend::State::Connecting);
    std::optional<Result<std::vector<api::Session>>> early;
    backend.listSessions(
        &backend, [&](Result<std::vector<api::Session>> sessions) { early.emplace(std::move(sessions)); });
    backend.start();
    QTRY_VERIFY(early.has_value());
    QVERIFY(early->ok());
    QCOMPARE(backend.state(), Backend::State::Ready);
}

void LocalBackendTest::aHeldHomeIsToldAndCanBeTriedAgain() {
    const test::TempHome home;
    auto first = std::make_unique<LocalBackend>(optionsFor(home));
    first->start();
    QTRY_COMPARE(first->state(), Backend::State::Ready);
    LocalBackend second(optionsFor(home));
    QSignalSpy failed(&second, &LocalBackend::startFailed);
    TurnRecorder turns(&second);
    const TurnId turn = second.sendMessage(SessionId("s"), {});
    second.start();
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(second.state(), Backend::State::Unreachable);
    QCOMPARE(toString(second.startError()->code), toString(ErrorCode::Conflict));
    QVERIFY(turns.waitForEnd(turn));
    auto refused = await<std::vector<api::Session>>([&](QObject* c, auto r) { second.listSessions(c, r); });
    QCOMPARE(toString(refused.error().code), toString(ErrorCode::Conflict));
    first.reset();
    second.start();
    QTRY_COMPARE(second.state(), Backend::State::Ready);
    QVERIFY(await<std::vector<api::Session>>([&](QObject* c, auto r) { second.listSessions(c, r); }).ok());
}

void LocalBackendTest::withoutAProviderTheLocalAssistantAnswers() {
    const test::TempHome home;
    LocalBackend backend(optionsFor(home));
    backend.start();
    auto session = await<api::Session>([&](QObject* c, auto r) { backend.createSession({}, c, r); });
    QVERIFY(session.ok());
    TurnRecorder turns(&backend);
    api::SendRequest request;
    request.content = "what can you do?";
    const TurnId turn = backend.sendMessage(session->id, request);
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].done);
    QVERIFY(!turns[turn].text.isEmpty());
}

void LocalBackendTest::aSavedProviderKeepsItsKeyInAPrivateFile() {
    const test::TempHome home;
    LocalBackend backend(optionsFor(home));
    backend.start();
    api::ProviderInfo provider{"mine", "openai", "http://127.0.0.1:9/v1", {"m1"}, false, "none"};
    const auto save = [&](const QString& old, std::optional<QString> key) {
        return await<void>([&](QObject* c, auto r) { backend.saveProvider(old, provider, key, c, r); });
    };
    QVERIFY(save({}, QStringLiteral("sk-very-secret")).ok());
    auto listed =
        await<std::vector<api::ProviderInfo>>([&](QObject* c, auto r) { backend.listProviders(c, r); });
    QVERIFY(listed.ok());
    const auto found =
        std::find_if(listed->begin(), listed->end(), [](const auto& p) { return p.name == "mine"; });
    QVERIFY(found != listed->end());
    QVERIFY(found->hasKey);
    // The configuration names a file; only that file holds the key, and only the user can read it.
    int holders = 0;
    QDirIterator files(QString::fromStdString(home.path().string()), QDir::Files | QDir::Hidden,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        if (!file.readAll().contains("sk-very-secret")) continue;
        ++holders;
        QVERIFY(!file.permissions().testAnyFlags(QFile::ReadGroup | QFile::ReadOther));
        QVERIFY(!file.fileName().endsWith(QStringLiteral("config.json")));
    }
    QCOMPARE(holders, 1);
    // A change without a new key keeps it; a wrong change changes nothing.
    provider.models = {"m1", "m2"};
    QVERIFY(save(QStringLiteral("mine"), std::nullopt).ok());
    provider.type = "nonsense";
    QVERIFY(!save(QStringLiteral("mine"), std::nullopt).ok());
    listed = await<std::vector<api::ProviderInfo>>([&](QObject* c, auto r) { backend.listProviders(c, r); });
    const auto kept =
        std::find_if(listed->begin(), listed->end(), [](const auto& p) { return p.name == "mine"; });
    QVERIFY(kept != listed->end() && kept->hasKey);
    QCOMPARE(kept->models.size(), std::size_t(2));
    auto test = await<api::ProviderTest>(
        [&](QObject* c, auto r) { backend.testProvider(QStringLiteral("mine"), c, r); });
    QVERIFY(!test.ok() || !test->ok); // nothing listens on the discard port
    QVERIFY(
        await<void>([&](QObject* c, auto r) { backend.removeProvider(QStringLiteral("mine"), c, r); }).ok());
}

void LocalBackendTest::addressesArePreviewed() {
    const test::TempHome home;
    const LocalBackend backend(optionsFor(home));
    const auto preview = [&](const char* url, const char* type) {
        auto result = backend.previewEndpoint(QString::fromLatin1(url), QString::fromLatin1(type));
        return result.ok() ? *result : QString();
    };
    QCOMPARE(preview("https://api.deepseek.com", "openai"),
             QStringLiteral("https://api.deepseek.com/v1/chat/completions"));
    QCOMPARE(preview("https://open.bigmodel.cn/api/paas/v4/", "openai"),
             QStringLiteral("https://open.bigmodel.cn/api/paas/v4/chat/completions"));
    QCOMPARE(preview("https://api.anthropic.com", "anthropic"),
             QStringLiteral("https://api.anthropic.com/v1/messages"));
    QCOMPARE(preview("ftp://x", "openai"), QString());
}

void LocalBackendTest::destroyingItWhileItOpensIsSafe() {
    const test::TempHome home;
    {
        LocalBackend backend(optionsFor(home));
        backend.start();
        backend.listSessions(&backend, [](Result<std::vector<api::Session>>) {});
    }
    LocalBackend again(optionsFor(home));
    again.start();
    QTRY_COMPARE(again.state(), Backend::State::Ready);
}

QTEST_GUILESS_MAIN(LocalBackendTest)
#include "LocalBackendTest.moc"
