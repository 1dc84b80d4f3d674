#include "core/gateway/AnswerCollector.h"

#include "core/base/Ids.h"

namespace exo {

namespace {

// Fragments of the same member: texts and lists grow, anything else is replaced.
void mergeInto(Json& target, const Json& more) {
    if (!more.is_object()) return;
    for (const auto& [key, value] : more.items()) {
        Json& known = target[key];
        if (known.is_string() && value.is_string())
            known.get_ref<std::string&>() += value.get_ref<const std::string&>();
        else if (known.is_array() && value.is_array())
            known.insert(known.end(), value.begin(), value.end());
        else if (known.is_object() && value.is_object())
            mergeInto(known, value);
        else
            known = value;
    }
}

} // namespace

void AnswerCollector::add(const CompletionEvent& event) {
    if (const auto* text = std::get_if<TextDelta>(&event)) {
        m_choices[text->choice].text += text->text;
    } else if (const auto* thought = std::get_if<ReasoningDelta>(&event)) {
        m_choices[thought->choice].reasoning += thought->text;
    } else if (const auto* call = std::get_if<ToolCallDelta>(&event)) {
        ToolCallDelta& known = m_choices[call->choice].calls[call->index];
        if (known.id.empty()) known.id = call->id;
        if (known.name.empty()) known.name = call->name;
        known.arguments += call->arguments;
    } else if (const auto* extra = std::get_if<ExtraDelta>(&event)) {
        mergeInto(m_choices[extra->choice].messageExtras, extra->delta);
        mergeInto(m_choices[extra->choice].choiceExtras, extra->choiceMembers);
    } else if (const auto* finish = std::get_if<FinishDelta>(&event)) {
        m_choices[finish->choice].finish = finish->reason;
    } else if (const auto* usage = std::get_if<UsageDelta>(&event)) {
        m_usage = usage->usage;
        m_usageDetails = usage->details;
        m_hasUsage = true;
    } else if (const auto* citation = std::get_if<CitationDelta>(&event)) {
        m_citations.push_back(citation->citation);
    }
}

Json AnswerCollector::message(Choice choice) {
    Json out = std::move(choice.messageExtras);
    out["role"] = "assistant";
    out["content"] =
        choice.text.empty() && !choice.calls.empty() ? Json(nullptr) : Json(std::move(choice.text));
    if (!choice.reasoning.empty()) out["reasoning_content"] = std::move(choice.reasoning);
    for (auto& [index, call] : choice.calls) {
        Json function = {{"name", std::move(call.name)},
                         {"arguments", call.arguments.empty() ? "{}" : std::move(call.arguments)}};
        out["tool_calls"].push_back({{"id", call.id.empty() ? newIdText("call_") : std::move(call.id)},
                                     {"type", "function"},
                                     {"function", std::move(function)}});
    }
    return out;
}

Completion AnswerCollector::finish(const StreamHead& head, std::int64_t createdSeconds) && {
    Completion completion;
    completion.model = head.model;
    completion.usage = m_usage;
    completion.citations = std::move(m_citations);
    Json body = Json::object();
    body["id"] = head.id.empty() ? newIdText("chatcmpl-") : head.id;
    body["object"] = "chat.completion";
    body["created"] = createdSeconds;
    body["model"] = head.model;
    if (!head.systemFingerprint.empty()) body["system_fingerprint"] = head.systemFingerprint;
    Json& choices = body["choices"] = Json::array();
    for (auto& [index, choice] : m_choices) {
        Json out = std::move(choice.choiceExtras);
        out["index"] = index;
        out["finish_reason"] = std::move(choice.finish);
        out["message"] = message(std::move(choice));
        choices.push_back(std::move(out));
    }
    if (m_hasUsage) {
        Json usage = m_usageDetails.is_object() ? std::move(m_usageDetails) : Json::object();
        if (!usage.contains("prompt_tokens")) usage["prompt_tokens"] = m_usage.inputTokens;
        if (!usage.contains("completion_tokens")) usage["completion_tokens"] = m_usage.outputTokens;
        if (!usage.contains("total_tokens"))
            usage["total_tokens"] = m_usage.inputTokens + m_usage.outputTokens;
        body["usage"] = std::move(usage);
    }
    completion.body = std::move(body);
    return completion;
}

} // namespace exo
