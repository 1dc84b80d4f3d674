#pragma once
// The readable summary of an analysis for a terminal: languages, what is worst, findings by file, duplicates,
// hotspots. Pure functions.

#include "core/analysis/report/Output.h"
#include "core/api/Analysis.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace exo::analysis {

enum class TextLanguage : std::uint8_t { English, Chinese };
enum class TextColours : std::uint8_t { Off, On };

struct TextOptions {
    std::size_t width = 80; // columns
    TextColours colours = TextColours::Off;
    TextLanguage language = TextLanguage::English;
    std::size_t rows = 10;      // of each list
    std::size_t findings = 200; // 0: all
};

bool writeTextSummary(const api::AnalysisReport& report, const TextOptions& options, const ReportSink& sink);

// Of the standard output: its width and whether it is a terminal that wants colours (NO_COLOR, TERM=dumb),
// the language of LC_ALL, LC_MESSAGES or LANG.
TextOptions textOptionsOfTerminal();

std::string grouped(std::int64_t number); // 1,234,567
// Columns a text takes on a terminal: wide characters two, combining ones none.
std::size_t displayWidth(std::string_view text);
// At most `width` columns, "…" where it was cut; control characters become '?', since names of files can hold
// any.
std::string fitted(std::string_view text, std::size_t width);

} // namespace exo::analysis
