#include "core/providers/Prefill.h"

#include "core/base/TokenEstimate.h"
#include "core/providers/ModelTable.h"

#include <algorithm>
#include <array>

namespace exo {

namespace {

constexpr std::array<std::pair<std::string_view, PrefillForm>, 5> k_forms{{
    {"off", PrefillForm::Off},
    {"message", PrefillForm::Message},
    {"continue_final_message", PrefillForm::Continue},
    {"prefix", PrefillForm::Prefix},
    {"partial", PrefillForm::Partial},
}};

bool endsWithAssistant(const Json& body) {
    const Json* messages = member(body, "messages");
    if (!messages || !messages->is_array() || messages->empty()) return true; // nothing to go on from
    return stringOr(messages->back(), "role") == "assistant";
}

bool wantsForm(const Json& body) {
    const Json* format = member(body, "response_format");
    if (format && stringOr(*format, "type") != "text") return true;
    return std::ranges::any_of(std::array{"guided_json", "guided_regex", "guided_choice", "guided_grammar",
                                          "structured_outputs", "grammar", "json_schema", "functions",
                                          "prediction"},
                               [&](const char* name) { return member(body, name) != nullptr; });
}

bool wantsThoughts(const Json& body) {
    const Json* thinking = member(body, "thinking");
    if (thinking && stringOr(*thinking, "type") != "disabled") return true;
    const std::string_view effort = stringOr(body, "reasoning_effort");
    return (!effort.empty() && effort != "none") || member(body, "reasoning");
}

bool canContinue(const Json& body) {
    return !endsWithAssistant(body) && !wantsForm(body) && !wantsThoughts(body) && intOr(body, "n", 1) == 1;
}

// The limit is that of the whole answer.
void lessTokens(Json& body, std::int64_t spent) {
    for (const char* name : {"max_tokens", "max_completion_tokens"})
        if (const Json* limit = member(body, name); limit && limit->is_number_integer()) {
            const auto most = limit->get<std::int64_t>();
            if (most > 0) body[name] = std::max<std::int64_t>(1, most - spent);
        }
}

} // namespace

PrefillForm prefillForm(std::string_view setting, std::string_view type, std::string_view model) {
    for (const auto& [name, form] : k_forms)
        if (name == setting) return form;
    return type == "anthropic" && takesPrefill(model) ? PrefillForm::Message : PrefillForm::Off;
}

std::optional<CompletionRequest> withPrefill(const CompletionRequest& request, PrefillForm form) {
    if (form == PrefillForm::Off || request.begun.empty()) return std::nullopt;
    if (!canContinue(request.body) || (request.anthropic && !canContinue(*request.anthropic)))
        return std::nullopt;
    CompletionRequest again{request.model, request.body, nullptr};
    Json message = {{"role", "assistant"}, {"content", request.begun}};
    const std::int64_t spent = estimateTokens(request.begun);
    if (request.anthropic) {
        Json native = *request.anthropic;
        native["messages"].push_back(message);
        lessTokens(native, spent);
        again.anthropic = std::make_shared<const Json>(std::move(native));
    }
    if (form == PrefillForm::Prefix) message["prefix"] = true;
    if (form == PrefillForm::Partial) message["partial"] = true;
    Json& body = again.body.edit();
    body["messages"].push_back(std::move(message));
    lessTokens(body, spent);
    if (form == PrefillForm::Continue) {
        body["continue_final_message"] = true;
        body["add_generation_prompt"] = false;
    }
    return again;
}

bool mayRefusePrefill(const Error& error) {
    return error.upstreamStatus == 400 || error.upstreamStatus == 422 || error.upstreamStatus == 404 ||
           error.upstreamStatus == 501 || error.code == ErrorCode::InvalidRequest;
}

} // namespace exo
