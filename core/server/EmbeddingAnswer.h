#pragma once
// OpenAI's answer to POST /v1/embeddings. Pure function: any thread.

#include "core/providers/Completion.h"

#include <cstdint>
#include <string>

namespace exo::server {

enum class EmbeddingEncoding : std::uint8_t { Numbers, Base64 };

// Written without a JSON tree in between: thousands of vectors are millions of numbers. Each number is the
// shortest text that reads back as the same 32-bit float.
std::string embeddingsJson(const EmbeddingResult& result, EmbeddingEncoding encoding);

} // namespace exo::server
