#pragma once
// Backend over the HTTP API of `exobrain serve` (Qt Network). GUI thread; owned by the program. Holds no
// timer: the window asks for the status while it is visible, and each answer tells whether the server can be
// reached.

#include "core/base/Json.h"
#include "ui/backend/AnalysisSource.h"
#include "ui/backend/Backend.h"
#include "ui/backend/MonitorSource.h"
#include "ui/backend/TurnCoalescer.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QUrl>

namespace exo::ui {

class RemoteBackend final : public Backend {
    Q_OBJECT
  public:
    // `server` is what normaliseServer() gave; `key` may be empty on loopback.
    RemoteBackend(QUrl server, QString key, QObject* parent = nullptr);
    ~RemoteBackend() override;

    // "192.168.1.5:8686" and the like → http://192.168.1.5:8686; credentials, queries and other schemes give
    // nullopt.
    static std::optional<QUrl> normaliseServer(const QString& text);

    State state() const override { return m_state; }
    QString label() const override { return m_server.toString(QUrl::RemoveUserInfo); }
    bool isLocal() const override { return false; }

    void listSessions(QObject* context, Reply<std::vector<api::Session>> reply) override;
    void createSession(api::SessionPatch draft, QObject* context, Reply<api::Session> reply) override;
    void updateSession(SessionId id, api::SessionPatch patch, QObject* context,
                       Reply<api::Session> reply) override;
    void removeSession(SessionId id, QObject* context, Reply<void> reply) override;
    void restoreSession(SessionId id, QObject* context, Reply<void> reply) override;
    void loadMessages(SessionId id, int limit, std::optional<qint64> before, QObject* context,
                      Reply<api::MessagePage> reply) override;
    void search(QString query, QObject* context, Reply<std::vector<api::SearchHit>> reply) override;
    void exportSession(SessionId id, bool markdown, QObject* context, Reply<QByteArray> reply) override;
    void importSessions(QByteArray bytes, QObject* context, Reply<qint64> reply) override;
    void listModels(QObject* context, Reply<std::vector<api::ModelInfo>> reply) override;
    void fetchStatus(QObject* context, Reply<api::ServiceStatus> reply) override;

    void listProviders(QObject* context, Reply<std::vector<api::ProviderInfo>> reply) override;
    void saveProvider(QString oldName, api::ProviderInfo provider, std::optional<QString> newKey,
                      QObject* context, Reply<void> reply) override;
    void removeProvider(QString name, QObject* context, Reply<void> reply) override;
    void testProvider(QString name, QObject* context, Reply<api::ProviderTest> reply) override;

    TurnId sendMessage(SessionId session, api::SendRequest request) override;
    TurnId regenerate(SessionId session, MessageId assistantMessage, QString model) override;
    TurnId editMessage(SessionId session, MessageId userMessage, QString content) override;
    void stopTurn(SessionId session) override;
    MonitorSource* monitor() override { return m_monitor.get(); }
    AnalysisSource* analysis() override { return m_analysis.get(); }

    using JsonReply = std::function<void(Result<Json>)>;
    using BytesReply = std::function<void(Result<QByteArray>)>;
    // One call of the API each; for the parts of this backend.
    void callJson(const QByteArray& verb, const QString& path, std::optional<Json> body, QObject* context,
                  JsonReply reply);
    void callBytes(const QByteArray& verb, const QString& path, QObject* context, BytesReply reply) {
        call(verb, path, std::nullopt, context, std::move(reply));
    }
    QNetworkReply* openStream(const QString& path) { return m_network.get(request(path)); }

  private:
    QNetworkRequest request(const QString& path) const;
    void call(const QByteArray& verb, const QString& path, std::optional<QByteArray> body, QObject* context,
              BytesReply reply);
    void sessionCall(const QByteArray& verb, const QString& path, Json body, QObject* context,
                     Reply<api::Session> reply);
    void listPage(const QString& before, std::vector<api::Session> soFar, QObject* context,
                  Reply<std::vector<api::Session>> reply);
    TurnId startTurn(const SessionId& session, const QString& path, const Json& body);
    void refreshSession(const SessionId& id);
    template <class T>
    void refuse(QObject* context, Reply<T> reply);
    void setState(State state);

    QUrl m_server;
    QString m_key;
    State m_state = State::Connecting;
    TurnId m_lastTurn = 0;
    TurnCoalescer m_coalescer;
    QNetworkAccessManager m_network;
    std::unique_ptr<MonitorSource> m_monitor;
    std::unique_ptr<AnalysisSource> m_analysis;
};

} // namespace exo::ui
