#include "core/net/CurlClient.h"

#include "core/net/CurlTransfer.h"
#include "core/net/ReadRest.h"

namespace exo::net {

namespace {

using TransferPtr = std::shared_ptr<CurlTransfer>;

class CurlResponse final : public HttpResponse {
  public:
    explicit CurlResponse(TransferPtr transfer)
        : m_transfer(std::move(transfer)) {}
    CurlResponse(const CurlResponse&) = delete;
    CurlResponse& operator=(const CurlResponse&) = delete;
    ~CurlResponse() override { m_transfer->abort(); }

    int status() const override { return m_transfer->status(); }
    const std::vector<Header>& headers() const override { return m_transfer->headers(); }
    Task<std::string> read() override { return CurlTransfer::read(m_transfer); }
    Task<std::string> readAll() override { return readRest(m_transfer); }

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

std::unique_ptr<HttpClient> makeCurlClient(asio::io_context& io) {
    return std::make_unique<CurlClient>(io);
}

} // namespace exo::net
