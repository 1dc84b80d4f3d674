#include "ui/backend/RemoteBackend.h"

#include "ui/backend/ListFromJson.h"
#include "ui/backend/RemoteAnalysis.h"
#include "ui/backend/RemoteMonitor.h"
#include "ui/backend/RemoteTurn.h"

#include <QHostAddress>
#include <QNetworkRequest>
#include <QUrlQuery>

namespace exo::ui {

namespace {

constexpr int k_callTimeoutMs = 30'000;
constexpr qint64 k_maxReplyBytes = 256ll << 20;
constexpr int k_sessionPage = 1000;

QString segment(const std::string& id) {
    return QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(id)));
}
QString sessionPath(const SessionId& id, const char* rest = "") {
    return QStringLiteral("/api/v1/sessions/") + segment(id.str()) + QString::fromLatin1(rest);
}
QByteArray toBytes(const Json& json) {
    return QByteArray::fromStdString(dumpJson(json));
}

// Loopback and the private networks (RFC 1918, RFC 4193): a server there rarely has a certificate.
bool isPrivate(const QHostAddress& address) {
    if (address.isLoopback()) return true;
    static const QList<QPair<QHostAddress, int>> networks = {
        QHostAddress::parseSubnet(QStringLiteral("10.0.0.0/8")),
        QHostAddress::parseSubnet(QStringLiteral("172.16.0.0/12")),
        QHostAddress::parseSubnet(QStringLiteral("192.168.0.0/16")),
        QHostAddress::parseSubnet(QStringLiteral("fc00::/7"))};
    return std::any_of(networks.begin(), networks.end(),
                       [&](const auto& network) { return address.isInSubnet(network); });
}

Json patchJson(const api::SessionPatch& patch) {
    Json json = Json::object();
    if (patch.title) json["title"] = *patch.title;
    if (patch.folder) json["folder"] = *patch.folder;
    if (patch.model) json["model"] = *patch.model;
    if (patch.systemPrompt) json["systemPrompt"] = *patch.systemPrompt;
    if (patch.project) json["project"] = *patch.project;
    if (patch.pinned) json["pinned"] = *patch.pinned;
    if (patch.leaf) json["leaf"] = patch.leaf->str();
    return json;
}

Json sendJson(const api::SendRequest& request) {
    Json json{{"content", request.content}};
    if (request.parentId) json["parentId"] = request.parentId->str();
    if (!request.model.empty()) json["model"] = request.model;
    for (const auto& attachment : request.attachments) {
        const QByteArray data = QByteArray::fromStdString(attachment.data).toBase64();
        json["attachments"].push_back(
            Json{{"name", attachment.name}, {"mimeType", attachment.mimeType}, {"data", data.toStdString()}});
    }
    return json;
}

} // namespace

RemoteBackend::RemoteBackend(QUrl server, QString key, QObject* parent)
    : Backend(parent)
    , m_server(std::move(server))
    , m_key(std::move(key))
    , m_monitor(std::make_unique<RemoteMonitor>(this))
    , m_analysis(std::make_unique<RemoteAnalysis>(this)) {
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy); // the key goes to this server only
    m_network.setAutoDeleteReplies(false);
    connect(&m_coalescer, &TurnCoalescer::turnEvent, this, &Backend::turnEvent);
}

RemoteBackend::~RemoteBackend() = default;

std::optional<QUrl> RemoteBackend::normaliseServer(const QString& text) {
    QString full = text.trimmed();
    if (full.isEmpty() || full.contains(u' ')) return std::nullopt;
    if (!full.contains(u"://")) {
        const QString host = QUrl(QStringLiteral("http://") + full).host();
        const bool plain = host == u"localhost" || isPrivate(QHostAddress(host));
        full.prepend(plain ? QStringLiteral("http://") : QStringLiteral("https://"));
    }
    QUrl url(full, QUrl::StrictMode);
    const bool web = url.scheme() == u"http" || url.scheme() == u"https";
    if (!url.isValid() || !web || url.host().isEmpty()) return std::nullopt;
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) return std::nullopt;
    QString path = url.path();
    while (path.endsWith(u'/')) {
        path.chop(1);
    }
    for (const QString& known : {QStringLiteral("/api/v1"), QStringLiteral("/v1")}) {
        if (path.endsWith(known)) path.chop(known.size());
    }
    url.setPath(path);
    return url;
}

void RemoteBackend::setState(State state) {
    if (m_state == state) return;
    m_state = state;
    emit stateChanged(state);
}

QNetworkRequest RemoteBackend::request(const QString& path) const {
    // Put together from encoded parts: an id with a slash or a dot-dot in it must stay one segment.
    const QUrl url = QUrl::fromEncoded(m_server.toEncoded() + path.toLatin1(), QUrl::StrictMode);
    QNetworkRequest request(url);
    if (!m_key.isEmpty()) request.setRawHeader("Authorization", "Bearer " + m_key.toUtf8());
    request.setRawHeader("Accept", "application/json, text/event-stream");
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/json"));
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    return request;
}

void RemoteBackend::call(const QByteArray& verb, const QString& path, std::optional<QByteArray> body,
                         QObject* context, BytesReply reply) {
    QNetworkRequest wire = request(path);
    wire.setTransferTimeout(k_callTimeoutMs);
    QNetworkReply* answer = m_network.sendCustomRequest(wire, verb, body.value_or(QByteArray()));
    connect(answer, &QNetworkReply::downloadProgress, answer, [answer](qint64 received, qint64) {
        if (received > k_maxReplyBytes) answer->abort();
    });
    connect(answer, &QNetworkReply::finished, this,
            [this, answer, reply = std::move(reply), context = QPointer<QObject>(context)] {
                answer->deleteLater();
                const QByteArray bytes = answer->readAll();
                auto error = replyError(*answer, bytes);
                const bool reached = answer->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() != 0;
                setState(reached ? State::Ready : State::Unreachable);
                if (!context) return;
                reply(error ? Result<QByteArray>(std::move(*error)) : Result<QByteArray>(bytes));
            });
}

void RemoteBackend::callJson(const QByteArray& verb, const QString& path, std::optional<Json> body,
                             QObject* context, JsonReply reply) {
    std::optional<QByteArray> bytes;
    if (body) bytes = toBytes(*body);
    call(verb, path, std::move(bytes), context, [reply = std::move(reply)](Result<QByteArray> answer) {
        if (!answer.ok()) return reply(std::move(answer).error());
        auto json = parseJson({answer->constData(), static_cast<std::size_t>(answer->size())});
        if (!json.ok()) return reply(fail(ErrorCode::UpstreamInvalidResponse, json.error().detail));
        reply(std::move(json));
    });
}

void RemoteBackend::sessionCall(const QByteArray& verb, const QString& path, Json body, QObject* context,
                                Reply<api::Session> reply) {
    callJson(verb, path, std::move(body), context, [this, reply = std::move(reply)](Result<Json> json) {
        auto session = json.ok() ? api::sessionFromJson(*json) : Result<api::Session>(json.error());
        if (session.ok()) emit sessionChanged(*session);
        reply(std::move(session));
    });
}

void RemoteBackend::listSessions(QObject* context, Reply<std::vector<api::Session>> reply) {
    listPage({}, {}, context, std::move(reply));
}

void RemoteBackend::listPage(const QString& before, std::vector<api::Session> soFar, QObject* context,
                             Reply<std::vector<api::Session>> reply) {
    QString path = QStringLiteral("/api/v1/sessions?limit=%1").arg(k_sessionPage);
    if (!before.isEmpty())
        path += QStringLiteral("&before=") + QString::fromLatin1(QUrl::toPercentEncoding(before));
    callJson("GET", path, std::nullopt, context,
             [this, before, soFar = std::move(soFar), context = QPointer<QObject>(context),
              reply = std::move(reply)](Result<Json> json) mutable {
                 if (!json.ok()) return reply(std::move(json).error());
                 auto page = listFrom<api::Session>(*json, "sessions", api::sessionFromJson);
                 if (!page.ok()) return reply(std::move(page).error());
                 std::move(page->begin(), page->end(), std::back_inserter(soFar));
                 const QString next = QString::fromStdString(std::string(stringOr(*json, "next")));
                 if (next.isEmpty() || next == before || page->empty()) return reply(std::move(soFar));
                 listPage(next, std::move(soFar), context, std::move(reply));
             });
}

void RemoteBackend::createSession(api::SessionPatch draft, QObject* context, Reply<api::Session> reply) {
    sessionCall("POST", QStringLiteral("/api/v1/sessions"), patchJson(draft), context, std::move(reply));
}

void RemoteBackend::updateSession(SessionId id, api::SessionPatch patch, QObject* context,
                                  Reply<api::Session> reply) {
    sessionCall("PATCH", sessionPath(id), patchJson(patch), context, std::move(reply));
}

void RemoteBackend::removeSession(SessionId id, QObject* context, Reply<void> reply) {
    call("DELETE", sessionPath(id), std::nullopt, context,
         [this, id, reply = std::move(reply)](Result<QByteArray> answer) {
             if (!answer.ok()) return reply(std::move(answer).error());
             emit sessionRemoved(QString::fromStdString(id.str()));
             reply({});
         });
}

void RemoteBackend::restoreSession(SessionId id, QObject* context, Reply<void> reply) {
    sessionCall("POST", sessionPath(id, "/restore"), Json::object(), context,
                [reply = std::move(reply)](Result<api::Session> session) {
                    reply(session.ok() ? Result<void>() : Result<void>(std::move(session).error()));
                });
}

void RemoteBackend::loadMessages(SessionId id, int limit, std::optional<qint64> before, QObject* context,
                                 Reply<api::MessagePage> reply) {
    QString path = sessionPath(id, "/messages") + QStringLiteral("?limit=%1").arg(limit);
    if (before) path += QStringLiteral("&before=%1").arg(*before);
    callJson("GET", path, std::nullopt, context, [reply = std::move(reply)](Result<Json> json) {
        reply(json.ok() ? api::messagePageFromJson(*json)
                        : Result<api::MessagePage>(std::move(json).error()));
    });
}

void RemoteBackend::search(QString query, QObject* context, Reply<std::vector<api::SearchHit>> reply) {
    const QString path =
        QStringLiteral("/api/v1/search?q=") + QString::fromLatin1(QUrl::toPercentEncoding(query));
    callJson("GET", path, std::nullopt, context, [reply = std::move(reply)](Result<Json> json) {
        if (!json.ok()) return reply(std::move(json).error());
        reply(listFrom<api::SearchHit>(*json, "hits", api::searchHitFromJson));
    });
}

void RemoteBackend::exportSession(SessionId id, bool markdown, QObject* context, Reply<QByteArray> reply) {
    call("GET",
         sessionPath(id, "/export") +
             (markdown ? QStringLiteral("?format=md") : QStringLiteral("?format=json")),
         std::nullopt, context, std::move(reply));
}

void RemoteBackend::importSessions(QByteArray bytes, QObject* context, Reply<qint64> reply) {
    call("POST", QStringLiteral("/api/v1/import"), std::move(bytes), context,
         [reply = std::move(reply)](Result<QByteArray> answer) {
             if (!answer.ok()) return reply(std::move(answer).error());
             auto json = parseJson({answer->constData(), static_cast<std::size_t>(answer->size())});
             if (!json.ok()) return reply(fail(ErrorCode::UpstreamInvalidResponse, json.error().detail));
             reply(qint64(intOr(*json, "sessions")));
         });
}

void RemoteBackend::listModels(QObject* context, Reply<std::vector<api::ModelInfo>> reply) {
    callJson("GET", QStringLiteral("/v1/models"), std::nullopt, context,
             [reply = std::move(reply)](Result<Json> json) {
                 if (!json.ok()) return reply(std::move(json).error());
                 reply(listFrom<api::ModelInfo>(*json, "data", api::modelFromJson));
             });
}

void RemoteBackend::fetchStatus(QObject* context, Reply<api::ServiceStatus> reply) {
    callJson("GET", QStringLiteral("/api/v1/status"), std::nullopt, context,
             [reply = std::move(reply)](Result<Json> json) {
                 reply(json.ok() ? api::serviceStatusFromJson(*json)
                                 : Result<api::ServiceStatus>(std::move(json).error()));
             });
}

template <class T>
void RemoteBackend::refuse(QObject* context, Reply<T> reply) {
    QMetaObject::invokeMethod(
        context,
        [reply = std::move(reply)] {
            reply(fail(ErrorCode::Unsupported, "a server's providers are changed in its own configuration"));
        },
        Qt::QueuedConnection);
}

void RemoteBackend::listProviders(QObject* context, Reply<std::vector<api::ProviderInfo>> reply) {
    refuse(context, std::move(reply));
}
void RemoteBackend::saveProvider(QString, api::ProviderInfo, std::optional<QString>, QObject* context,
                                 Reply<void> reply) {
    refuse(context, std::move(reply));
}
void RemoteBackend::removeProvider(QString, QObject* context, Reply<void> reply) {
    refuse(context, std::move(reply));
}
void RemoteBackend::testProvider(QString, QObject* context, Reply<api::ProviderTest> reply) {
    refuse(context, std::move(reply));
}

TurnId RemoteBackend::sendMessage(SessionId session, api::SendRequest request) {
    return startTurn(session, sessionPath(session, "/messages"), sendJson(request));
}

TurnId RemoteBackend::regenerate(SessionId session, MessageId assistantMessage, QString model) {
    Json body = Json::object();
    if (!model.isEmpty()) body["model"] = model.toStdString();
    return startTurn(session,
                     sessionPath(session, "/messages/") + segment(assistantMessage.str()) +
                         QStringLiteral("/regenerate"),
                     body);
}

TurnId RemoteBackend::editMessage(SessionId session, MessageId userMessage, QString content) {
    return startTurn(
        session, sessionPath(session, "/messages/") + segment(userMessage.str()) + QStringLiteral("/edit"),
        Json{{"content", content.toStdString()}});
}

TurnId RemoteBackend::startTurn(const SessionId& session, const QString& path, const Json& body) {
    const TurnId turn = ++m_lastTurn;
    const QString id = QString::fromStdString(session.str());
    m_coalescer.open(turn, id);
    QNetworkReply* reply = m_network.sendCustomRequest(request(path), "POST", toBytes(body));
    new RemoteTurn(
        reply,
        [this, turn, id, session](api::TurnEvent event) {
            const bool changesSession = std::holds_alternative<api::TurnStarted>(event) ||
                                        std::holds_alternative<api::TurnDone>(event) ||
                                        std::holds_alternative<api::TurnFailed>(event);
            m_coalescer.add(turn, id, std::move(event));
            if (changesSession) refreshSession(session);
        },
        this);
    return turn;
}

void RemoteBackend::refreshSession(const SessionId& id) {
    callJson("GET", sessionPath(id), std::nullopt, this, [this](Result<Json> json) {
        if (!json.ok()) return;
        if (auto session = api::sessionFromJson(*json); session.ok()) emit sessionChanged(*session);
    });
}

void RemoteBackend::stopTurn(SessionId session) {
    callJson("POST", sessionPath(session, "/cancel"), Json::object(), this, [](Result<Json>) {});
}

} // namespace exo::ui
