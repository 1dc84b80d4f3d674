#include "core/net/Sse.h"

#include <doctest/doctest.h>

#include <vector>

using namespace std::string_literals;
using namespace exo;
using namespace exo::net;

namespace {

auto into(std::vector<SseEvent>& events) {
    return [&events](const SseEvent& event) { events.push_back(event); };
}

std::vector<SseEvent> parsed(std::string_view text, std::size_t split = std::string_view::npos) {
    SseParser parser;
    std::vector<SseEvent> events;
    for (const std::string_view part : {text.substr(0, split), text.substr(std::min(split, text.size()))})
        CHECK(parser.feed(part, into(events)).ok());
    parser.finish(into(events));
    return events;
}

// Everything an upstream was ever seen to send, in one stream.
const std::string k_nasty = "\xEF\xBB\xBF: a comment\n"
                            "event: first\rdata: one\r\ndata:two\ndata\n\n"
                            "\n\r\n\r"
                            "data: \xE4\xBD\xA0\xE5\xA5\xBD, \xF0\x9F\x98\x80\r\n\r\n"
                            "id: 7\nretry: 100\nunknown: x\nevent: named\ndata:  two spaces\r\r"
                            "event: no data\n\n"
                            "id: a\0b\ndata: nul in id\n\n"
                            "data:{\"a\":\"b: c\"}\n:\n\n"
                            "id\ndata:\n\n"
                            "data: [DONE]"s;

} // namespace

TEST_CASE("events are the same however the bytes are split") {
    const std::string text = k_nasty + std::string("\n\n");
    const std::vector<SseEvent> whole = parsed(text);
    for (std::size_t split = 0; split <= text.size(); ++split) {
        CAPTURE(split);
        CHECK(parsed(text, split) == whole);
    }
    SseParser parser;
    std::vector<SseEvent> events;
    for (const char c : text)
        REQUIRE(parser.feed(std::string_view(&c, 1), into(events)).ok());
    CHECK(events == whole);
}

TEST_CASE("line ends, a byte order mark, comments, missing spaces and several data lines are understood") {
    const std::vector<SseEvent> events = parsed(k_nasty);
    REQUIRE(events.size() >= 3);
    CHECK(events[0] == SseEvent{"first", "one\ntwo\n", ""});
    CHECK(events[1] == SseEvent{"", "\xE4\xBD\xA0\xE5\xA5\xBD, \xF0\x9F\x98\x80", ""});
    CHECK(events[2] == SseEvent{"named", " two spaces", "7"});
}

TEST_CASE("an event of comments or names only is not dispatched, and its name does not leak into the next") {
    const std::vector<SseEvent> events = parsed("event: lost\n\ndata: x\n\n: ping\n\n");
    REQUIRE(events.size() == 1);
    CHECK(events[0] == SseEvent{"", "x", ""});
}

TEST_CASE("the last id stays until another event changes it, and one with NUL is ignored") {
    const std::vector<SseEvent> events =
        parsed("id: 1\ndata: a\n\ndata: b\n\nid: 2\0x\ndata: c\n\nid\ndata: d\n\n"s);
    REQUIRE(events.size() == 4);
    CHECK(events[0].id == "1");
    CHECK(events[1].id == "1");
    CHECK(events[2].id == "1");
    CHECK(events[3].id.empty());
}

TEST_CASE("without its blank line an event comes out only at finish") {
    SseParser parser;
    std::vector<SseEvent> events;
    REQUIRE(parser.feed("data: cut", into(events)).ok());
    CHECK(events.empty());
    parser.finish(into(events));
    REQUIRE(events.size() == 1);
    CHECK(events[0].data == "cut");
    parser.finish(into(events));
    CHECK(events.size() == 1);
}

TEST_CASE("an event past the limit is refused for every split, and the parser stays refused") {
    const std::string text =
        "data: ok\n\ndata: " + std::string(90, 'x') + "\ndata: " + std::string(90, 'y') + "\n\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        CAPTURE(step);
        SseParser parser(128);
        bool refused = false;
        std::vector<SseEvent> events;
        for (std::size_t at = 0; at < text.size(); at += step) {
            const Result<void> fed = parser.feed(std::string_view(text).substr(at, step), into(events));
            if (!fed.ok()) CHECK(fed.error().code == ErrorCode::UpstreamInvalidResponse);
            refused = refused || !fed.ok();
        }
        CHECK(refused);
        CHECK_FALSE(parser.feed("data: later\n\n", into(events)).ok());
        REQUIRE(events.size() == 1);
        CHECK(events[0].data == "ok");
    }
}

TEST_CASE("an endless line without an end is refused at the limit") {
    SseParser parser(1000);
    std::size_t fed = 0;
    std::vector<SseEvent> events;
    while (parser.feed(std::string(100, 'x'), into(events)).ok()) {
        fed += 100;
        REQUIRE(fed <= 1000);
    }
    CHECK(fed == 1000);
}

TEST_CASE("many small lines in one piece are parsed in one pass") {
    // With a pass over the rest for every line this would be 10^11 steps.
    std::string text;
    for (int i = 0; i < 400000; ++i)
        text += "data\r\r";
    SseParser parser;
    std::size_t events = 0;
    REQUIRE(parser.feed(text, [&](const SseEvent&) { ++events; }).ok());
    CHECK(events == 400000);
}

TEST_CASE("what formatSse writes is what the parser reads") {
    for (const std::string_view data :
         {"", "x", "a\nb", "a\r\nb", "a\rb", "\n", "ends\n", "\xE4\xBD\xA0", ": c", " lead"}) {
        CAPTURE(data);
        const std::string text = formatSse("delta", data);
        CHECK(text.starts_with("event: delta\ndata: "));
        CHECK(text.ends_with("\n\n"));
        const auto events = parsed(text);
        REQUIRE(events.size() == 1);
        std::string expected;
        for (std::size_t i = 0; i < data.size(); ++i) {
            if (data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n') continue;
            expected += data[i] == '\r' ? '\n' : data[i];
        }
        CHECK(events[0] == SseEvent{"delta", expected, ""});
    }
    CHECK(formatSse("", "{}") == "data: {}\n\n");
    CHECK(formatSse("a\nid: 1", "x") == "event: aid: 1\ndata: x\n\n");
}
