#include "core/server/AnswerEvents.h"

#include "core/sessions/TokenEstimate.h"

namespace exo::server {

namespace {
constexpr std::size_t k_countEvery = 4096; // bytes of output estimated at once
}

Json usageJson(const UsageDelta& usage) {
    Json json = usage.details.is_object() ? usage.details : Json::object();
    if (!json.contains("prompt_tokens")) json["prompt_tokens"] = usage.usage.inputTokens;
    if (!json.contains("completion_tokens")) json["completion_tokens"] = usage.usage.outputTokens;
    if (!json.contains("total_tokens"))
        json["total_tokens"] = intOr(json, "prompt_tokens") + intOr(json, "completion_tokens");
    return json;
}

void OutputEstimate::add(std::string_view text) {
    m_uncounted += text;
    if (m_uncounted.size() < k_countEvery) return;
    m_tokens += estimateTokens(m_uncounted);
    m_uncounted.clear();
}

std::int64_t OutputEstimate::tokens() const {
    return m_tokens + estimateTokens(m_uncounted);
}

} // namespace exo::server
