#include "core/gateway/SharedAnswer.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_readAhead = 256u << 10;
// Beyond this an answer is not kept whole: no more readers, nothing to cache.
constexpr std::size_t k_maxKept = 1u << 20;

std::size_t bytesOf(const CompletionEvent& event) {
    std::size_t bytes = sizeof(CompletionEvent);
    if (const auto* text = std::get_if<TextDelta>(&event)) bytes += text->text.size();
    if (const auto* text = std::get_if<ReasoningDelta>(&event)) bytes += text->text.size();
    if (const auto* call = std::get_if<ToolCallDelta>(&event)) bytes += call->arguments.size();
    return bytes;
}

} // namespace

bool SharedAnswer::joinable() const {
    return !m_readers.empty() && !m_cancel.cancelled() && m_first == 0 && m_bytes <= k_maxKept;
}

std::unique_ptr<SharedReader> SharedAnswer::join(CancelToken cancel, std::shared_ptr<Departure> departure) {
    if (m_held && departure) departure->hold();
    return std::make_unique<SharedReader>(shared_from_this(), std::move(cancel), std::move(departure));
}

void SharedAnswer::hold() {
    m_held = true;
    for (const SharedReader* reader : m_readers)
        if (reader->m_departure) reader->m_departure->hold();
}

bool SharedAnswer::letGo() {
    m_held = false;
    std::vector<std::shared_ptr<Departure>> departures; // who is gone leaves m_readers
    for (const SharedReader* reader : m_readers)
        if (reader->m_departure) departures.push_back(reader->m_departure);
    for (const auto& departure : departures)
        (void)departure->letGo();
    return m_cancel.cancelled();
}

void SharedAnswer::begin(StreamHead head) {
    m_head = std::move(head);
    m_begun = true;
    m_changed.notify();
}

void SharedAnswer::add(CompletionEvent event) {
    m_bytes += bytesOf(event);
    m_events.push_back(std::move(event));
    trim();
    m_changed.notify();
}

void SharedAnswer::trim() {
    if (m_bytes <= k_maxKept) return;
    std::size_t slowest = m_first + m_events.size();
    for (const SharedReader* reader : m_readers)
        slowest = std::min(slowest, reader->m_at);
    for (; m_first < slowest; ++m_first)
        m_events.pop_front();
}

std::size_t SharedAnswer::unread() const {
    std::size_t read = m_bytes <= k_maxKept ? 0 : m_bytes;
    for (const SharedReader* reader : m_readers)
        read = m_bytes <= k_maxKept ? std::max(read, reader->m_bytes) : std::min(read, reader->m_bytes);
    return m_bytes - read;
}

bool SharedAnswer::crowded() const {
    return !m_cancel.cancelled() && !m_readers.empty() && unread() > k_readAhead;
}

asio::awaitable<void> SharedAnswer::waitForRoom() {
    while (crowded())
        co_await m_room.wait();
}

void SharedAnswer::end() {
    m_begun = m_ended = true;
    m_changed.notify();
}

void SharedAnswer::endWith(Completion whole) {
    m_whole = std::move(whole);
    end();
}

void SharedAnswer::fail(Error error) {
    m_error = std::move(error);
    end();
}

void SharedAnswer::leave(SharedReader* reader) {
    std::erase(m_readers, reader);
    m_room.notify();
    if (m_readers.empty() && !m_ended) m_cancel.cancel(CancelReason::ClientGone);
}

SharedReader::SharedReader(std::shared_ptr<SharedAnswer> answer, CancelToken cancel,
                           std::shared_ptr<Departure> departure)
    : m_answer(std::move(answer))
    , m_cancel(std::move(cancel))
    , m_departure(std::move(departure)) {
    m_answer->m_readers.push_back(this);
    m_cancelled = m_cancel.onCancel([this](CancelReason) {
        const auto kept = m_answer; // leaving may end the call, and with it this reader
        kept->leave(this);
        kept->m_changed.notify();
    });
}

SharedReader::~SharedReader() {
    m_cancelled.reset();
    m_answer->leave(this);
}

Task<std::optional<CompletionEvent>> SharedReader::next() {
    const auto answer = m_answer;
    for (;;) {
        if (m_cancel.cancelled()) co_return exo::fail(ErrorCode::Cancelled);
        if (auto event = takeReady()) co_return event;
        if (answer->m_error) co_return *answer->m_error;
        if (answer->m_ended) co_return std::optional<CompletionEvent>();
        co_await answer->m_changed.wait();
    }
}

std::optional<CompletionEvent> SharedReader::takeReady() {
    SharedAnswer& answer = *m_answer;
    if (m_cancel.cancelled() || m_at >= answer.m_first + answer.m_events.size()) return std::nullopt;
    std::optional<CompletionEvent> event = answer.m_events[m_at++ - answer.m_first];
    m_bytes += bytesOf(*event);
    answer.m_room.notify();
    return event;
}

bool SharedReader::endIsNext() const {
    const SharedAnswer& answer = *m_answer;
    const bool allRead = m_at >= answer.m_first + answer.m_events.size();
    return answer.m_ended && !answer.m_error && allRead && !m_cancel.cancelled();
}

Task<void> SharedReader::begun() {
    const auto answer = m_answer;
    while (!answer->m_begun && !m_cancel.cancelled())
        co_await answer->m_changed.wait();
    if (m_cancel.cancelled()) co_return exo::fail(ErrorCode::Cancelled);
    if (answer->m_error && answer->m_events.empty()) co_return *answer->m_error;
    co_return Result<void>();
}

Task<void> SharedReader::ended() {
    const auto answer = m_answer;
    while (!answer->m_ended && !m_cancel.cancelled()) {
        // This reader takes in everything: whoever waits for the whole must not hold up the feeder.
        m_at = answer->m_first + answer->m_events.size();
        m_bytes = answer->m_bytes;
        answer->m_room.notify();
        co_await answer->m_changed.wait();
    }
    if (m_cancel.cancelled()) co_return exo::fail(ErrorCode::Cancelled);
    if (answer->m_error) co_return *answer->m_error;
    co_return Result<void>();
}

} // namespace exo
