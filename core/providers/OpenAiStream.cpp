#include "core/providers/OpenAiStream.h"

#include "core/base/Ids.h"
#include "core/base/Text.h"
#include "core/providers/ErrorMapping.h"
#include "core/providers/OpenAiFields.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxCalls = static_cast<std::size_t>(k_maxIndex) + 1;

// `delta`, or `message` from servers that send a finished message as a chunk.
const Json* deltaOf(const Json& choice) {
    for (const std::string_view key : {"delta", "message"})
        if (const Json* delta = member(choice, key); delta && delta->is_object()) return delta;
    return nullptr;
}

} // namespace

Result<void> OpenAiStreamDecoder::onEvent(const net::SseEvent& event) {
    const std::string_view data = trim(event.data);
    if (data.starts_with("[DONE]")) return onDone();
    if (event.event != "error")
        if (const auto plain = readPlainChunk(data)) return onPlainChunk(*plain);
    const auto chunk = parseJson(data);
    if (!chunk || !chunk->is_object()) { // malformed: its loss shows at the end, if at all
        if (event.event == "error") return errorFromMember(Json(std::string(utf8Prefix(data, 300))));
        return {};
    }
    if (const Json* error = member(*chunk, "error")) return errorFromMember(*error);
    if (event.event == "error") return errorFromMember(*chunk);
    return onChunk(*chunk);
}

Result<void> OpenAiStreamDecoder::onPlainChunk(const PlainChunk& chunk) {
    if (head.id.empty()) head.id = chunk.id;
    if (head.model.empty()) head.model = chunk.model;
    if (head.systemFingerprint.empty()) head.systemFingerprint = chunk.fingerprint;
    Choice& choice = m_choices[chunk.choice];
    if (choice.finished) return {};
    EXO_CHECK(count(chunk.text.size()));
    if (!chunk.text.empty()) ready.emplace_back(TextDelta{std::string(chunk.text), chunk.choice});
    if (!chunk.finish.empty()) finishChoice(chunk.choice, choice, std::string(chunk.finish));
    return {};
}

Result<void> OpenAiStreamDecoder::onDone() {
    if (m_choices.empty()) return invalidAnswer("the answer is empty");
    for (auto& [index, choice] : m_choices)
        if (!choice.finished) finishChoice(index, choice, choice.calls.empty() ? "stop" : "tool_calls");
    flushUsage();
    finished = true;
    return {};
}

void OpenAiStreamDecoder::onEnd() {
    flushUsage();
    finished = allFinished();
}

Result<Completion> OpenAiStreamDecoder::onWholeBody(std::string_view text) {
    return openAiCompletion(std::string(text), m_defaults);
}

bool OpenAiStreamDecoder::allFinished() const {
    return !m_choices.empty() &&
           std::ranges::all_of(m_choices, [](const auto& c) { return c.second.finished; });
}

Result<void> OpenAiStreamDecoder::onChunk(const Json& chunk) {
    readHead(chunk);
    readUsageOf(chunk);
    const Json* choices = member(chunk, "choices");
    if (!choices || !choices->is_array()) return {};
    for (std::size_t i = 0; i < choices->size(); ++i)
        EXO_CHECK(onChoice((*choices)[i], i));
    return {};
}

void OpenAiStreamDecoder::readHead(const Json& chunk) {
    if (head.id.empty()) head.id = readName(chunk, "id");
    if (head.model.empty()) head.model = readName(chunk, "model");
    if (head.systemFingerprint.empty()) head.systemFingerprint = readName(chunk, "system_fingerprint");
}

void OpenAiStreamDecoder::readUsageOf(const Json& holder) {
    const Json* usage = member(holder, "usage");
    if (usage && usage->is_object() && !usage->empty())
        m_usage = UsageDelta{readUsage(*usage), usageNumbers(*usage)};
}

void OpenAiStreamDecoder::flushUsage() {
    if (m_usage) ready.emplace_back(std::move(*m_usage));
    m_usage.reset();
}

Result<void> OpenAiStreamDecoder::onChoice(const Json& json, std::size_t position) {
    if (!json.is_object()) return {};
    if (const Json* error = member(json, "error")) return errorFromMember(*error);
    const std::int64_t number = intOr(json, "index", static_cast<std::int64_t>(position));
    if (number < 0 || number > k_maxIndex) return {};
    const int index = static_cast<int>(number);
    readUsageOf(json); // Moonshot counts here
    const Json* delta = deltaOf(json);
    std::string reason = readFinishReason(json);
    if (!delta && reason.empty() && !member(json, "text")) return {};
    Choice& choice = m_choices[index];
    if (choice.finished) return {};

    SaidText said;
    if (delta) said = readText(*delta);
    if (!delta) said.text = stringOr(json, "text");
    EXO_CHECK(count(said.text.size() + said.reasoning.size()));
    if (!said.reasoning.empty()) ready.emplace_back(ReasoningDelta{std::move(said.reasoning), index});
    if (!said.text.empty()) ready.emplace_back(TextDelta{std::move(said.text), index});
    if (delta)
        if (const Json* calls = member(*delta, "tool_calls")) EXO_CHECK(onToolCalls(*calls, index, choice));
    EXO_CHECK(onExtras(json, delta ? *delta : Json(), index));
    if (reason == "error") {
        Error error = fail(ErrorCode::StreamInterrupted, "the upstream gave up in the middle of the answer");
        error.retryable = true;
        return error;
    }
    if (!reason.empty()) finishChoice(index, choice, std::move(reason));
    return {};
}

void OpenAiStreamDecoder::finishChoice(int index, Choice& choice, std::string reason) {
    choice.finished = true;
    ready.emplace_back(FinishDelta{std::move(reason), index});
}

Result<void> OpenAiStreamDecoder::onToolCalls(const Json& calls, int index, Choice& choice) {
    if (!calls.is_array()) return {};
    for (const Json& call : calls)
        if (call.is_object()) EXO_CHECK(onToolCall(call, index, choice));
    return {};
}

// Which call a fragment belongs to. Some servers leave out the index, some the id, some give every parallel
// call the index 0 with an id of its own. nullopt: a new call.
std::optional<std::size_t> OpenAiStreamDecoder::findCall(Choice& choice, const Json& call,
                                                         std::string_view name) {
    auto& calls = choice.calls;
    const std::string_view id = stringOr(call, "id");
    const std::int64_t index = intOr(call, "index", -1);
    if (index < 0 && id.empty()) {
        if (calls.empty() || (!name.empty() && calls.back().named)) return std::nullopt;
        return calls.size() - 1;
    }
    for (std::size_t i = calls.size(); i-- > 0;) {
        if (index < 0 && calls[i].id == id) return i;
        if (index < 0 || calls[i].upstreamIndex != index) continue;
        const bool another = !id.empty() && !name.empty() && !calls[i].id.empty() && calls[i].id != id;
        if (another) return std::nullopt;
        return i;
    }
    return std::nullopt;
}

Result<void> OpenAiStreamDecoder::onToolCall(const Json& json, int index, Choice& choice) {
    const Json* function = member(json, "function");
    const Json empty = Json::object();
    const Json& details = function && function->is_object() ? *function : empty;
    std::string name = readName(details, "name");
    ToolCallDelta delta;
    delta.choice = index;
    delta.arguments = textOrJson(details, "arguments");
    EXO_CHECK(count(delta.arguments.size() + name.size()));

    const auto found = findCall(choice, json, name);
    if (!found && choice.calls.size() >= k_maxCalls) return {};
    if (!found) {
        ToolCall call;
        call.upstreamIndex = intOr(json, "index", -1);
        call.id = readName(json, "id");
        delta.id = call.id.empty() ? newIdText("call_") : call.id;
        choice.calls.push_back(std::move(call));
    }
    const std::size_t position = found.value_or(choice.calls.size() - 1);
    ToolCall& call = choice.calls[position];
    delta.index = static_cast<int>(position);
    if (!call.named && !name.empty()) {
        delta.name = std::move(name);
        call.named = true;
    }
    if (delta.id.empty() && delta.name.empty() && delta.arguments.empty()) return {};
    ready.emplace_back(std::move(delta));
    return {};
}

Result<void> OpenAiStreamDecoder::onExtras(const Json& choice, const Json& delta, int index) {
    ExtraDelta extra;
    extra.delta = Json::object();
    extra.choiceMembers = Json::object();
    extra.choice = index;
    if (const Json* refusal = member(delta, "refusal"); refusal && refusal->is_string())
        extra.delta["refusal"] = *refusal;
    if (const Json* notes = member(delta, "annotations"); notes && notes->is_array() && !notes->empty())
        extra.delta["annotations"] = *notes;
    if (const Json* audio = member(delta, "audio"); audio && audio->is_object())
        extra.delta["audio"] = *audio;
    if (const Json* call = member(delta, "function_call"); call && call->is_object()) {
        Json fragment = {{"arguments", textOrJson(*call, "arguments")}};
        if (std::string name = readName(*call, "name"); !name.empty()) fragment["name"] = std::move(name);
        extra.delta["function_call"] = std::move(fragment);
    }
    if (const Json* logprobs = member(choice, "logprobs"); logprobs && logprobs->is_object())
        extra.choiceMembers["logprobs"] = *logprobs;
    if (extra.delta.empty() && extra.choiceMembers.empty()) return {};
    EXO_CHECK(count(dumpJson(extra.delta).size() + dumpJson(extra.choiceMembers).size()));
    ready.emplace_back(std::move(extra));
    return {};
}

} // namespace exo
