#include "app/desktop/SingleInstance.h"

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QStandardPaths>

#include <algorithm>

namespace exo::desktop {

namespace {

constexpr int k_waitMs = 3000;
constexpr qint64 k_maxMessage = 1 << 20;
constexpr qsizetype k_maxSocketPath = 100; // sun_path has 108 bytes
constexpr const char* k_wants[] = {"show", "toggle", "new-chat", "ask"};

QString socketName(const QString& runFolder) {
    const QString path = runFolder + QStringLiteral("/desktop.sock");
    if (path.toLocal8Bit().size() < k_maxSocketPath) return path;
    const QByteArray hash =
        QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    return QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + QStringLiteral("/exobrain-") +
           QString::fromLatin1(hash);
}

QString toText(SingleInstance::Want want) {
    return QString::fromLatin1(k_wants[static_cast<std::size_t>(want)]);
}

SingleInstance::Want wantFrom(const QString& text) {
    const auto found = std::find(std::begin(k_wants), std::end(k_wants), text.toStdString());
    return found == std::end(k_wants) ? SingleInstance::Want::Show
                                      : static_cast<SingleInstance::Want>(found - std::begin(k_wants));
}

} // namespace

SingleInstance::SingleInstance(const QString& runFolder, QObject* parent)
    : QObject(parent)
    , m_folder(runFolder)
    , m_socketName(socketName(runFolder))
    , m_lock(runFolder + QStringLiteral("/desktop.lock")) {
    m_lock.setStaleLockTime(0); // only a dead owner makes it stale
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::onConnection);
}

SingleInstance::Claim SingleInstance::claim(const Message& message) {
    QElapsedTimer waited;
    waited.start();
    do {
        if (m_lock.tryLock()) {
            listen();
            return {true, true};
        }
        if (m_lock.error() != QLockFile::LockFailedError)
            return {true, true}; // no place for locks: run all the same
        if (deliver(message)) return {false, true};
        // The other one has the lock but does not listen yet.
        m_lock.tryLock(100);
        if (m_lock.isLocked()) {
            listen();
            return {true, true};
        }
    } while (waited.elapsed() < k_waitMs);
    return {false, false};
}

bool SingleInstance::runs(const QString& runFolder) {
    QLocalSocket socket;
    socket.connectToServer(socketName(runFolder));
    return socket.waitForConnected(100);
}

bool SingleInstance::deliver(const Message& message) const {
    QLocalSocket socket;
    socket.connectToServer(m_socketName);
    if (!socket.waitForConnected(500)) return false;
    const QJsonObject json{{QStringLiteral("want"), toText(message.want)},
                           {QStringLiteral("ask"), message.ask}};
    socket.write(QJsonDocument(json).toJson(QJsonDocument::Compact) + '\n');
    if (!socket.waitForBytesWritten(k_waitMs) || !socket.waitForReadyRead(k_waitMs)) return false;
    return socket.readAll().startsWith("ok");
}

void SingleInstance::listen() {
    QLocalServer::removeServer(m_socketName); // left by one that was killed; the lock is ours
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    m_server.listen(m_socketName);
}

void SingleInstance::onConnection() {
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (socket->bytesAvailable() > k_maxMessage) return socket->abort();
            if (!socket->canReadLine()) return;
            const QJsonDocument json = QJsonDocument::fromJson(socket->readLine());
            if (!json.isObject()) return socket->abort();
            socket->write("ok\n");
            socket->flush();
            const QJsonObject object = json.object();
            emit messageReceived({wantFrom(object.value(QStringLiteral("want")).toString()),
                                  object.value(QStringLiteral("ask")).toString()});
        });
    }
}

} // namespace exo::desktop
