#pragma once
// What an OpenAI-compatible server sends is passed on as it is when every member is one we would have written
// ourselves, in the same form. The usual case: it saves taking the text apart and putting it together again.
// Pure functions: any thread.

#include "core/providers/Completion.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exo {

// The finished answer in `text`, which is taken then. nullopt when anything in it is missing, unknown, out of
// bounds or said in another way: it has to be rebuilt from the allow-list.
std::optional<Completion> passOn(std::string& text);

// A streamed chunk that says nothing but a piece of text, or that a choice begins or ends.
struct PlainChunk {
    std::string_view id, model, fingerprint; // until the next call
    std::string_view text;
    std::string_view finish; // empty: not yet
    int choice = 0;
};
// nullopt: it says more, or says it in another way. Views end with the next call on this thread.
std::optional<PlainChunk> readPlainChunk(std::string_view data);

} // namespace exo
