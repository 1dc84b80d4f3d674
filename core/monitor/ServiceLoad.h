#pragma once
// How much of what it may use the service uses: what its overload guard is fed with. Pure functions: any
// thread.

#include "core/monitor/ProcessSampler.h"
#include "core/monitor/SystemSampler.h"

#include <cstdint>

namespace exo {

struct ServiceLoad {
    double cpu = 0; // 0–1 of the cores there are for us: the machine's, or our control group's quota
    std::uint64_t memory = 0; // bytes
};

// Both are of this process: that others keep the machine busy is no reason to refuse. But where memory is
// critical (the alert's level: of the machine, or of the control group that limits us, children included) any
// limit is exceeded, whoever took it.
ServiceLoad serviceLoad(const ProcessSample& process, const SystemSample& system, bool memoryIsCritical);

} // namespace exo
