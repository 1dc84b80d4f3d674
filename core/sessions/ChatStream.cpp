// The streaming half of ChatServiceImpl: events in, text kept safe, the end written down.
#include "core/base/Log.h"
#include "core/sessions/ChatServiceImpl.h"
#include "core/sessions/ContextBuilder.h"
#include "core/sessions/Turn.h"
#include "core/storage/Sqlite.h"
#include "core/storage/UsageStore.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace exo {

struct UnsavedEnd {
    MessageId id;
    TurnEnd end;
    WallTime at{};
    std::optional<UsageRow> usage;
};

namespace {

constexpr Millis k_flushAfter{300}; // with the commit itself this stays below the promised 500 ms
constexpr Millis k_saveAgainAfter{1000};

// Of a connection that broke nobody knows whether it was stored; trying again finds out.
bool mayBeSavedLater(const Error& error) {
    return error.retryable || error.code == ErrorCode::StorageError;
}

// Takes one event into the turn; what the reader is told of it, if anything.
std::optional<api::TurnEvent> absorb(Turn& turn, CompletionEvent& event) {
    if (auto* text = std::get_if<TextDelta>(&event); text && text->choice == 0) {
        turn.end.content += text->text;
        return api::TurnDelta{std::move(text->text)};
    }
    if (auto* reasoning = std::get_if<ReasoningDelta>(&event); reasoning && reasoning->choice == 0) {
        turn.end.reasoning += reasoning->text;
        return api::TurnReasoning{std::move(reasoning->text)};
    }
    if (auto* citation = std::get_if<CitationDelta>(&event)) {
        turn.end.citations.push_back(citation->citation);
        return api::TurnCitation{std::move(citation->citation)};
    }
    if (auto* finish = std::get_if<FinishDelta>(&event); finish && finish->choice == 0)
        turn.finishReason = finish->reason;
    if (const auto* call = std::get_if<ToolCallDelta>(&event)) turn.tools.absorb(*call);
    if (auto* usage = std::get_if<UsageDelta>(&event)) {
        turn.end.usage = usage->usage;
        if (turn.earlier) { // several calls of the model make one answer
            turn.end.usage->inputTokens += turn.earlier->inputTokens;
            turn.end.usage->outputTokens += turn.earlier->outputTokens;
        }
    }
    return std::nullopt;
}

// The end state of an answer, from how its stream ended.
void judge(Turn& turn, const Result<void>& outcome) {
    TurnEnd& end = turn.end;
    const auto because = [&](const Error& error) {
        end.error = api::ErrorInfo{std::string(toString(error.code)), error.detail};
    };
    if (outcome.ok()) {
        if (turn.finishReason == "content_filter") {
            end.state = api::MessageState::Failed;
            because(fail(ErrorCode::ContentFilter, "the provider's content filter ended the answer"));
        } else if (turn.finishReason == "length") {
            end.state = api::MessageState::Interrupted;
            end.error = api::ErrorInfo{"output_limit", "the model reached its output limit"};
        }
    } else if (turn.cancel.cancelled()) {
        const auto reason = turn.cancel.token().reason();
        end.state =
            reason == CancelReason::UserStop ? api::MessageState::Stopped : api::MessageState::Interrupted;
        if (reason != CancelReason::UserStop) because(cancelledBy(reason));
    } else {
        end.state = end.content.empty() ? api::MessageState::Failed : api::MessageState::Interrupted;
        because(outcome.error());
    }
}

UsageRow usageRow(const Turn& turn, WallTime now) {
    UsageRow row;
    row.at = now;
    row.owner = turn.context.owner.id;
    row.session = turn.session.id;
    row.provider = turn.end.provider;
    row.model = turn.end.model;
    row.inputTokens = turn.end.usage->inputTokens;
    row.outputTokens = turn.end.usage->outputTokens;
    row.estimated = turn.end.usage->estimated;
    if (turn.end.error) row.status = turn.end.error->code;
    return row;
}

} // namespace

Error cancelledBy(std::optional<CancelReason> reason) {
    if (reason == CancelReason::Shutdown)
        return fail(ErrorCode::ShuttingDown, "ExoBrain was closed during the answer");
    if (reason == CancelReason::Deadline) return fail(ErrorCode::UpstreamTimeout, "the answer took too long");
    return fail(ErrorCode::Cancelled, reason == CancelReason::UserStop ? "stopped" : "the reader went away");
}

Task<void> ChatServiceImpl::consume(std::shared_ptr<Turn> turn, CompletionStream& stream, TurnSink& sink) {
    for (;;) {
        auto next = co_await stream.next();
        if (!next.ok()) co_return std::move(next).error();
        if (!next->has_value()) break;
        auto told = absorb(*turn, **next);
        if (!told) continue;
        if (turn->end.firstTokenMs < 0)
            turn->end.firstTokenMs =
                std::chrono::duration_cast<Millis>(m_parts.clock.now() - turn->startedAt).count();
        scheduleFlush(turn);
        auto sent = co_await sink.onEvent(std::move(*told));
        if (!sent.ok()) turn->cancel.cancel(CancelReason::ClientGone);
        if (turn->cancel.cancelled()) co_return fail(ErrorCode::Cancelled, "cancelled");
    }
    co_return Result<void>();
}

void ChatServiceImpl::scheduleFlush(const std::shared_ptr<Turn>& turn) {
    turn->dirty = true;
    if (turn->flushTimer != 0 || turn->flushing || turn->finished) return;
    turn->flushTimer = m_parts.timers.schedule(k_flushAfter, [this, turn] {
        turn->flushTimer = 0;
        if (turn->finished || turn->flushing) return;
        asio::co_spawn(m_parts.io, flush(turn), asio::detached);
    });
}

asio::awaitable<void> ChatServiceImpl::flush(std::shared_ptr<Turn> turn) {
    turn->flushing = true;
    turn->dirty = false;
    const MessageId id = turn->rows.assistant.id;
    std::function<Result<void>(Connection&)> job =
        [id, content = turn->end.content, reasoning = turn->end.reasoning, calls = turn->end.toolCalls](
            Connection& db) { return MessageStore(db).savePartial(id, content, reasoning, calls); };
    auto saved = co_await m_parts.database.write<void>(std::move(job));
    turn->flushing = false;
    if (!saved.ok()) log::warn("a running answer was not saved: {}", saved.error().toLogString());
    if (turn->dirty) scheduleFlush(turn);
}

Task<api::Message> ChatServiceImpl::finish(std::shared_ptr<Turn> turn, Result<void> outcome) {
    turn->finished = true;
    if (turn->flushTimer != 0) m_parts.timers.cancel(turn->flushTimer);
    turn->flushTimer = 0;
    judge(*turn, outcome);
    TurnEnd& end = turn->end;
    if (!turn->report->provider.empty()) end.provider = turn->report->provider;
    if (!turn->report->model.empty()) end.model = turn->report->model;
    end.durationMs = std::chrono::duration_cast<Millis>(m_parts.clock.now() - turn->startedAt).count();
    if (end.usage && !end.usage->estimated && turn->tools.rounds() == 0)
        m_calibration.learn(turn->model, turn->estimatedInput, end.usage->inputTokens);
    if (!end.usage && !end.content.empty())
        end.usage = api::Usage{turn->estimatedInput, estimateTokens(end.content), true};

    auto unsaved = std::make_shared<UnsavedEnd>();
    unsaved->id = turn->rows.assistant.id;
    unsaved->end = end;
    unsaved->at = m_parts.clock.wallNow();
    if (end.usage) unsaved->usage = usageRow(*turn, unsaved->at);
    std::shared_ptr<const UnsavedEnd> first = unsaved;
    auto saved = co_await save(std::move(first));
    // Its reader has the text; the session gets it as soon as the database is back.
    if (!saved.ok() && mayBeSavedLater(saved.error())) saveLater(std::move(unsaved));
    co_return saved;
}

Task<api::Message> ChatServiceImpl::save(std::shared_ptr<const UnsavedEnd> unsaved) {
    std::function<Result<api::Message>(Connection&)> job =
        [unsaved = std::move(unsaved)](Connection& db) -> Result<api::Message> {
        EXO_TRY(auto message, MessageStore(db).finish(unsaved->id, unsaved->end, unsaved->at));
        if (unsaved->usage) EXO_CHECK(UsageStore(db).add(*unsaved->usage));
        return message;
    };
    co_return co_await m_parts.database.write<api::Message>(std::move(job));
}

// Of a commit whose connection broke nobody knows whether it was stored. If it was, the answer that waits
// there ends as one that failed.
void ChatServiceImpl::endIfBegun(const MessageId& answer, const Error& error) {
    if (answer.empty() || !mayBeSavedLater(error)) return;
    auto unsaved = std::make_shared<UnsavedEnd>();
    unsaved->id = answer;
    unsaved->end.state = api::MessageState::Failed;
    unsaved->end.error = api::ErrorInfo{std::string(toString(error.code)), error.detail};
    unsaved->at = m_parts.clock.wallNow();
    saveLater(std::move(unsaved));
}

void ChatServiceImpl::saveLater(std::shared_ptr<const UnsavedEnd> end) {
    constexpr std::size_t k_mostUnsaved = 256;
    if (!m_parts.database.isShared() || m_unsaved.size() >= k_mostUnsaved) return;
    m_unsaved.push_back(std::move(end));
    scheduleSaving();
}

void ChatServiceImpl::scheduleSaving() {
    if (m_saveTimer != 0 || m_saving || m_closed || m_unsaved.empty()) return;
    m_saveTimer = m_parts.timers.schedule(k_saveAgainAfter, [this] {
        m_saveTimer = 0;
        asio::co_spawn(m_parts.io, saveUnsaved(), asio::detached);
    });
}

// One after the other. Whatever else is said than that the database is away is the end of it: an answer that
// was stored after all, or whose session is gone.
asio::awaitable<void> ChatServiceImpl::saveUnsaved() {
    if (std::exchange(m_saving, true)) co_return;
    while (!m_unsaved.empty()) {
        std::shared_ptr<const UnsavedEnd> next = m_unsaved.front();
        auto saved = co_await save(std::move(next));
        if (!saved.ok() && saved.error().retryable) break;
        if (!saved.ok()) log::debug("an answer was not saved later: {}", saved.error().toLogString());
        m_unsaved.pop_front();
    }
    m_saving = false;
    scheduleSaving();
}

} // namespace exo
