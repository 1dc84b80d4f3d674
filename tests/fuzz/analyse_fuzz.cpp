// The analyser on foreign bytes as each language in turn: no crash, lines that add up, places within the
// file, and masked text of the same length.
#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/parse/LineCounter.h"
#include "core/analysis/parse/Mask.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

using namespace exo::analysis;

namespace {

constexpr std::array k_paths{"a.c",     "a.cpp", "a.py",  "a.js",   "a.ts",   "a.tsx",  "a.go", "a.rs",
                             "A.java",  "a.cs",  "a.rb",  "a.php",  "a.sh",   "a.json", "a.kt", "a.swift",
                             "a.scala", "a.lua", "a.css", "a.html", "a.yaml", "a.toml", "a.md", "a.sql"};

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

// The first byte chooses the language.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    static FileAnalyser analyser;
    AnalyseOptions options;
    options.parseLimit = std::chrono::seconds(5);
    const auto record = analyser.analyse(k_paths[data[0] % k_paths.size()], text, options);
    if (!record.ok()) return 0;
    const auto ends = static_cast<std::int32_t>(std::count(text.begin(), text.end(), '\n'));
    const std::int32_t lines = ends + (!text.empty() && text.back() != '\n');
    require(record->lines.total() == lines);
    const LineCounts cloc = countLines(text, record->languageName, LineRules::Cloc);
    require(cloc.total() == lines && cloc.code >= 0 && cloc.comment >= 0 && cloc.blank >= 0);
    for (const FunctionRecord& function : record->functions) {
        require(function.startLine >= 1 && function.endLine >= function.startLine &&
                function.endLine <= lines + 1);
        require(function.ccn >= 1 && function.ccnLizard >= 1 && function.cognitive >= 0);
    }
    for (const CallRecord& call : record->calls) {
        require(call.function >= -1 && call.function < static_cast<std::int32_t>(record->functions.size()));
    }
    require(record->tokens.kinds.size() == record->tokens.lines.size());
    for (const CDialect dialect : {CDialect::C, CDialect::Cpp}) {
        const Masked masked = maskC(text, dialect);
        require(masked.text.size() == text.size());
        require(std::count(masked.text.begin(), masked.text.end(), '\n') == ends);
    }
    return 0;
}
