// exobrain doctor: the deployment checklists, line by line.
#include "app/exobrain/Command.h"
#include "app/exobrain/Terminal.h"
#include "app/exobrain/doctor/MachineFacts.h"
#include "app/exobrain/doctor/ServerProbe.h"
#include "core/base/Text.h"
#include "core/base/Units.h"
#include "core/net/AsioTimers.h"
#include "core/storage/HomeLock.h"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace exo::cli {

namespace {

constexpr Millis k_longestSample{3600'000};

struct DoctorOptions {
    bool preDeploy = false;
    std::string postDeploy; // URL
    std::string proxy;
    std::string keyFile;
    std::string sample = "10s";
    bool json = false;
};

Result<Secret> keyOf(const DoctorOptions& options) {
    if (!options.keyFile.empty()) {
        EXO_TRY(const std::string text, readFile(options.keyFile, 4096));
        return Secret(std::string(trim(text)));
    }
    const char* key = std::getenv("EXOBRAIN_API_KEY");
    return Secret(key ? key : "");
}

doctor::Section before(const Globals& globals) {
    return {"before",
            {"Before the deployment", "部署前检查"},
            doctor::preDeployChecks(doctor::lookAtMachine(globals.paths(), globals.sources()))};
}

struct Looked {
    doctor::ServerFacts server;
    doctor::LoadFacts load;
};

asio::awaitable<void> look(doctor::ServerProbe& probe, Looked& looked) {
    looked.server = co_await probe.lookAtServer();
    if (looked.server.health.good()) looked.load = co_await probe.lookAtLoad();
}

void after(doctor::ProbeTarget target, std::vector<doctor::Section>& sections) {
    while (target.url.ends_with('/'))
        target.url.pop_back();
    while (target.proxy.ends_with('/'))
        target.proxy.pop_back();
    asio::io_context io(1);
    const SystemClock clock;
    Looked looked;
    {
        const auto timers = net::makeTimers(io);
        const auto http = net::makeHttpClient(io);
        doctor::ServerProbe probe(*http, *timers, clock, std::move(target));
        asio::co_spawn(io, look(probe, looked), [&io](std::exception_ptr) { io.stop(); });
        io.run();
    }
    sections.push_back(
        {"after", {"After the deployment", "部署后检查"}, doctor::postDeployChecks(looked.server)});
    sections.push_back({"performance", {"Performance", "性能检查"}, doctor::performanceChecks(looked.load)});
}

int runDoctor(const Globals& globals, const DoctorOptions& options) {
    globals.setUpLog(log::Level::Error);
    const auto sample = parseDuration(options.sample, Millis(1000));
    if (!sample.ok() || sample->count() <= 0 || *sample > k_longestSample) {
        say("--sample is a time like 10s, at most an hour");
        return k_usage;
    }
    const auto key = keyOf(options);
    if (!key.ok()) return report(key.error());
    std::vector<doctor::Section> sections;
    if (options.preDeploy || options.postDeploy.empty()) sections.push_back(before(globals));
    std::string url = options.postDeploy;
    if (url.empty() && !options.preDeploy)
        if (const auto holder = HomeLock::holder(globals.paths().run)) url = holder->url;
    if (!url.empty()) after({url, options.proxy, *key, *sample}, sections);
    if (options.json) {
        printJson(doctor::toJson(sections));
    } else {
        const bool colours = stdoutIsTerminal() && !std::getenv("NO_COLOR");
        const std::string text = doctor::toText(sections, {language() == api::Language::Chinese, colours});
        if (colours)
            std::fwrite(text.data(), 1, text.size(), stdout); // foreign parts are escaped already
        else
            print(text);
    }
    return doctor::anyFailed(sections) ? k_failed : k_ok;
}

} // namespace

void addDoctor(Commands& commands) {
    CLI::App* command = commands.add(
        "doctor", "Go through the deployment checklists; fails when a line does. Without a choice: those "
                  "before, and those after when a server runs on this home");
    const auto options = std::make_shared<DoctorOptions>();
    command->add_flag("--pre-deploy", options->preDeploy, "Only look at this machine, before a deployment");
    command->add_option("--post-deploy", options->postDeploy,
                        "URL of a server to look at, after a deployment");
    command->add_option("--proxy", options->proxy,
                        "URL of the proxy in front of it (default: port 80 of this machine, if in use)");
    command->add_option("--key-file", options->keyFile,
                        "File with an API key of the server (default: EXOBRAIN_API_KEY)");
    command->add_option("--sample", options->sample, "How long to look at the performance (default 10s)");
    command->add_flag("--json", options->json, "As JSON, in English");
    commands.onRun(command, [&globals = commands.globals, options] { return runDoctor(globals, *options); });
}

} // namespace exo::cli
