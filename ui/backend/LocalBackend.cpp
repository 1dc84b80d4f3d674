#include "ui/backend/LocalBackend.h"

#include "core/base/Log.h"
#include "ui/backend/LocalAnalysis.h"
#include "ui/backend/LocalCall.h"
#include "ui/backend/LocalMonitor.h"

namespace exo::ui {

namespace {

constexpr std::size_t k_maxHits = 50;
constexpr std::size_t k_sessionLimit = 1000;

Error unexpected() {
    return fail(ErrorCode::Internal, "an unexpected exception, see the log");
}

} // namespace

// The end of a turn's stream of events on the io thread; passes each to the GUI thread.
class LocalBackend::Sink final : public TurnSink {
  public:
    Sink(LocalBackend* backend, TurnId turn, SessionId session)
        : m_backend(backend)
        , m_turn(turn)
        , m_session(std::move(session)) {}

    Task<void> onEvent(api::TurnEvent event) override {
        post(std::move(event));
        co_return Result<void>();
    }
    void post(api::TurnEvent event) {
        m_ended = m_ended || std::holds_alternative<api::TurnDone>(event) ||
                  std::holds_alternative<api::TurnFailed>(event);
        QMetaObject::invokeMethod(
            m_backend,
            [backend = m_backend, turn = m_turn, session = m_session, event = std::move(event)] {
                backend->deliver(turn, session, event);
            },
            Qt::QueuedConnection);
    }
    bool ended() const { return m_ended; }

  private:
    LocalBackend* m_backend; // joins the io thread before it dies
    TurnId m_turn;
    SessionId m_session;
    bool m_ended = false;
};

LocalBackend::LocalBackend(CoreOptions options, QObject* parent)
    : Backend(parent)
    , m_options(std::move(options))
    , m_monitor(std::make_unique<LocalMonitor>(this))
    , m_analysis(std::make_unique<LocalAnalysis>(this)) {
    connect(&m_coalescer, &TurnCoalescer::turnEvent, this, &Backend::turnEvent);
}

LocalBackend::~LocalBackend() {
    if (m_opener.joinable()) m_opener.join();
    if (m_core) m_core->shutDown();
}

void LocalBackend::start() {
    if (m_core || m_opener.joinable()) return;
    m_startError.reset();
    setState(State::Connecting);
    m_opener = std::thread([this, options = m_options]() mutable {
        auto core = std::make_shared<Result<std::unique_ptr<Core>>>(Core::create(std::move(options)));
        QMetaObject::invokeMethod(
            this, [this, core] { opened(std::move(*core)); }, Qt::QueuedConnection);
    });
}

void LocalBackend::opened(Result<std::unique_ptr<Core>> core) {
    m_opener.join();
    if (core.ok()) {
        m_core = std::move(*core);
    } else {
        m_startError = core.error();
    }
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto& then : waiting) {
        then(m_startError ? &*m_startError : nullptr);
    }
    setState(m_core ? State::Ready : State::Unreachable);
    if (m_startError) emit startFailed(*m_startError);
}

void LocalBackend::setState(State state) {
    if (m_state == state) return;
    m_state = state;
    emit stateChanged(state);
}

void LocalBackend::whenOpen(std::function<void(const Error*)> then) {
    if (m_core || m_startError) return then(m_startError ? &*m_startError : nullptr);
    m_waiting.push_back(std::move(then));
}

void LocalBackend::sessionCall(QObject* context, Reply<api::Session> reply, Work<api::Session> work) {
    call<api::Session>(
        context,
        [this, reply = std::move(reply)](Result<api::Session> session) {
            if (session.ok()) emit sessionChanged(*session);
            reply(std::move(session));
        },
        std::move(work));
}

void LocalBackend::listSessions(QObject* context, Reply<std::vector<api::Session>> reply) {
    call<std::vector<api::Session>>(context, std::move(reply), [](Core& core) {
        SessionFilter filter;
        filter.limit = k_sessionLimit;
        return core.sessions().list(Owner::local(), filter);
    });
}

void LocalBackend::createSession(api::SessionPatch draft, QObject* context, Reply<api::Session> reply) {
    sessionCall(context, std::move(reply), [draft = std::move(draft)](Core& core) {
        return core.sessions().create(Owner::local(), draft);
    });
}

void LocalBackend::updateSession(SessionId id, api::SessionPatch patch, QObject* context,
                                 Reply<api::Session> reply) {
    sessionCall(context, std::move(reply), [id, patch = std::move(patch)](Core& core) {
        return core.sessions().update(Owner::local(), id, patch);
    });
}

void LocalBackend::removeSession(SessionId id, QObject* context, Reply<void> reply) {
    call<void>(
        context,
        [this, id, reply = std::move(reply)](Result<void> result) {
            if (result.ok()) emit sessionRemoved(QString::fromStdString(id.str()));
            reply(std::move(result));
        },
        [id](Core& core) { return core.sessions().remove(Owner::local(), id); });
}

void LocalBackend::restoreSession(SessionId id, QObject* context, Reply<void> reply) {
    call<void>(
        context,
        [this, id, reply = std::move(reply)](Result<void> result) {
            if (result.ok()) refreshSession(id);
            reply(std::move(result));
        },
        [id](Core& core) { return core.sessions().restore(Owner::local(), id); });
}

void LocalBackend::loadMessages(SessionId id, int limit, std::optional<qint64> before, QObject* context,
                                Reply<api::MessagePage> reply) {
    std::optional<std::int64_t> above;
    if (before) above = *before;
    call<api::MessagePage>(context, std::move(reply), [id, limit, above](Core& core) {
        return core.sessions().messages(Owner::local(), id, static_cast<std::size_t>(std::max(limit, 1)),
                                        above);
    });
}

void LocalBackend::search(QString query, QObject* context, Reply<std::vector<api::SearchHit>> reply) {
    call<std::vector<api::SearchHit>>(context, std::move(reply), [text = query.toStdString()](Core& core) {
        return core.sessions().search(Owner::local(), text, k_maxHits);
    });
}

void LocalBackend::exportSession(SessionId id, bool markdown, QObject* context, Reply<QByteArray> reply) {
    const auto format = markdown ? ExportFormat::Markdown : ExportFormat::Json;
    call<std::string>(
        context,
        [reply = std::move(reply)](Result<std::string> text) {
            reply(text.ok() ? Result<QByteArray>(QByteArray::fromStdString(*text))
                            : Result<QByteArray>(std::move(text).error()));
        },
        [id, format](Core& core) { return core.sessions().exportSession(Owner::local(), id, format); });
}

void LocalBackend::importSessions(QByteArray bytes, QObject* context, Reply<qint64> reply) {
    call<ImportReport>(
        context,
        [reply = std::move(reply)](Result<ImportReport> report) {
            reply(report.ok() ? Result<qint64>(qint64(report->sessions))
                              : Result<qint64>(std::move(report).error()));
        },
        [bytes = std::move(bytes)](Core& core) {
            return core.sessions().importSessions(Owner::local(), bytes.toStdString());
        });
}

void LocalBackend::listModels(QObject* context, Reply<std::vector<api::ModelInfo>> reply) {
    call<std::vector<api::ModelInfo>>(context, std::move(reply),
                                      [](Core& core) -> Task<std::vector<api::ModelInfo>> {
                                          co_return co_await core.gateway().allModels();
                                      });
}

void LocalBackend::fetchStatus(QObject* context, Reply<api::ServiceStatus> reply) {
    call<api::ServiceStatus>(context, std::move(reply),
                             [](Core& core) -> Task<api::ServiceStatus> { co_return core.status(); });
}

void LocalBackend::listProviders(QObject* context, Reply<std::vector<api::ProviderInfo>> reply) {
    call<std::vector<api::ProviderInfo>>(
        context, std::move(reply),
        [](Core& core) -> Task<std::vector<api::ProviderInfo>> { co_return core.gateway().providers(); });
}

namespace {

// Free coroutines: what they need is in their own frame, not in a lambda that may be gone.
Task<void> saveOnCore(Core& core, std::string oldName, api::ProviderInfo provider,
                      std::optional<Secret> key) {
    co_return core.saveProvider(oldName, provider, key);
}
Task<void> removeOnCore(Core& core, std::string name) {
    co_return core.removeProvider(name);
}

} // namespace

void LocalBackend::saveProvider(QString oldName, api::ProviderInfo provider, std::optional<QString> newKey,
                                QObject* context, Reply<void> reply) {
    std::optional<Secret> key;
    if (newKey) key.emplace(newKey->toStdString());
    call<void>(context, std::move(reply),
               [oldName = oldName.toStdString(), provider = std::move(provider),
                key = std::move(key)](Core& core) { return saveOnCore(core, oldName, provider, key); });
}

void LocalBackend::removeProvider(QString name, QObject* context, Reply<void> reply) {
    call<void>(context, std::move(reply),
               [name = name.toStdString()](Core& core) { return removeOnCore(core, name); });
}

void LocalBackend::testProvider(QString name, QObject* context, Reply<api::ProviderTest> reply) {
    call<api::ProviderTest>(context, std::move(reply), [name = name.toStdString()](Core& core) {
        return core.gateway().testProvider(name, CancelToken());
    });
}

Result<QString> LocalBackend::previewEndpoint(const QString& baseUrl, const QString& type) const {
    EXO_TRY(const auto url, Core::previewEndpoint(baseUrl.toStdString(), type.toStdString()));
    return QString::fromStdString(url);
}

asio::awaitable<void> LocalBackend::runTurn(LocalBackend* self, Core& core, TurnWork work, TurnId turn,
                                            SessionId session) {
    Sink sink(self, turn, std::move(session));
    Error reason = unexpected();
    try {
        Result<api::Message> result = co_await work(core, sink);
        if (!result.ok()) reason = result.error();
    } catch (const std::exception& error) {
        log::error("backend: {}", error.what());
    }
    if (!sink.ended()) sink.post(api::TurnFailed{std::move(reason), {}});
}

TurnId LocalBackend::startTurn(SessionId session, TurnWork work) {
    const TurnId turn = ++m_lastTurn;
    m_coalescer.open(turn, QString::fromStdString(session.str()));
    whenOpen([this, turn, session = std::move(session), work = std::move(work)](const Error* error) {
        if (error) {
            Sink(this, turn, session).post(api::TurnFailed{*error, {}});
            return;
        }
        asio::co_spawn(m_core->io(), runTurn(this, *m_core, work, turn, session), asio::detached);
    });
    return turn;
}

TurnId LocalBackend::sendMessage(SessionId session, api::SendRequest request) {
    return startTurn(session, [session, request = std::move(request)](Core& core, TurnSink& sink) {
        return core.chat().send(session, request, TurnContext{}, sink);
    });
}

TurnId LocalBackend::regenerate(SessionId session, MessageId assistantMessage, QString model) {
    return startTurn(session,
                     [session, assistantMessage, model = model.toStdString()](Core& core, TurnSink& sink) {
                         return core.chat().regenerate(session, assistantMessage, model, TurnContext{}, sink);
                     });
}

TurnId LocalBackend::editMessage(SessionId session, MessageId userMessage, QString content) {
    return startTurn(session,
                     [session, userMessage, text = content.toStdString()](Core& core, TurnSink& sink) {
                         return core.chat().edit(session, userMessage, text, TurnContext{}, sink);
                     });
}

void LocalBackend::stopTurn(SessionId session) {
    call<bool>(
        this, [](Result<bool>) {},
        [session](Core& core) { return core.chat().stop(Owner::local(), session); });
}

void LocalBackend::deliver(TurnId turn, const SessionId& session, api::TurnEvent event) {
    const bool changesSession = std::holds_alternative<api::TurnStarted>(event) ||
                                std::holds_alternative<api::TurnDone>(event) ||
                                std::holds_alternative<api::TurnFailed>(event);
    m_coalescer.add(turn, QString::fromStdString(session.str()), std::move(event));
    if (changesSession) refreshSession(session);
}

void LocalBackend::refreshSession(const SessionId& id) {
    call<api::Session>(
        this,
        [this](Result<api::Session> session) {
            if (session.ok()) emit sessionChanged(*session);
        },
        [id](Core& core) { return core.sessions().get(Owner::local(), id); });
}

} // namespace exo::ui
