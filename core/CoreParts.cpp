#include "core/CoreParts.h"

#include "core/Retrieval.h"
#include "core/analysis/engine/AnalysisServiceImpl.h"
#include "core/base/Log.h"
#include "core/providers/Factory.h"
#include "core/providers/LlamaProvider.h"
#include "core/providers/LocalProvider.h"
#include "core/sessions/ChatServiceImpl.h"
#include "core/sessions/SessionServiceImpl.h"

#include <boost/asio/post.hpp>

#include <future>

namespace exo {

Result<std::vector<std::unique_ptr<Provider>>> Core::Parts::makeProviders(const Settings& settings) {
    std::vector<std::unique_ptr<Provider>> providers;
    for (const auto& entry : settings.providers) {
        if (entry.type == "local") continue; // always there
        if (entry.type == "llama") {
            providers.push_back(std::make_unique<LlamaProvider>(entry, *http, clock, *timers));
            continue;
        }
        auto provider = makeProvider(entry, *http, clock);
        if (!provider.ok() && provider.error().code == ErrorCode::Unsupported) { // the others still serve
            log::warn("provider \"{}\" is not used: {}", entry.name, provider.error().detail);
            continue;
        }
        if (!provider.ok()) return std::move(provider).error();
        providers.push_back(std::move(provider).value());
    }
    providers.push_back(std::make_unique<LocalProvider>(*retriever, clock));
    return providers;
}

Result<void> Core::Parts::makeServices() {
    analysis::ScanOptions scan;
    scan.maxFileSize = config.settings.analysis.maxFileSize;
    projects = makeProjectIndexService(options.paths, scan);
    sessions = makeSessionService(*database, clock);
    knowledge = makeKnowledge();
    tools = std::make_unique<ProjectToolBox>(*knowledge);
    retriever =
        std::make_unique<Retrieval>(*projects, *sessions, analysis::HelpIndex::embedded(), knowledge.get());
    EXO_TRY(auto providers, makeProviders(config.settings));
    EXO_TRY(auto cache, makeAnswerCache(config.settings.cache, io, clock, *timers));
    gateway = makeGateway(config.settings, std::move(providers), clock, *timers, std::move(cache));
    chat = std::make_unique<ChatServiceImpl>(
        ChatServiceImpl::Parts{io, *database, *gateway, *retriever, clock, *timers, tools.get()});
    // A server sheds load before it falls over. In the desktop the work is the user's own: let it take its
    // time.
    const bool protects = options.kind == "serve";
    monitor = std::make_unique<CoreMonitor>(CoreMonitor::Parts{
        *gateway, *database, clock, *timers, io.get_executor(),
        [this]() -> const Settings& { return config.settings; }, options.paths.data, protects,
        [this](CoreMonitor::Disk disk) {
            diskFull = disk == CoreMonitor::Disk::Full;
            using Writing = ProjectIndexService::Writing;
            projects->setWriting(diskFull ? Writing::Paused : Writing::On);
        }});
    analyses = makeAnalyses();
    return {};
}

analysis::WorkerCommand Core::Parts::productWorker() const {
    using Running = analysis::RunningProgram;
    return analysis::productWorker(options.isExobrain ? Running::Exobrain : Running::Other);
}

std::unique_ptr<ProjectKnowledge> Core::Parts::makeKnowledge() {
    KnowledgeOptions asked;
    asked.cacheFolder = options.paths.cache / "analysis";
    asked.worker = productWorker();
    asked.limits = [this] { // io thread
        const auto& settings = config.settings.analysis;
        return KnowledgeOptions::Limits{settings.workers, settings.maxFileSize};
    };
    return makeProjectKnowledge(clock, std::move(asked));
}

std::unique_ptr<AnalysisService> Core::Parts::makeAnalyses() {
    AnalysisServiceOptions service;
    service.cacheFolder = options.paths.cache / "analysis";
    service.worker = productWorker();
    service.limits = [this] { // io thread
        const auto& settings = config.settings.analysis;
        return AnalysisServiceOptions::Limits{settings.workers, settings.maxFileSize, !diskFull};
    };
    return makeAnalysisService(io, clock, std::move(service));
}

void Core::Parts::start() {
    const bool lasting = options.kind == "serve" || options.kind == "desktop"; // a command is soon over
    if (lasting) asio::post(io, [this] { monitor->start(); });
    thread = std::thread([this] {
        for (;;) {
            try {
                io.run();
                return;
            } catch (const std::exception& error) { // a bug, but not one worth dying for
                log::error("an exception reached the io thread: {}", error.what());
            }
        }
    });
}

void Core::Parts::stop() {
    // The turns have ended; what is left (idle connections, timers) may finish the step it is in, but not
    // hold up the end.
    work.reset();
    auto ended = std::async(std::launch::async, [this] { thread.join(); });
    if (ended.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) io.stop();
    ended.wait();
}

} // namespace exo
