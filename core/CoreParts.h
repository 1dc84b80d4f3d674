#pragma once
// What a Core owns, in order of construction; destroyed in reverse. Private to core/Core*.cpp.

#include "core/Core.h"
#include "core/CoreMonitor.h"
#include "core/analysis/ProjectIndexService.h"
#include "core/analysis/engine/AnalysisService.h"
#include "core/analysis/tools/ProjectToolBox.h"
#include "core/net/AsioTimers.h"
#include "core/storage/HomeLock.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <thread>

namespace exo {

struct Core::Parts {
    Parts(CoreOptions o, LoadedConfig c, std::optional<HomeLock> l, std::unique_ptr<Database> d)
        : options(std::move(o))
        , config(std::move(c))
        , lock(std::move(l))
        , database(std::move(d)) {}

    Result<std::vector<std::unique_ptr<Provider>>> makeProviders(const Settings& settings);
    Result<void> makeServices();
    analysis::WorkerCommand productWorker() const;
    std::unique_ptr<ProjectKnowledge> makeKnowledge();
    std::unique_ptr<AnalysisService> makeAnalyses();
    void start();
    void stop(); // after the last turn ended

    CoreOptions options;
    LoadedConfig config;
    std::optional<HomeLock> lock;
    SystemClock clock;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::unique_ptr<Database> database;
    std::unique_ptr<Timers> timers = net::makeTimers(io);
    std::unique_ptr<net::HttpClient> http = net::makeHttpClient(io);
    std::unique_ptr<ProjectIndexService> projects;
    std::unique_ptr<ProjectKnowledge> knowledge;
    std::unique_ptr<ToolBox> tools;
    std::unique_ptr<SessionService> sessions;
    std::unique_ptr<Retriever> retriever;
    std::unique_ptr<Gateway> gateway;
    std::unique_ptr<ChatService> chat;
    std::unique_ptr<CoreMonitor> monitor;
    std::unique_ptr<AnalysisService> analyses;
    bool diskFull = false; // almost; io thread
    std::thread thread;
};

} // namespace exo
