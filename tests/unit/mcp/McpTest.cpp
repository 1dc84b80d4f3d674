#include "core/mcp/McpSession.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <deque>

using namespace exo;
using namespace exo::mcp;

namespace {

// "echo" answers at once, "wait" when it is cancelled or let go, "broken" fails.
class Tools final : public ToolBox {
  public:
    explicit Tools(asio::io_context& io)
        : m_gate(io, asio::steady_timer::time_point::max()) {
        for (const char* name : {"echo", "wait", "broken"})
            m_specs.push_back({name,
                               "Title",
                               "What it does",
                               {{"type", "object"}, {"properties", Json::object()}},
                               {{"type", "object"}}});
    }
    const std::vector<ToolSpec>& tools() const override { return m_specs; }
    Task<ToolAnswer> call(ToolRequest request, CancelToken cancel) override {
        ToolAnswer answer;
        answer.text = request.project;
        answer.structured = request.arguments;
        if (request.name == "broken") co_return fail(ErrorCode::NotFound, "the folder is gone");
        if (request.progress) {
            request.progress(1, 10, "parsing");
            request.progress(1, 10, "parsing"); // does not grow: not told
            request.progress(7, 10, "parsing");
        }
        if (request.name == "wait") {
            const auto registration = cancel.onCancel([this](CancelReason) { m_gate.cancel(); });
            boost::system::error_code ignored;
            co_await m_gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        }
        co_return answer;
    }
    void letGo() { m_gate.cancel(); }

  private:
    asio::steady_timer m_gate;
    std::vector<ToolSpec> m_specs;
};

struct Bench {
    asio::io_context io;
    Tools tools{io};
    std::vector<Json> sent;
    std::unique_ptr<McpSession> session;
    std::unique_ptr<RpcReader> reader;

    explicit Bench(std::vector<ProjectRoot> roots = {{"one", "/one"}}) {
        McpOptions options;
        options.roots = std::move(roots);
        options.executor = io.get_executor();
        options.send = [this](const Json& message) { sent.push_back(message); };
        options.maxCalls = 2;
        session = std::make_unique<McpSession>(tools, std::move(options));
        reader = std::make_unique<RpcReader>(
            RpcReader::Handlers{[this](RpcMessage m) { session->onMessage(std::move(m)); },
                                [this](Json error) { sent.push_back(std::move(error)); }},
            1000);
    }
    void say(std::string_view line) {
        reader->feed(line);
        reader->feed("\n");
        io.restart();
        io.poll();
    }
    void greet(std::string_view version = "2025-06-18") {
        say(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
            std::string(version) + R"(","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        say(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    }
    Json last() const { return sent.empty() ? Json() : sent.back(); }
};

std::string callOf(int id, std::string_view tool, std::string_view more = "") {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"tools/call","params":{"name":")" +
           std::string(tool) + R"(","arguments":{"a":1})" + std::string(more) + "}}";
}

} // namespace

TEST_CASE("the version is the client's when we speak it, else our newest") {
    for (const std::string& version : McpSession::versions()) {
        Bench bench;
        bench.greet(version);
        CHECK(bench.last()["result"]["protocolVersion"] == version);
    }
    Bench bench;
    bench.greet("1999-01-01");
    CHECK(bench.last()["result"]["protocolVersion"] == McpSession::versions().front());
    CHECK(bench.last()["result"]["capabilities"]["tools"].is_object());
    CHECK(bench.last()["result"]["serverInfo"]["name"] == "exobrain");
    CHECK(bench.sent.size() == 1); // a notification has no answer
}

TEST_CASE("before initialize only ping is answered") {
    Bench bench;
    bench.say(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
    CHECK(bench.last() == Json{{"jsonrpc", "2.0"}, {"id", "p"}, {"result", Json::object()}});
    bench.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    CHECK(bench.last()["error"]["code"] == k_invalidRequest);
    bench.say(R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{}})");
    CHECK(bench.last()["error"]["code"] == k_invalidParams);
}

TEST_CASE("tools are listed with hints that they only read, and called") {
    Bench bench;
    bench.greet();
    bench.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    const Json tools = bench.last()["result"]["tools"];
    REQUIRE(tools.size() == 3);
    CHECK(tools[0]["annotations"]["readOnlyHint"] == true);
    CHECK_FALSE(tools[0]["inputSchema"]["properties"].contains("project"));
    bench.say(callOf(7, "echo"));
    CHECK(bench.last()["id"] == 7);
    CHECK(bench.last()["result"]["content"][0]["text"] == "/one");
    CHECK(bench.last()["result"]["structuredContent"] == Json{{"a", 1}});
    CHECK(bench.last()["result"]["isError"] == false);
    bench.say(callOf(8, "broken"));
    CHECK(bench.last()["result"]["isError"] == true);
    CHECK(bench.last()["result"]["content"][0]["text"] == "the folder is gone");
    CHECK_FALSE(bench.last()["result"].contains("structuredContent"));
}

TEST_CASE("several projects are told apart by name, and no other can be named") {
    Bench bench({{"one", "/one"}, {"two", "/two"}});
    bench.greet();
    bench.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    CHECK(bench.last()["result"]["tools"][0]["inputSchema"]["properties"]["project"]["enum"] ==
          Json({"one", "two"}));
    bench.say(
        R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"project":"two"}}})");
    CHECK(bench.last()["result"]["content"][0]["text"] == "/two");
    CHECK(bench.last()["result"]["structuredContent"] == Json::object());
    bench.say(callOf(3, "echo"));
    CHECK(bench.last()["result"]["content"][0]["text"] == "/one");
    for (const char* name : {R"("three")", R"("/two")", "5"}) {
        bench.say(
            R"({"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"echo","arguments":{"project":)" +
            std::string(name) + "}}}");
        CHECK(bench.last()["error"]["code"] == k_invalidParams);
    }
}

TEST_CASE("a call can be cancelled, and is not answered then") {
    Bench bench;
    bench.greet();
    bench.say(callOf(5, "wait"));
    const std::size_t before = bench.sent.size();
    bench.say(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}})");
    bench.say(
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5,"reason":"enough"}})");
    CHECK(bench.sent.size() == before);
    bench.say(callOf(5, "echo")); // the id is free again
    CHECK(bench.last()["id"] == 5);
}

TEST_CASE("progress is told when asked for, and only when it grows") {
    Bench bench;
    bench.greet();
    bench.say(callOf(1, "echo", R"(,"_meta":{"progressToken":"tok"})"));
    std::vector<int> steps;
    for (const Json& message : bench.sent)
        if (message.value("method", "") == "notifications/progress") {
            CHECK(message["params"]["progressToken"] == "tok");
            CHECK(message["params"]["total"] == 10);
            steps.push_back(message["params"]["progress"].get<int>());
        }
    CHECK(steps == std::vector<int>{1, 7});
    CHECK(bench.last()["id"] == 1); // the answer comes after
}

TEST_CASE("bounds: calls at once, one id twice, and the end that waits for the answers") {
    Bench bench;
    bench.greet();
    bench.say(callOf(1, "wait"));
    bench.say(callOf(1, "echo"));
    CHECK(bench.last()["error"]["code"] == k_invalidRequest);
    bench.say(callOf(2, "wait"));
    bench.say(callOf(3, "echo"));
    CHECK(bench.last()["error"]["code"] == k_tooBusy);
    bool done = false;
    bench.session->onEnd([&] { done = true; });
    CHECK_FALSE(done);
    bench.tools.letGo();
    bench.io.restart();
    bench.io.poll();
    CHECK(done);
    CHECK(bench.last()["result"]["isError"] == false);
}

TEST_CASE("a session that goes cancels its calls and says nothing more") {
    Bench bench;
    bench.greet();
    bench.say(callOf(1, "wait"));
    const std::size_t before = bench.sent.size();
    bench.session.reset();
    bench.io.restart();
    bench.io.poll();
    CHECK(bench.sent.size() == before);
}

TEST_CASE("what is no message is refused with the code of the specification") {
    Bench bench;
    bench.greet();
    const auto code = [&](std::string_view line) {
        const std::size_t before = bench.sent.size();
        bench.say(line);
        return bench.sent.size() == before ? 0 : bench.last()["error"]["code"].get<int>();
    };
    CHECK(code("{nonsense") == k_parseError);
    CHECK(code("5") == k_invalidRequest);
    CHECK(code("[]") == k_invalidRequest);
    CHECK(code(R"({"id":1,"method":"ping"})") == k_invalidRequest);
    CHECK(code(R"({"jsonrpc":"2.0","id":null,"method":"ping"})") == k_invalidRequest);
    CHECK(code(R"({"jsonrpc":"2.0","id":{},"method":"ping"})") == k_invalidRequest);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":5})") == k_invalidRequest);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":5})") == k_invalidRequest);
    CHECK(code(R"({"jsonrpc":"2.0","id":1})") == k_invalidRequest);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"resources/list"})") == k_methodNotFound);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}})") == k_invalidParams);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}})") ==
          k_invalidParams);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":[]}})") ==
          k_invalidParams);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}})") ==
          k_invalidParams);
    CHECK(code(R"({"jsonrpc":"2.0","id":1,"result":{}})") == 0);
    CHECK(code(R"({"jsonrpc":"2.0","method":"notifications/unknown"})") == 0);
    CHECK(code("") == 0);
    CHECK(code(std::string(5000, '{')) == k_invalidRequest); // longer than a line may be
}

TEST_CASE("lines may come in any pieces, several at once, and the last without an end") {
    std::vector<std::string> methods;
    int refused = 0;
    RpcReader reader({[&](RpcMessage m) { methods.push_back(m.method); }, [&](Json) { ++refused; }}, 200);
    const std::string text =
        "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}\r\n\n{\"jsonrpc\":\"2.0\",\"method\":\"b\"}\n"
        "[{\"jsonrpc\":\"2.0\",\"method\":\"c\"},7]\n" +
        std::string(900, 'x') + "\n{\"jsonrpc\":\"2.0\",\"method\":\"d\"}";
    for (const char c : text)
        reader.feed({&c, 1});
    CHECK(methods == std::vector<std::string>{"a", "b", "c"});
    reader.end();
    CHECK(methods.back() == "d");
    CHECK(refused == 2); // the 7, and the long line once
}
