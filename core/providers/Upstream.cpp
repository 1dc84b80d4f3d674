#include "core/providers/Upstream.h"

#include "core/base/Text.h"
#include "core/providers/ErrorMapping.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxStreamBytes =
    1u << 30; // framing included; the answer inside is bounded by its decoder

Result<net::ProxySettings> proxyOf(std::string_view text) {
    using Mode = net::ProxySettings::Mode;
    if (text.empty() || text == "system") return net::ProxySettings{Mode::System, {}};
    if (text == "none") return net::ProxySettings{Mode::None, {}};
    if (text.find("://") == std::string_view::npos)
        return fail(ErrorCode::ConfigError, "'proxy' is none, system or a proxy URL", "proxy");
    return net::ProxySettings{Mode::Custom, std::string(text)};
}

std::string hostOf(std::string_view url) {
    const std::size_t begin = url.find("://");
    url.remove_prefix(begin == std::string_view::npos ? 0 : begin + 3);
    return std::string(url.substr(0, url.find('/')));
}

bool accepted(const net::HttpResponse& response) {
    return response.status() >= 200 && response.status() < 300;
}

} // namespace

Result<Upstream> Upstream::make(const ProviderSettings& settings, net::ApiFamily family,
                                net::HttpClient& http, const Clock& clock) {
    auto base = net::normaliseEndpoint(settings.baseUrl, family);
    if (!base)
        return fail(ErrorCode::ConfigError,
                    "provider \"" + settings.name + "\": baseUrl: " + base.error().detail, "baseUrl");
    const auto parts = std::make_shared<Parts>();
    EXO_TRY(parts->proxy, proxyOf(settings.proxy));
    parts->name = settings.name;
    parts->base = std::move(*base);
    parts->host = hostOf(parts->base);
    parts->key = settings.apiKey;
    parts->prefill = settings.prefill;
    parts->http = &http;
    parts->clock = &clock;
    return Upstream(parts);
}

net::HttpRequest Upstream::request(std::string_view path, std::vector<net::Header> headers, std::string body,
                                   AnswerKind kind, Millis timeout) const {
    net::HttpRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.url = net::endpointUrl(m_parts->base, path);
    request.headers = std::move(headers);
    request.headers.push_back(
        {"Accept", kind == AnswerKind::Stream ? "text/event-stream" : "application/json"});
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    request.timeouts.connect = std::min(Millis(5000), timeout);
    request.timeouts.headers = timeout;
    request.timeouts.idle = timeout;
    request.timeouts.total = kind == AnswerKind::Stream ? Millis(0) : timeout;
    request.proxy = m_parts->proxy;
    request.maxBodyBytes = kind == AnswerKind::Stream ? k_maxStreamBytes : k_maxAnswerBytes;
    return request;
}

asio::awaitable<Error> Upstream::rejection(net::HttpResponse& response) const {
    std::string body;
    while (body.size() < k_maxErrorBody) {
        auto bytes = co_await response.read();
        if (!bytes && bytes.error().code == ErrorCode::Cancelled) co_return std::move(bytes).error();
        if (!bytes || bytes->empty()) break; // the status alone says enough
        body += *bytes;
    }
    co_return errorFromResponse(response.status(), response.headers(), std::move(body), clock().wallNow());
}

Task<std::unique_ptr<net::HttpResponse>> Upstream::send(std::string_view path,
                                                        std::vector<net::Header> headers, std::string body,
                                                        AnswerKind kind, const CallContext& context) const {
    return m_parts->http->send(request(path, std::move(headers), std::move(body), kind, context.timeout),
                               context.cancel);
}

Task<std::unique_ptr<net::HttpResponse>> Upstream::exchange(std::string_view path,
                                                            std::vector<net::Header> headers,
                                                            std::string body, AnswerKind kind,
                                                            const CallContext& context) const {
    if (context.cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    const WaitScope wait(clock(), context.meter);
    auto sent = co_await send(path, std::move(headers), std::move(body), kind, context);
    if (!sent) co_return clean(std::move(sent).error());
    if (accepted(**sent)) co_return sent;
    Error error = co_await rejection(**sent);
    co_return clean(std::move(error));
}

// What exchange() does, in one coroutine: this is the way of nearly every call.
Task<std::string> Upstream::fetch(std::string_view path, std::vector<net::Header> headers, std::string body,
                                  const CallContext& context) const {
    if (context.cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    const WaitScope wait(clock(), context.meter);
    auto sent = co_await send(path, std::move(headers), std::move(body), AnswerKind::Whole, context);
    if (!sent) co_return clean(std::move(sent).error());
    net::HttpResponse& response = **sent;
    if (!accepted(response)) {
        Error error = co_await rejection(response);
        co_return clean(std::move(error));
    }
    auto text = co_await response.readAll();
    if (!text) co_return clean(std::move(text).error());
    if (!trim(*text).empty()) co_return text;
    Error empty = fail(ErrorCode::UpstreamInvalidResponse, "the answer is empty");
    empty.retryable = true;
    co_return empty;
}

Error Upstream::clean(Error error) const {
    for (std::string* text : {&error.detail, &error.upstreamBody}) {
        scrub(*text, m_parts->key.reveal(), "***");
    }
    scrub(error.detail, m_parts->base, "the upstream");
    scrub(error.detail, m_parts->host, "the upstream");
    if (error.code == ErrorCode::UpstreamConnection) error.retryable = true;
    return error;
}

} // namespace exo
