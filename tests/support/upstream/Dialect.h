#pragma once
// The two protocols the upstream speaks. A dialect only knows how things are written; what is said is the
// behaviour's.

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace upstream {

using Json = nlohmann::json;

struct ModelRequest {
    Json body;
    std::string model;
    std::string lastUserText;
    std::string toolResult; // when the last message is one
    std::string begun;      // text of a last message of the assistant
    bool stream = false;
    bool wantsUsage = false; // OpenAI: stream_options.include_usage
    int inputTokens = 0;
};

struct Answer {
    std::vector<std::string> tokens;
    std::vector<std::string> reasoning;
    std::string toolName; // empty = no tool call
    std::string toolArguments;
    std::string finish = "stop";
    bool usage = true;

    std::string text() const;
    int outputTokens() const { return static_cast<int>(tokens.size() + reasoning.size()); }
};

class Dialect {
  public:
    virtual ~Dialect() = default;
    // Server-sent events.
    virtual std::string begin(const ModelRequest&, const Answer&) const = 0;
    virtual std::string reasoning(const ModelRequest&, std::string_view text) const = 0;
    virtual std::string beginText(const Answer&) const = 0; // after the reasoning
    virtual std::string token(const ModelRequest&, const Answer&, std::string_view text) const = 0;
    // Several events: the arguments come in fragments.
    virtual std::vector<std::string> tool(const ModelRequest&, const Answer&) const = 0;
    virtual std::string finish(const ModelRequest&, const Answer&) const = 0;
    virtual std::string terminator() const = 0;
    virtual std::string errorEvent(std::string_view message) const = 0;
    // Bodies.
    virtual Json whole(const ModelRequest&, const Answer&) const = 0;
    virtual Json error(std::string_view type, std::string_view code, std::string_view message) const = 0;
};

const Dialect& openAi();
const Dialect& anthropic();

ModelRequest readRequest(Json body);
// Floats that depend on the text alone, as OpenAI's embeddings object; base64 when the request says so.
Json embeddings(const Json& body);
int countWords(std::string_view text);
// "one two  three" → "one", " two", "  three"; Chinese text goes by character.
std::vector<std::string> tokenize(std::string_view text);

// Pieces of a few bytes that never split a character.
std::vector<std::string> fragments(std::string_view text);

} // namespace upstream
