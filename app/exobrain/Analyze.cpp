// exobrain analyze: one analysis of a folder or file, with its report on stdout or in a file.
#include "app/exobrain/AnalyzeOutput.h"
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/ProgressBar.h"
#include "app/exobrain/Signals.h"
#include "app/exobrain/Terminal.h"
#include "core/analysis/engine/LineReport.h"

#include <CLI/CLI.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <unistd.h>

namespace exo::cli {

namespace {

struct AnalyzeCommand {
    std::string path;
    std::string failOn;
    std::string loc;
    std::string only;
    int jobs = 0;
    bool noCache = false;
    bool json = false;
    AnalyzeOutput output;
};

using ResultPtr = std::shared_ptr<const analysis::AnalysisResult>;

Task<ResultPtr> analyse(Core& core, AnalysisRequest request, CancelToken cancel, ProgressBar& bar) {
    const Owner owner = Owner::local();
    AnalysisService& service = core.analyses();
    EXO_CO_TRY(const auto id, service.start(owner, std::move(request)));
    EXO_CO_TRY(const auto watching, service.subscribe(owner, id, [&bar](const api::AnalysisState& state) {
        if (state.status == "running")
            bar.show(state.progress.stage, state.progress.done, state.progress.total);
    }));
    const auto state = co_await service.wait(owner, id, std::move(cancel));
    bar.clear();
    if (!state.ok()) co_return state.error();
    if (state->status != "done")
        co_return fail(errorCodeFromString(state->errorCode).value_or(ErrorCode::Internal),
                       state->errorMessage);
    co_return service.result(owner, id);
}

// Ctrl-C stops the workers and ends in order; a second one leaves at once.
Result<ResultPtr> runAnalysis(Core& core, AnalysisRequest request, Signals& signals) {
    CancelSource cancel; // of the io thread from here on
    ProgressBar bar;
    const auto job = [](Core& c, AnalysisRequest r, CancelToken token, ProgressBar& b,
                        Signals& end) -> Task<ResultPtr> {
        auto result = co_await analyse(c, std::move(r), std::move(token), b);
        end.wake();
        co_return result;
    };
    auto future = startOn<ResultPtr>(core, job(core, std::move(request), cancel.token(), bar, signals));
    int interrupts = 0;
    for (int number = signals.wait(); number != Signals::k_woken; number = signals.wait()) {
        if (++interrupts > 1) std::_Exit(128 + number);
        asio::post(core.io(), [&cancel] { cancel.cancel(CancelReason::UserStop); });
    }
    auto result = future.get();
    std::promise<void> passed; // a stop posted as it ended must have run before its source goes
    asio::post(core.io(), [&passed] { passed.set_value(); });
    passed.get_future().wait();
    return result;
}

// Lines alone: no core, no home, no worker process; a signal just ends it.
int runLines(const Globals& globals, const AnalyzeCommand& command, const AnalyzeOutput& output) {
    if (output.format != "text" && output.format != "json") {
        say("--only loc has the formats text and json");
        return k_usage;
    }
    const auto config = loadConfig(globals.sources());
    if (!config.ok()) return report(config.error());
    const Settings::Analysis& settings = config->settings.analysis;
    analysis::LineOptions options;
    options.path = command.path;
    options.jobs = command.jobs > 0 ? command.jobs : settings.workers;
    options.maxFileSize = settings.maxFileSize;
    options.rules = command.loc == "cloc" ? analysis::LineRules::Cloc : analysis::LineRules::Ours;
    if (const auto ready = output.prepare(); !ready.ok()) return report(ready.error());
    const auto counted = analysis::countProjectLines(options);
    if (!counted.ok()) return report(counted.error());
    const auto written = output.writeLines(*counted);
    return written.ok() ? static_cast<int>(k_ok) : report(written.error());
}

int runAnalyze(const Globals& globals, const AnalyzeCommand& command) {
    globals.setUpLog(log::Level::Warn);
    AnalyzeOutput output = command.output;
    if (command.json) output.format = "json";
    if (command.only == "loc") return runLines(globals, command, output);
    Signals signals{SIGINT, SIGTERM};
    std::error_code errc;
    AnalysisRequest request;
    request.path = std::filesystem::absolute(command.path, errc).string();
    request.jobs = command.jobs;
    request.cache = command.noCache ? AnalysisRequest::Cache::Ignore : AnalysisRequest::Cache::Use;
    request.clocCounting = command.loc == "cloc";
    if (const auto ready = output.prepare(); !ready.ok()) return report(ready.error());
    const auto core = openCore(globals, "analyze");
    if (!core.ok()) return report(core.error());
    const auto result = runAnalysis(**core, std::move(request), signals);
    if (!result.ok()) {
        if (result.error().code != ErrorCode::Cancelled) return report(result.error());
        say("stopped");
        return k_failed;
    }
    const auto written = output.write(**result);
    if (!written.ok()) return report(written.error());
    if (command.failOn.empty() || *written < severityRank(command.failOn)) return k_ok;
    say("there are findings of severity " + command.failOn + " or worse");
    return k_failed;
}

} // namespace

void addAnalyze(Commands& commands) {
    CLI::App* command = commands.add("analyze", "Analyse a folder or a file");
    const auto options = std::make_shared<AnalyzeCommand>();
    command->add_option("PATH", options->path, "Folder or file")->required();
    command->add_option("--format", options->output.format, "text, json, sarif or html (default: text)")
        ->check(CLI::IsMember({"text", "json", "sarif", "html"}));
    command->add_option("--out", options->output.file, "Write the report to this file instead of stdout");
    CLI::Option* baseline = command->add_option("--baseline", options->output.baseline,
                                                "SARIF of an earlier run: tell only what is new");
    CLI::Option* failOn =
        command->add_option("--fail-on", options->failOn, "Exit with 1 on findings of this severity or worse")
            ->check(CLI::IsMember({"note", "warning", "error"}));
    command
        ->add_option("--jobs", options->jobs,
                     "Worker processes, or threads that count lines (default: analysis.workers)")
        ->check(CLI::Range(1, 256));
    command->add_flag("--no-cache", options->noCache, "Read every file anew and keep nothing");
    command->add_option("--loc", options->loc, "cloc: count lines as cloc does")
        ->check(CLI::IsMember({"cloc"}));
    command->add_option("--only", options->only, "loc: count lines by language and do nothing else")
        ->check(CLI::IsMember({"loc"}))
        ->excludes(baseline)
        ->excludes(failOn);
    command->add_flag("--json", options->json, "The same as --format json");
    commands.onRun(command, [&globals = commands.globals, options] { return runAnalyze(globals, *options); });
}

} // namespace exo::cli
