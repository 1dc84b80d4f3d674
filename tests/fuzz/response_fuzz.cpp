// An upstream's HTTP response on foreign bytes: no crash, and the same verdict whether the bytes come at once
// or one by one.
#include "core/net/ResponseParser.h"

#include <cstdint>
#include <cstdlib>

using namespace exo::net;

namespace {

struct Outcome {
    bool refused = false;
    bool complete = false;
    int status = 0;
    std::size_t headers = 0;
    std::string body;
    bool operator==(const Outcome&) const = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

bool drain(ResponseBody& body, Outcome& outcome) {
    while (body.readable()) {
        auto piece = body.take();
        if (!piece.ok()) return false;
        outcome.body += *piece;
    }
    return true;
}

// What is decoded before a refusal depends on how the bytes arrive; that it is refused does not.
Outcome refusedOutcome() {
    Outcome outcome;
    outcome.refused = true;
    return outcome;
}

Outcome parse(std::string_view text, std::size_t step, bool toHead) {
    constexpr std::size_t k_limit = 1u << 16;
    HeadScanner scanner(responseHeadLimits());
    ResponseBody body(k_limit);
    ResponseParser parser(body, toHead);
    Outcome outcome;
    std::size_t have = 0;
    while (!scanner.complete() && have < text.size()) {
        have = std::min(have + step, text.size());
        if (scanner.scan(text.substr(0, have))) return refusedOutcome();
    }
    if (!scanner.complete()) return outcome;
    if (!parser.parseHead(text.substr(0, scanner.size())).ok()) return refusedOutcome();
    require(parser.status() >= 100 && parser.status() <= 999);
    require(parser.headers().size() <= 256);
    outcome.status = parser.status();
    body.begin(parser.headers());
    outcome.headers = parser.headers().size();
    std::size_t at = scanner.size();
    while (!parser.done() && at < text.size()) {
        have = std::min(std::max(have, at) + step, text.size());
        const auto used = parser.parseBody(text.substr(at, have - at));
        if (!used.ok() || !drain(body, outcome)) return refusedOutcome();
        at += *used;
        if (have == text.size()) break;
    }
    if (!parser.done() && !parser.endOfInput().ok()) return outcome;
    outcome.complete = true;
    if (!drain(body, outcome) || !body.checkEnd().ok()) return refusedOutcome();
    require(outcome.body.size() <= k_limit);
    (void)parser.keepAlive();
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const bool toHead : {false, true}) {
        const Outcome whole = parse(text, size + 1, toHead);
        const Outcome single = parse(text, 1, toHead);
        require(whole.refused == single.refused && whole.complete == single.complete);
        require(!whole.complete || whole == single);
    }
    return 0;
}
