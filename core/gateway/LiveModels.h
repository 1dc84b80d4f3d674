#pragma once
// What providers that list no models in the settings say they have: asked of the provider itself, kept for a
// while, one question at a time for each. io thread; kept by the gateway and by the calls under way.

#include "core/base/Clock.h"
#include "core/net/Event.h"
#include "core/providers/Provider.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace exo {

class LiveModels {
  public:
    LiveModels(Clock& clock, Timers& timers)
        : m_clock(clock)
        , m_timers(timers) {}

    // Empty when the provider cannot say so within three seconds. Never fails.
    Task<std::vector<api::ModelInfo>> of(std::shared_ptr<Provider> provider);
    // Lets go of those who wait, for a gateway that ends after its event loop.
    void abandon();

  private:
    struct Known {
        std::vector<api::ModelInfo> models;
        SteadyTime until{};
        bool asking = false;
        net::Event answered;
    };

    Clock& m_clock;
    Timers& m_timers;
    std::map<std::string, std::shared_ptr<Known>> m_known; // by provider
};

} // namespace exo
