#include "core/net/HttpClient.h"

#include "core/base/Text.h"
#include "core/net/CurlTransfer.h"

namespace exo::net {

namespace {

using TransferPtr = std::shared_ptr<CurlTransfer>;

// The coroutines own the transfer, so that a response may be destroyed while one of its reads is under way.
Task<std::string> readSome(TransferPtr transfer) {
    co_return co_await transfer->readSome();
}

Task<std::string> readRest(TransferPtr transfer, std::size_t maxReserve) {
    std::string body;
    for (;;) {
        EXO_CO_TRY(std::string piece, co_await transfer->readSome());
        if (piece.empty()) co_return body;
        if (body.empty()) {
            body = std::move(piece);
            body.reserve(std::min(transfer->expectedSize(), maxReserve));
        } else {
            body += piece;
        }
    }
}

class CurlResponse final : public HttpResponse {
  public:
    explicit CurlResponse(TransferPtr transfer)
        : m_transfer(std::move(transfer)) {}
    CurlResponse(const CurlResponse&) = delete;
    CurlResponse& operator=(const CurlResponse&) = delete;
    ~CurlResponse() override { m_transfer->abort(); }

    int status() const override { return m_transfer->status(); }
    const std::vector<Header>& headers() const override { return m_transfer->headers(); }
    Task<std::string> read() override { return readSome(m_transfer); }
    Task<std::string> readAll() override { return readRest(m_transfer, 1u << 20); }

  private:
    TransferPtr m_transfer;
};

Task<std::unique_ptr<HttpResponse>> sendOn(std::shared_ptr<CurlEngine> engine, HttpRequest request,
                                           CancelToken cancel) {
    if (cancel.cancelled() || engine->closed()) co_return fail(ErrorCode::Cancelled);
    const auto transfer = std::make_shared<CurlTransfer>(std::move(engine), std::move(request));
    EXO_CO_CHECK(transfer->start(cancel));
    std::unique_ptr<HttpResponse> response = std::make_unique<CurlResponse>(transfer);
    EXO_CO_CHECK(co_await transfer->waitForHeaders());
    co_return response;
}

class CurlClient final : public HttpClient {
  public:
    explicit CurlClient(asio::io_context& io)
        : m_engine(std::make_shared<CurlEngine>(io)) {}
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;
    ~CurlClient() override { m_engine->close(); }

    Task<std::unique_ptr<HttpResponse>> send(HttpRequest request, CancelToken cancel) override {
        return sendOn(m_engine, std::move(request), std::move(cancel));
    }

  private:
    std::shared_ptr<CurlEngine> m_engine;
};

} // namespace

std::string_view findHeader(const std::vector<Header>& headers, std::string_view name) {
    for (const Header& header : headers) {
        if (equalsIgnoreCase(header.name, name)) return header.value;
    }
    return {};
}

std::unique_ptr<HttpClient> makeHttpClient(asio::io_context& io) {
    return std::make_unique<CurlClient>(io);
}

} // namespace exo::net
