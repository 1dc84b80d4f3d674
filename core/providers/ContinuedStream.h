#pragma once
// How a provider opens a stream that may go on from the beginning of an answer. io thread.

#include "core/providers/Prefill.h"
#include "core/providers/ProviderStream.h"

#include <memory>
#include <utility>

namespace exo {

// Asks with the prefill where `form` allows one, and for the whole answer where that is refused, so that no
// caller sees the refusal. `Opener`: Task<std::unique_ptr<CompletionStream>> open(CompletionRequest,
// CallContext), whose stream continues() when the request has a beginning.
template <class Opener>
Task<std::unique_ptr<CompletionStream>> openStream(Opener& provider, PrefillForm form,
                                                   PrefillRefusals& refusals, CompletionRequest request,
                                                   CallContext context) {
    auto continued = refusals.has(request.model) ? std::nullopt : withPrefill(request, form);
    std::string begun = std::exchange(request.begun, {});
    if (continued) {
        continued->begun = std::move(begun);
        auto opened = co_await provider.open(std::move(*continued), context);
        if (opened || !mayRefusePrefill(opened.error())) co_return opened;
        refusals.add(request.model);
    }
    co_return co_await provider.open(std::move(request), std::move(context));
}

} // namespace exo
