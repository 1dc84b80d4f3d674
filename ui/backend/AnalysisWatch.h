#pragma once
// The events of one running analysis, read from a server until the last one. Ends itself: at the end of the
// stream, or when its context object dies. GUI thread.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/Analysis.h"
#endif
#include "ui/backend/Reply.h"
#include "ui/backend/SseReader.h"

#include <QNetworkReply>
#include <QObject>
#include <QPointer>

namespace exo::ui {

class AnalysisWatch final : public QObject {
    Q_OBJECT
  public:
    AnalysisWatch(QNetworkReply* reply, QObject* context, Reply<api::AnalysisState> changed);

  private:
    void read();
    void onEvent(const QByteArray& data);
    void onFinished();
    void tell(Result<api::AnalysisState> state);

    QNetworkReply* m_reply;
    QPointer<QObject> m_context;
    Reply<api::AnalysisState> m_changed;
    SseReader m_reader;
    QByteArray m_errorBody;
    bool m_ended = false;
};

} // namespace exo::ui
