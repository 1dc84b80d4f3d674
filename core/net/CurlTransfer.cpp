#include "core/net/CurlTransfer.h"

#include "core/base/Text.h"

namespace exo::net {

namespace {

constexpr std::size_t k_highWater = 256u << 10;
constexpr std::size_t k_lowWater = 64u << 10;
constexpr std::size_t k_maxHeaderBytes = 64u << 10;
constexpr std::size_t k_maxHeaders = 256;

std::string_view trimLineEnd(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

} // namespace

CurlTransfer::CurlTransfer(std::shared_ptr<CurlEngine> engine, HttpRequest request)
    : m_engine(std::move(engine))
    , m_request(std::move(request))
    , m_watchdog(m_engine->timers(), [this] { onDeadline(); })
    , m_body(m_request.maxBodyBytes) {}

CurlTransfer::~CurlTransfer() {
    detach();
}

Result<void> CurlTransfer::start(const CancelToken& cancel) {
    m_easy = m_engine->acquire();
    if (!m_easy) return fail(ErrorCode::Internal, "libcurl gave no handle");
    EXO_CHECK(configure());
    m_started = std::chrono::steady_clock::now();
    updateDeadline();
    if (!m_engine->add(*this, m_easy)) return fail(ErrorCode::Internal, "libcurl took no transfer");
    m_registration = cancel.onCancel([this](CancelReason) { abort(); });
    return {};
}

Task<void> CurlTransfer::waitForHeaders() {
    while (!m_haveHeaders && !m_error)
        co_await m_event.wait();
    if (m_error && (!m_haveHeaders || m_error->code == ErrorCode::Cancelled)) co_return *m_error;
    co_return Result<void>();
}

// Owns the transfer, so that a response may be destroyed while one of its reads is under way.
Task<std::string> CurlTransfer::read(std::shared_ptr<CurlTransfer> self) {
    co_return co_await self->readSome();
}

Task<std::string> CurlTransfer::readSome() {
    for (;;) {
        if (m_body.readable()) {
            Result<std::string> piece = m_body.take();
            if (!piece.ok()) finishWith(piece.error());
            resumeWhenDrained();
            if (!piece.ok() || !piece->empty()) co_return piece;
            continue;
        }
        if (m_error) co_return *m_error;
        if (m_done) {
            EXO_CO_CHECK(m_body.checkEnd());
            co_return std::string();
        }
        m_waiting = true;
        m_waitingSince = std::chrono::steady_clock::now();
        updateDeadline();
        co_await m_event.wait();
        m_waiting = false;
    }
}

void CurlTransfer::resumeWhenDrained() {
    if (!m_paused || m_done || m_error || m_body.unread() > k_lowWater) return;
    m_paused = false;
    curl_easy_pause(m_easy, CURLPAUSE_CONT); // may call onBody at once
    m_engine->kick();
}

std::size_t CurlTransfer::onBody(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const std::size_t bytes = size * count;
    if (transfer.m_body.unread() >= k_highWater) {
        transfer.m_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    transfer.m_body.append(data, bytes);
    if (transfer.m_waiting) transfer.m_event.notify();
    return bytes;
}

std::size_t CurlTransfer::onHeader(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const std::size_t bytes = size * count;
    if (transfer.m_haveHeaders) return bytes; // trailers
    return transfer.takeHeaderLine(std::string_view(data, bytes)) ? bytes : 0;
}

bool CurlTransfer::takeHeaderLine(std::string_view line) {
    m_headerBytes += line.size();
    if (m_headerBytes > k_maxHeaderBytes || m_headers.size() >= k_maxHeaders)
        return refuse(fail(ErrorCode::UpstreamInvalidResponse, "the response headers are too large"));
    line = trimLineEnd(line);
    if (line.empty()) {
        long status = 0;
        curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &status);
        if (status >= 200) {
            m_status = static_cast<int>(status);
            headersComplete();
        }
        return true;
    }
    if (line.starts_with("HTTP/")) { // also after an interim 1xx response
        m_headers.clear();
        return true;
    }
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (folded && !m_headers.empty()) {
        m_headers.back().value.append(" ").append(trim(line));
        return true;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    m_headers.push_back({std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
    return true;
}

void CurlTransfer::headersComplete() {
    m_haveHeaders = true;
    m_body.begin(m_headers);
    updateDeadline();
    m_event.notify();
}

bool CurlTransfer::refuse(Error error) {
    m_refusal = std::move(error);
    return false;
}

void CurlTransfer::abort() {
    finishWith(fail(ErrorCode::Cancelled));
}

// Never called from within libcurl: only from timers, tokens, readers and onDone().
void CurlTransfer::finishWith(Error error) {
    if (m_error) return;
    const bool keepBody = error.code == ErrorCode::UpstreamConnection;
    m_error = std::move(error);
    if (!keepBody) m_body.clear();
    detach();
    m_event.notify();
}

void CurlTransfer::detach() {
    m_registration.reset();
    m_watchdog.clear();
    if (!m_easy) return;
    m_engine->remove(*this, m_easy);
    m_engine->release(std::exchange(m_easy, nullptr));
    curl_slist_free_all(std::exchange(m_headerList, nullptr));
}

void CurlTransfer::onDone(CURLcode code) {
    if (code != CURLE_OK) {
        finishWith(m_refusal ? std::move(*m_refusal) : errorOf(code));
        return;
    }
    if (!m_haveHeaders) { // libcurl finds nothing wrong with a response that stops after its status line
        finishWith(errorOf(CURLE_GOT_NOTHING));
        return;
    }
    m_done = true;
    detach();
    m_event.notify();
}

void CurlTransfer::updateDeadline() {
    SteadyTime deadline = SteadyTime::max();
    const auto bound = [&](SteadyTime from, Millis span) {
        if (span > Millis(0)) deadline = std::min(deadline, from + span);
    };
    bound(m_started, m_request.timeouts.total);
    if (!m_haveHeaders)
        bound(m_started, m_request.timeouts.headers);
    else if (m_waiting)
        bound(m_waitingSince, m_request.timeouts.idle);
    if (deadline == SteadyTime::max())
        m_watchdog.clear();
    else
        m_watchdog.setAt(deadline);
}

void CurlTransfer::onDeadline() {
    if (m_done || m_error) return;
    const auto now = std::chrono::steady_clock::now();
    const HttpTimeouts& t = m_request.timeouts;
    const auto passed = [now](SteadyTime from, Millis span) {
        return span > Millis(0) && now >= from + span;
    };
    std::string detail;
    if (passed(m_started, t.total))
        detail = "no end within " + std::to_string(t.total.count()) + " ms";
    else if (!m_haveHeaders && passed(m_started, t.headers))
        detail = "no headers within " + std::to_string(t.headers.count()) + " ms";
    else if (m_haveHeaders && m_waiting && passed(m_waitingSince, t.idle))
        detail = "silence for " + std::to_string(t.idle.count()) + " ms";
    if (detail.empty())
        updateDeadline();
    else
        finishWith(fail(ErrorCode::UpstreamTimeout, std::move(detail)));
}

Error CurlTransfer::errorOf(CURLcode code) const {
    std::string detail = m_message[0] ? m_message.data() : curl_easy_strerror(code);
    Error error(ErrorCode::UpstreamConnection, std::move(detail));
    error.retryable = !m_haveHeaders;
    switch (code) {
    case CURLE_URL_MALFORMAT: return fail(ErrorCode::InvalidRequest, std::move(error.detail), "url");
    case CURLE_OPERATION_TIMEDOUT:
        error.code = ErrorCode::UpstreamTimeout;
        return error;                // connecting: nothing was sent
    case CURLE_UNSUPPORTED_PROTOCOL: // HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_OUT_OF_MEMORY: // a header line longer than libcurl takes
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_FILESIZE_EXCEEDED:
        error.code = ErrorCode::UpstreamInvalidResponse;
        error.retryable = false;
        return error;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: error.retryable = false; return error;
    default: return error;
    }
}

} // namespace exo::net
