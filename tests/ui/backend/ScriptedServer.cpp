#include "tests/ui/backend/ScriptedServer.h"

#include <QHostAddress>
#include <QPointer>
#include <QTcpSocket>
#include <QTimer>

namespace exo::ui {

ScriptedServer::ScriptedServer() {
    m_server.listen(QHostAddress::LocalHost);
    connect(&m_server, &QTcpServer::newConnection, this, &ScriptedServer::onConnection);
}

QUrl ScriptedServer::url() const {
    return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort()));
}

void ScriptedServer::answerJson(int status, const QByteArray& json) {
    Answer made;
    made.pieces << "HTTP/1.1 " + QByteArray::number(status) +
                       " X\r\ncontent-type: application/json\r\ncontent-length: " +
                       QByteArray::number(json.size()) + "\r\nconnection: close\r\n\r\n" + json;
    answer(std::move(made));
}

void ScriptedServer::onConnection() {
    while (QTcpSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { serve(socket); });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }
}

void ScriptedServer::serve(QTcpSocket* socket) {
    const QByteArray bytes = socket->peek(1 << 20);
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return;
    qsizetype length = 0;
    for (const QByteArray& line : bytes.left(end).split('\n')) {
        if (line.toLower().startsWith("content-length:")) length = line.mid(15).trimmed().toLongLong();
    }
    if (bytes.size() < end + 4 + length) return;
    socket->readAll();
    requests << bytes;
    if (m_answers.empty()) return socket->abort();
    Answer next = std::move(m_answers.front());
    m_answers.erase(m_answers.begin());
    write(socket, std::move(next));
}

void ScriptedServer::write(QTcpSocket* socket, Answer answer) {
    if (answer.pieces.isEmpty()) {
        if (answer.close) socket->disconnectFromHost();
        return;
    }
    socket->write(answer.pieces.takeFirst());
    socket->flush();
    QTimer::singleShot(1, this, [this, socket = QPointer<QTcpSocket>(socket), answer = std::move(answer)] {
        if (socket) write(socket, answer);
    });
}

} // namespace exo::ui
