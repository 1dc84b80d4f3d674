#pragma once
// Decodes the events of a streamed Anthropic message. io thread.

#include "core/providers/AnthropicAnswer.h"
#include "core/providers/ProviderStream.h"

#include <map>
#include <string>

namespace exo {

class AnthropicStreamDecoder final : public StreamDecoder {
  public:
    explicit AnthropicStreamDecoder(AnswerDefaults defaults)
        : m_defaults(std::move(defaults)) {}

    Result<void> onEvent(const net::SseEvent& event) override;
    void onEnd() override;
    Result<Completion> onWholeBody(std::string_view text) override;

  private:
    struct ToolBlock {
        int index = 0;          // among the tool calls
        std::string wholeInput; // sent at once in content_block_start by some servers
        bool hasArguments = false;
    };

    void onMessageStart(const Json& data);
    Result<void> onBlockStart(const Json& data);
    Result<void> onBlockDelta(const Json& data);
    Result<void> onBlockStop(const Json& data);
    void onMessageDelta(const Json& data);
    Result<void> onMessageStop();
    Result<void> say(std::string_view text);
    Result<void> think(std::string_view text);
    Result<void> sign(std::string_view signature);
    Result<void> argue(ToolBlock& block, std::string_view arguments);
    void finishAnswer();

    AnswerDefaults m_defaults;
    std::map<std::int64_t, ToolBlock> m_tools; // by the index of the content block
    std::string m_reason;
    AnthropicUsage m_usage;
    int m_toolCount = 0;
    bool m_started = false;
};

} // namespace exo
