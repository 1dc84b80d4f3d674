#pragma once
// A running stream as the gateway hands it out: holds the call's slot and provider until it is destroyed. io
// thread.

#include "core/gateway/Attempt.h"
#include "core/gateway/Flight.h"

#include <memory>
#include <optional>

namespace exo {

class GatewayStream final : public CompletionStream {
  public:
    GatewayStream(std::unique_ptr<Flight> flight, StartedStream started)
        : m_flight(std::move(flight))
        , m_stream(std::move(started.stream))
        , m_meter(std::move(started.meter))
        , m_first(std::move(started.first)) {}

    const StreamHead& head() const override { return m_stream->head(); }
    Task<std::optional<CompletionEvent>> next() override;

  private:
    std::unique_ptr<Flight> m_flight; // outlives the stream: it holds the provider
    std::unique_ptr<CompletionStream> m_stream;
    std::shared_ptr<CallMeter> m_meter;
    std::optional<CompletionEvent> m_first;
    bool m_failed = false;
};

} // namespace exo
