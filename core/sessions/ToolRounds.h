#pragma once
// The tool calls of one turn: what the model asks for while it streams, what it was told, and the messages
// that take both back to it. Bounded in rounds, calls and bytes. io thread.

#include "core/api/Types.h"
#include "core/providers/Completion.h"
#include "core/providers/ToolBox.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo {

inline constexpr int k_maxToolRounds = 8;
inline constexpr std::size_t k_maxCallsOfRound = 8;

class ToolRounds {
  public:
    // The request's "tools" member.
    static Json offer(const std::vector<ToolSpec>& specs);

    // `roomTokens` for all results together.
    explicit ToolRounds(std::int64_t roomTokens = 8000);

    void absorb(const ToolCallDelta& delta);
    bool asked() const { return !m_asked.empty(); }

    // The calls of this round, with ids and arguments as the model gave them; those beyond the bound are
    // failed already. Ends the round.
    std::vector<api::ToolCall> take();
    // The arguments as JSON; InvalidRequest with a text for the model.
    static Result<Json> argumentsOf(const api::ToolCall& call);
    // Cuts a result to what there is room for, with a note.
    std::string fit(std::string text);

    // Appends what the model said in this round, its calls, and their results, to the request's messages;
    // after the last round it is told to answer without tools.
    void addTo(Json& body, const std::string& said, const std::vector<api::ToolCall>& calls);
    int rounds() const { return m_rounds; }

  private:
    std::vector<api::ToolCall> m_asked;
    int m_rounds = 0;
    std::size_t m_room; // bytes
};

} // namespace exo
