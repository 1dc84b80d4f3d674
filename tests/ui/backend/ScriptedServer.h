#pragma once
// A TCP server in the test that answers each HTTP request with the next scripted bytes, in the pieces they
// are given. GUI thread.

#include <QTcpServer>
#include <QUrl>

#include <optional>
#include <vector>

namespace exo::ui {

class ScriptedServer final : public QObject {
    Q_OBJECT
  public:
    struct Answer {
        QList<QByteArray> pieces; // written one after another, each in a turn of the event loop of its own
        bool close = true;        // else the connection stays open and silent
    };

    ScriptedServer();

    QUrl url() const;
    quint16 port() const { return m_server.serverPort(); }
    void answer(Answer answer) { m_answers.push_back(std::move(answer)); }
    void answerJson(int status, const QByteArray& json);
    QList<QByteArray> requests; // head and body of each, in order

  private:
    void onConnection();
    void serve(QTcpSocket* socket);
    void write(QTcpSocket* socket, Answer answer);

    QTcpServer m_server;
    std::vector<Answer> m_answers;
};

} // namespace exo::ui
