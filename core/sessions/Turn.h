#pragma once
// The state of one answer under way; shared by the turn's coroutine and its flushes. io thread.

#include "core/api/Types.h"
#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/gateway/Gateway.h"
#include "core/providers/Retriever.h"
#include "core/sessions/ChatService.h"
#include "core/sessions/ToolRounds.h"
#include "core/storage/MessageStore.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo {

// What a turn is about to write, decided inside the same job that writes it.
struct TurnPlan {
    SessionId session;
    std::string model; // asked for; empty = the session's, else the default
    std::function<Result<TurnDraft>(MessageStore&)> draft;
    bool anew = false; // another answer is wanted, not the cached one
};

struct Turn {
    TurnContext context;
    CancelSource cancel; // Stop, shutdown and the reader's departure meet here
    CancelRegistration fromCaller;

    api::Session session;
    TurnRows rows;
    std::string model;
    bool local = false; // answered by the local assistant, which retrieves for itself
    bool anew = false;
    std::vector<api::Message> path;
    std::vector<Compaction> compactions;
    std::vector<Excerpt> excerpts; // what the model has seen of the project, through tools as well
    std::int64_t estimatedInput = 0;
    ToolRounds tools;
    std::size_t roundStart = 0;        // of this round's text in end.content
    std::optional<api::Usage> earlier; // of the rounds before this one

    TurnEnd end; // grows while the answer streams
    std::string finishReason;
    std::shared_ptr<CallReport> report = std::make_shared<CallReport>();
    SteadyTime startedAt{};

    bool dirty = false;    // text not yet on its way to the disk
    bool flushing = false; // a flush is with the db thread
    bool finished = false;
    Timers::Id flushTimer = 0;
};

// What a cancelled turn ends with.
Error cancelledBy(std::optional<CancelReason> reason);

} // namespace exo
