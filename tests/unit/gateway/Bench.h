#pragma once
// A gateway over scripted providers, a standing clock and an io context that runs only when told.

#include "core/gateway/Gateway.h"
#include "core/net/AsioTimers.h"
#include "tests/support/FakeClock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <stdexcept>

namespace exo::test {

// One thing a scripted provider does: wait, then answer or fail; a stream gives its events, then ends or
// fails.
struct Act {
    Millis wait{0};
    bool forever = false; // until cancelled
    std::optional<Error> error;
    std::vector<CompletionEvent> events;
    std::optional<Error> endError;
    Millis betweenEvents{0};
    bool continues = false; // goes on from what the answer begins with
    Json body;              // of a whole answer; null: {"from": the provider's name}
};

// What the test keeps of a provider that the gateway owns.
struct Script {
    std::deque<Act> acts;
    std::vector<CompletionRequest> requests;
    std::vector<CallContext> contexts;
    int openStreams = 0;
    int listings = 0;
    std::optional<Error> listError;
    bool metered = true;
    bool destroyed = false;
};

class ScriptedStream final : public CompletionStream {
  public:
    ScriptedStream(std::shared_ptr<Script> script, FakeClock& clock, Act act, CallContext context)
        : m_script(std::move(script))
        , m_clock(clock)
        , m_act(std::move(act))
        , m_context(std::move(context)) {
        ++m_script->openStreams;
    }
    ~ScriptedStream() override { --m_script->openStreams; }
    const StreamHead& head() const override { return m_head; }
    bool continues() const override { return m_act.continues; }
    Task<std::optional<CompletionEvent>> next() override {
        if (m_context.cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        const SteadyTime begin = m_clock.now();
        if (m_act.betweenEvents > Millis(0)) {
            auto slept = co_await net::sleepFor(m_clock, m_act.betweenEvents, m_context.cancel);
            if (!slept) co_return std::move(slept).error();
        }
        if (m_context.meter) m_context.meter->waited += m_clock.now() - begin;
        if (m_next < m_act.events.size()) co_return std::optional<CompletionEvent>(m_act.events[m_next++]);
        if (m_act.endError) co_return *m_act.endError;
        co_return std::optional<CompletionEvent>();
    }

  private:
    std::shared_ptr<Script> m_script;
    FakeClock& m_clock;
    Act m_act;
    CallContext m_context;
    StreamHead m_head;
    std::size_t m_next = 0;
};

class ScriptedProvider final : public Provider {
  public:
    ScriptedProvider(std::string name, std::string type, std::shared_ptr<Script> script, FakeClock& clock)
        : m_name(std::move(name))
        , m_type(std::move(type))
        , m_script(std::move(script))
        , m_clock(clock) {}
    ~ScriptedProvider() override { m_script->destroyed = true; }

    const std::string& name() const override { return m_name; }
    const std::string& type() const override { return m_type; }
    Task<Completion> complete(CompletionRequest request, CallContext context) override {
        auto act = co_await play(std::move(request), context);
        if (!act) co_return std::move(act).error();
        Completion completion;
        completion.body = act->body.is_null() ? Json{{"from", m_name}} : std::move(act->body);
        completion.model = m_name;
        co_return completion;
    }
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, CallContext context) override {
        auto act = co_await play(std::move(request), context);
        if (!act) co_return std::move(act).error();
        Act plan = std::move(*act);
        std::unique_ptr<CompletionStream> stream =
            std::make_unique<ScriptedStream>(m_script, m_clock, std::move(plan), std::move(context));
        co_return std::move(stream);
    }
    // The vector of a text: the first letter of the provider's name, the first of the text. A token per byte.
    Task<EmbeddingResult> embed(EmbeddingRequest request, CallContext context) override {
        const Json input = request.body.at("input");
        CompletionRequest noted{std::move(request.model), std::move(request.body), nullptr};
        auto act = co_await play(std::move(noted), context);
        if (!act) co_return std::move(act).error();
        EmbeddingResult result;
        for (const Json& item : input.is_array() ? input : Json::array({input})) {
            const std::string text = item.is_string() ? item.get<std::string>() : dumpJson(item);
            const float values[] = {static_cast<float>(m_name.at(0)), static_cast<float>(text.at(0))};
            result.vectors.emplace_back(reinterpret_cast<const char*>(values), sizeof values);
            result.usage.inputTokens += static_cast<std::int64_t>(text.size());
        }
        result.model = m_name;
        co_return result;
    }
    Task<std::vector<api::ModelInfo>> listModels(CallContext) override {
        ++m_script->listings;
        if (m_script->listError) co_return *m_script->listError;
        std::vector<api::ModelInfo> models(1);
        models.front().id = "listed";
        co_return models;
    }

  private:
    Task<Act> play(CompletionRequest request, CallContext context) {
        m_script->requests.push_back(std::move(request));
        m_script->contexts.push_back(context);
        if (m_script->acts.empty()) throw std::logic_error("the test expected no further attempt");
        Act act = std::move(m_script->acts.front());
        m_script->acts.pop_front();
        const SteadyTime begin = m_clock.now();
        if (act.forever) act.wait = std::chrono::hours(1000);
        if (act.wait > Millis(0)) {
            auto slept = co_await net::sleepFor(m_clock, act.wait, context.cancel);
            if (!slept) co_return std::move(slept).error();
        }
        if (m_script->metered && context.meter) context.meter->waited += m_clock.now() - begin;
        if (act.error) co_return *act.error;
        co_return act;
    }

    std::string m_name;
    std::string m_type;
    std::shared_ptr<Script> m_script;
    FakeClock& m_clock;
};

template <class T>
struct Pending {
    std::optional<Result<T>> result;
    CancelSource cancel;
    std::shared_ptr<CallReport> report = std::make_shared<CallReport>();

    bool done() const { return result.has_value(); }
    bool ok() const { return result && result->ok(); }
    ErrorCode code() const { return result && !result->ok() ? result->error().code : ErrorCode::Internal; }
};

struct Bench {
    FakeClock clock;
    Settings settings;
    std::shared_ptr<Script> main = std::make_shared<Script>();
    std::shared_ptr<Script> other = std::make_shared<Script>();
    std::shared_ptr<Script> local = std::make_shared<Script>();
    std::vector<CancelSource> calls; // of all that were made
    std::unique_ptr<Gateway> gateway;
    asio::io_context io; // the last, so that unfinished coroutines go first

    Bench() {
        add("main", {"alpha", "beta", "vendor/gamma"});
        add("other", {"delta", "alpha"});
    }
    // Those who still wait go while their loop is there: what waits for an event would keep itself alive.
    ~Bench() {
        for (CancelSource& call : calls)
            call.cancel(CancelReason::ClientGone);
        settle();
        gateway.reset();
    }
    void add(std::string name, std::vector<std::string> models) {
        ProviderSettings provider;
        provider.name = std::move(name);
        provider.models = std::move(models);
        settings.providers.push_back(std::move(provider));
    }
    std::vector<std::unique_ptr<Provider>> providers() {
        std::vector<std::unique_ptr<Provider>> made;
        for (const ProviderSettings& provider : settings.providers)
            made.push_back(std::make_unique<ScriptedProvider>(
                provider.name, "openai", provider.name == "other" ? other : main, clock));
        made.push_back(std::make_unique<ScriptedProvider>("local", "local", local, clock));
        return made;
    }
    Gateway& open() {
        if (!gateway) gateway = makeGateway(settings, providers(), clock, clock);
        return *gateway;
    }
    void settle() {
        io.restart();
        io.poll();
    }
    void advance(Millis by) { // small steps, so that what a timer wakes can arm the next
        const SteadyTime end = clock.now() + by;
        while (clock.now() < end) {
            clock.advance(std::min(Millis(50), std::chrono::duration_cast<Millis>(end - clock.now())));
            settle();
        }
    }

    static CompletionRequest request(std::string model) {
        CompletionRequest request;
        request.model = std::move(model);
        request.body = {{"messages", Json::array({Json{{"role", "user"}, {"content", "hi"}}})},
                        {"temperature", 1}}; // not for the cache: each call is one of its own
        return request;
    }
    template <class T>
    GatewayCall callOf(const Pending<T>& pending) {
        calls.push_back(pending.cancel);
        GatewayCall call;
        call.context.cancel = pending.cancel.token();
        call.report = pending.report;
        return call;
    }
    template <class T>
    static asio::awaitable<void> store(Task<T> task, std::shared_ptr<Pending<T>> pending) {
        pending->result = co_await std::move(task);
    }
    using Stream = std::unique_ptr<CompletionStream>;
    std::shared_ptr<Pending<Completion>> complete(std::string model = "alpha",
                                                  Priority priority = Priority::Normal) {
        auto pending = std::make_shared<Pending<Completion>>();
        GatewayCall call = callOf(*pending);
        call.priority = priority;
        asio::co_spawn(io, store(open().complete(request(std::move(model)), std::move(call)), pending),
                       asio::detached);
        settle();
        return pending;
    }
    std::shared_ptr<Pending<Stream>> stream(std::string model = "alpha") {
        auto pending = std::make_shared<Pending<Stream>>();
        asio::co_spawn(io, store(open().stream(request(std::move(model)), callOf(*pending)), pending),
                       asio::detached);
        settle();
        return pending;
    }
    std::shared_ptr<Pending<std::optional<CompletionEvent>>> next(Pending<Stream>& stream) {
        auto pending = std::make_shared<Pending<std::optional<CompletionEvent>>>();
        asio::co_spawn(io, store((**stream.result)->next(), pending), asio::detached);
        settle();
        return pending;
    }
};

// A whole answer as OpenAI writes it.
inline Json wholeBody(std::string text, std::string finish = "stop") {
    const Json message = {{"role", "assistant"}, {"content", std::move(text)}};
    const Json choice = {{"index", 0}, {"message", message}, {"finish_reason", std::move(finish)}};
    return {
        {"id", "c1"}, {"object", "chat.completion"}, {"model", "alpha"}, {"choices", Json::array({choice})}};
}

inline Act answer() {
    return {};
}
inline Act failing(Error error) {
    Act act;
    act.error = std::move(error);
    return act;
}
inline Act status(int code) {
    Error error(ErrorCode::UpstreamRejected);
    error.upstreamStatus = code;
    return failing(std::move(error));
}
inline Act hanging() {
    Act act;
    act.forever = true;
    return act;
}
inline Act saying(std::vector<CompletionEvent> events) {
    Act act;
    act.events = std::move(events);
    return act;
}

} // namespace exo::test
