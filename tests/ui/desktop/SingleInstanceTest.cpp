// One desktop per home: who is first, what a second start hands over, and what a killed one leaves behind.
#include "app/desktop/SingleInstance.h"
#include "tests/support/TempHome.h"

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

using exo::desktop::SingleInstance;

namespace {

using Message = SingleInstance::Message;
using Want = SingleInstance::Want;

// A second start, on a thread of its own because it waits for the first one's answer.
SingleInstance::Claim startSecond(const QString& folder, const Message& message) {
    SingleInstance::Claim claim;
    std::unique_ptr<QThread> thread(QThread::create([&] { claim = SingleInstance(folder).claim(message); }));
    thread->start();
    if (!QTest::qWaitFor([&] { return thread->isFinished(); }, 20'000)) qWarning("the second start hangs");
    thread->wait();
    return claim;
}

Message messageOf(const QSignalSpy& received, qsizetype index) {
    return received.at(index).at(0).value<Message>();
}

} // namespace

class SingleInstanceTest : public QObject {
    Q_OBJECT
  private slots:
    void theSecondHandsItsQuestionOver();
    void anotherHomeIsAnotherInstance();
    void whatAKilledOneLeftIsReplaced();
    void aDeepFolderStillWorks();
    void garbageOnTheSocketIsIgnored();
    void askingWhetherOneRunsTellsItNothing();
};

void SingleInstanceTest::theSecondHandsItsQuestionOver() {
    const exo::test::TempHome home;
    const QString folder = QString::fromStdString(home.path().string());
    {
        SingleInstance first(folder);
        QVERIFY(first.claim({}).first);
        QSignalSpy received(&first, &SingleInstance::messageReceived);
        const QString question = QStringLiteral("为什么？\n\"quoted\"");
        const auto second = startSecond(folder, {Want::Ask, question});
        QVERIFY(!second.first);
        QVERIFY(second.delivered);
        QCOMPARE(received.size(), 1);
        QCOMPARE(messageOf(received, 0), (Message{Want::Ask, question}));
        for (const Want want : {Want::Show, Want::Toggle, Want::NewChat}) {
            QVERIFY(startSecond(folder, {want, {}}).delivered);
            QCOMPARE(messageOf(received, received.size() - 1).want, want);
        }
    }
    QVERIFY(startSecond(folder, {}).first); // the first has ended
}

void SingleInstanceTest::anotherHomeIsAnotherInstance() {
    const exo::test::TempHome one, two;
    SingleInstance first(QString::fromStdString(one.path().string()));
    SingleInstance second(QString::fromStdString(two.path().string()));
    QVERIFY(first.claim({}).first);
    QVERIFY(second.claim({}).first);
}

void SingleInstanceTest::whatAKilledOneLeftIsReplaced() {
    const exo::test::TempHome home;
    const QString folder = QString::fromStdString(home.path().string());
    QFile lock(folder + QStringLiteral("/desktop.lock"));
    QVERIFY(lock.open(QIODevice::WriteOnly));
    lock.write("999999999\nexobrain-desktop\n" + QSysInfo::machineHostName().toUtf8() + "\n" +
               QSysInfo::machineUniqueId() + "\n" + QSysInfo::bootUniqueId() + "\n");
    lock.close();
    QFile socket(folder + QStringLiteral("/desktop.sock"));
    QVERIFY(socket.open(QIODevice::WriteOnly));
    socket.close();
    SingleInstance next(folder);
    QVERIFY(next.claim({}).first);
    QVERIFY(startSecond(folder, {Want::Ask, QStringLiteral("hi")}).delivered);
}

void SingleInstanceTest::aDeepFolderStillWorks() {
    const exo::test::TempHome home, runtime;
    qputenv("XDG_RUNTIME_DIR", QByteArray::fromStdString(runtime.path().string()));
    const QString folder = QString::fromStdString(home.path().string()) + u'/' + QString(120, u'x');
    QVERIFY(QDir().mkpath(folder));
    SingleInstance first(folder);
    QVERIFY(first.claim({}).first);
    QVERIFY(startSecond(folder, {Want::Ask, QStringLiteral("hi")}).delivered);
    qunsetenv("XDG_RUNTIME_DIR");
}

void SingleInstanceTest::garbageOnTheSocketIsIgnored() {
    const exo::test::TempHome home;
    const QString folder = QString::fromStdString(home.path().string());
    SingleInstance first(folder);
    QVERIFY(first.claim({}).first);
    QSignalSpy received(&first, &SingleInstance::messageReceived);
    QLocalSocket socket;
    QSignalSpy closed(&socket, &QLocalSocket::disconnected);
    socket.connectToServer(folder + QStringLiteral("/desktop.sock"));
    QVERIFY(QTest::qWaitFor([&] { return socket.state() == QLocalSocket::ConnectedState; }));
    socket.write("not json\n");
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(received.size(), 0);
    QVERIFY(startSecond(folder, {Want::Ask, QStringLiteral("still here")}).delivered);
}

void SingleInstanceTest::askingWhetherOneRunsTellsItNothing() {
    const exo::test::TempHome home;
    const QString folder = QString::fromStdString(home.path().string());
    QVERIFY(!SingleInstance::runs(folder));
    {
        SingleInstance first(folder);
        QVERIFY(first.claim({}).first);
        QSignalSpy received(&first, &SingleInstance::messageReceived);
        QVERIFY(SingleInstance::runs(folder));
        QVERIFY(startSecond(folder, {}).delivered); // it still listens
        QCOMPARE(received.size(), 1);
    }
    QVERIFY(!SingleInstance::runs(folder));
}

QTEST_GUILESS_MAIN(SingleInstanceTest)
#include "SingleInstanceTest.moc"
