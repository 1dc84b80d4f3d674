#pragma once
// How the AnalysisService is made; for Core.

#include "core/analysis/engine/AnalysisRun.h"
#include "core/analysis/engine/AnalysisService.h"
#include "core/base/Clock.h"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>

namespace exo {

struct AnalysisServiceOptions {
    std::filesystem::path cacheFolder; // empty: nothing is kept
    analysis::WorkerCommand worker;
    // Asked at each start, as a reload may change them.
    struct Limits {
        int workers = 2;
        std::uint64_t maxFileSize = 2u << 20;
        bool keep = true; // false: nothing is read from or written to the cache folder
    };
    std::function<Limits()> limits;
    std::chrono::milliseconds stallLimit{10'000};
    std::size_t maxRunning = 4; // one works, the others wait
    std::size_t maxKept = 8;    // results; the oldest go first
};

std::unique_ptr<AnalysisService> makeAnalysisService(asio::io_context& io, const Clock& clock,
                                                     AnalysisServiceOptions options);

} // namespace exo
