#pragma once
// The form in which one embedding is kept in a cache: versioned and checksummed. Bytes from a cache are
// foreign bytes. Pure functions: any thread.

#include "core/base/Result.h"
#include "core/providers/Completion.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exo {

struct StoredEmbedding {
    std::string model; // what answered
    std::int64_t tokens = 0;
    EmbeddingVector vector;
};

std::string encodeEmbedding(const StoredEmbedding& embedding);
// InvalidJson for anything that encodeEmbedding() has not written.
Result<StoredEmbedding> decodeEmbedding(std::string_view bytes);

} // namespace exo
