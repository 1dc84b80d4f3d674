#include "core/providers/ModelTable.h"

#include "core/base/Text.h"

#include <array>
#include <string>

namespace exo {

namespace {

struct Row {
    std::string_view part; // of the name in lower case, without a vendor's prefix
    std::int64_t tokens;
};

// The first match wins, so the longer name of two stands first.
constexpr std::array<Row, 49> k_context = {{
    {"gpt-4.1", 1'047'576},
    {"gpt-4o", 128'000},
    {"gpt-4-turbo", 128'000},
    {"gpt-4-32k", 32'768},
    {"gpt-4-1106", 128'000},
    {"gpt-4-0125", 128'000},
    {"gpt-4", 8'192},
    {"gpt-3.5", 16'385},
    {"gpt-5-chat", 128'000},
    {"gpt-5", 400'000},
    {"gpt-oss", 131'072},
    {"o1-mini", 128'000},
    {"o1-preview", 128'000},
    {"claude", 200'000},
    {"deepseek-r1-distill", 32'768},
    {"deepseek", 65'536},
    {"gemini-1.5-pro", 2'097'152},
    {"gemini", 1'048'576},
    {"gemma-3", 131'072},
    {"gemma3", 131'072},
    {"gemma", 8'192},
    {"qwen-long", 10'000'000},
    {"qwen-turbo", 131'072},
    {"qwen-plus", 131'072},
    {"qwen-max", 32'768},
    {"qwen3-coder", 262'144},
    {"qwen3-max", 262'144},
    {"qwen3", 32'768},
    {"qwen2.5", 32'768},
    {"qwq", 131'072},
    {"glm-4.6", 200'000},
    {"glm-4", 128'000},
    {"kimi-k2", 131'072},
    {"moonshot-v1-8k", 8'192},
    {"moonshot-v1-32k", 32'768},
    {"moonshot-v1-128k", 131'072},
    {"doubao-seed", 262'144},
    {"llama-4", 131'072},
    {"llama4", 131'072},
    {"llama-3.", 131'072},
    {"llama3.", 131'072},
    {"llama-3", 8'192},
    {"llama3", 8'192},
    {"mixtral", 32'768},
    {"codestral", 262'144},
    {"mistral-large", 131'072},
    {"mistral-small", 131'072},
    {"grok-4", 256'000},
    {"grok-3", 131'072},
}};

std::string familyName(std::string_view model) {
    const std::size_t slash = model.rfind('/');
    return toLowerAscii(slash == std::string_view::npos ? model : model.substr(slash + 1));
}

bool oldClaude(std::string_view name) {
    for (const std::string_view part :
         {"claude-2", "claude-instant", "claude-3-opus", "claude-3-sonnet", "claude-3-haiku"})
        if (name.find(part) != std::string_view::npos) return true;
    return false;
}

bool claude35(std::string_view name) {
    return name.find("claude-3-5") != std::string_view::npos ||
           name.find("claude-3.5") != std::string_view::npos;
}

} // namespace

std::int64_t knownContextTokens(std::string_view model) {
    const std::string name = familyName(model);
    for (const Row& row : k_context)
        if (name.find(row.part) != std::string::npos) return row.tokens;
    // Too short to look for inside other names.
    for (const std::string_view family : {"o1", "o3", "o4"})
        if (name.starts_with(family)) return 200'000;
    return 0;
}

std::int64_t defaultAnswerTokens(std::string_view model) {
    const std::string name = familyName(model);
    if (oldClaude(name)) return 4096;
    const bool newClaude = name.find("claude") != std::string::npos && !claude35(name);
    return newClaude ? 16384 : 8192;
}

bool takesPrefill(std::string_view model) {
    const std::string name = familyName(model);
    const std::size_t at = name.find("claude-");
    if (at == std::string::npos) return false;
    const std::string_view rest = std::string_view(name).substr(at + 7);
    for (const std::string_view family :
         {"2", "instant", "3", "opus-4-2025", "opus-4-0", "opus-4-1", "opus-4-5", "sonnet-4-2025",
          "sonnet-4-0", "sonnet-4-5", "haiku-4-5"})
        if (rest.starts_with(family)) return true;
    return false;
}

bool supportsThinking(std::string_view model) {
    const std::string name = familyName(model);
    return !oldClaude(name) && !claude35(name);
}

} // namespace exo
