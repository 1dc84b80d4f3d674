#pragma once
// A running stream of one call: holds its slot and its provider until it is destroyed, and when the upstream
// breaks off asks again, passing on only what the reader does not have yet (verified resume). io thread.

#include "core/gateway/Attempt.h"
#include "core/gateway/DeliveredText.h"
#include "core/gateway/Flight.h"
#include "core/gateway/TargetChain.h"

#include <memory>
#include <optional>

namespace exo {

struct Pipeline;

class GatewayStream final : public CompletionStream {
  public:
    GatewayStream(std::shared_ptr<Pipeline> pipeline, std::unique_ptr<Flight> flight, StartedStream started,
                  CompletionRequest request);
    ~GatewayStream() override;

    const StreamHead& head() const override { return m_head; }
    Task<std::optional<CompletionEvent>> next() override;
    std::optional<CompletionEvent> takeReady() override;
    bool endIsNext() const override;
    const Flight& flight() const { return *m_flight; }

  private:
    Result<std::optional<CompletionEvent>> ended();
    Result<std::optional<CompletionEvent>> compared(CompletionEvent event);
    // Whether there is a new stream to go on with.
    asio::awaitable<bool> resume(const Error& error);
    bool mayResume(const Error& error) const;
    void use(StartedStream started);
    void endPermit(const Error& error);
    Error broke(Error error);
    void count(const CompletionEvent& event);
    void addBefore(CompletionEvent& event) const;
    void bookUsage();

    std::shared_ptr<Pipeline> m_pipeline;
    std::unique_ptr<Flight> m_flight; // outlives the stream: it holds the provider
    CompletionRequest m_request;      // for asking again
    StartedStream m_running;
    std::optional<CompletionEvent> m_first;
    StreamHead m_head;
    DeliveredText m_delivered;
    ErrorBox m_failure;
    std::optional<api::Usage> m_usage; // the last the upstream told, not booked yet
    std::int64_t m_output = 0;         // tokens it has sent so far, estimated, not booked yet
    bool m_finished = false;           // it has said all: its own count is complete
    bool m_comparing = false;
    std::int64_t m_before = 0; // tokens of the answer that its continuation was begun with
    bool m_askedAgain = false; // the target that broke off, once
};

} // namespace exo
