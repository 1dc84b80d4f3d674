#pragma once
// The sessions of the database behind SessionService. io thread; the work is done in jobs of the database's
// threads, and the parsing of imports on a thread of its own.

#include "core/base/Clock.h"
#include "core/sessions/SessionService.h"
#include "core/storage/Database.h"

#include <memory>

namespace exo {

// Both must outlive the service.
std::unique_ptr<SessionService> makeSessionService(Database& database, Clock& clock);

} // namespace exo
