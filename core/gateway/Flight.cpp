#include "core/gateway/Flight.h"

#include <algorithm>

namespace exo {

void Flight::noteOverhead() const {
    const auto own = std::max(elapsed() - waited, std::chrono::nanoseconds(0));
    call.report->overhead = std::chrono::duration_cast<std::chrono::microseconds>(own);
}

void Flight::bookSuccess() {
    if (booked) return;
    booked = true;
    noteOverhead();
    stats->succeed(elapsed(), kind);
    stats->metrics().overhead.record(call.report->overhead);
}

void Flight::bookFailure(const Error& error) {
    if (booked) return;
    booked = true;
    noteOverhead();
    stats->failCall(elapsed(), error);
}

} // namespace exo
