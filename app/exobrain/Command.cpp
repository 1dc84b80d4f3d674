#include "app/exobrain/Command.h"

#include "app/exobrain/Terminal.h"
#include "core/api/ErrorMap.h"

#include <CLI/CLI.hpp>

#include <utility>

namespace exo::cli {

Paths Globals::paths() const {
    return home.empty() ? Paths::fromEnvironment() : Paths::fromHome(home);
}

ConfigSources Globals::sources() const {
    ConfigSources sources;
    sources.file = configFile.empty() ? paths().configFile() : std::filesystem::path(configFile);
    sources.fileRequired = !configFile.empty();
    sources.environment = processEnvironment();
    sources.flags = settings;
    if (!logLevel.empty()) sources.flags["logging.level"] = logLevel;
    if (!logFormat.empty()) sources.flags["logging.format"] = logFormat;
    return sources;
}

void Globals::setUpLog(log::Level usual) const {
    log::Options options;
    options.level = usual;
    if (!logLevel.empty()) log::parseLevel(logLevel, options.level);
    options.format = logFormat == "json" ? log::Format::Json : log::Format::Text;
    log::setUp(options);
}

CLI::App* Commands::add(const std::string& name, const std::string& description) {
    return addTo(&app, name, description);
}

CLI::App* Commands::addTo(CLI::App* parent, const std::string& name, const std::string& description) {
    CLI::App* command = parent->add_subcommand(name, description);
    command->fallthrough();
    return command;
}

void Commands::onRun(CLI::App* command, Run action) {
    command->callback([this, action = std::move(action)] { run = action; });
}

int exitCodeOf(const Error& error) {
    switch (error.code) {
    case ErrorCode::ConfigError: return k_config;
    case ErrorCode::Internal: return k_internal;
    case ErrorCode::Conflict:
    case ErrorCode::ShuttingDown: return k_temporary;
    default: return k_failed;
    }
}

int report(const Error& error) {
    std::string text = api::errorText(error.code, language());
    if (!error.detail.empty()) text += "\n" + error.detail;
    say(text);
    return exitCodeOf(error);
}

} // namespace exo::cli
