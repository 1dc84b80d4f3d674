#include "core/providers/ProviderStream.h"

#include "core/base/Text.h"
#include "core/providers/OpenAiFields.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

namespace exo {

namespace {

constexpr std::size_t k_maxEventText = 1u << 20;
constexpr std::string_view k_bom = "\xEF\xBB\xBF";

// After its terminal event a stream only has to end; read to there, its connection can serve the next call.
// The idle time limit of the request bounds the wait, the number of reads what a chatty upstream can cost.
asio::awaitable<void> readOut(std::unique_ptr<net::HttpResponse> response) {
    constexpr int k_reads = 4;
    for (int i = 0; i < k_reads; ++i) {
        const auto rest = co_await response->read();
        if (!rest.ok() || rest->empty()) co_return;
    }
}

Error tooLarge(std::string detail) {
    return fail(ErrorCode::UpstreamInvalidResponse, std::move(detail));
}

} // namespace

Result<void> StreamDecoder::count(std::size_t bytes) {
    m_total += bytes;
    if (bytes > k_maxEventText) return tooLarge("an event of the stream holds more than 1 MiB of text");
    if (m_total > k_maxAnswerBytes) return tooLarge("the answer is larger than 32 MiB");
    return {};
}

ProviderStream::ProviderStream(std::unique_ptr<net::HttpResponse> response,
                               std::unique_ptr<StreamDecoder> decoder, Upstream upstream,
                               const CallContext& context, bool continues)
    : m_response(std::move(response))
    , m_decoder(std::move(decoder))
    , m_upstream(std::move(upstream))
    , m_cancel(context.cancel)
    , m_meter(context.meter)
    , m_continues(continues) {}

Task<std::optional<CompletionEvent>> ProviderStream::next() {
    for (;;) {
        if (m_cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        if (auto event = takeReady()) co_return event;
        if (m_error) co_return *m_error;
        if (m_decoder->finished) {
            if (m_response)
                asio::co_spawn(co_await asio::this_coro::executor, readOut(std::move(m_response)),
                               asio::detached);
            co_return std::optional<CompletionEvent>();
        }
        std::optional<WaitScope> wait(std::in_place, m_upstream.clock(), m_meter);
        auto bytes = co_await m_response->read();
        wait.reset();
        onBytes(std::move(bytes));
    }
}

std::optional<CompletionEvent> ProviderStream::takeReady() {
    std::vector<CompletionEvent>& ready = m_decoder->ready;
    if (ready.empty() || m_cancel.cancelled()) return std::nullopt;
    std::optional<CompletionEvent> event(std::move(ready[m_taken++]));
    if (m_taken == ready.size()) {
        ready.clear();
        m_taken = 0;
    }
    m_delivered = true;
    return event;
}

bool ProviderStream::endIsNext() const {
    return m_decoder->finished && m_decoder->ready.empty() && !m_error && !m_cancel.cancelled();
}

void ProviderStream::onBytes(Result<std::string> bytes) {
    if (!bytes) return cut(std::move(bytes).error());
    auto taken = bytes->empty() ? endOfBody() : take(std::move(*bytes));
    if (!taken) m_error = m_upstream.clean(std::move(taken).error());
    if (m_error) m_response.reset();
}

Result<void> ProviderStream::take(std::string bytes) {
    switch (m_form) {
    case Form::Unknown: return recogniseForm(std::move(bytes));
    case Form::Sse: return feed(bytes);
    case Form::Json: break;
    }
    m_pending += bytes;
    if (m_pending.size() > k_maxAnswerBytes) return tooLarge("the answer is larger than 32 MiB");
    return {};
}

// The first character tells: no line of an event stream begins with a brace or a tag.
Result<void> ProviderStream::recogniseForm(std::string bytes) {
    m_pending += bytes;
    std::string_view text = m_pending;
    if (k_bom.starts_with(text.substr(0, k_bom.size()))) {
        if (text.size() < k_bom.size()) return {};
        text.remove_prefix(k_bom.size());
    }
    text = trim(text);
    if (text.empty())
        return m_pending.size() > k_maxEventText ? tooLarge("the answer is blank") : Result<void>();
    if (text.front() == '<') return invalidAnswer("a page of HTML instead of an event stream");
    if (text.front() == '{' || text.front() == '[') {
        m_form = Form::Json;
        return {};
    }
    m_form = Form::Sse;
    const std::string pending = std::exchange(m_pending, {});
    return feed(pending);
}

Result<void> ProviderStream::feed(std::string_view bytes) {
    Result<void> decoded;
    auto fed = m_parser.feed(bytes, [&](const net::SseEvent& event) { decode(event, decoded); });
    EXO_CHECK(std::move(decoded)); // what was complete before an overlong event still counts
    return fed;
}

void ProviderStream::decode(const net::SseEvent& event, Result<void>& decoded) {
    if (decoded.ok() && !m_decoder->finished) decoded = m_decoder->onEvent(event);
}

Result<void> ProviderStream::endOfBody() {
    if (m_form == Form::Json) {
        EXO_TRY(const Completion completion, m_decoder->onWholeBody(m_pending));
        m_decoder->head.id = stringOr(completion.body, "id");
        m_decoder->head.model = completion.model;
        m_decoder->head.systemFingerprint = stringOr(completion.body, "system_fingerprint");
        for (CompletionEvent& event : eventsOf(completion))
            m_decoder->ready.push_back(std::move(event));
        m_decoder->finished = true;
        return {};
    }
    Result<void> decoded;
    m_parser.finish([&](const net::SseEvent& event) { decode(event, decoded); });
    EXO_CHECK(std::move(decoded));
    if (m_decoder->finished) return {};
    m_decoder->onEnd();
    if (!m_decoder->finished)
        cut(fail(ErrorCode::StreamInterrupted, "the stream ended without its terminal event"));
    return {};
}

void ProviderStream::cut(Error error) {
    if (error.code == ErrorCode::Cancelled) {
        m_error = std::move(error);
        return;
    }
    m_decoder->onEnd();
    if (m_decoder->finished) return;
    m_error = m_upstream.clean(cleanCut(std::move(error)));
}

Error ProviderStream::cleanCut(Error error) const {
    if (error.code != ErrorCode::UpstreamConnection && error.code != ErrorCode::StreamInterrupted)
        return error;
    const bool anything = m_delivered || !m_decoder->ready.empty();
    if (!anything) return invalidAnswer("the stream ended before its first event");
    return fail(ErrorCode::StreamInterrupted, std::move(error.detail));
}

} // namespace exo
