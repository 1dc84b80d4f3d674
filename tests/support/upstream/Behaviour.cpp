#include "tests/support/upstream/Behaviour.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <vector>

namespace upstream {

namespace {

using Arguments = std::vector<std::string>;

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

int number(const Arguments& arguments, std::size_t index, int fallback) {
    if (index >= arguments.size()) return fallback;
    int value = fallback;
    std::from_chars(arguments[index].data(), arguments[index].data() + arguments[index].size(), value);
    return value;
}

std::string word(const Arguments& arguments, std::size_t index) {
    return index < arguments.size() ? arguments[index] : std::string();
}

Refusal refusalFor(int status) {
    switch (status) {
    case 400: return {status, "invalid_request_error", "invalid_value", "a field is wrong", {}};
    case 401: return {status, "invalid_request_error", "invalid_api_key", "Incorrect API key provided", {}};
    case 403: return {status, "permission_error", "permission_denied", "not allowed", {}};
    case 404: return {status, "invalid_request_error", "model_not_found", "The model does not exist", {}};
    case 429: return {status, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached", {}};
    case 529: return {status, "overloaded_error", "overloaded", "Overloaded", {}};
    default: return {status, "server_error", "server_error", "the upstream was told to fail", {}};
    }
}

void status(Behaviour& behaviour, const Arguments& arguments) {
    behaviour.refusal = refusalFor(number(arguments, 0, 500));
    behaviour.refusal->retryAfter = word(arguments, 1);
}

std::function<void(Behaviour&, const Arguments&)> fault(Fault::Kind kind) {
    return [kind](Behaviour& behaviour, const Arguments& arguments) {
        behaviour.fault = {kind, number(arguments, 0, 0)};
    };
}

std::function<void(Behaviour&, const Arguments&)> refuse(Refusal refusal) {
    return [refusal](Behaviour& behaviour, const Arguments&) { behaviour.refusal = refusal; };
}

using Table = std::map<std::string, std::function<void(Behaviour&, const Arguments&)>, std::less<>>;

// Where the answer's text comes from, and its pace.
void addSources(Table& table) {
    table["echo"] = [](Behaviour& b, const Arguments&) { b.source = Behaviour::Source::Echo; };
    table["say"] = [](Behaviour& b, const Arguments& a) { // say:TEXT
        b.source = Behaviour::Source::Say;
        b.text = word(a, 0);
    };
    table["text"] = [](Behaviour& b, const Arguments& a) { // text:TOKENS[:MS between]
        b.source = Behaviour::Source::Text;
        b.tokens = std::clamp(number(a, 0, 5), 0, 1'000'000);
        b.tokenDelay = Millis(number(a, 1, 0));
    };
    table["pace"] = [](Behaviour& b, const Arguments& a) { b.tokenDelay = Millis(number(a, 0, 10)); };
    table["late"] = [](Behaviour& b, const Arguments& a) { b.firstDelay = Millis(number(a, 0, 1000)); };
    table["late-headers"] = [](Behaviour& b, const Arguments& a) {
        b.headerDelay = Millis(number(a, 0, 1000));
    };
    table["drip"] = [](Behaviour& b, const Arguments& a) { b.drip = Millis(number(a, 0, 1)); };
    table["keep"] = [](Behaviour& b, const Arguments& a) { // keep:BYTES
        b.keeps = static_cast<std::size_t>(std::clamp(number(a, 0, 1024), 0, 1 << 20));
    };
    table["held"] = [](Behaviour& b, const Arguments&) { b.held = true; };
    table["reasoning"] = [](Behaviour& b, const Arguments&) { b.reasoning = true; };
    table["tools"] = [](Behaviour& b, const Arguments&) {
        b.toolCall = true;
        b.finish = "tool_calls";
    };
    table["preface"] = [](Behaviour& b, const Arguments& a) { b.preface = word(a, 0); };
    table["use"] = [](Behaviour& b, const Arguments& a) { // use:TOOL:KEY:VALUE
        b.useTool = word(a, 0);
        b.useArguments = "{\"" + word(a, 1) + "\":\"" + word(a, 2) + "\"}";
    };
    table["length"] = [](Behaviour& b, const Arguments&) { b.finish = "length"; };
    table["filtered"] = [](Behaviour& b, const Arguments&) { b.finish = "content_filter"; };
    table["no-usage"] = [](Behaviour& b, const Arguments&) { b.usage = false; };
}

void addRefusals(Table& table) {
    table["status"] = status; // status:CODE[:RETRY-AFTER]
    table["html"] = [](Behaviour& b, const Arguments& a) {
        b.refusal = refusalFor(number(a, 0, 502));
        b.refusal->html = true;
    };
    table["quota"] =
        refuse({429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota", {}});
    table["context-overflow"] = refuse({400,
                                        "invalid_request_error",
                                        "context_length_exceeded",
                                        "This model's maximum context length is 8192 tokens",
                                        {}});
    table["continue"] = [](Behaviour& b, const Arguments&) { b.continues = true; };
    table["no-prefill"] = [](Behaviour& b, const Arguments&) { b.refusesPrefill = true; };
    table["content-filter"] =
        refuse({400, "invalid_request_error", "content_filter", "The response was filtered", {}});
}

void addFaults(Table& table) { // those with a place take :TOKENS
    table["reset"] = fault(Fault::Kind::ResetBeforeHeaders);
    table["silent"] = fault(Fault::Kind::Silent);
    table["cut"] = fault(Fault::Kind::Cut);
    table["cut-clean"] = fault(Fault::Kind::CutCleanly);
    table["stall"] = fault(Fault::Kind::Stall);
    table["broken-event"] = fault(Fault::Kind::BrokenEvent);
    table["error-event"] = fault(Fault::Kind::ErrorEvent);
    table["endless-line"] = fault(Fault::Kind::EndlessLine);
    table["no-done"] = fault(Fault::Kind::NoTerminator);
    table["wrong-length"] = fault(Fault::Kind::WrongLength);
    table["garbage"] = fault(Fault::Kind::Garbage);
    table["empty"] = fault(Fault::Kind::Empty);
    table["error-in-200"] = fault(Fault::Kind::ErrorIn200);
    table["gzip-bomb"] = fault(Fault::Kind::GzipBomb);
}

const Table& behaviours() {
    static const Table table = [] {
        Table all;
        addSources(all);
        addRefusals(all);
        addFaults(all);
        return all;
    }();
    return table;
}

} // namespace

std::optional<Behaviour> parseBehaviour(std::string_view text) {
    Behaviour behaviour;
    for (const std::string& part : split(text, '+')) {
        Arguments arguments = split(part, ':');
        const auto found = behaviours().find(arguments.front());
        if (found == behaviours().end()) return std::nullopt;
        arguments.erase(arguments.begin());
        found->second(behaviour, arguments);
    }
    return behaviour;
}

} // namespace upstream
