#pragma once
// The text of an analysed file as it is now, decoded, and its colours: those are made in a worker process,
// because a parser reads what strangers wrote. Blocks; any thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/engine/WorkerProcess.h"
#include "core/analysis/parse/Highlight.h"

#include <chrono>

namespace exo::analysis {

struct SourceOptions {
    WorkerCommand worker;
    bool colours = true;
    std::size_t maxBytes = 32u << 20;
    std::chrono::milliseconds limit{4'000}; // of parsing
};

// Only files of the result, opened below its root without following links. NotFound; RequestTooLarge;
// Unsupported for what is not (any longer) text; IoError.
Result<api::SourceText> readSourceText(const AnalysisResult& result, const std::string& path,
                                       const SourceOptions& options);

// What a worker answers; whoever reads it believes only what fits a text of `size` bytes and `lines` lines.
std::string encodeHighlighted(const Highlighted& highlighted);
Result<Highlighted> decodeHighlighted(std::string_view bytes, std::size_t size, int lines);

} // namespace exo::analysis
