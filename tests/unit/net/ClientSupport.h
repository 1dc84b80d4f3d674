#pragma once
// Shared by the tests of the HTTP client.

#include "core/net/HttpClient.h"
#include "tests/unit/net/Raw.h"

namespace exo::test {

// Every test of the client runs over both engines: TEST_CASE_TEMPLATE("…", Engine, Plain, Curl).
struct Plain {
    static constexpr auto engine = net::HttpEngine::Auto;
};
struct Curl {
    static constexpr auto engine = net::HttpEngine::Curl;
};

struct Answer {
    Result<std::unique_ptr<net::HttpResponse>> response = fail(ErrorCode::Internal, "not yet");
    Result<std::string> body = fail(ErrorCode::Internal, "not yet");
    bool sent = false; // send() has completed
    bool done = false;

    int status() const { return response.ok() ? response.value()->status() : 0; }
    std::string_view header(std::string_view name) const {
        return response.ok() ? net::findHeader(response.value()->headers(), name) : std::string_view();
    }
    ErrorCode sendError() const { return response.ok() ? ErrorCode::Internal : response.error().code; }
    ErrorCode bodyError() const { return body.ok() ? ErrorCode::Internal : body.error().code; }
};

inline net::HttpRequest get(std::string url) {
    net::HttpRequest request;
    request.url = std::move(url);
    request.proxy.mode = net::ProxySettings::Mode::None;
    return request;
}

inline asio::awaitable<void> fetch(net::HttpClient& client, net::HttpRequest request, CancelToken cancel,
                                   std::shared_ptr<Answer> answer) {
    answer->response = co_await client.send(std::move(request), std::move(cancel));
    answer->sent = true;
    if (answer->response.ok()) answer->body = co_await answer->response.value()->readAll();
    answer->done = true;
}

template <class Engine>
struct ClientFixture {
    asio::io_context io{1};
    std::unique_ptr<net::HttpClient> client = net::makeHttpClient(io, Engine::engine);
    CancelSource source;

    std::shared_ptr<Answer> start(net::HttpRequest request) {
        auto answer = std::make_shared<Answer>();
        asio::co_spawn(io, fetch(*client, std::move(request), source.token(), answer), asio::detached);
        return answer;
    }
    void until(std::function<bool()> condition) { run(io, test::until(std::move(condition))); }
    std::shared_ptr<Answer> finish(net::HttpRequest request) {
        auto answer = start(std::move(request));
        until([&] { return answer->done; });
        return answer;
    }
};

// Sends and reads everything.
inline asio::awaitable<std::shared_ptr<Answer>> fetched(net::HttpClient& client, net::HttpRequest request) {
    auto answer = std::make_shared<Answer>();
    co_await fetch(client, std::move(request), CancelToken(), answer);
    co_return answer;
}

inline std::string okWith(std::string_view body, std::string_view more = {}) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more) +
           "\r\n" + std::string(body);
}

} // namespace exo::test
