#pragma once
// The wire form of OpenAI's embeddings, both ways, in the dialects of compatible servers. Pure functions: any
// thread.

#include "core/base/Result.h"
#include "core/providers/Completion.h"
#include "core/providers/OpenAiAnswer.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exo {

// InvalidRequest when there is no input.
Result<std::string> openAiEmbeddingBody(EmbeddingRequest request);
// Numbers and base64 come out as the same bytes. UpstreamInvalidResponse when a vector is missing, empty,
// twice there, or holds something that is no finite number.
Result<EmbeddingResult> openAiEmbedding(std::string_view text, const AnswerDefaults& defaults);

// The refusal of a server that knows only numbers.
bool refusesBase64(const Error& error);
// The refusal of a server that takes less at once than it was given: fewer inputs, or fewer tokens in all.
enum class BatchRefusal : std::uint8_t { None, Inputs, Tokens };
BatchRefusal batchRefusal(const Error& error);

} // namespace exo
