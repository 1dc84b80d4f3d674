// The HTTP request head and body parser on foreign bytes: no crash, and the same verdict whether the bytes
// come at once or one by one (a difference is where request smuggling begins).
#include "core/net/RequestParser.h"

#include <cstdint>
#include <cstdlib>

using namespace exo::net;

namespace {

struct Outcome {
    int status = 0; // of the refusal
    bool complete = false;
    std::string method, path, query, body;
    bool operator==(const Outcome&) const = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

ServerLimits smallLimits() {
    ServerLimits limits;
    limits.maxRequestLine = 256;
    limits.maxHeaderBytes = 1024;
    limits.maxHeaders = 20;
    limits.maxBody = 4096;
    return limits;
}

Outcome parse(std::string_view text, std::size_t step) {
    static const ServerLimits limits = smallLimits();
    HeadScanner scanner(headLimits(limits));
    RequestParser parser(limits);
    Outcome outcome;
    std::size_t have = 0;
    std::optional<Problem> problem;
    while (!scanner.complete() && !problem && have < text.size()) {
        have = std::min(have + step, text.size());
        problem = scanner.scan(text.substr(0, have));
    }
    if (!problem && !scanner.complete()) return outcome;
    if (!problem) problem = parser.parseHead(text.substr(0, scanner.size()));
    std::size_t at = scanner.size();
    while (!problem && !parser.done() && at < text.size()) {
        have = std::min(std::max(have, at) + step, text.size());
        at += parser.parseBody(text.substr(at, have - at), problem);
        if (have == text.size()) break;
    }
    if (!problem && parser.done()) problem = parser.decodeBody();
    if (problem) {
        outcome.status = problem->status;
        require(outcome.status >= 400 && outcome.status < 600);
        return outcome;
    }
    outcome.complete = parser.done();
    const exo::net::ServerRequest& request = parser.request();
    outcome.method = request.method;
    outcome.path = request.path;
    outcome.query = request.query;
    if (outcome.complete) outcome.body = request.body;
    require(request.path == "*" || request.path.starts_with('/'));
    require(request.path.find('\0') == std::string::npos);
    require(request.path.find("/../") == std::string::npos);
    require(request.body.size() <= limits.maxBody);
    require(request.headers.size() <= 20);
    (void)request.queryValue("key");
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Outcome whole = parse(text, size + 1);
    require(parse(text, 1) == whole);
    return 0;
}
