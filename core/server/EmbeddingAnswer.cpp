#include "core/server/EmbeddingAnswer.h"

#include "core/base/Base64.h"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace exo::server {

namespace {

void appendNumbers(std::string& out, const EmbeddingVector& vector) {
    std::array<char, 32> text{};
    char separator = '[';
    for (std::size_t at = 0; at + sizeof(float) <= vector.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, vector.data() + at, sizeof value);
        out += std::exchange(separator, ',');
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        out.append(text.data(), end);
    }
    out += ']';
}

} // namespace

std::string embeddingsJson(const EmbeddingResult& result, EmbeddingEncoding encoding) {
    std::string out = R"({"object":"list","data":[)";
    for (std::size_t i = 0; i < result.vectors.size(); ++i) {
        if (i > 0) out += ',';
        out += R"({"object":"embedding","index":)" + std::to_string(i) + R"(,"embedding":)";
        if (encoding == EmbeddingEncoding::Base64)
            out += '"' + base64Encode(result.vectors[i]) + '"';
        else
            appendNumbers(out, result.vectors[i]);
        out += '}';
    }
    const std::string tokens = std::to_string(result.usage.inputTokens);
    out += R"(],"model":)" + dumpJson(result.model);
    out += R"(,"usage":{"prompt_tokens":)" + tokens + R"(,"total_tokens":)" + tokens + "}}";
    return out;
}

} // namespace exo::server
