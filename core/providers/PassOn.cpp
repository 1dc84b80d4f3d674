#include "core/providers/PassOn.h"

#include "core/providers/OpenAiFields.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace exo {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Type = simdjson::dom::element_type;

constexpr std::size_t k_keptCapacity = 256u << 10; // longer texts are rebuilt
constexpr std::size_t k_maxName = 256;
constexpr std::size_t k_maxCounts = 32;

bool parse(std::string_view text, object& root) {
    if (text.size() > k_keptCapacity || !text.starts_with('{')) return false;
    static thread_local simdjson::dom::parser kept;
    return kept.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS;
}

// Each member of an object stands in it once.
class Once {
  public:
    bool operator()(unsigned member) { return (m_seen & (1u << member)) == 0 && (m_seen |= 1u << member); }
    bool has(unsigned member) const { return (m_seen & (1u << member)) != 0; }

  private:
    unsigned m_seen = 0;
};

bool isNull(element value) {
    return value.type() == Type::NULL_VALUE;
}

bool isText(element value, std::string_view& out) {
    return value.get(out) == simdjson::SUCCESS;
}

// As readName() leaves it: not too long, without control characters.
bool isName(element value, std::string_view& out) {
    return isText(value, out) && !out.empty() && out.size() <= k_maxName &&
           std::ranges::none_of(out, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool isWhole(element value, std::int64_t most, std::int64_t& out) {
    return value.type() == Type::INT64 && value.get(out) == simdjson::SUCCESS && out >= 0 && out <= most;
}

bool isEmptyList(element value) {
    array list;
    return value.get(list) == simdjson::SUCCESS && list.size() == 0;
}

// Numbers, and objects of numbers, as usageNumbers() would leave them.
bool areCounts(element value, int depth, api::Usage* usage) {
    object counts;
    if (value.get(counts) != simdjson::SUCCESS || counts.size() > k_maxCounts) return false;
    std::array<std::string_view, k_maxCounts> keys;
    std::size_t known = 0;
    for (const auto [key, count] : counts) {
        const auto end = keys.begin() + static_cast<std::ptrdiff_t>(known);
        if (key.size() > 64 || std::find(keys.begin(), end, key) != end) return false;
        keys[known++] = key;
        std::int64_t number = 0;
        if (isWhole(count, k_maxCount, number)) {
            if (usage && key == "prompt_tokens") usage->inputTokens = number;
            if (usage && key == "completion_tokens") usage->outputTokens = number;
            continue;
        }
        const bool nested = count.type() == Type::OBJECT && depth < 2 && areCounts(count, depth + 1, nullptr);
        if (!nested && !isNull(count)) return false;
    }
    const auto has = [&](std::string_view key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    return !usage || (has("prompt_tokens") && has("completion_tokens"));
}

bool isPlainMessage(element value) {
    object message;
    if (value.get(message) != simdjson::SUCCESS) return false;
    enum : unsigned { Role, Content, Refusal, Reasoning, Notes };
    Once once;
    std::string_view text;
    for (const auto [key, item] : message) {
        bool good = false;
        if (key == "role")
            good = once(Role) && isText(item, text) && text == "assistant";
        else if (key == "content")
            good = once(Content) && isText(item, text);
        else if (key == "refusal")
            good = once(Refusal) && (isNull(item) || isText(item, text));
        else if (key == "reasoning_content")
            good = once(Reasoning) && (isNull(item) || (isText(item, text) && !text.empty()));
        else if (key == "annotations")
            good = once(Notes) && (isNull(item) || isEmptyList(item));
        if (!good) return false;
    }
    return once.has(Role) && once.has(Content);
}

bool isOurReason(std::string_view reason) {
    return reason == "stop" || reason == "length" || reason == "content_filter";
}

bool isPlainChoice(element value) {
    object choice;
    if (value.get(choice) != simdjson::SUCCESS) return false;
    enum : unsigned { Index, Message, Finish, Logprobs };
    Once once;
    std::string_view reason;
    std::int64_t index = 0;
    for (const auto [key, item] : choice) {
        bool good = false;
        if (key == "index")
            good = once(Index) && isWhole(item, k_maxIndex, index);
        else if (key == "message")
            good = once(Message) && isPlainMessage(item);
        else if (key == "finish_reason")
            good = once(Finish) && isText(item, reason) && isOurReason(reason);
        else if (key == "logprobs")
            good = once(Logprobs) && isNull(item);
        if (!good) return false;
    }
    return once.has(Index) && once.has(Message) && once.has(Finish);
}

bool arePlainChoices(element value) {
    array choices;
    if (value.get(choices) != simdjson::SUCCESS || choices.size() == 0) return false;
    if (choices.size() > static_cast<std::size_t>(k_maxIndex) + 1) return false;
    return std::all_of(choices.begin(), choices.end(), isPlainChoice);
}

} // namespace

std::optional<Completion> passOn(std::string& text) {
    object answer;
    if (!parse(text, answer)) return std::nullopt;
    enum : unsigned { Id, Kind, Created, Model, Choices, Usage, Fingerprint, Tier };
    Once once;
    std::string_view name, model;
    std::int64_t created = 0;
    Completion completion;
    for (const auto [key, item] : answer) {
        bool good = false;
        if (key == "id")
            good = once(Id) && isName(item, name);
        else if (key == "object")
            good = once(Kind) && isText(item, name) && name == "chat.completion";
        else if (key == "created")
            good = once(Created) && isWhole(item, k_maxCount - 1, created) && created > 0;
        else if (key == "model")
            good = once(Model) && isName(item, model);
        else if (key == "choices")
            good = once(Choices) && arePlainChoices(item);
        else if (key == "usage")
            good = once(Usage) && (isNull(item) || areCounts(item, 0, &completion.usage));
        else if (key == "system_fingerprint")
            good = once(Fingerprint) && (isNull(item) || isName(item, name));
        else if (key == "service_tier")
            good = once(Tier) && (isNull(item) || isName(item, name));
        if (!good) return std::nullopt;
    }
    for (const unsigned needed : {Id, Kind, Created, Model, Choices})
        if (!once.has(needed)) return std::nullopt;
    completion.model = model;
    completion.body = SharedJson::ofText(std::move(text));
    return completion;
}

namespace {

bool readPlainDelta(element value, PlainChunk& out) {
    object delta;
    if (value.get(delta) != simdjson::SUCCESS) return false;
    enum : unsigned { Role, Content, Refusal };
    Once once;
    std::string_view role;
    for (const auto [key, item] : delta) {
        bool good = false;
        if (key == "role")
            good = once(Role) && isText(item, role);
        else if (key == "content")
            good = once(Content) && (isNull(item) || isText(item, out.text));
        else if (key == "refusal")
            good = once(Refusal) && isNull(item);
        if (!good) return false;
    }
    return true;
}

bool readPlainChoice(element value, PlainChunk& out) {
    object choice;
    if (value.get(choice) != simdjson::SUCCESS) return false;
    enum : unsigned { Index, Delta, Finish, Logprobs };
    Once once;
    std::int64_t index = 0;
    for (const auto [key, item] : choice) {
        bool good = false;
        if (key == "index")
            good = once(Index) && isWhole(item, k_maxIndex, index);
        else if (key == "delta")
            good = once(Delta) && readPlainDelta(item, out);
        else if (key == "finish_reason")
            good = once(Finish) && (isNull(item) || (isText(item, out.finish) && isOurReason(out.finish)));
        else if (key == "logprobs")
            good = once(Logprobs) && isNull(item);
        if (!good) return false;
    }
    out.choice = static_cast<int>(index);
    return once.has(Index) && once.has(Delta);
}

} // namespace

std::optional<PlainChunk> readPlainChunk(std::string_view data) {
    object chunk;
    if (!parse(data, chunk)) return std::nullopt;
    enum : unsigned { Id, Kind, Created, Model, Choices, Usage, Fingerprint, Tier, Padding };
    Once once;
    PlainChunk out;
    std::string_view ignored;
    for (const auto [key, item] : chunk) {
        bool good = false;
        array choices;
        if (key == "id")
            good = once(Id) && isName(item, out.id);
        else if (key == "object")
            good = once(Kind) && isText(item, ignored);
        else if (key == "created")
            good = once(Created) && item.type() == Type::INT64;
        else if (key == "model")
            good = once(Model) && isName(item, out.model);
        else if (key == "choices")
            good = once(Choices) && item.get(choices) == simdjson::SUCCESS && choices.size() == 1 &&
                   readPlainChoice(choices.at(0).value_unsafe(), out);
        else if (key == "usage")
            good = once(Usage) && isNull(item);
        else if (key == "system_fingerprint")
            good = once(Fingerprint) && (isNull(item) || isName(item, out.fingerprint));
        else if (key == "service_tier")
            good = once(Tier) && (isNull(item) || isText(item, ignored));
        else if (key == "obfuscation") // padding against guessing by length
            good = once(Padding) && isText(item, ignored);
        if (!good) return std::nullopt;
    }
    if (!once.has(Choices)) return std::nullopt;
    return out;
}

} // namespace exo
