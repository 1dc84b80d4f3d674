#include "core/server/ModelsApi.h"

#include "core/server/CacheHeaders.h"
#include "core/server/EmbeddingAnswer.h"
#include "core/server/ModelCall.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

// More than any upstream takes at once: the gateway asks for them in batches.
constexpr std::size_t k_maxInputs = 16384;

// OpenAI's object with the members Anthropic's clients read beside it: none of the names collide.
Json modelJson(const api::ModelInfo& model) {
    Json json = api::toJson(model);
    json["type"] = "model";
    json["display_name"] = model.id;
    json["created_at"] = "1970-01-01T00:00:00Z"; // not known, as "created": 0
    return json;
}

// As listed, or as "provider/model", which is understood in requests as well.
const api::ModelInfo* findModel(const std::vector<api::ModelInfo>& models, std::string_view id) {
    const auto found = std::ranges::find_if(models, [&](const api::ModelInfo& model) {
        return model.id == id || (!model.isAlias && id == model.provider + "/" + model.id);
    });
    return found == models.end() ? nullptr : &*found;
}

// A text, a list of texts, a list of token ids, or a list of such lists.
bool isEmbeddingInput(const Json& input) {
    if (input.is_string()) return !input.get_ref<const std::string&>().empty();
    if (!input.is_array() || input.empty() || input.size() > k_maxInputs) return false;
    const auto all = [](const Json& list, auto&& test) { return std::ranges::all_of(list, test); };
    const auto isText = [](const Json& item) { return item.is_string(); };
    const auto isToken = [](const Json& item) { return item.is_number_unsigned(); };
    const auto isTokens = [&](const Json& item) {
        return item.is_array() && !item.empty() && all(item, isToken);
    };
    return all(input, isText) || all(input, isToken) || all(input, isTokens);
}

} // namespace

Result<EmbeddingRequest> parseEmbeddingCall(Json body) {
    EmbeddingRequest request;
    EXO_TRY(request.model, getString(body, "model"));
    const Json* input = member(body, "input");
    if (!input) return fail(ErrorCode::InvalidRequest, "'input' is required", "input");
    if (!isEmbeddingInput(*input))
        return fail(ErrorCode::InvalidRequest,
                    "'input' must be a text, a list of at most 16384 texts, or token ids; not empty",
                    "input");
    EXO_TRY(const auto format, optString(body, "encoding_format"));
    if (format && *format != "float" && *format != "base64")
        return fail(ErrorCode::InvalidRequest, "'encoding_format' must be float or base64",
                    "encoding_format");
    EXO_TRY([[maybe_unused]] const auto dimensions, optInt(body, "dimensions", 1, 1 << 20));
    body.erase("model");
    request.body = std::move(body);
    return request;
}

void ModelsApi::addRoutes(Router& router) {
    router.add({"GET", "/v1/models", Access::Key, [this](Exchange& exchange) { return list(exchange); }});
    router.add(
        {"GET", "/v1/models/{id...}", Access::Key, [this](Exchange& exchange) { return get(exchange); }});
    router.add(
        {"POST", "/v1/embeddings", Access::Key, [this](Exchange& exchange) { return embed(exchange); }});
}

Task<void> ModelsApi::list(Exchange& exchange) {
    EXO_CO_TRY(const auto models, co_await m_services.gateway.allModels());
    Json body = Json::object();
    body["object"] = "list";
    body["data"] = Json::array();
    for (const auto& model : models)
        body["data"].push_back(modelJson(model));
    const Json& data = body["data"]; // Anthropic's list comes in pages; this is the only one
    body["has_more"] = false;
    body["first_id"] = data.empty() ? Json() : data.front()["id"];
    body["last_id"] = data.empty() ? Json() : data.back()["id"];
    co_return co_await exchange.replyJson(200, body);
}

Task<void> ModelsApi::get(Exchange& exchange) {
    const std::string& id = exchange.param(0);
    EXO_CO_TRY(const auto models, co_await m_services.gateway.allModels());
    const api::ModelInfo* found = findModel(models, id);
    if (!found) co_return fail(ErrorCode::ModelNotFound, "the model '" + id + "' does not exist", "model");
    Json body = modelJson(*found);
    body["id"] = id;
    co_return co_await exchange.replyJson(200, body);
}

Task<void> ModelsApi::embed(Exchange& exchange) {
    EXO_CO_TRY(auto body, exchange.jsonBody());
    EXO_CO_TRY(const auto wish, takeCacheWish(exchange.request, body));
    EXO_CO_TRY(auto request, parseEmbeddingCall(std::move(body)));
    const auto encoding = stringOr(request.body, "encoding_format") == "base64" ? EmbeddingEncoding::Base64
                                                                                : EmbeddingEncoding::Numbers;
    GatewayCall call = makeCall(exchange, m_services);
    call.family = "embeddings";
    call.cache = wish;
    auto result = co_await m_services.gateway.embed(std::move(request), std::move(call));
    if (!result.ok()) co_return withReason(std::move(result).error(), exchange.request.disconnected);
    net::ServerResponse response;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = embeddingsJson(*result, encoding);
    co_return co_await exchange.reply(std::move(response));
}

} // namespace exo::server
