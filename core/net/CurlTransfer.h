#pragma once
// One HTTP exchange over libcurl: fills in the request, collects headers, buffers a bounded piece of the
// body, keeps the time-outs. Owned by the coroutine in send(), later by the HttpResponse. Lives on the io
// thread.

#include "core/net/CurlEngine.h"
#include "core/net/Event.h"
#include "core/net/HttpClient.h"
#include "core/net/Inflate.h"

#include <array>

namespace exo::net {

class CurlTransfer {
  public:
    CurlTransfer(std::shared_ptr<CurlEngine> engine, HttpRequest request);
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    ~CurlTransfer();

    Result<void> start(const CancelToken& cancel);
    // Completes when the headers are there or the exchange failed without them.
    Task<void> waitForHeaders();
    // See HttpResponse::read(). The buffer is kept alive by the caller.
    Task<std::string> readSome();

    int status() const { return m_status; }
    const std::vector<Header>& headers() const { return m_headers; }
    // A guess at the size of the whole body, for reserving; 0 when unknown.
    std::size_t expectedSize() const { return m_expectedSize; }

    // Ends the exchange with Cancelled and closes its connection. Nothing happens when it is over already.
    void abort();
    // libcurl has finished the exchange.
    void onDone(CURLcode code);

  private:
    static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t onBody(char* data, std::size_t size, std::size_t count, void* self);

    Result<void> configure();
    Result<void> configureHeaders();
    void configureMethod();
    Result<void> configureProxy();
    bool takeHeaderLine(std::string_view line);
    void headersComplete();
    bool refuse(Error error);
    void finishWith(Error error);
    void detach();
    Error errorOf(CURLcode code) const;
    void onDeadline();
    void updateDeadline();
    Result<std::string> takeBody();
    void resumeWhenDrained();

    std::shared_ptr<CurlEngine> m_engine;
    HttpRequest m_request;
    CURL* m_easy = nullptr;
    curl_slist* m_headerList = nullptr;
    std::array<char, CURL_ERROR_SIZE> m_message{};
    CancelRegistration m_registration;
    Event m_event;
    Watchdog m_watchdog;
    SteadyTime m_started{};
    SteadyTime m_waitingSince{};

    int m_status = 0;
    std::vector<Header> m_headers;
    std::size_t m_headerBytes = 0;
    std::size_t m_expectedSize = 0;
    std::string m_buffer;     // as received, maybe compressed
    std::size_t m_offset = 0; // decoded so far
    std::size_t m_delivered = 0;
    std::unique_ptr<Inflater> m_inflater;
    std::optional<Error> m_refusal; // why a callback told libcurl to stop
    std::optional<Error> m_error;
    bool m_haveHeaders = false;
    bool m_bodyStarted = false;
    bool m_unknownCoding = false;
    bool m_waiting = false;
    bool m_paused = false;
    bool m_done = false;
};

} // namespace exo::net
