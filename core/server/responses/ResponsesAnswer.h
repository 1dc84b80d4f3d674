#pragma once
// Answers in the shape of OpenAI's Responses API: whole and streamed. Pure translation. Shape:
// https://platform.openai.com/docs/api-reference/responses/object, …/responses-streaming

#include "core/server/AnswerEvents.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace exo::server {

struct ResponseHead {
    std::string id; // "resp_…"
    std::string model;
    std::int64_t createdAt = 0; // seconds
    Json echo;                  // of the request
};

Json responsesAnswer(const Completion& completion, ResponseHead head);

// response.created, in_progress, items with their parts and deltas, then completed, incomplete or failed.
class ResponsesEvents final : public AnswerEvents {
  public:
    ResponsesEvents(ResponseHead head, std::int64_t inputTokens)
        : m_head(std::move(head))
        , m_inputTokens(inputTokens) {}

    void onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) override;
    std::string finish() override;
    std::string fail(const Error& error) override;

  private:
    enum class Item : std::uint8_t { None, Message, Reasoning, Call };
    struct Visitor;
    void start(std::string& out, const StreamHead& head);
    void append(std::string& out, std::string_view type, Json data);
    void open(std::string& out, Item kind, Json item);
    void openPart(std::string& out);
    void close(std::string& out);
    void closePart(std::string& out);
    void say(std::string& out, const std::string& text);
    void think(std::string& out, const std::string& text);
    void callTool(std::string& out, const ToolCallDelta& call);
    Json usage() const;

    ResponseHead m_head;
    std::int64_t m_inputTokens;
    std::int64_t m_sequence = 0;
    bool m_started = false;
    Item m_kind = Item::None;
    Json m_item;        // that is open, as it was added
    std::string m_text; // of it, so far
    int m_tool = -1;
    Json m_output = Json::array(); // finished items
    std::string m_reason;
    std::optional<UsageDelta> m_usage;
    OutputEstimate m_estimate;
};

} // namespace exo::server
