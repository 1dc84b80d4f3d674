#pragma once
// How a provider opens a stream that may go on from the beginning of an answer. io thread.

#include "core/providers/Prefill.h"
#include "core/providers/ProviderStream.h"

#include <memory>
#include <utility>

namespace exo {

// Asks with the prefill where `form` allows one, and for the whole answer where that is refused, so that no
// caller sees the refusal. `Opener`: Task<std::unique_ptr<ProviderStream>> open(CompletionRequest,
// CallContext).
template <class Opener>
Task<std::unique_ptr<CompletionStream>> openStream(Opener& provider, PrefillForm form,
                                                   PrefillRefusals& refusals, CompletionRequest request,
                                                   CallContext context) {
    std::unique_ptr<CompletionStream> stream;
    auto continued = refusals.has(request.model) ? std::nullopt : withPrefill(request, form);
    if (continued) {
        auto opened = co_await provider.open(std::move(*continued), context);
        if (opened) {
            (*opened)->setContinues();
            stream = std::move(*opened);
            co_return std::move(stream);
        }
        if (!mayRefusePrefill(opened.error())) co_return std::move(opened).error();
        refusals.add(request.model);
    }
    EXO_CO_TRY(stream, co_await provider.open(std::move(request), std::move(context)));
    co_return std::move(stream);
}

} // namespace exo
