// What a turn does between and after the model's words: the tools it calls, and the places it may cite.
#include "core/base/Log.h"
#include "core/sessions/ChatServiceImpl.h"
#include "core/sessions/ContextBuilder.h"
#include "core/sessions/Turn.h"

#include <algorithm>

namespace exo {

namespace {

// Whether what the model saw of that place is still what the file holds.
bool stillHolds(const api::Citation& citation, const std::vector<Excerpt>& seen, const std::string& hashNow) {
    return std::any_of(seen.begin(), seen.end(), [&](const Excerpt& excerpt) {
        return excerpt.path == citation.path && citation.startLine >= excerpt.startLine &&
               citation.endLine <= excerpt.endLine && (excerpt.hash.empty() || excerpt.hash == hashNow);
    });
}

} // namespace

Task<void> ChatServiceImpl::runTools(std::shared_ptr<Turn> turn, Json& body, TurnSink& sink) {
    const std::string said = turn->end.content.substr(turn->roundStart);
    std::vector<api::ToolCall> calls = turn->tools.take();
    for (api::ToolCall& call : calls) {
        call.contentOffset = static_cast<std::int64_t>(turn->end.content.size());
        for (const bool ended : {false, true}) {
            if (ended) {
                auto ran = co_await runTool(*turn, call);
                if (!ran.ok()) co_return std::move(ran).error();
                turn->end.toolCalls.push_back(call);
                scheduleFlush(turn);
            }
            api::ToolCall shown = call;
            if (!ended) shown.result.clear(), shown.durationMs = -1;
            api::TurnEvent event = api::TurnTool{std::move(shown)};
            auto told = co_await sink.onEvent(std::move(event));
            if (!told.ok()) turn->cancel.cancel(CancelReason::ClientGone);
            if (turn->cancel.cancelled()) co_return fail(ErrorCode::Cancelled, "cancelled");
        }
    }
    turn->tools.addTo(body, said, calls);
    // What follows is a paragraph of its own.
    if (!said.empty() && !said.ends_with("\n\n")) {
        std::string gap = said.ends_with('\n') ? "\n" : "\n\n";
        turn->end.content += gap;
        scheduleFlush(turn);
        api::TurnEvent event = api::TurnDelta{std::move(gap)};
        auto told = co_await sink.onEvent(std::move(event));
        if (!told.ok()) turn->cancel.cancel(CancelReason::ClientGone);
    }
    turn->roundStart = turn->end.content.size();
    turn->earlier = turn->end.usage;
    turn->finishReason.clear();
    co_return Result<void>();
}

Task<void> ChatServiceImpl::runTool(Turn& turn, api::ToolCall& call) {
    if (call.failed) co_return Result<void>(); // one too many
    const SteadyTime start = m_parts.clock.now();
    const auto end = [&](std::string text, bool failed) {
        call.result = turn.tools.fit(std::move(text));
        call.failed = failed;
        call.durationMs = std::chrono::duration_cast<Millis>(m_parts.clock.now() - start).count();
    };
    auto arguments = ToolRounds::argumentsOf(call);
    if (!arguments.ok()) {
        end(arguments.error().detail, true);
        co_return Result<void>();
    }
    ToolRequest request;
    request.project = turn.session.project;
    request.name = call.name;
    request.arguments = std::move(*arguments);
    auto answer = co_await m_parts.tools->call(std::move(request), turn.cancel.token());
    if (turn.cancel.cancelled()) co_return fail(ErrorCode::Cancelled, "cancelled");
    if (!answer.ok()) {
        log::warn("the tool {} failed: {}", call.name, answer.error().toLogString());
        end("The project cannot be read: " + answer.error().detail, true);
        co_return Result<void>();
    }
    end(std::move(answer->text), answer->failed);
    std::move(answer->places.begin(), answer->places.end(), std::back_inserter(turn.excerpts));
    co_return Result<void>();
}

// Places the answer names are told when the model has seen them and the files still hold what it saw.
Task<void> ChatServiceImpl::cite(std::shared_ptr<Turn> turn, TurnSink& sink) {
    if (turn->excerpts.empty()) co_return Result<void>();
    std::vector<api::Citation> named = verifiedCitations(turn->end.content, turn->excerpts);
    if (named.empty()) co_return Result<void>();
    std::vector<std::string> paths;
    for (const api::Citation& citation : named)
        paths.push_back(citation.path);
    auto hashes =
        co_await m_parts.retriever.hashes(turn->session.project, std::move(paths), turn->cancel.token());
    if (!hashes.ok() && turn->cancel.cancelled()) co_return std::move(hashes).error();
    for (std::size_t i = 0; i < named.size(); ++i) {
        const bool known = hashes.ok() && i < hashes->size();
        if (!stillHolds(named[i], turn->excerpts, known ? (*hashes)[i] : std::string())) continue;
        auto& told = turn->end.citations;
        if (std::find(told.begin(), told.end(), named[i]) != told.end()) continue; // by whoever stood in
        told.push_back(named[i]);
        api::TurnEvent event = api::TurnCitation{named[i]};
        auto sent = co_await sink.onEvent(std::move(event));
        if (!sent.ok()) break; // the answer itself is complete
    }
    co_return Result<void>();
}

} // namespace exo
