#pragma once
// What a question to the local assistant asks for, judged by its words. Pure functions.

#include "core/base/Json.h"
#include "core/base/Result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exo {

enum class LocalIntent : std::uint8_t {
    About,    // who are you, hello
    Overview, // what does this project do
    Locate,   // where is X
    Explain,  // how does X work, what is X
    Usage,    // how do I use ExoBrain
    Recall,   // what did we say about X
    General,
    // Of a project, answered by its analysis:
    Callers,
    Callees,
    References,
    Includes,
    IncludedBy,
    Largest,
    Complex,
    Risk,
    History,
    Duplicates,
    Debt,
    Findings,
    Coupling
};
std::string_view nameOf(LocalIntent intent); // "locate", "callers", …

struct LocalQuestion {
    std::string text;
    bool chinese = false; // answer in the language of the question
    LocalIntent intent = LocalIntent::General;
};

// The last user message of an OpenAI chat body (a string, or parts of which the text counts). InvalidRequest
// when there is none.
Result<LocalQuestion> localQuestionFrom(const Json& body, bool hasProject);

bool containsChinese(std::string_view text);

LocalQuestion classifyLocal(std::string text, bool hasProject);

} // namespace exo
