#include "core/gateway/StoredEmbedding.h"

#include <zlib.h>

#include <cstring>

namespace exo {

namespace {

// "EXV" + version, then the CRC-32 of all that follows: tokens, size of the name, name, vector.
constexpr std::string_view k_magic = "EXV1";
constexpr std::size_t k_tokensAt = 8, k_nameSizeAt = 16, k_nameAt = 20;

template <class T>
void put(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(std::string_view bytes, std::size_t at) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

std::uint32_t sumOf(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

} // namespace

std::string encodeEmbedding(const StoredEmbedding& embedding) {
    std::string content;
    put(content, embedding.tokens);
    put(content, static_cast<std::uint32_t>(embedding.model.size()));
    content += embedding.model;
    content += embedding.vector;
    std::string out(k_magic);
    put(out, sumOf(content));
    return out + content;
}

Result<StoredEmbedding> decodeEmbedding(std::string_view bytes) {
    if (bytes.size() < k_nameAt || !bytes.starts_with(k_magic))
        return fail(ErrorCode::InvalidJson, "no stored embedding of this version");
    if (get<std::uint32_t>(bytes, k_magic.size()) != sumOf(bytes.substr(k_tokensAt)))
        return fail(ErrorCode::InvalidJson, "the stored embedding is damaged");
    const std::size_t nameSize = get<std::uint32_t>(bytes, k_nameSizeAt);
    if (nameSize > bytes.size() - k_nameAt)
        return fail(ErrorCode::InvalidJson, "the stored embedding is too short");
    StoredEmbedding embedding;
    embedding.tokens = get<std::int64_t>(bytes, k_tokensAt);
    embedding.model = bytes.substr(k_nameAt, nameSize);
    embedding.vector = bytes.substr(k_nameAt + nameSize);
    if (embedding.vector.empty() || embedding.vector.size() % sizeof(float) != 0)
        return fail(ErrorCode::InvalidJson, "the stored embedding is no vector");
    return embedding;
}

} // namespace exo
