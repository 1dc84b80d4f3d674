#pragma once
// One upstream call that several callers with the same request wait for: its events are kept from the first
// on, readers join while it runs, each at its own pace. The call is cancelled when the last reader has left.
// io thread; owned by its readers and by the coroutine that feeds it.

#include "core/base/Cancel.h"
#include "core/gateway/Departure.h"
#include "core/gateway/Gateway.h"
#include "core/net/Event.h"
#include "core/providers/Completion.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace exo {

class SharedReader;

class SharedAnswer final : public Departure, public std::enable_shared_from_this<SharedAnswer> {
  public:
    enum class Kind : std::uint8_t { Whole, Stream };
    SharedAnswer(Kind kind, Priority priority)
        : m_kind(kind)
        , m_priority(std::make_shared<SharedPriority>(priority)) {}

    Kind kind() const { return m_kind; }
    CancelToken token() const { return m_cancel.token(); }                 // of the upstream call
    const std::shared_ptr<CallReport>& report() const { return m_report; } // of the upstream call
    const std::shared_ptr<SharedPriority>& priority() const { return m_priority; }

    // Whether one more may join: everything since the first event is still here, and somebody is left.
    bool joinable() const;
    // `departure` may be empty.
    std::unique_ptr<SharedReader> join(CancelToken cancel, std::shared_ptr<Departure> departure);

    // Of all its readers.
    void hold() override;
    bool letGo() override;

    // For the feeder.
    void begin(StreamHead head);
    void add(CompletionEvent event);
    // The fastest reader has enough to read.
    bool crowded() const;
    asio::awaitable<void> waitForRoom(); // while it is
    void end();
    void endWith(Completion whole);
    void fail(Error error);
    void abandon() { m_changed.drop(); }
    // All events, when none had to be dropped; the basis of a cache entry.
    const std::deque<CompletionEvent>* all() const { return m_first == 0 ? &m_events : nullptr; }
    const StreamHead& head() const { return m_head; }

  private:
    friend class SharedReader;
    void leave(SharedReader* reader);
    void trim();
    std::size_t unread() const; // bytes, of the fastest reader while all is kept, else of the slowest

    Kind m_kind;
    std::shared_ptr<SharedPriority> m_priority;
    StreamHead m_head;
    std::deque<CompletionEvent> m_events;
    std::size_t m_first = 0; // index of m_events.front()
    std::size_t m_bytes = 0; // of all events so far
    std::optional<Completion> m_whole;
    ErrorBox m_error;
    bool m_begun = false;
    bool m_ended = false;
    bool m_held = false;
    std::vector<SharedReader*> m_readers;
    CancelSource m_cancel;
    net::Event m_changed; // for readers
    net::Event m_room;    // for the feeder
    std::shared_ptr<CallReport> m_report = std::make_shared<CallReport>();
};

// One caller's view.
class SharedReader final : public CompletionStream {
  public:
    SharedReader(std::shared_ptr<SharedAnswer> answer, CancelToken cancel,
                 std::shared_ptr<Departure> departure);
    ~SharedReader() override;

    const StreamHead& head() const override { return m_answer->m_head; }
    Task<std::optional<CompletionEvent>> next() override;
    std::optional<CompletionEvent> takeReady() override;
    bool endIsNext() const override;
    // Until there is a first event, the end, or a failure.
    Task<void> begun();
    // Until the end; every event, or the whole answer.
    Task<void> ended();
    const SharedAnswer& answer() const { return *m_answer; }
    const std::optional<Completion>& whole() const { return m_answer->m_whole; }

  private:
    friend class SharedAnswer;
    std::shared_ptr<SharedAnswer> m_answer;
    CancelToken m_cancel;
    std::shared_ptr<Departure> m_departure;
    CancelRegistration m_cancelled;
    std::size_t m_at = 0;
    std::size_t m_bytes = 0; // read so far
};

} // namespace exo
