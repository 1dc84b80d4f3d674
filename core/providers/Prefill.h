#pragma once
// Requests that end with the beginning of their own answer: the model goes on from there. How a server is
// told differs, and one that is not told well begins anew, so it is used where the settings (or, for
// Anthropic's API, the model's family) say that it works. Pure functions: any thread.

#include "core/base/Error.h"
#include "core/providers/Completion.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace exo {

enum class PrefillForm : std::uint8_t {
    Off,
    Message,  // a last message of the assistant is enough: llama-server, OpenRouter, Anthropic
    Continue, // and the members continue_final_message, add_generation_prompt: vLLM, SGLang
    Prefix,   // and its member prefix: DeepSeek (beta), Mistral
    Partial,  // and its member partial: Moonshot, Qwen
};

// Of a provider's setting; empty means what is known of the API and the model.
PrefillForm prefillForm(std::string_view setting, std::string_view type, std::string_view model);

// The request that goes on from request.begun; nullopt when it is none that can be continued so: it ends with
// the assistant already, wants more than one answer, thoughts, or an output of a given form.
std::optional<CompletionRequest> withPrefill(const CompletionRequest& request, PrefillForm form);

// The models of one provider that have refused one: they are not asked so again. Bounded, as clients may name
// any number.
class PrefillRefusals {
  public:
    bool has(const std::string& model) const { return m_models.contains(model); }
    void add(const std::string& model) {
        if (m_models.size() >= 256) m_models.clear();
        m_models.insert(model);
    }

  private:
    std::set<std::string> m_models;
};

// Whether this may be a refusal of the prefill: the same request without one had been accepted.
bool mayRefusePrefill(const Error& error);

} // namespace exo
