#pragma once
// One HTTP exchange over libcurl: fills in the request, collects headers, buffers a bounded piece of the
// body, keeps the time-outs. Owned by the coroutine in send(), later by the HttpResponse. Lives on the io
// thread.

#include "core/net/CurlEngine.h"
#include "core/net/Event.h"
#include "core/net/HttpClient.h"
#include "core/net/ResponseBody.h"

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
    // See HttpResponse::read().
    static Task<std::string> read(std::shared_ptr<CurlTransfer> self);

    int status() const { return m_status; }
    const std::vector<Header>& headers() const { return m_headers; }
    std::size_t expectedSize() const { return m_body.expectedSize(); }

    // Ends the exchange with Cancelled and closes its connection. Nothing happens when it is over already.
    void abort();
    // libcurl has finished the exchange.
    void onDone(CURLcode code);

  private:
    Task<std::string> readSome();
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
    ResponseBody m_body;
    ErrorBox m_refusal; // why a callback told libcurl to stop
    ErrorBox m_error;
    bool m_haveHeaders = false;
    bool m_waiting = false;
    bool m_paused = false;
    bool m_done = false;
};

} // namespace exo::net
