#include "core/providers/OpenAiProvider.h"

#include "core/providers/ContinuedStream.h"
#include "core/providers/OpenAiAnswer.h"
#include "core/providers/OpenAiEmbedding.h"
#include "core/providers/OpenAiStream.h"

namespace exo {

namespace {

using Response = std::unique_ptr<net::HttpResponse>;

constexpr int k_mostChanges = 3; // of one body, each for a refusal

Origin originOf(const CompletionRequest& request) {
    return request.anthropic ? Origin::Translated : Origin::Written;
}

} // namespace

const std::string& OpenAiProvider::type() const {
    static const std::string text = "openai";
    return text;
}

std::vector<net::Header> OpenAiProvider::headers() const {
    std::vector<net::Header> headers;
    headers.reserve(4); // with what every request of the upstream has
    headers.push_back({"User-Agent", "ExoBrain/" EXOBRAIN_VERSION});
    if (!m_upstream.key().empty())
        headers.push_back({"Authorization", "Bearer " + std::string(m_upstream.key().reveal())});
    return headers;
}

Task<Completion> OpenAiProvider::complete(CompletionRequest request, CallContext context) {
    AnswerDefaults defaults;
    defaults.model = request.model;
    EXO_CO_TRY(std::string body, openAiChatBody(request, AnswerKind::Whole, StreamOptions::Omit));
    auto text = co_await m_upstream.fetch("/chat/completions", headers(), std::move(body), context);
    if (!text) text = co_await fetchChanged(request, context, std::move(text).error());
    if (!text) co_return std::move(text).error();
    defaults.createdSeconds = m_upstream.nowSeconds();
    auto completion = openAiCompletion(std::move(*text), defaults);
    if (!completion) co_return m_upstream.clean(std::move(completion).error());
    co_return completion;
}

// What was sent is gone by then: nearly nobody needs it again.
Task<std::string> OpenAiProvider::fetchChanged(const CompletionRequest& request, const CallContext& context,
                                               Error refusal) {
    EXO_CO_TRY(std::string body, openAiChatBody(request, AnswerKind::Whole, StreamOptions::Omit));
    for (int changes = 0; changes < k_mostChanges; ++changes) {
        auto other = withoutRefused(body, refusal, originOf(request));
        if (!other) break;
        body = std::move(*other);
        auto text = co_await m_upstream.fetch("/chat/completions", headers(), body, context);
        if (text) co_return text;
        refusal = std::move(text).error();
    }
    co_return refusal;
}

Task<std::unique_ptr<CompletionStream>> OpenAiProvider::stream(CompletionRequest request,
                                                               CallContext context) {
    if (request.begun.empty()) return open(std::move(request), std::move(context)); // nearly always
    const PrefillForm form = prefillForm(m_upstream.prefill(), type(), request.model);
    return openStream(*this, form, m_noPrefill, std::move(request), std::move(context));
}

Task<std::unique_ptr<CompletionStream>> OpenAiProvider::open(CompletionRequest request, CallContext context) {
    AnswerDefaults defaults;
    defaults.model = request.model;
    const StreamOptions options = m_streamOptions;
    EXO_CO_TRY(std::string body, openAiChatBody(request, AnswerKind::Stream, options));
    auto response = co_await m_upstream.exchange("/chat/completions", headers(), std::move(body),
                                                 AnswerKind::Stream, context);
    if (!response)
        response = co_await exchangeChanged(request, context, options, std::move(response).error());
    if (!response) co_return std::move(response).error();
    defaults.createdSeconds = m_upstream.nowSeconds();
    Response accepted = std::move(*response);
    auto decoder = std::make_unique<OpenAiStreamDecoder>(std::move(defaults));
    std::unique_ptr<CompletionStream> stream = std::make_unique<ProviderStream>(
        std::move(accepted), std::move(decoder), m_upstream, context, !request.begun.empty());
    co_return std::move(stream);
}

Task<Response> OpenAiProvider::exchangeChanged(const CompletionRequest& request, const CallContext& context,
                                               StreamOptions options, Error refusal) {
    EXO_CO_TRY(std::string body, openAiChatBody(request, AnswerKind::Stream, options));
    for (int changes = 0; changes < k_mostChanges; ++changes) {
        auto other = withoutRefused(body, refusal, originOf(request));
        if (!other) break;
        if (refusesStreamOptions(refusal)) options = StreamOptions::Omit;
        body = std::move(*other);
        auto response =
            co_await m_upstream.exchange("/chat/completions", headers(), body, AnswerKind::Stream, context);
        if (response && options == StreamOptions::Omit) m_streamOptions = options;
        if (response) co_return response;
        refusal = std::move(response).error();
    }
    co_return refusal;
}

Task<EmbeddingResult> OpenAiProvider::embed(EmbeddingRequest request, CallContext context) {
    AnswerDefaults defaults;
    defaults.model = request.model;
    EXO_CO_TRY(std::string body, openAiEmbeddingBody(request));
    auto text = co_await m_upstream.fetch("/embeddings", headers(), std::move(body), context);
    if (!text && stringOr(request.body, "encoding_format") == "base64" && refusesBase64(text.error())) {
        request.body.erase("encoding_format"); // numbers are understood as well
        EXO_CO_TRY(std::string plain, openAiEmbeddingBody(std::move(request)));
        text = co_await m_upstream.fetch("/embeddings", headers(), std::move(plain), std::move(context));
    }
    if (!text) co_return std::move(text).error();
    auto result = openAiEmbedding(*text, defaults);
    if (!result) co_return m_upstream.clean(std::move(result).error());
    co_return result;
}

Task<std::vector<api::ModelInfo>> OpenAiProvider::listModels(CallContext context) {
    auto text = co_await m_upstream.fetch("/models", headers(), {}, std::move(context));
    if (!text) co_return std::move(text).error();
    co_return openAiModels(*text, name());
}

} // namespace exo
