#pragma once
// Backend over a core in this process. GUI thread; owned by the program. Opening the core (database,
// migrations) happens on a thread of its own so that the window is there at once; calls made before it is
// open wait for it.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/Core.h"
#endif
#include "ui/backend/AnalysisSource.h"
#include "ui/backend/Backend.h"
#include "ui/backend/MonitorSource.h"
#include "ui/backend/TurnCoalescer.h"

#include <thread>

namespace exo::ui {

class LocalBackend final : public Backend {
    Q_OBJECT
  public:
    explicit LocalBackend(CoreOptions options, QObject* parent = nullptr);
    // Stops the turns keeping their text, drains the database; a moment of blocking at the end of the
    // program.
    ~LocalBackend() override;

    // Opens the core; again after it failed. Does nothing while it is open or opening.
    void start();
    const std::optional<Error>& startError() const { return m_startError; }

    State state() const override { return m_state; }
    QString label() const override { return {}; }
    bool isLocal() const override { return true; }

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
    MonitorSource* monitor() override { return m_monitor.get(); }
    AnalysisSource* analysis() override { return m_analysis.get(); }

    // What a call does on the io thread; takes the core, gives an awaitable Result<T>.
    template <class T>
    using Work = std::function<Task<T>(Core&)>;
    // For the parts of this backend; defined in LocalCall.h.
    template <class T>
    void call(QObject* context, Reply<T> reply, Work<T> work);

  signals:
    void startFailed(const exo::Error& error);

  private:
    class Sink;
    using TurnWork = std::function<Task<api::Message>(Core&, TurnSink&)>;

    // Runs `then` when the core is open, or with the reason why it is not.
    void whenOpen(std::function<void(const Error*)> then);
    void opened(Result<std::unique_ptr<Core>> core);
    template <class T>
    static asio::awaitable<void> run(LocalBackend* self, Core& core, Work<T> work, QPointer<QObject> context,
                                     std::shared_ptr<Reply<T>> reply);
    static asio::awaitable<void> runTurn(LocalBackend* self, Core& core, TurnWork work, TurnId turn,
                                         SessionId session);
    void sessionCall(QObject* context, Reply<api::Session> reply, Work<api::Session> work);
    TurnId startTurn(SessionId session, TurnWork work);
    void deliver(TurnId turn, const SessionId& session, api::TurnEvent event);
    void refreshSession(const SessionId& id);
    void setState(State state);

    CoreOptions m_options;
    State m_state = State::Connecting;
    std::optional<Error> m_startError;
    std::unique_ptr<Core> m_core;
    std::thread m_opener;
    std::vector<std::function<void(const Error*)>> m_waiting;
    TurnId m_lastTurn = 0;
    TurnCoalescer m_coalescer;
    std::unique_ptr<MonitorSource> m_monitor;
    std::unique_ptr<AnalysisSource> m_analysis;
};

} // namespace exo::ui
