#pragma once
// Decodes the chunks of a streamed Chat Completion, in the dialects of compatible servers, by an allow-list.
// io thread.

#include "core/providers/OpenAiAnswer.h"
#include "core/providers/PassOn.h"
#include "core/providers/ProviderStream.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace exo {

class OpenAiStreamDecoder final : public StreamDecoder {
  public:
    explicit OpenAiStreamDecoder(AnswerDefaults defaults)
        : m_defaults(std::move(defaults)) {}

    Result<void> onEvent(const net::SseEvent& event) override;
    void onEnd() override;
    Result<Completion> onWholeBody(std::string_view text) override;

  private:
    struct ToolCall {
        std::string id;
        std::int64_t upstreamIndex = -1;
        bool named = false;
    };
    struct Choice {
        std::vector<ToolCall> calls;
        bool finished = false;
    };

    Result<void> onDone();
    Result<void> onPlainChunk(const PlainChunk& chunk);
    Result<void> onChunk(const Json& chunk);
    Result<void> onChoice(const Json& choice, std::size_t position);
    Result<void> onToolCalls(const Json& calls, int index, Choice& choice);
    Result<void> onToolCall(const Json& call, int index, Choice& choice);
    Result<void> onExtras(const Json& choice, const Json& delta, int index);
    void finishChoice(int index, Choice& choice, std::string reason);
    static std::optional<std::size_t> findCall(Choice& choice, const Json& call, std::string_view name);
    void readHead(const Json& chunk);
    void readUsageOf(const Json& holder);
    void flushUsage();
    bool allFinished() const;

    AnswerDefaults m_defaults;
    std::map<int, Choice> m_choices;
    std::optional<UsageDelta> m_usage; // the last one seen; some servers count on in every chunk
};

} // namespace exo
