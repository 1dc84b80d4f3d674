#pragma once
// Where things stand in a JSON text (comments allowed): lines for error messages, byte ranges for edits that
// keep comments. The text must already have been parsed without error.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace exo {

struct JsonPlace {
    int line = 0;          // 1-based, of the key (of the value for array items and the root)
    std::size_t begin = 0; // of the value
    std::size_t end = 0;   // past the value
    std::size_t keyBegin = 0;
    std::size_t members = 0;       // of an object or array
    std::size_t lastMemberEnd = 0; // past the last member's value; 0 when empty
};

// "" is the root; "limits.maxQueuedRequests"; "providers[0].name".
std::map<std::string, JsonPlace> locateJson(std::string_view text);

} // namespace exo
