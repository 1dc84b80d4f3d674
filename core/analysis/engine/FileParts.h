#pragma once
// What a record says, as a result keeps it: shared by what merges all records and what puts in that of an
// edited file. Pure functions.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/engine/IncludeResolver.h"
#include "core/analysis/parse/FileRecord.h"
#include "core/api/Analysis.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo::analysis {

// All but path and includes, which stay what they are.
void fillFile(api::AnalysisFile& file, const FileRecord& record);

std::vector<api::AnalysisFunction> functionsOf(const FileRecord& record);
// By function: whether only the file can see it.
std::vector<bool> hiddenFunctions(const FileRecord& record);

// Where its includes lead.
struct FileIncludes {
    std::vector<api::AnalysisInclude> told;
    std::vector<std::uint32_t> files;     // that are of the project, in order
    std::vector<ResolvedInclude> imports; // none for C and C++
};
FileIncludes includesOf(const IncludeResolver& resolver, const std::vector<std::string>& paths,
                        std::uint32_t file, const FileRecord& record);

// Where each is included from; files ascending.
std::vector<std::vector<std::uint32_t>> includersOf(const std::vector<std::vector<std::uint32_t>>& includes);

// The summary's sums, but for duplicated lines, and the languages. `report` has its files.
void sumUp(api::AnalysisReport& report);
// Its cycles, by what the files include.
void findCycles(api::AnalysisReport& report, const std::vector<std::vector<std::uint32_t>>& includes);

} // namespace exo::analysis
