#pragma once
// The form in which a finished answer is kept in a cache: versioned, checksummed, and the same whether it was
// streamed or not, so that it can be given out either way. Bytes from Redis are foreign bytes. Pure functions
// and a stream of the io thread.

#include "core/base/Result.h"
#include "core/cache/AnswerCache.h"
#include "core/providers/Completion.h"

#include <memory>
#include <string>
#include <string_view>

namespace exo {

inline constexpr std::size_t k_maxStoredAnswer = 1u << 20;

std::string encodeAnswer(const Completion& completion);
// Where bytes come from: what is in memory was written here, or examined when it came from elsewhere.
enum class StoredIn : std::uint8_t { Memory, Elsewhere };
// InvalidJson for anything that encodeAnswer() has not written.
Result<Completion> decodeAnswer(std::string_view bytes, StoredIn origin);
// The answer as a stream: at once, in pieces of some words.
std::unique_ptr<CompletionStream> replay(const Completion& completion);

} // namespace exo
