#pragma once
// A typed answer as the event stream of one API: events in, bytes out. One value per answer. io thread.

#include "core/providers/Completion.h"

#include <string>

namespace exo::server {

class AnswerEvents {
  public:
    virtual ~AnswerEvents() = default;
    // Appends the frames of one event, to be written at once; there may be none.
    virtual void onEvent(const CompletionEvent& event, const StreamHead& head, std::string& out) = 0;
    // After the proper end.
    virtual std::string finish() = 0;
    // After a failure in mid-stream: what every client of this API takes for an error, never for an end.
    virtual std::string fail(const Error& error) = 0;
};

// OpenAI's usage object: the provider's own numbers where it gave any.
Json usageJson(const UsageDelta& usage);

// Counts output as it passes, for providers that report no usage; bounded memory.
class OutputEstimate {
  public:
    void add(std::string_view text);
    std::int64_t tokens() const;

  private:
    std::string m_uncounted;
    std::int64_t m_tokens = 0;
};

} // namespace exo::server
