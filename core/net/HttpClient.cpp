#include "core/net/HttpClient.h"

#include "core/base/Text.h"
#include "core/net/CurlClient.h"
#include "core/net/PlainExchange.h"
#include "core/net/RequestCheck.h"

namespace exo::net {

namespace {

using TargetPtr = std::shared_ptr<const PlainTarget>;

Task<std::unique_ptr<HttpResponse>> refuse(Error error) {
    co_return error;
}

// libcurl, which costs memory even when idle, is started by the first request that needs it.
class RoutedClient final : public HttpClient {
  public:
    explicit RoutedClient(asio::io_context& io)
        : m_plain(std::make_shared<PlainEngine>(io)) {}
    RoutedClient(const RoutedClient&) = delete;
    RoutedClient& operator=(const RoutedClient&) = delete;
    ~RoutedClient() override { m_plain->close(); }

    Task<std::unique_ptr<HttpResponse>> send(HttpRequest request, CancelToken cancel) override {
        if (Result<void> sound = checkRequest(request); !sound.ok()) return refuse(sound.error());
        if (auto target = targetOf(request))
            return PlainExchange::send(
                std::make_shared<PlainExchange>(m_plain, std::move(request), std::move(target)),
                std::move(cancel));
        if (!m_curl) m_curl = makeCurlClient(m_plain->io);
        return m_curl->send(std::move(request), std::move(cancel));
    }

  private:
    // Most requests go where the last one went: its address is not taken apart again, where nothing but the
    // request decides on it.
    TargetPtr targetOf(const HttpRequest& request) {
        const ProxySettings::Mode mode = request.proxy.mode;
        if (m_last && m_lastUrl == request.url && m_lastMode == mode && !namesConnection(request.headers))
            return m_last;
        auto target = plainTarget(request);
        if (!target) return nullptr;
        auto made = std::make_shared<const PlainTarget>(std::move(*target));
        if (!made->loopback && mode != ProxySettings::Mode::None) return made; // the environment as well
        m_last = made;
        m_lastUrl = request.url;
        m_lastMode = mode;
        return made;
    }

    TargetPtr m_last;
    std::string m_lastUrl;
    ProxySettings::Mode m_lastMode = ProxySettings::Mode::None;
    std::shared_ptr<PlainEngine> m_plain;
    std::unique_ptr<HttpClient> m_curl;
};

} // namespace

std::string_view findHeader(const std::vector<Header>& headers, std::string_view name) {
    for (const Header& header : headers) {
        if (equalsIgnoreCase(header.name, name)) return header.value;
    }
    return {};
}

std::unique_ptr<HttpClient> makeHttpClient(asio::io_context& io, HttpEngine engine) {
    if (engine == HttpEngine::Curl) return makeCurlClient(io);
    return std::make_unique<RoutedClient>(io);
}

} // namespace exo::net
