#include "ui/backend/AnalysisWatch.h"

#include "ui/backend/RemoteTurn.h"

#include <QNetworkRequest>

#include <utility>

namespace exo::ui {

namespace {
constexpr qsizetype k_maxErrorBody = 64 << 10;
}

AnalysisWatch::AnalysisWatch(QNetworkReply* reply, QObject* context, Reply<api::AnalysisState> changed)
    : QObject(context)
    , m_reply(reply)
    , m_context(context)
    , m_changed(std::move(changed)) {
    reply->setParent(this);
    connect(reply, &QNetworkReply::readyRead, this, &AnalysisWatch::read);
    connect(reply, &QNetworkReply::finished, this, &AnalysisWatch::onFinished);
}

void AnalysisWatch::read() {
    const QByteArray bytes = m_reply->readAll();
    if (m_ended) return;
    const QString type = m_reply->header(QNetworkRequest::ContentTypeHeader).toString();
    if (!type.startsWith(u"text/event-stream")) {
        m_errorBody += bytes.left(k_maxErrorBody - m_errorBody.size());
        return;
    }
    const bool fits =
        m_reader.feed(bytes, [this](const QByteArray&, const QByteArray& data) { onEvent(data); });
    if (!fits) tell(fail(ErrorCode::UpstreamInvalidResponse, "an event is too large"));
}

void AnalysisWatch::onEvent(const QByteArray& data) {
    auto json = parseJson({data.constData(), static_cast<std::size_t>(data.size())});
    if (!json.ok()) return tell(fail(ErrorCode::UpstreamInvalidResponse, json.error().detail));
    tell(api::analysisStateFromJson(*json));
}

void AnalysisWatch::onFinished() {
    read();
    if (!m_ended) {
        auto error = replyError(*m_reply, m_errorBody);
        if (!error) error = fail(ErrorCode::StreamInterrupted, m_reply->errorString().toStdString());
        tell(std::move(*error));
    }
    deleteLater();
}

void AnalysisWatch::tell(Result<api::AnalysisState> state) {
    if (m_ended) return;
    m_ended = !state.ok() || state->status != "running";
    if (m_context) m_changed(std::move(state));
}

} // namespace exo::ui
