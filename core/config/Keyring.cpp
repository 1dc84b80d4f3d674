#include "core/config/Keyring.h"

#include "core/base/ChildProcess.h"
#include "core/base/Text.h"

namespace exo {

namespace {

constexpr Millis k_unlockTime{60'000}; // somebody may be asked for a password
constexpr std::size_t k_maxKeyBytes = 64u << 10;

} // namespace

Result<Secret> readKeyring(const std::string& name, const std::map<std::string, std::string>& environment) {
    const auto path = environment.find("PATH");
    const auto program = findProgram("secret-tool", path == environment.end() ? "" : path->second);
    if (!program.ok())
        return fail(ErrorCode::ConfigError, "keyring:" + name +
                                                " needs the program secret-tool (package libsecret-tools); "
                                                "without a desktop use env:, file: or credential:");
    auto tool = ChildProcess::start({program->string(), "lookup", "service", "exobrain", "key", name},
                                    ChildProcess::Errors::Discarded);
    if (!tool.ok()) return fail(ErrorCode::ConfigError, tool.error().detail);
    auto text = tool->readToEnd(k_unlockTime, k_maxKeyBytes);
    if (!text.ok())
        return fail(ErrorCode::ConfigError, "the keyring gives no answer: " + text.error().detail);
    Secret key{std::string(trim(*text))};
    if (tool->status() == 0 && !key.empty()) return key;
    return fail(ErrorCode::ConfigError,
                "the keyring is not running or has no key \"" + name +
                    "\"; store it with: secret-tool store --label=ExoBrain service exobrain key " + name);
}

} // namespace exo
