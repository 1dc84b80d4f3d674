#include "core/providers/AnthropicProvider.h"

#include "core/providers/AnthropicAnswer.h"
#include "core/providers/AnthropicRequest.h"
#include "core/providers/AnthropicStream.h"
#include "core/providers/ContinuedStream.h"

namespace exo {

const std::string& AnthropicProvider::type() const {
    static const std::string text = "anthropic";
    return text;
}

std::vector<net::Header> AnthropicProvider::headers() const {
    std::vector<net::Header> headers;
    headers.push_back({"User-Agent", "ExoBrain/" EXOBRAIN_VERSION});
    headers.push_back({"anthropic-version", "2023-06-01"});
    if (!m_upstream.key().empty()) headers.push_back({"x-api-key", std::string(m_upstream.key().reveal())});
    return headers;
}

Task<Completion> AnthropicProvider::complete(CompletionRequest request, CallContext context) {
    EXO_CO_TRY(const Json body, anthropicBody(request, AnswerKind::Whole));
    std::string text = dumpJson(body);
    auto answer = co_await m_upstream.fetch("/messages", headers(), std::move(text), std::move(context));
    if (!answer) co_return std::move(answer).error();
    AnswerDefaults defaults;
    defaults.model = std::move(request.model);
    defaults.createdSeconds = m_upstream.nowSeconds();
    auto completion = anthropicCompletion(*answer, defaults);
    if (!completion) co_return m_upstream.clean(std::move(completion).error());
    co_return completion;
}

Task<std::unique_ptr<CompletionStream>> AnthropicProvider::stream(CompletionRequest request,
                                                                  CallContext context) {
    if (request.begun.empty()) return open(std::move(request), std::move(context)); // nearly always
    const PrefillForm form = prefillForm(m_upstream.prefill(), type(), request.model);
    return openStream(*this, form, m_noPrefill, std::move(request), std::move(context));
}

Task<std::unique_ptr<CompletionStream>> AnthropicProvider::open(CompletionRequest request,
                                                                CallContext context) {
    EXO_CO_TRY(const Json body, anthropicBody(request, AnswerKind::Stream));
    std::string text = dumpJson(body);
    auto response =
        co_await m_upstream.exchange("/messages", headers(), std::move(text), AnswerKind::Stream, context);
    if (!response) co_return std::move(response).error();
    AnswerDefaults defaults;
    defaults.model = std::move(request.model);
    defaults.createdSeconds = m_upstream.nowSeconds();
    std::unique_ptr<net::HttpResponse> accepted = std::move(*response);
    auto decoder = std::make_unique<AnthropicStreamDecoder>(std::move(defaults));
    std::unique_ptr<CompletionStream> stream = std::make_unique<ProviderStream>(
        std::move(accepted), std::move(decoder), m_upstream, context, !request.begun.empty());
    co_return std::move(stream);
}

Task<EmbeddingResult> AnthropicProvider::embed(EmbeddingRequest, CallContext) {
    co_return fail(ErrorCode::Unsupported, "this provider has no embeddings");
}

Task<std::vector<api::ModelInfo>> AnthropicProvider::listModels(CallContext context) {
    auto text = co_await m_upstream.fetch("/models?limit=1000", headers(), {}, std::move(context));
    if (!text) co_return std::move(text).error();
    co_return openAiModels(*text, name());
}

} // namespace exo
