#include "ui/backend/RemoteTurn.h"

#include "core/api/ErrorMap.h"

#include <QNetworkRequest>

namespace exo::ui {

namespace {

constexpr qsizetype k_maxErrorBody = 64 << 10;

Error connectionError(const QNetworkReply& reply) {
    const bool late = reply.error() == QNetworkReply::TimeoutError ||
                      reply.error() == QNetworkReply::OperationCanceledError;
    Error error = fail(late ? ErrorCode::UpstreamTimeout : ErrorCode::UpstreamConnection,
                       reply.errorString().toStdString());
    error.retryable = true;
    return error;
}

} // namespace

std::optional<Error> replyError(const QNetworkReply& reply, const QByteArray& body) {
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) return connectionError(reply);
    if (status >= 200 && status < 300) {
        if (reply.error() == QNetworkReply::NoError) return std::nullopt;
        return connectionError(reply); // cut in the middle of the body
    }
    if (status >= 300 && status < 400) {
        return fail(ErrorCode::UpstreamInvalidResponse, "the server redirects to another address");
    }
    auto json = parseJson({body.constData(), static_cast<std::size_t>(body.size())});
    return api::errorFromResponse(status, json.ok() ? *json : Json::object());
}

RemoteTurn::RemoteTurn(QNetworkReply* reply, Sink sink, QObject* parent)
    : QObject(parent)
    , m_reply(reply)
    , m_sink(std::move(sink)) {
    reply->setParent(this);
    connect(reply, &QNetworkReply::readyRead, this, &RemoteTurn::read);
    connect(reply, &QNetworkReply::finished, this, &RemoteTurn::onFinished);
}

void RemoteTurn::read() {
    const QByteArray bytes = m_reply->readAll();
    if (m_ended) return;
    const QString type = m_reply->header(QNetworkRequest::ContentTypeHeader).toString();
    m_isStream = type.startsWith(u"text/event-stream");
    if (!m_isStream) {
        m_errorBody += bytes.left(k_maxErrorBody - m_errorBody.size());
        return;
    }
    const bool fits =
        m_reader.feed(bytes, [this](const QByteArray& name, const QByteArray& data) { onEvent(name, data); });
    if (!fits) end(api::TurnFailed{fail(ErrorCode::UpstreamInvalidResponse, "an event is too large"), {}});
}

void RemoteTurn::onEvent(const QByteArray& name, const QByteArray& data) {
    if (m_ended) return;
    auto json = parseJson({data.constData(), static_cast<std::size_t>(data.size())});
    auto event =
        json.ok() ? api::turnEventFromJson(name.toStdString(), *json) : Result<api::TurnEvent>(json.error());
    if (!event.ok()) {
        // An event of a newer server is skipped; garbage where our own events are due ends the turn.
        if (json.ok()) return;
        return end(api::TurnFailed{fail(ErrorCode::UpstreamInvalidResponse, event.error().detail), {}});
    }
    const bool ends =
        std::holds_alternative<api::TurnDone>(*event) || std::holds_alternative<api::TurnFailed>(*event);
    if (ends) return end(std::move(*event));
    m_sink(std::move(*event));
}

void RemoteTurn::onFinished() {
    read();
    if (!m_ended) {
        auto error = replyError(*m_reply, m_errorBody);
        if (!error || m_isStream)
            error = fail(ErrorCode::StreamInterrupted, m_reply->errorString().toStdString());
        end(api::TurnFailed{std::move(*error), {}});
    }
    deleteLater();
}

void RemoteTurn::end(api::TurnEvent event) {
    if (std::exchange(m_ended, true)) return;
    m_sink(std::move(event));
}

} // namespace exo::ui
