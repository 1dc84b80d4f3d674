#pragma once
// The owner of a session, as the layers above storage name it.

#include "core/storage/Owner.h"
