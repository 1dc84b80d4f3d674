#pragma once
// Looks at this machine and home for the checklist before a deployment. Blocks for up to a second or two;
// changes nothing but a folder of its own in the home, which it removes.

#include "app/exobrain/doctor/PreDeploy.h"
#include "core/base/Paths.h"
#include "core/config/Config.h"

namespace exo::doctor {

MachineFacts lookAtMachine(const Paths& paths, const ConfigSources& sources);

// The TCP ports somebody listens on, from the text of /proc/net/tcp or tcp6.
std::vector<std::uint16_t> listeningPorts(std::string_view procNetTcp);

} // namespace exo::doctor
