#include "core/gateway/LiveModels.h"

#include "core/base/Ids.h"
#include "core/base/Log.h"
#include "core/gateway/Attempt.h"

#include <utility>

namespace exo {

namespace {

constexpr Millis k_patience{3000};
constexpr Millis k_keptFor{60'000};
constexpr Millis k_failureKeptFor{10'000};

} // namespace

Task<std::vector<api::ModelInfo>> LiveModels::of(std::shared_ptr<Provider> provider) {
    std::shared_ptr<Known>& entry = m_known[provider->name()];
    if (!entry) entry = std::make_shared<Known>();
    const auto known = entry;
    while (known->asking)
        co_await known->answered.wait();
    if (m_clock.now() < known->until) co_return known->models;

    struct Asking { // until the end, an exception included
        Known& known;
        explicit Asking(Known& k)
            : known(k) {
            known.asking = true;
        }
        Asking(const Asking&) = delete;
        Asking& operator=(const Asking&) = delete;
        ~Asking() {
            known.asking = false;
            known.answered.notify();
        }
    };
    const Asking asking(*known);
    CallContext context;
    context.timeout = k_patience;
    context.requestId = newIdText("models_");
    Result<std::vector<api::ModelInfo>> listed = std::vector<api::ModelInfo>();
    {
        const Deadline deadline(m_timers, context, k_patience);
        listed = co_await provider->listModels(context);
    }
    if (!listed) log::info("{} does not list its models: {}", provider->name(), listed.error().toLogString());
    known->until = m_clock.now() + (listed ? k_keptFor : k_failureKeptFor);
    if (listed) known->models = std::move(*listed);
    co_return known->models;
}

void LiveModels::abandon() {
    for (const auto& [name, known] : std::exchange(m_known, {}))
        known->answered.drop();
}

} // namespace exo
