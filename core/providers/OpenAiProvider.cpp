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
    const Origin origin = originOf(request);
    EXO_CO_TRY(std::string body, openAiChatBody(request, AnswerKind::Whole, StreamOptions::Omit));
    auto text = co_await m_upstream.fetch("/chat/completions", headers(), std::move(body), context);
    if (!text) { // what was sent is gone: nearly nobody needs it again
        EXO_CO_TRY(body, openAiChatBody(request, AnswerKind::Whole, StreamOptions::Omit));
        for (int changes = 0; !text && changes < k_mostChanges; ++changes) {
            auto other = withoutRefused(body, text.error(), origin);
            if (!other) break;
            body = std::move(*other);
            text = co_await m_upstream.fetch("/chat/completions", headers(), body, context);
        }
    }
    if (!text) co_return std::move(text).error();
    defaults.createdSeconds = m_upstream.nowSeconds();
    auto completion = openAiCompletion(std::move(*text), defaults);
    if (!completion) co_return m_upstream.clean(std::move(completion).error());
    co_return completion;
}

Task<std::unique_ptr<CompletionStream>> OpenAiProvider::stream(CompletionRequest request,
                                                               CallContext context) {
    if (request.begun.empty()) { // all but the rest of a cut one: no detour
        EXO_CO_TRY(std::unique_ptr<CompletionStream> stream,
                   co_await open(std::move(request), std::move(context)));
        co_return std::move(stream);
    }
    const PrefillForm form = prefillForm(m_upstream.prefill(), type(), request.model);
    co_return co_await openStream(*this, form, m_noPrefill, std::move(request), std::move(context));
}

Task<std::unique_ptr<ProviderStream>> OpenAiProvider::open(CompletionRequest request, CallContext context) {
    AnswerDefaults defaults;
    defaults.model = request.model;
    const Origin origin = originOf(request);
    StreamOptions options = m_streamOptions;
    EXO_CO_TRY(std::string body, openAiChatBody(request, AnswerKind::Stream, options));
    auto response = co_await m_upstream.exchange("/chat/completions", headers(), std::move(body),
                                                 AnswerKind::Stream, context);
    if (!response) {
        EXO_CO_TRY(body, openAiChatBody(request, AnswerKind::Stream, options));
        for (int changes = 0; !response && changes < k_mostChanges; ++changes) {
            auto other = withoutRefused(body, response.error(), origin);
            if (!other) break;
            if (refusesStreamOptions(response.error())) options = StreamOptions::Omit;
            body = std::move(*other);
            response = co_await m_upstream.exchange("/chat/completions", headers(), body, AnswerKind::Stream,
                                                    context);
        }
    }
    if (!response) co_return std::move(response).error();
    if (options == StreamOptions::Omit) m_streamOptions = options;
    defaults.createdSeconds = m_upstream.nowSeconds();
    Response accepted = std::move(*response);
    auto decoder = std::make_unique<OpenAiStreamDecoder>(std::move(defaults));
    auto stream = std::make_unique<ProviderStream>(std::move(accepted), std::move(decoder), m_upstream,
                                                   std::move(context));
    co_return std::move(stream);
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
