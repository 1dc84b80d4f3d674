// exobrain import FILE
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/Terminal.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace exo::cli {

namespace {

constexpr std::size_t k_maxImportBytes = 1u << 30;

struct ImportOptions {
    std::string file;
    bool json = false;
};

int runImport(const Globals& globals, const ImportOptions& options) {
    globals.setUpLog(log::Level::Warn);
    auto bytes = readFile(options.file, k_maxImportBytes);
    if (!bytes.ok()) return report(bytes.error());
    auto core = openCore(globals, "import");
    if (!core.ok()) return report(core.error());
    auto task = (*core)->sessions().importSessions(Owner::local(), std::move(*bytes));
    const auto done = runOn<ImportReport>(**core, std::move(task));
    if (!done.ok()) return report(done.error());
    if (options.json) {
        printJson(
            Json{{"sessions", done->sessions}, {"messages", done->messages}, {"skipped", done->skipped}});
        return k_ok;
    }
    print(std::to_string(done->sessions) + " sessions with " + std::to_string(done->messages) +
          " messages imported, " + std::to_string(done->skipped) + " skipped (empty or here already)\n");
    return k_ok;
}

} // namespace

void addImport(Commands& commands) {
    CLI::App* command = commands.add("import", "Import a ChatGPT conversations.json or an export of ours");
    const auto options = std::make_shared<ImportOptions>();
    command->add_option("FILE", options->file, "The file")->required();
    command->add_flag("--json", options->json, "Print the result as JSON");
    commands.onRun(command, [&globals = commands.globals, options] { return runImport(globals, *options); });
}

} // namespace exo::cli
