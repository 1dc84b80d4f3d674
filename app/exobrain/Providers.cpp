// exobrain providers list|test|detect
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/Terminal.h"
#include "core/providers/Detect.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace exo::cli {

namespace {

std::string join(const std::vector<std::string>& items) {
    std::string out;
    for (const auto& item : items)
        out += (out.empty() ? "" : ", ") + item;
    return out.empty() ? "-" : out;
}

int list(const Globals& globals, bool asJson) {
    globals.setUpLog(log::Level::Warn);
    const auto core = openCore(globals, "providers");
    if (!core.ok()) return report(core.error());
    const auto ask = [](Gateway& gateway) -> Task<std::vector<api::ProviderInfo>> {
        co_return gateway.providers();
    };
    const auto providers = runOn<std::vector<api::ProviderInfo>>(**core, ask((*core)->gateway()));
    if (!providers.ok()) return report(providers.error());
    Json json{{"providers", Json::array()}};
    std::vector<std::vector<std::string>> cells{{"NAME", "TYPE", "KEY", "MODELS", "ADDRESS"}};
    for (const auto& provider : *providers) {
        json["providers"].push_back(api::toJson(provider));
        cells.push_back({provider.name, provider.type, provider.hasKey ? "yes" : "no",
                         fitLine(join(provider.models), 50),
                         provider.baseUrl.empty() ? "-" : provider.baseUrl});
    }
    if (asJson) printJson(json);
    if (!asJson) print(table(cells));
    return k_ok;
}

int test(const Globals& globals, const std::string& name, bool asJson) {
    globals.setUpLog(log::Level::Warn);
    const auto core = openCore(globals, "providers");
    if (!core.ok()) return report(core.error());
    auto task = (*core)->gateway().testProvider(name, CancelToken());
    const auto result = runOn<api::ProviderTest>(**core, std::move(task));
    if (!result.ok()) return report(result.error());
    if (asJson) {
        printJson(api::toJson(*result));
    } else if (result->ok) {
        print(name + " answers: " + result->model + ", " + std::to_string(result->latencyMs) + " ms\n");
    } else {
        const auto info = result->error.value_or(api::ErrorInfo{});
        const auto code = errorCodeFromString(info.code).value_or(ErrorCode::Internal);
        say(name + ": " + api::errorText(code, language()) +
            (info.message.empty() ? "" : "\n" + info.message));
    }
    return result->ok ? k_ok : k_failed;
}

int detect(const Globals& globals, bool asJson) {
    globals.setUpLog(log::Level::Warn);
    const auto core = openCore(globals, "providers");
    if (!core.ok()) return report(core.error());
    const auto found =
        runOn<std::vector<DetectedServer>>(**core, detectLocalProviders((*core)->http(), (*core)->timers()));
    if (!found.ok()) return report(found.error());
    Json json{{"servers", Json::array()}};
    std::vector<std::vector<std::string>> cells{{"NAME", "ADDRESS", "MODELS"}};
    for (const auto& server : *found) {
        json["servers"].push_back(
            Json{{"name", server.product}, {"baseUrl", server.baseUrl}, {"models", server.models}});
        cells.push_back({server.product, server.baseUrl, fitLine(join(server.models), 80)});
    }
    if (asJson) {
        printJson(json);
    } else if (found->empty()) {
        say("no local model server answers on the usual ports (Ollama, LM Studio, llama-server, vLLM, Jan)");
    } else {
        print(table(cells));
    }
    return k_ok;
}

} // namespace

void addProviders(Commands& commands) {
    CLI::App* providers = commands.add("providers", "Model providers");
    providers->require_subcommand(1);
    Globals& globals = commands.globals;
    const auto json = std::make_shared<bool>(false);
    const auto name = std::make_shared<std::string>();

    CLI::App* listCommand = commands.addTo(providers, "list", "List the configured providers");
    commands.onRun(listCommand, [&globals, json] { return list(globals, *json); });
    CLI::App* testCommand = commands.addTo(providers, "test", "Make one real, minimal call");
    testCommand->add_option("NAME", *name, "The provider")->required();
    commands.onRun(testCommand, [&globals, name, json] { return test(globals, *name, *json); });
    CLI::App* detectCommand = commands.addTo(providers, "detect", "Look for model servers on this machine");
    commands.onRun(detectCommand, [&globals, json] { return detect(globals, *json); });
    for (CLI::App* command : {listCommand, testCommand, detectCommand})
        command->add_flag("--json", *json, "As JSON");
}

} // namespace exo::cli
