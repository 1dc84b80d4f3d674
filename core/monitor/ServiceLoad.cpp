#include "core/monitor/ServiceLoad.h"

#include <algorithm>
#include <limits>

namespace exo {

ServiceLoad serviceLoad(const ProcessSample& process, const SystemSample& system, bool memoryIsCritical) {
    ServiceLoad load;
    load.cpu = system.cores > 0 ? std::min(1.0, process.cpuCores / system.cores) : process.cpuUsage;
    load.memory = memoryIsCritical ? std::numeric_limits<std::uint64_t>::max() : process.resident;
    return load;
}

} // namespace exo
