#include "app/exobrain/Heartbeat.h"

#include "core/base/Log.h"
#include "core/base/Spawn.h"

namespace exo::cli {

struct Heartbeat::State {
    Parts parts;
    Timers::Id timer = 0;
    bool asking = false;
    bool complained = false;
    bool ended = false;
};

Heartbeat::Heartbeat(Parts parts)
    : m_state(std::make_shared<State>(State{std::move(parts), 0, false, false, false})) {
    tick(m_state);
}

Heartbeat::~Heartbeat() {
    m_state->ended = true;
    m_state->parts.timers.cancel(m_state->timer);
}

void Heartbeat::tick(const std::shared_ptr<State>& state) {
    state->timer = state->parts.timers.schedule(state->parts.interval, [state] { tick(state); });
    if (state->asking) {
        if (!std::exchange(state->complained, true))
            log::warn("the database's thread does not answer; without it there is no sign of life");
        return;
    }
    state->asking = true;
    spawnTask(state->parts.executor, state->parts.askDatabase(), [state](const Result<void>&) {
        state->asking = false;
        state->complained = false;
        if (!state->ended) state->parts.beat();
    });
}

} // namespace exo::cli
