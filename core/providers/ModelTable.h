#pragma once
// What is publicly known about model families, by the patterns of their names; a provider's own settings come
// first. Pure functions: any thread.

#include <cstdint>
#include <string_view>

namespace exo {

// Assumed when nothing is known: what current small local models are commonly served with. Too small loses
// history that would have fitted, too large makes the upstream refuse the call.
inline constexpr std::int64_t k_defaultContextTokens = 32768;

// Input and output together; 0 when the family is not known.
std::int64_t knownContextTokens(std::string_view model);

// The largest answer that is safe to ask an Anthropic model for when the request names none (the API requires
// a number).
std::int64_t defaultAnswerTokens(std::string_view model);
// Claude models before 3.7 refuse the `thinking` member.
bool supportsThinking(std::string_view model);
// Claude models up to 4.5 go on from a last message of the assistant; later ones refuse it.
bool takesPrefill(std::string_view model);

} // namespace exo
