#include "core/providers/OpenAiEmbedding.h"

#include "core/base/Base64.h"
#include "core/base/Text.h"
#include "core/providers/ErrorMapping.h"
#include "core/providers/OpenAiFields.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

namespace exo {

namespace {

static_assert(std::endian::native == std::endian::little, "vectors are kept as they lie in memory");

bool isFinite(std::string_view vector) {
    for (std::size_t at = 0; at < vector.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, vector.data() + at, sizeof value);
        if (!std::isfinite(value)) return false;
    }
    return true;
}

std::optional<EmbeddingVector> fromNumbers(const Json& numbers) {
    EmbeddingVector vector(numbers.size() * sizeof(float), '\0');
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (!numbers[i].is_number()) return std::nullopt;
        const auto value = static_cast<float>(numbers[i].get<double>());
        std::memcpy(vector.data() + i * sizeof value, &value, sizeof value);
    }
    return vector;
}

std::optional<EmbeddingVector> readVector(const Json& item) {
    const Json* embedding = member(item, "embedding");
    if (!embedding) return std::nullopt;
    std::optional<EmbeddingVector> vector;
    if (embedding->is_array()) vector = fromNumbers(*embedding);
    if (embedding->is_string()) vector = base64Decode(embedding->get_ref<const std::string&>());
    if (!vector || vector->empty() || vector->size() % sizeof(float) != 0 || !isFinite(*vector))
        return std::nullopt;
    return vector;
}

std::string wordsOf(const Error& error) {
    return toLowerAscii(error.upstreamBody.empty() ? error.detail : error.upstreamBody);
}

bool isAboutRequest(const Error& error) {
    return error.upstreamStatus == 400 || error.upstreamStatus == 422;
}

// OpenAI, Azure, DashScope, TEI and SiliconFlow, Cohere, Gemini, Mistral, Voyage, Zhipu.
constexpr std::array<std::string_view, 6> k_batchPhrases = {
    "batch", "array too long", "too many inputs", "number of texts", "tokens per request", "数组最大"};

} // namespace

Result<std::string> openAiEmbeddingBody(EmbeddingRequest request) {
    if (!member(request.body, "input"))
        return fail(ErrorCode::InvalidRequest, "'input' is required", "input");
    Json body = std::move(request.body);
    body["model"] = std::move(request.model);
    return dumpJson(body);
}

Result<EmbeddingResult> openAiEmbedding(std::string_view text, const AnswerDefaults& defaults) {
    auto json = parseJson(text);
    if (!json) return invalidAnswer("the answer is not JSON");
    if (const Json* error = member(*json, "error")) return errorFromMember(*error);
    const Json* data = member(*json, "data");
    if (!data || !data->is_array() || data->empty()) return invalidAnswer("the answer has no embeddings");
    EmbeddingResult result;
    result.vectors.resize(data->size());
    for (std::size_t i = 0; i < data->size(); ++i) {
        const std::int64_t place = intOr((*data)[i], "index", static_cast<std::int64_t>(i));
        if (place < 0 || static_cast<std::size_t>(place) >= data->size())
            return invalidAnswer("an embedding belongs to no input");
        EmbeddingVector& vector = result.vectors[static_cast<std::size_t>(place)];
        if (!vector.empty()) return invalidAnswer("an embedding is there twice");
        auto read = readVector((*data)[i]);
        if (!read) return invalidAnswer("an embedding is missing or no vector");
        vector = std::move(*read);
    }
    result.model = readName(*json, "model");
    if (result.model.empty()) result.model = defaults.model;
    if (const Json* usage = member(*json, "usage"); usage && usage->is_object())
        result.usage = readUsage(*usage);
    return result;
}

bool refusesBase64(const Error& error) {
    if (!isAboutRequest(error)) return false;
    const std::string words = wordsOf(error);
    return words.find("encoding_format") != std::string::npos || words.find("base64") != std::string::npos;
}

BatchRefusal batchRefusal(const Error& error) {
    if (error.upstreamStatus != 413 && !isAboutRequest(error)) return BatchRefusal::None;
    const std::string words = wordsOf(error);
    const bool named = std::ranges::any_of(
        k_batchPhrases, [&](std::string_view phrase) { return words.find(phrase) != std::string::npos; });
    if (!named) return error.upstreamStatus == 413 ? BatchRefusal::Tokens : BatchRefusal::None;
    return words.find("token") == std::string::npos ? BatchRefusal::Inputs : BatchRefusal::Tokens;
}

} // namespace exo
