// exobrain ask: one turn, streamed to the terminal and stored like any other.
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/Signals.h"
#include "app/exobrain/Terminal.h"

#include <CLI/CLI.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace exo::cli {

namespace {

constexpr std::size_t k_maxQuestionBytes = 4u << 20;

struct AskOptions {
    std::string question;
    std::string project;
    std::string session;
    std::string model;
    bool json = false;
};

Result<std::string> readQuestion(const AskOptions& options) {
    std::string text = options.question;
    if (text == "-") {
        text.clear();
        char buffer[8192];
        for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
            text.append(buffer, n);
            if (text.size() > k_maxQuestionBytes)
                return fail(ErrorCode::RequestTooLarge, "a question may have 4 MB");
        }
    }
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        return fail(ErrorCode::InvalidRequest, "the question is empty");
    return text;
}

Result<std::string> canonicalProject(const std::string& project) {
    if (project.empty()) return std::string();
    std::error_code errc;
    const auto path = std::filesystem::canonical(project, errc);
    if (errc) return fail(ErrorCode::NotFound, project + ": " + errc.message());
    if (!std::filesystem::is_directory(path, errc))
        return fail(ErrorCode::InvalidRequest, project + " is not a folder");
    return path.string();
}

// Prints as it comes; runs on the io thread, which alone writes to stdout meanwhile.
class TerminalSink final : public TurnSink {
  public:
    enum class Mode { Stream, Silent };
    explicit TerminalSink(Mode mode)
        : m_mode(mode) {}

    Task<void> onEvent(api::TurnEvent event) override {
        if (std::holds_alternative<api::TurnStarted>(event)) m_started = true;
        if (const auto* delta = std::get_if<api::TurnDelta>(&event)) {
            if (!show(delta->text)) co_return fail(ErrorCode::Cancelled, "nobody reads the output");
        }
        if (auto* done = std::get_if<api::TurnDone>(&event)) m_message = std::move(done->message);
        if (auto* failed = std::get_if<api::TurnFailed>(&event)) m_message = std::move(failed->message);
        co_return Result<void>();
    }

    bool started() const { return m_started; }
    const api::Message& message() const { return m_message; }
    bool endsWithNewline() const { return m_endsWithNewline; }

  private:
    bool show(const std::string& text) {
        if (m_mode == Mode::Silent || text.empty()) return true;
        m_endsWithNewline = text.back() == '\n';
        return print(text) && flushOutput();
    }

    Mode m_mode;
    bool m_started = false;
    bool m_endsWithNewline = true;
    api::Message m_message;
};

// Those the text does not name itself.
void printCitations(const api::Message& message) {
    std::string lines;
    for (const auto& citation : message.citations) {
        const std::string place = citation.path + ":" + std::to_string(citation.startLine);
        if (message.content.find(place) != std::string::npos) continue;
        lines += place +
                 (citation.endLine > citation.startLine ? "-" + std::to_string(citation.endLine) : "") + "\n";
    }
    if (!lines.empty()) print("\n" + lines);
}

Result<SessionId> prepareSession(Core& core, const AskOptions& options, const std::string& project) {
    const SessionId existing(options.session);
    api::SessionPatch patch;
    if (!project.empty()) patch.project = project;
    if (existing.empty()) {
        if (!options.model.empty()) patch.model = options.model;
        auto task = core.sessions().create(Owner::local(), std::move(patch));
        EXO_TRY(const auto session, runOn<api::Session>(core, std::move(task)));
        return session.id;
    }
    auto task = patch.project ? core.sessions().update(Owner::administrator(), existing, std::move(patch))
                              : core.sessions().get(Owner::administrator(), existing);
    EXO_TRY(const auto session, runOn<api::Session>(core, std::move(task)));
    return session.id;
}

// Ctrl-C stops the answer; what came so far is kept. A second one leaves at once.
Result<api::Message> runTurn(Core& core, const SessionId& session, api::SendRequest request, TurnSink& sink,
                             Signals& signals) {
    CancelSource cancel; // of the io thread from here on; nothing else touches it before the turn has ended
    TurnContext context;
    context.owner = Owner::administrator();
    context.requestId = newIdText("req_");
    context.cancel = cancel.token();
    SessionId id = session;
    const auto turn = [](Core& c, SessionId s, api::SendRequest r, TurnContext x, TurnSink& out,
                         Signals& end) -> Task<api::Message> {
        auto result = co_await c.chat().send(std::move(s), std::move(r), std::move(x), out);
        end.wake();
        co_return result;
    };
    auto future = startOn<api::Message>(
        core, turn(core, std::move(id), std::move(request), std::move(context), sink, signals));
    int interrupts = 0;
    for (int number = signals.wait(); number != Signals::k_woken; number = signals.wait()) {
        if (++interrupts > 1) std::_Exit(128 + number);
        asio::post(core.io(), [&cancel] { cancel.cancel(CancelReason::UserStop); });
    }
    auto result = future.get();
    // A stop that was posted as the turn ended must have run before its source goes.
    std::promise<void> passed;
    asio::post(core.io(), [&passed] { passed.set_value(); });
    passed.get_future().wait();
    return result;
}

void discardEmptySession(Core& core, const SessionId& session) {
    auto task = core.sessions().remove(Owner::administrator(), session);
    (void)runOn<void>(core, std::move(task)); // the question was not asked; its failure is what is reported
}

int runAsk(const Globals& globals, const AskOptions& options) {
    Signals signals{SIGINT, SIGTERM};
    globals.setUpLog(log::Level::Warn);
    auto question = readQuestion(options);
    if (!question.ok()) {
        say(question.error().detail);
        return k_usage;
    }
    const auto project = canonicalProject(options.project);
    if (!project.ok()) return report(project.error());
    const auto core = openCore(globals, "ask");
    if (!core.ok()) return report(core.error());
    const auto session = prepareSession(**core, options, *project);
    if (!session.ok()) return report(session.error());

    api::SendRequest request;
    request.content = std::move(*question);
    request.model = options.model;
    TerminalSink sink(options.json ? TerminalSink::Mode::Silent : TerminalSink::Mode::Stream);
    const auto result = runTurn(**core, *session, std::move(request), sink, signals);
    if (!sink.started() && options.session.empty()) discardEmptySession(**core, *session);
    if (options.json && sink.started()) printJson(api::toJson(sink.message()));
    if (!options.json) {
        if (!sink.endsWithNewline()) print("\n");
        printCitations(sink.message());
    }
    flushOutput(); // before what is said on stderr
    if (readerGone()) return k_failed;
    if (!result.ok()) return report(result.error());
    if (result->state == api::MessageState::Complete) return k_ok;
    say("stopped; the text so far is kept in session " + session->str());
    return k_failed;
}

} // namespace

void addAsk(Commands& commands) {
    CLI::App* command = commands.add("ask", "Ask one question; the answer streams to the terminal");
    const auto options = std::make_shared<AskOptions>();
    command->add_option("QUESTION", options->question, "The question; - reads it from stdin")->required();
    command->add_option("--project", options->project, "Folder to answer from, with citations of file:line");
    command->add_option("--session", options->session, "Go on in this session instead of a new one");
    command->add_option("--model", options->model, "Model to ask (default: the configured one)");
    command->add_flag("--json", options->json, "Print the final message as JSON");
    commands.onRun(command, [&globals = commands.globals, options] { return runAsk(globals, *options); });
}

} // namespace exo::cli
