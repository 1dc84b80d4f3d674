#pragma once
// Joins the records of all files into one result: names interned, includes resolved, calls linked, cycles
// found. Takes the records one after the other, so that few are unfolded at a time. One thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/engine/CallResolver.h"
#include "core/analysis/engine/IncludeResolver.h"
#include "core/analysis/engine/NameTable.h"
#include "core/analysis/parse/FileRecord.h"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

class Merger {
  public:
    // `paths`: of all records that will come, sorted; in this order they come.
    Merger(std::string root, std::vector<std::string> paths, std::map<std::string, std::string> goModules);

    void add(FileRecord record);
    // By path: the sum of the cyclomatic complexity of the functions so far.
    std::map<std::string, std::int64_t> complexity();
    // Duplicates and what history says, of an earlier result.
    void takeWholes(const AnalysisResult& earlier);
    // What other parts found; call before finish().
    api::AnalysisReport& report() { return m_result->m_report; }
    // Cancelled when told so. `start`: of the whole analysis, for its summary. `together`: on two threads.
    Result<std::shared_ptr<const AnalysisResult>>
    finish(const std::atomic<bool>* cancelled,
           std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now(),
           bool together = false);

  private:
    void addUses(std::uint32_t file, const std::vector<NameUse>& names);
    void addCalls(const FileRecord& record);
    void addDefinitions(std::uint32_t file, const FileRecord& record);
    void addIncludes(std::uint32_t file, const FileRecord& record);
    void sealUses();
    void sortNames();
    bool linkCalls(const std::atomic<bool>* cancelled);
    void finishBeside(); // all that needs no linked call

    const std::vector<std::string> m_paths;
    IncludeResolver m_includes;
    CallResolver m_calls;
    std::shared_ptr<AnalysisResult> m_result = std::make_shared<AnalysisResult>();
    std::vector<std::vector<OpenCall>> m_open; // by file
    NameTable m_names;
    std::vector<std::pair<std::uint32_t, FunctionPlace>> m_definitions; // by name, in order of file
    std::vector<std::string> m_uses;        // pieces, in the order of files: name, and what it adds
    std::vector<std::uint32_t> m_lastFile;  // by name: the last file in its uses
    std::vector<std::uint64_t> m_usesBytes; // by name
};

} // namespace exo::analysis
