#pragma once
// The assistant that is always there: answers by searching the project, the user's sessions and ExoBrain's
// guide, and says in its first line that it is no language model. Reaches no network. io thread; the
// retriever must outlive it.

#include "core/base/Clock.h"
#include "core/providers/Provider.h"
#include "core/providers/Retriever.h"

namespace exo {

class LocalProvider final : public Provider {
  public:
    LocalProvider(Retriever& retriever, const Clock& clock)
        : m_retriever(retriever)
        , m_clock(clock) {}

    const std::string& name() const override { return m_name; }
    const std::string& type() const override { return m_name; }

    // When its time is up the answer is made of what was read by then, and says so.
    Task<Completion> complete(CompletionRequest request, CallContext context) override;
    // Returns at once; the first event is the opening line, the search comes after it. CallContext::timeout
    // does not bound it: the first look into a large project may take longer, and cancelling stops it.
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, CallContext context) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, CallContext context) override;
    Task<std::vector<api::ModelInfo>> listModels(CallContext context) override;

    static constexpr std::string_view k_model = "exobrain-local";

  private:
    const std::string m_name = "local";
    Retriever& m_retriever;
    const Clock& m_clock;
};

} // namespace exo
