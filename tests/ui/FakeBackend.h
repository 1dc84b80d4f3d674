#pragma once
// A Backend that holds its sessions in memory and says only what a test tells it to say. Replies come from
// the event loop, as the true ones do. GUI thread.

#include "tests/ui/FakeAnalysis.h"
#include "tests/ui/FakeMonitor.h"
#include "ui/backend/Backend.h"

#include <QStringList>

#include <map>
#include <set>

namespace exo::ui {

class FakeBackend final : public Backend {
    Q_OBJECT
  public:
    using Backend::Backend;

    // The script.
    void setState(State state);
    void failNext(Error error) { m_nextError = std::move(error); } // the next call with a reply answers this
    api::Session& addSession(const QString& id, const QString& title);
    // Adds a message under the session's leaf and makes it the leaf.
    api::Message& addMessage(const QString& sessionId, api::Role role, const QString& content);
    api::Message& addMessage(const QString& sessionId, const QString& parentId, api::Role role,
                             const QString& content);
    // The running turn of a session, step by step.
    void startTurn(const QString& sessionId);
    void delta(const QString& sessionId, const QString& text);
    void reasoning(const QString& sessionId, const QString& text);
    void tool(const QString& sessionId, api::ToolCall call); // it begins without a duration, ends with one
    void finishTurn(const QString& sessionId);
    void failTurn(const QString& sessionId, ErrorCode code, api::MessageState state);
    void refuseTurn(const QString& sessionId, ErrorCode code); // before it started: nothing is stored

    const api::Session* session(const QString& id) const;
    const std::vector<api::Message>& messages(const QString& sessionId) { return m_messages[sessionId]; }
    bool isRemoved(const QString& id) const { return m_removed.contains(id); }
    QStringList calls; // "sendMessage s1 hello", in order
    std::vector<api::ModelInfo> models;
    std::vector<api::ProviderInfo> providers;
    std::vector<api::SearchHit> hits;
    api::ServiceStatus status;
    std::optional<api::ProviderTest> nextTest; // else every provider works
    std::optional<QString> lastKey;            // of saveProvider
    FakeMonitor numbers;
    FakeAnalysis code;
    int statusCalls = 0;
    QStringList searches;
    QString labelText;
    bool local = true;
    api::SendRequest lastRequest;

    State state() const override { return m_state; }
    QString label() const override { return labelText; }
    bool isLocal() const override { return local; }
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
    Result<QString> previewEndpoint(const QString& baseUrl, const QString& type) const override;
    TurnId sendMessage(SessionId session, api::SendRequest request) override;
    TurnId regenerate(SessionId session, MessageId assistantMessage, QString model) override;
    TurnId editMessage(SessionId session, MessageId userMessage, QString content) override;
    void stopTurn(SessionId session) override;
    MonitorSource* monitor() override { return &numbers; }
    AnalysisSource* analysis() override { return &code; }

  private:
    struct Turn {
        TurnId id = 0;
        MessageId parent; // of the user's message, or of the answer when `content` is empty
        QString content;
        std::vector<api::Attachment> attachments;
        MessageId answer;
    };
    template <class T>
    void answer(QObject* context, Reply<T> reply, Result<T> result);
    api::Session* find(const QString& id);
    api::Message* findMessage(const QString& sessionId, const MessageId& id);
    TurnId begin(const QString& sessionId, Turn turn);
    void emitEvent(const QString& sessionId, api::TurnEvent event);
    void countSiblings(const QString& sessionId);

    State m_state = State::Ready;
    std::optional<Error> m_nextError;
    std::map<QString, api::Session> m_sessions;
    std::map<QString, std::vector<api::Message>> m_messages;
    std::set<QString> m_removed;
    std::map<QString, Turn> m_turns;
    TurnId m_lastTurn = 0;
    int m_lastId = 0;
    std::int64_t m_clock = 1'790'000'000'000;
};

} // namespace exo::ui
