#pragma once
// What the windows know of ExoBrain: asynchronous calls and signals, the same for the core in this process
// and for a server. GUI thread. A reply runs on the GUI thread unless its context object died first; then it
// is dropped.

#include "core/api/Types.h"
#include "ui/backend/Reply.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace exo::ui {

class AnalysisSource;
class MonitorSource;

using TurnId = quint64;

class Backend : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    enum class State { Connecting, Ready, Unreachable };
    Q_ENUM(State)

    virtual State state() const = 0;
    virtual QString
    label() const = 0; // "This computer" is the caller's business: empty for local, else the server's URL
    virtual bool isLocal() const = 0;

    virtual void listSessions(QObject* context, Reply<std::vector<api::Session>> reply) = 0;
    virtual void createSession(api::SessionPatch draft, QObject* context, Reply<api::Session> reply) = 0;
    virtual void updateSession(SessionId id, api::SessionPatch patch, QObject* context,
                               Reply<api::Session> reply) = 0;
    virtual void removeSession(SessionId id, QObject* context, Reply<void> reply) = 0;
    virtual void restoreSession(SessionId id, QObject* context, Reply<void> reply) = 0;
    virtual void loadMessages(SessionId id, int limit, std::optional<qint64> before, QObject* context,
                              Reply<api::MessagePage> reply) = 0;
    virtual void search(QString query, QObject* context, Reply<std::vector<api::SearchHit>> reply) = 0;
    virtual void exportSession(SessionId id, bool markdown, QObject* context, Reply<QByteArray> reply) = 0;
    virtual void importSessions(QByteArray bytes, QObject* context,
                                Reply<qint64> reply) = 0; // sessions imported
    virtual void listModels(QObject* context, Reply<std::vector<api::ModelInfo>> reply) = 0;
    virtual void fetchStatus(QObject* context, Reply<api::ServiceStatus> reply) = 0;

    // Settings; a remote server refuses with Unsupported.
    virtual void listProviders(QObject* context, Reply<std::vector<api::ProviderInfo>> reply) = 0;
    virtual void saveProvider(QString oldName, api::ProviderInfo provider, std::optional<QString> newKey,
                              QObject* context, Reply<void> reply) = 0;
    virtual void removeProvider(QString name, QObject* context, Reply<void> reply) = 0;
    virtual void testProvider(QString name, QObject* context, Reply<api::ProviderTest> reply) = 0;
    // The URL that calls to a provider with this base URL go to, or what is wrong with it.
    virtual Result<QString> previewEndpoint(const QString& baseUrl, const QString& type) const {
        Q_UNUSED(baseUrl)
        Q_UNUSED(type)
        return fail(ErrorCode::Unsupported);
    }

    // A turn's events arrive by turnEvent, coalesced to one delta per 33–50 ms, ending with TurnDone or
    // TurnFailed (also when it never started: TurnFailed with an empty message id).
    virtual TurnId sendMessage(SessionId session, api::SendRequest request) = 0;
    virtual TurnId regenerate(SessionId session, MessageId assistantMessage, QString model) = 0;
    virtual TurnId editMessage(SessionId session, MessageId userMessage, QString content) = 0;
    virtual void stopTurn(SessionId session) = 0;

    // Both live as long as the backend.
    virtual MonitorSource* monitor() = 0;
    virtual AnalysisSource* analysis() = 0;

  signals:
    void stateChanged(exo::ui::Backend::State state);
    void sessionChanged(const exo::api::Session& session); // created, renamed, moved, new leaf
    void sessionRemoved(const QString& sessionId);
    void turnEvent(exo::ui::TurnId turn, const QString& sessionId, const exo::api::TurnEvent& event);
};

} // namespace exo::ui
