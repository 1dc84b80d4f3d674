#pragma once
// Answers in the shape of Anthropic's Messages API: whole, streamed, and as errors. Pure translation. Shape:
// https://docs.anthropic.com/en/api/messages, …/messages-streaming, …/errors

#include "core/net/HttpServer.h"
#include "core/server/AnswerEvents.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace exo::server {

Json messagesAnswer(const Completion& completion);

// {"type":"error","error":{"type","message"},"request_id"}; an upstream's answer in this shape passes as it
// came.
net::ServerResponse messagesError(const Error& error, std::string_view requestId);

// message_start, content blocks one after the other, message_delta, message_stop.
class MessagesEvents final : public AnswerEvents {
  public:
    static constexpr std::string_view k_ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n"; // fills silence

    // `inputTokens`: our estimate, until the provider reports its own.
    MessagesEvents(std::string model, std::int64_t inputTokens)
        : m_model(std::move(model))
        , m_inputTokens(inputTokens) {}

    void onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) override;
    std::string finish() override;
    std::string fail(const Error& error) override;

  private:
    enum class Block : std::uint8_t { None, Text, Thinking, Tool };
    struct Visitor;
    void start(std::string& out, const StreamHead& head);
    void open(std::string& out, Block block, Json content);
    void close(std::string& out);
    void delta(std::string& out, Json content);
    void callTool(std::string& out, const ToolCallDelta& call);
    Json usage() const;

    std::string m_model;
    std::int64_t m_inputTokens;
    bool m_started = false;
    Block m_block = Block::None;
    int m_index = -1; // of the open content block
    int m_tool = -1;  // whose call is open
    bool m_calledTool = false;
    std::string m_reason; // finish reason in OpenAI's words
    std::optional<UsageDelta> m_usage;
    OutputEstimate m_output;
};

} // namespace exo::server
