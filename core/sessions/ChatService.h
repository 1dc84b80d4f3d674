#pragma once
// Turns: a question goes in, an answer streams out, and nothing of either is lost. The user's message is
// durable before the request leaves; the answer's text is flushed at most every 500 ms while it streams, and
// its end state is durable before TurnDone. io thread.

#include "core/api/Types.h"
#include "core/base/Cancel.h"
#include "core/base/Task.h"
#include "core/gateway/Gateway.h"
#include "core/sessions/Owner.h"

namespace exo {

// Where a turn's events go. Awaited, so a slow reader slows the turn. An Error from it means the reader is
// gone: the turn is cancelled and kept as interrupted.
class TurnSink {
  public:
    virtual ~TurnSink() = default;
    virtual Task<void> onEvent(api::TurnEvent event) = 0;
};

struct TurnContext {
    Owner owner;
    std::string requestId;
    Priority priority = Priority::Normal;
    CancelToken cancel; // UserStop → stopped; ClientGone, Shutdown, Deadline → interrupted
};

class ChatService {
  public:
    virtual ~ChatService() = default;

    // All return the final assistant message. Errors before TurnStarted (NotFound, InvalidRequest, Conflict
    // when the session already answers, Storage…) are returned and no event is sent; later ones arrive as
    // TurnFailed and are returned as well.
    virtual Task<api::Message> send(SessionId session, api::SendRequest request, TurnContext context,
                                    TurnSink& sink) = 0;
    // Another answer to the same question, as a sibling branch.
    virtual Task<api::Message> regenerate(SessionId session, MessageId assistantMessage, std::string model,
                                          TurnContext context, TurnSink& sink) = 0;
    // The user's message in other words, as a sibling branch, and its answer.
    virtual Task<api::Message> edit(SessionId session, MessageId userMessage, std::string content,
                                    TurnContext context, TurnSink& sink) = 0;
    // Stops the running turn of a session; the text so far stays. False when none runs.
    virtual Task<bool> stop(Owner owner, SessionId session) = 0;
    // Stops all turns with `reason` and waits until their state is on disk.
    virtual asio::awaitable<void> shutDown(CancelReason reason) = 0;
};

} // namespace exo
