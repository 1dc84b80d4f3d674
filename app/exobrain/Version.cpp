// exobrain version
#include "core/base/Version.h"
#include "app/exobrain/Command.h"
#include "app/exobrain/Terminal.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace exo::cli {

void addVersion(Commands& commands) {
    CLI::App* command = commands.add("version", "Print the version");
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "As JSON");
    commands.onRun(command, [json] {
        if (*json) {
            printJson(Json{{"name", "exobrain"}, {"version", std::string(k_version)}});
        } else {
            print("exobrain " + std::string(k_version) + "\n");
        }
        return k_ok;
    });
}

} // namespace exo::cli
