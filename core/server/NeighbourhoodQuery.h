#pragma once
// The query of GET /api/v1/analyses/{id}/neighbours. io thread.

#include "core/analysis/engine/Neighbourhood.h"
#include "core/server/Exchange.h"

namespace exo::server {

// InvalidRequest with the name of what is wrong.
Result<analysis::NeighbourhoodQuery> neighbourhoodQuery(const Exchange& exchange);

} // namespace exo::server
