#pragma once
// ChatService over the database, the gateway and the retriever. io thread; owned by Core.

#include "core/base/Clock.h"
#include "core/providers/Retriever.h"
#include "core/providers/ToolBox.h"
#include "core/sessions/ChatService.h"
#include "core/sessions/TokenEstimate.h"
#include "core/storage/Database.h"

#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/steady_timer.hpp>

namespace exo {

struct Turn; // one answer under way
struct TurnPlan;
struct UnsavedEnd; // of an answer

class ChatServiceImpl final : public ChatService {
  public:
    struct Parts {
        asio::io_context& io;
        Database& database;
        Gateway& gateway;
        Retriever& retriever;
        Clock& clock;
        Timers& timers;
        ToolBox* tools = nullptr; // offered to models in sessions with a project
    };
    explicit ChatServiceImpl(Parts parts);
    ~ChatServiceImpl() override;

    Task<api::Message> send(SessionId session, api::SendRequest request, TurnContext context,
                            TurnSink& sink) override;
    Task<api::Message> regenerate(SessionId session, MessageId assistantMessage, std::string model,
                                  TurnContext context, TurnSink& sink) override;
    Task<api::Message> edit(SessionId session, MessageId userMessage, std::string content,
                            TurnContext context, TurnSink& sink) override;
    Task<bool> stop(Owner owner, SessionId session) override;
    asio::awaitable<void> shutDown(CancelReason reason) override;

  private:
    Task<api::Message> run(TurnPlan plan, TurnContext context, TurnSink& sink);
    Task<void> begin(Turn& turn, TurnPlan plan);
    Task<void> answer(std::shared_ptr<Turn> turn, TurnSink& sink);
    Task<Json> buildRequest(Turn& turn);
    Task<std::vector<Excerpt>> retrieve(Turn& turn, std::string question);
    Task<std::unique_ptr<CompletionStream>> open(Turn& turn, Json body);
    Task<void> consume(std::shared_ptr<Turn> turn, CompletionStream& stream, TurnSink& sink);
    Task<void> runTools(std::shared_ptr<Turn> turn, Json& body, TurnSink& sink);
    Task<void> runTool(Turn& turn, api::ToolCall& call);
    Task<void> cite(std::shared_ptr<Turn> turn, TurnSink& sink);
    void scheduleFlush(const std::shared_ptr<Turn>& turn);
    asio::awaitable<void> flush(std::shared_ptr<Turn> turn);
    Task<api::Message> finish(std::shared_ptr<Turn> turn, Result<void> outcome);
    Task<api::Message> save(std::shared_ptr<const UnsavedEnd> end);
    void endIfBegun(const MessageId& answer, const Error& error);
    void saveLater(std::shared_ptr<const UnsavedEnd> end);
    void scheduleSaving();
    asio::awaitable<void> saveUnsaved();

    Parts m_parts;
    TokenCalibration m_calibration;
    std::unordered_set<std::string> m_withoutTools; // models that refused to be offered any
    std::unordered_map<SessionId, std::shared_ptr<Turn>> m_running;
    asio::steady_timer m_idle;                               // cancelled whenever a turn ends
    std::deque<std::shared_ptr<const UnsavedEnd>> m_unsaved; // what a database that was away did not take
    Timers::Id m_saveTimer = 0;
    bool m_saving = false;
    bool m_closed = false;
};

} // namespace exo
