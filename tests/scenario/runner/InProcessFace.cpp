#include "core/Core.h"
#include "tests/scenario/runner/Face.h"
#include "tests/support/process/Process.h"

#include <boost/asio/co_spawn.hpp>

#include <csignal>
#include <future>
#include <iostream>
#include <mutex>

namespace exo::test {

namespace {

Result<std::unique_ptr<Core>> openCore(const Place& place, const std::string& kind) {
    CoreOptions options;
    options.paths = Paths::fromHome(place.home);
    options.sources.file = place.config;
    options.sources.fileRequired = true;
    options.sources.environment = processEnvironment();
    options.kind = kind;
    return Core::create(std::move(options));
}

template <class T>
asio::awaitable<void> deliver(Task<T> task, std::shared_ptr<std::promise<Result<T>>> promise) {
    promise->set_value(co_await std::move(task));
}

// Runs a coroutine on the core's io thread and waits for its result.
template <class T>
Result<T> await(Core& core, Task<T> task) {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    asio::co_spawn(core.io(), deliver(std::move(task), promise), [promise](const std::exception_ptr& thrown) {
        if (thrown) promise->set_exception(thrown);
    });
    return future.get();
}

class ForwardingSink final : public TurnSink {
  public:
    explicit ForwardingSink(OnTurnEvent onEvent)
        : m_onEvent(std::move(onEvent)) {}
    Task<void> onEvent(api::TurnEvent event) override {
        m_started = true;
        m_onEvent(event);
        co_return Result<void>();
    }
    bool started() const { return m_started; }

  private:
    OnTurnEvent m_onEvent;
    bool m_started = false;
};

Task<api::Message> runTurn(Core& core, TurnOrder order, TurnSink& sink) {
    TurnContext context;
    context.requestId = "scenario";
    switch (order.kind) {
    case TurnOrder::Kind::Regenerate:
        co_return co_await core.chat().regenerate(std::move(order.session), std::move(order.message),
                                                  std::move(order.model), std::move(context), sink);
    case TurnOrder::Kind::Edit:
        co_return co_await core.chat().edit(std::move(order.session), std::move(order.message),
                                            std::move(order.content), std::move(context), sink);
    case TurnOrder::Kind::Send: break;
    }
    api::SendRequest request;
    request.content = std::move(order.content);
    request.model = std::move(order.model);
    request.attachments = std::move(order.attachments);
    co_return co_await core.chat().send(std::move(order.session), std::move(request), std::move(context),
                                        sink);
}

// An error only when no event was sent.
Result<void> turnOn(Core& core, TurnOrder order, OnTurnEvent onEvent) {
    ForwardingSink sink(std::move(onEvent));
    const auto result = await(core, runTurn(core, std::move(order), sink));
    if (!result.ok() && !sink.started()) return result.error();
    return {};
}

// The code a client of the API reads: an upstream's 4xx body passes through.
std::string clientCode(const Error& error) {
    if (error.upstreamStatus >= 400 && error.upstreamStatus < 500 &&
        error.code != ErrorCode::UpstreamTimeout) {
        const auto body = parseJson(error.upstreamBody);
        const Json* inner = body ? member(*body, "error") : nullptr;
        if (inner && !stringOr(*inner, "code").empty()) return std::string(stringOr(*inner, "code"));
    }
    return std::string(toString(error.code));
}

CompletionRequest requestFor(const ChatOrder& order) {
    CompletionRequest request;
    request.model = order.model;
    Json message = Json::object();
    message["role"] = "user";
    message["content"] = order.content;
    request.body["messages"] = Json::array({message});
    return request;
}

void addEvent(ChatAnswer& answer, const CompletionEvent& event) {
    if (const auto* text = std::get_if<TextDelta>(&event)) answer.text += text->text;
    if (const auto* finish = std::get_if<FinishDelta>(&event)) answer.finish = finish->reason;
    if (const auto* usage = std::get_if<UsageDelta>(&event)) answer.usage = usage->usage;
}

std::string_view nameOf(CacheResult result) {
    switch (result) {
    case CacheResult::Hit: return "hit";
    case CacheResult::Miss: return "miss";
    case CacheResult::Stale: return "stale";
    case CacheResult::Coalesced: return "coalesced";
    case CacheResult::Bypass: break;
    }
    return "bypass";
}

void addReport(ChatAnswer& answer, const CallReport& report) {
    answer.cache = nameOf(report.cache);
    for (const std::string& target : report.fallback)
        answer.fallback += (answer.fallback.empty() ? "" : ", ") + target;
    if (report.simplified) answer.fallback = "simplified";
    answer.by = report.provider + "/" + report.model + " in " + std::to_string(report.attempts);
}

Task<void> streamInto(Core& core, ChatOrder order, ChatAnswer& answer) {
    CompletionRequest request = requestFor(order);
    GatewayCall call;
    call.context.requestId = "scenario";
    call.context.timeout = core.settings().limits.requestTimeout;
    const auto report = call.report;
    const auto opened = co_await core.gateway().stream(std::move(request), std::move(call));
    addReport(answer, *report);
    if (!opened) co_return opened.error();
    const auto& stream = *opened;
    while (true) {
        EXO_CO_TRY(const auto event, co_await stream->next());
        if (!event) break;
        addEvent(answer, *event);
    }
    co_return Result<void>();
}

Task<void> completeInto(Core& core, ChatOrder order, ChatAnswer& answer) {
    CompletionRequest request = requestFor(order);
    GatewayCall call;
    call.context.requestId = "scenario";
    call.context.timeout = core.settings().limits.requestTimeout;
    const auto report = call.report;
    const auto answered = co_await core.gateway().complete(std::move(request), std::move(call));
    addReport(answer, *report);
    if (!answered) co_return answered.error();
    const Completion& completion = *answered;
    const Json& choice = completion.body.tree().at("choices").at(0);
    answer.text = stringOr(choice.at("message"), "content");
    answer.finish = stringOr(choice, "finish_reason");
    answer.usage = completion.usage;
    co_return Result<void>();
}

class InProcessFace final : public Face {
  public:
    explicit InProcessFace(Place place)
        : m_place(std::move(place)) {}

    Result<void> start() override {
        EXO_TRY(m_core, openCore(m_place, "scenario"));
        return {};
    }
    void stop() override {
        if (m_core) m_core->shutDown();
        m_core.reset();
    }
    // A core in our own process cannot be killed alone: the turn to be cut runs in a child, see turn().
    void kill() override {
        const std::scoped_lock lock(m_childLock);
        if (!m_child) throw std::runtime_error("kill needs a running turn that was begun as killable");
        m_child->signal(SIGKILL);
    }

    Result<api::Session> create(api::SessionPatch draft) override {
        return await(*m_core, sessionService().create(Owner::local(), std::move(draft)));
    }
    Result<api::Session> session(SessionId id) override {
        return await(*m_core, sessionService().get(Owner::local(), std::move(id)));
    }
    Result<std::vector<api::Session>> sessions() override {
        return await(*m_core, sessionService().list(Owner::local(), SessionFilter{}));
    }
    Result<api::Session> update(SessionId id, api::SessionPatch patch) override {
        return await(*m_core, sessionService().update(Owner::local(), std::move(id), std::move(patch)));
    }
    Result<void> remove(SessionId id) override {
        return await(*m_core, sessionService().remove(Owner::local(), std::move(id)));
    }
    Result<void> restore(SessionId id) override {
        return await(*m_core, sessionService().restore(Owner::local(), std::move(id)));
    }
    Result<api::MessagePage> messages(SessionId id, std::size_t limit,
                                      std::optional<std::int64_t> before) override {
        return await(*m_core, sessionService().messages(Owner::local(), std::move(id), limit, before));
    }
    Result<std::vector<api::SearchHit>> search(std::string query) override {
        return await(*m_core, sessionService().search(Owner::local(), std::move(query), 50));
    }
    Result<std::string> exportSession(SessionId id, const std::string& format) override {
        const auto kind = format == "json" ? ExportFormat::Json : ExportFormat::Markdown;
        return await(*m_core, sessionService().exportSession(Owner::local(), std::move(id), kind));
    }
    Result<std::string> importSessions(std::string bytes) override {
        EXO_TRY(const auto report,
                await(*m_core, sessionService().importSessions(Owner::local(), std::move(bytes))));
        return "sessions " + std::to_string(report.sessions) + ", messages " +
               std::to_string(report.messages) + ", skipped " + std::to_string(report.skipped);
    }
    Result<std::vector<std::string>> models() override {
        auto list = [](Core& core) -> Task<std::vector<std::string>> {
            std::vector<std::string> names;
            EXO_CO_TRY(const auto models, co_await core.gateway().allModels());
            for (const api::ModelInfo& model : models)
                names.push_back(model.id);
            co_return names;
        };
        return await(*m_core, list(*m_core));
    }

    Result<void> turn(TurnOrder order, OnTurnEvent onEvent) override {
        return order.killable ? turnInChild(order, onEvent)
                              : turnOn(*m_core, std::move(order), std::move(onEvent));
    }
    Result<bool> stopTurn(SessionId id) override {
        return await(*m_core, m_core->chat().stop(Owner::local(), std::move(id)));
    }
    ChatAnswer chat(ChatOrder order) override {
        ChatAnswer answer;
        const bool stream = order.stream;
        const auto result = await(*m_core, stream ? streamInto(*m_core, std::move(order), answer)
                                                  : completeInto(*m_core, std::move(order), answer));
        if (!result.ok()) answer.error = clientCode(result.error());
        return answer;
    }

  private:
    SessionService& sessionService() { return m_core->sessions(); }

    Result<void> turnInChild(const TurnOrder& order, const OnTurnEvent& onEvent) {
        stop(); // the home has one owner
        ProcessOptions options;
        options.arguments = {m_place.runner.string(),
                             "--turn",
                             m_place.config.string(),
                             m_place.home.string(),
                             order.session.str(),
                             order.model,
                             order.content};
        options.stderrFile = m_place.log;
        {
            const std::scoped_lock lock(m_childLock);
            m_child = std::make_unique<Process>(options);
        }
        while (const auto line = m_child->readLine(Millis(30000))) {
            const auto named = parseJson(*line);
            if (!named) return Error(ErrorCode::Internal, "the child said: " + *line);
            const auto event = api::turnEventFromJson(stringOr(*named, "event"), named->at("data"));
            if (event) onEvent(*event);
        }
        m_child->wait(Millis(10000));
        const std::scoped_lock lock(m_childLock);
        m_child.reset();
        return {};
    }

    Place m_place;
    std::unique_ptr<Core> m_core;
    std::mutex m_childLock; // kill() comes from another thread than turn()
    std::unique_ptr<Process> m_child;
};

} // namespace

std::unique_ptr<Face> makeInProcessFace(Place place) {
    return std::make_unique<InProcessFace>(std::move(place));
}

int runTurnChild(const std::vector<std::string>& arguments) {
    Place place;
    place.config = arguments.at(0);
    place.home = arguments.at(1);
    auto core = openCore(place, "scenario-child");
    if (!core) {
        std::cerr << core.error().toLogString() << '\n';
        return 1;
    }
    TurnOrder order;
    order.session = SessionId(arguments.at(2));
    order.model = arguments.at(3);
    order.content = arguments.at(4);
    const auto result = turnOn(**core, std::move(order), [](const api::TurnEvent& event) {
        const api::NamedEvent named = api::toEvent(event);
        Json line = Json::object();
        line["event"] = named.name;
        line["data"] = named.data;
        std::cout << dumpJson(line) << std::endl;
    });
    return result.ok() ? 0 : 1;
}

} // namespace exo::test
