#include "core/gateway/ModelProbe.h"

#include "core/base/Ids.h"
#include "core/gateway/Attempt.h"
#include "core/limits/RetryPolicy.h"

#include <utility>

namespace exo {

namespace {

constexpr Millis k_patience{5000};

} // namespace

asio::awaitable<void> probeModels(std::shared_ptr<Provider> provider, CircuitBreaker::Permit permit,
                                  Timers& timers) {
    CallContext context;
    context.timeout = k_patience;
    context.requestId = newIdText("probe_");
    const Deadline deadline(timers, context, k_patience);
    auto listed = co_await provider->listModels(std::move(context));
    if (listed) {
        permit.success();
        co_return;
    }
    const Error error = deadline.explain(std::move(listed).error());
    if (const auto kind = judge(error).breaker)
        permit.failure(*kind, "models: " + error.toLogString(), error.retryAfter);
}

} // namespace exo
