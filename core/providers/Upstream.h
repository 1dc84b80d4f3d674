#pragma once
// One configured server: where it is, how to get in, and the exchange with it that every wire protocol
// shares. A handle: its provider and the provider's open streams hold the same one; io thread.

#include "core/base/Secret.h"
#include "core/config/Settings.h"
#include "core/net/Endpoint.h"
#include "core/net/HttpClient.h"
#include "core/providers/Provider.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

inline constexpr std::size_t k_maxAnswerBytes = 32u << 20;

enum class AnswerKind { Whole, Stream };

class Upstream {
  public:
    // ConfigError when the address or the proxy cannot be understood.
    static Result<Upstream> make(const ProviderSettings& settings, net::ApiFamily family,
                                 net::HttpClient& http, const Clock& clock);

    const std::string& name() const { return m_parts->name; }
    const Secret& key() const { return m_parts->key; }
    const std::string& prefill() const { return m_parts->prefill; } // the setting
    const Clock& clock() const { return *m_parts->clock; }
    std::int64_t nowSeconds() const { return toUnixMillis(clock().wallNow()) / 1000; }

    // An empty body makes it a GET. The response is 2xx; anything else became an Error. Path and context must
    // stay until this completes.
    Task<std::unique_ptr<net::HttpResponse>> exchange(std::string_view path, std::vector<net::Header> headers,
                                                      std::string body, AnswerKind kind,
                                                      const CallContext& context) const;
    // The same, with the whole body read; an empty body is UpstreamInvalidResponse.
    Task<std::string> fetch(std::string_view path, std::vector<net::Header> headers, std::string body,
                            const CallContext& context) const;
    // Takes our key and our addresses out of an error's texts.
    Error clean(Error error) const;

  private:
    struct Parts {
        std::string name;
        std::string base;
        std::string host;
        Secret key;
        std::string prefill;
        net::ProxySettings proxy;
        net::HttpClient* http = nullptr;
        const Clock* clock = nullptr;
    };

    explicit Upstream(std::shared_ptr<const Parts> parts)
        : m_parts(std::move(parts)) {}
    net::HttpRequest request(std::string_view path, std::vector<net::Header> headers, std::string body,
                             AnswerKind kind, Millis timeout) const;
    Task<std::unique_ptr<net::HttpResponse>> send(std::string_view path, std::vector<net::Header> headers,
                                                  std::string body, AnswerKind kind,
                                                  const CallContext& context) const;
    asio::awaitable<Error> rejection(net::HttpResponse& response) const;

    std::shared_ptr<const Parts> m_parts;
};

// Adds the time of its life to the meter of a call.
class WaitScope {
  public:
    WaitScope(const Clock& clock, std::shared_ptr<CallMeter> meter)
        : m_clock(clock)
        , m_meter(std::move(meter))
        , m_begin(clock.now()) {}
    WaitScope(const WaitScope&) = delete;
    WaitScope& operator=(const WaitScope&) = delete;
    ~WaitScope() {
        if (m_meter) m_meter->waited += m_clock.now() - m_begin;
    }

  private:
    const Clock& m_clock;
    std::shared_ptr<CallMeter> m_meter;
    SteadyTime m_begin;
};

} // namespace exo
