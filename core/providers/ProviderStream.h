#pragma once
// A streamed answer over HTTP: bytes → SSE events → a protocol's decoder → completion events. What it sees of
// an upstream is untrusted: content types lie, bodies are cut anywhere. io thread; owned by its reader.

#include "core/net/HttpClient.h"
#include "core/net/Sse.h"
#include "core/providers/Upstream.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

// The part that knows a wire protocol. Appends to `ready`; sets `finished` at the terminal event.
class StreamDecoder {
  public:
    virtual ~StreamDecoder() = default;
    virtual Result<void> onEvent(const net::SseEvent& event) = 0;
    // The body ended, or fell silent, without a terminal event: a proper end when the protocol allows it,
    // else `finished` stays false.
    virtual void onEnd() = 0;
    // A whole JSON body instead of a stream.
    virtual Result<Completion> onWholeBody(std::string_view text) = 0;

    StreamHead head;
    std::vector<CompletionEvent> ready;
    bool finished = false;

  protected:
    // Bounds one event's text and the whole answer; the error is final.
    Result<void> count(std::size_t bytes);

  private:
    std::size_t m_total = 0;
};

class ProviderStream final : public CompletionStream {
  public:
    ProviderStream(std::unique_ptr<net::HttpResponse> response, std::unique_ptr<StreamDecoder> decoder,
                   Upstream upstream, const CallContext& context, bool continues);

    const StreamHead& head() const override { return m_decoder->head; }
    Task<std::optional<CompletionEvent>> next() override;
    std::optional<CompletionEvent> takeReady() override;
    bool endIsNext() const override;
    bool continues() const override { return m_continues; }

  private:
    enum class Form { Unknown, Sse, Json };

    void onBytes(Result<std::string> bytes);
    Result<void> take(std::string bytes);
    Result<void> recogniseForm(std::string bytes);
    Result<void> feed(std::string_view bytes);
    void decode(const net::SseEvent& event, Result<void>& decoded);
    Result<void> endOfBody();
    void cut(Error error);
    Error cleanCut(Error error) const;

    std::unique_ptr<net::HttpResponse> m_response;
    std::unique_ptr<StreamDecoder> m_decoder;
    Upstream m_upstream;
    CancelToken m_cancel;
    std::shared_ptr<CallMeter> m_meter;
    const bool m_continues;
    net::SseParser m_parser;
    Form m_form = Form::Unknown;
    std::string m_pending; // bytes before the form is known, or the whole JSON body
    ErrorBox m_error;
    std::size_t m_taken = 0;  // of what the decoder has ready
    bool m_delivered = false; // at least one event went out
};

} // namespace exo
