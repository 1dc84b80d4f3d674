#include "core/Webhook.h"
#include "tests/support/FakeClock.h"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <deque>

using namespace exo;
using namespace exo::test;

namespace {

class StatusOnly final : public net::HttpResponse {
  public:
    explicit StatusOnly(int status)
        : m_status(status) {}
    int status() const override { return m_status; }
    const std::vector<net::Header>& headers() const override { return m_headers; }
    Task<std::string> read() override { co_return std::string(); }
    Task<std::string> readAll() override { co_return std::string(); }

  private:
    int m_status;
    std::vector<net::Header> m_headers;
};

// Answers with the statuses in `script`, then with 204; 0 = no connection.
class Receiver final : public net::HttpClient {
  public:
    std::deque<int> script;
    std::vector<net::HttpRequest> requests;

    Task<std::unique_ptr<net::HttpResponse>> send(net::HttpRequest request, CancelToken) override {
        requests.push_back(std::move(request));
        int status = 204;
        if (!script.empty()) {
            status = script.front();
            script.pop_front();
        }
        if (status == 0) co_return fail(ErrorCode::UpstreamConnection);
        std::unique_ptr<net::HttpResponse> response = std::make_unique<StatusOnly>(status);
        co_return std::move(response);
    }
};

struct Rig {
    ~Rig() {
        hook.stop();
        settle();
    }
    api::Alert alert(std::string metric) const {
        api::Alert alert;
        alert.metric = std::move(metric);
        alert.since = clock.wallNow();
        return alert;
    }
    void settle() {
        io.restart();
        io.poll();
    }
    void wait(Millis time) {
        clock.advance(time);
        settle();
    }

    asio::io_context io;
    FakeClock clock;
    Receiver receiver;
    Webhook hook{io.get_executor(), receiver, clock, clock, {"http://hook.test/x", Secret("s3cret")}};
};

} // namespace

TEST_CASE("an alert is one signed POST") {
    Rig rig;
    rig.hook.tell(rig.alert("cpu"), "http://server");
    rig.settle();
    REQUIRE(rig.receiver.requests.size() == 1);
    const auto& request = rig.receiver.requests[0];
    CHECK(request.method == "POST");
    CHECK(request.url == "http://hook.test/x");
    const Json json = Json::parse(request.body);
    CHECK(json["event"] == "alert");
    CHECK(json["origin"] == "http://server");
    CHECK(json["alert"]["metric"] == "cpu");
    const auto timestamp = net::findHeader(request.headers, "x-exobrain-timestamp");
    CHECK(net::findHeader(request.headers, "x-exobrain-signature") ==
          webhookSignature(Secret("s3cret"), timestamp, request.body));
    CHECK(rig.hook.delivered() == 1);
}

TEST_CASE("the signature is the HMAC that others compute") {
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
    CHECK(webhookSignature(Secret("key"), "1700000000", "{}") ==
          "sha256=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae");
}

TEST_CASE("what is not accepted is repeated with growing pauses, in order") {
    Rig rig;
    rig.receiver.script = {0, 500, 429};
    rig.hook.tell(rig.alert("cpu"), "s");
    rig.hook.tell(rig.alert("disk"), "s");
    rig.settle();
    CHECK(rig.receiver.requests.size() == 1);
    rig.wait(Millis(999));
    CHECK(rig.receiver.requests.size() == 1);
    rig.wait(Millis(1));
    CHECK(rig.receiver.requests.size() == 2);
    rig.wait(Millis(2000));
    CHECK(rig.receiver.requests.size() == 3);
    rig.wait(Millis(4000));
    CHECK(rig.receiver.requests.size() == 5); // the first is through, the second follows
    CHECK(Json::parse(rig.receiver.requests[4].body)["alert"]["metric"] == "disk");
    CHECK(rig.hook.delivered() == 2);
    CHECK(rig.hook.waiting() == 0);
}

TEST_CASE("a refusal is final, and there is an end to patience") {
    Rig rig;
    rig.receiver.script = {404};
    rig.hook.tell(rig.alert("cpu"), "s");
    rig.settle();
    CHECK(rig.hook.dropped() == 1);
    rig.receiver.script.assign(100, 503);
    rig.receiver.requests.clear();
    rig.hook.tell(rig.alert("cpu"), "s");
    rig.settle();
    for (int i = 0; i < 20; ++i)
        rig.wait(Millis(100'000));
    CHECK(rig.receiver.requests.size() == Webhook::k_attempts);
    CHECK(rig.hook.dropped() == 2);
}

TEST_CASE("the queue is bounded: the oldest go") {
    Rig rig;
    rig.receiver.script.assign(1000, 0);
    for (int i = 0; i < 500; ++i) {
        rig.hook.tell(rig.alert("m" + std::to_string(i)), "s");
        rig.settle();
    }
    CHECK(rig.hook.waiting() == Webhook::k_longestQueue);
    CHECK(rig.hook.dropped() == 399); // one is under way
}
