#pragma once
// A typed answer as the event stream of OpenAI Chat Completions ("chat.completion.chunk"). Pure translation:
// events in, bytes out. One value per answer. Shape:
// https://platform.openai.com/docs/api-reference/chat-streaming

#include "core/server/AnswerEvents.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace exo::server {

class ChatChunks final : public AnswerEvents {
  public:
    struct Options {
        std::string id;    // used when the upstream names none
        std::string model; // what was asked for, until the upstream says what answers
        std::int64_t created = 0;
        bool includeUsage = false;
        std::int64_t promptTokens = 0; // our estimate, for providers that report no usage
    };
    explicit ChatChunks(Options options)
        : m_options(std::move(options)) {}

    // None for what shows nothing (citations, usage kept for the end).
    void onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) override;
    // After the proper end: missing finish reasons, the usage chunk if asked for, [DONE].
    std::string finish() override;
    // After a failure in mid-stream: one frame that every kind of client takes for an error, then [DONE].
    std::string fail(const Error& error) override;

  private:
    struct Choice {
        bool finished = false;
        bool calledTool = false;
    };
    struct Visitor;
    // The choice's state; opens it with the role chunk on its first event.
    Choice& choice(int index, std::string& out);
    // What follows the choices in every chunk.
    std::string tail(std::string_view usage) const;
    Json usage() const;
    void count(std::string_view text);
    void appendText(std::string& out, int index, std::string_view text) const;
    void appendChoice(std::string& out, int index, Json delta, Json finishReason = {},
                      const Json& members = {}) const;
    void appendFrame(std::string& out, const Json& choices, std::string_view tail) const;

    Options m_options;
    std::string m_fingerprint;
    std::string m_tail; // of all chunks of the answer, made with the first
    std::map<int, Choice> m_choices;
    std::optional<UsageDelta> m_usage;
    OutputEstimate m_output;
};

} // namespace exo::server
