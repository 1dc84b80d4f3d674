#pragma once
// What the upstream does with one model request. Written as one word, used as a model's name or in the
// control script: parts joined by "+", each NAME or NAME:ARGUMENT:…, e.g. "text:50:20+cut:10". Behaviour.cpp
// lists them all.

#include "tests/support/upstream/Plan.h"

#include <optional>
#include <string>
#include <string_view>

namespace upstream {

// A failure told as an HTTP status before anything else.
struct Refusal {
    int status = 500;
    std::string type = "server_error";
    std::string code;
    std::string message = "the upstream was told to fail";
    std::string retryAfter; // seconds, or an HTTP date
    bool html = false;      // as a proxy's error page instead of JSON
};

// Where and how a response goes wrong; counts are of tokens already sent, -1 = never.
struct Fault {
    enum class Kind {
        None,
        ResetBeforeHeaders,
        Silent,       // reads the request, never answers
        Cut,          // the connection breaks
        CutCleanly,   // the body ends properly but without finish reason or terminal event
        Stall,        // nothing more, the connection stays
        BrokenEvent,  // one event that is not JSON, then on as if nothing happened
        ErrorEvent,   // an error object inside the stream
        EndlessLine,  // a line that does not end
        NoTerminator, // finish reason, but no [DONE] / message_stop
        WrongLength,  // fewer bytes than Content-Length says
        Garbage,      // 200 and not JSON
        Empty,        // 200 and no body
        ErrorIn200,   // 200 and an error object
        GzipBomb,     // a small body that unpacks to 1 GiB
    };
    Kind kind = Kind::None;
    int after = 0;
};

struct Behaviour {
    enum class Source { Echo, Say, Text };
    Source source = Source::Echo;
    std::string text;      // Say
    int tokens = 0;        // Text
    Millis tokenDelay{0};  // between tokens
    Millis firstDelay{0};  // before the first token; headers come at once in a stream
    Millis headerDelay{0}; // before the headers
    Millis drip{0};
    std::size_t keeps = 0; // bytes kept for ever of each request: a leak to be found
    bool held = false;     // nothing is said before POST /control/release
    bool reasoning = false;
    bool toolCall = false;
    std::string useTool; // called once, then its result is the answer
    std::string useArguments;
    std::string preface; // said before that call
    bool usage = true;
    bool refusesPrefill = false; // a last message of the assistant
    bool continues = false;      // goes on from one
    std::string finish = "stop"; // OpenAI's word
    std::optional<Refusal> refusal;
    Fault fault;
};

// nullopt when a part is unknown.
std::optional<Behaviour> parseBehaviour(std::string_view text);

} // namespace upstream
