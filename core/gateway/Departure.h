#pragma once
// What becomes of a call whose client leaves. Without a Departure it is cancelled wherever it is; with one
// only while no upstream is asked: an answer that was asked for is read to its end, booked and kept, and the
// slot is held until then. io thread; owned by the call and by those who share it.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"

namespace exo {

class Departure {
  public:
    virtual ~Departure() = default;
    // An upstream is asked.
    virtual void hold() = 0;
    // That came to nothing, or has yet to begin: whoever left meanwhile is gone from now on. True when nobody
    // waits any more: the call's own token is cancelled.
    virtual bool letGo() = 0;
};

// Of one client.
class Draining final : public Departure {
  public:
    // An answer nobody reads goes on for so long at most; a stream that keeps talking has no other limit.
    static constexpr Millis k_longest{600'000};

    // `client` fires when the client leaves, `ending` when the service does. `timers` must stay.
    Draining(const CancelToken& client, const CancelToken& ending, Timers& timers);
    Draining(const Draining&) = delete;
    Draining& operator=(const Draining&) = delete;
    ~Draining() override;

    CancelToken token() const { return m_source.token(); } // of the call
    void hold() override { m_held = true; }
    bool letGo() override;

  private:
    void onCancel(CancelReason reason);

    Timers& m_timers;
    Timers::Id m_timer = 0;
    CancelSource m_source;
    bool m_held = false;
    bool m_left = false;
    CancelRegistration m_client, m_ending;
};

} // namespace exo
