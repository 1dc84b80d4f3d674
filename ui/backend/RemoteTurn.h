#pragma once
// One streamed answer of a server: reads the events as they arrive and guarantees exactly one end. Deletes
// itself after it. GUI thread.

#include "ui/backend/Backend.h"
#include "ui/backend/SseReader.h"

#include <QNetworkReply>

namespace exo::ui {

class RemoteTurn final : public QObject {
    Q_OBJECT
  public:
    using Sink = std::function<void(api::TurnEvent)>;
    // Takes the reply over.
    RemoteTurn(QNetworkReply* reply, Sink sink, QObject* parent);

  private:
    void read();
    void onEvent(const QByteArray& name, const QByteArray& data);
    void onFinished();
    void end(api::TurnEvent event);

    QNetworkReply* m_reply;
    Sink m_sink;
    SseReader m_reader;
    QByteArray m_errorBody;
    bool m_ended = false;
    bool m_isStream = false;
};

// The error a finished call stands for; nullopt when it succeeded.
std::optional<Error> replyError(const QNetworkReply& reply, const QByteArray& body);

} // namespace exo::ui
