#pragma once
// Keys in the desktop's keyring (Secret Service), read with libsecret's own program `secret-tool`, so that
// nothing of a desktop is linked. Blocks while the keyring asks its owner to unlock it; any thread.

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <map>
#include <string>

namespace exo {

// The key stored by `secret-tool store --label=… service exobrain key NAME`. ConfigError says what is
// missing: the program, the session's keyring, or the key.
Result<Secret> readKeyring(const std::string& name, const std::map<std::string, std::string>& environment);

} // namespace exo
