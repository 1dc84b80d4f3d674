#pragma once
// From the events of a stream to the finished answer in OpenAI's shape, as if it had been asked for whole.
// One value per answer; io thread.

#include "core/providers/Completion.h"

#include <map>
#include <string>

namespace exo {

class AnswerCollector {
  public:
    void add(const CompletionEvent& event);
    // `createdSeconds`: Unix time. Complete once every choice has its finish reason.
    Completion finish(const StreamHead& head, std::int64_t createdSeconds) &&;

  private:
    struct Choice {
        std::string text, reasoning, finish;
        std::map<int, ToolCallDelta> calls;
        Json messageExtras = Json::object(); // refusal, annotations …
        Json choiceExtras = Json::object();  // logprobs
    };
    static Json message(Choice choice);

    std::map<int, Choice> m_choices;
    std::vector<api::Citation> m_citations;
    api::Usage m_usage;
    Json m_usageDetails;
    bool m_hasUsage = false;
};

} // namespace exo
