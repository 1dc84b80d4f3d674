#pragma once
// Joins the records of all files into one result: names interned, includes resolved, calls linked, cycles
// found. Takes the records one after the other, so that only one is unfolded at a time. One thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/engine/CallResolver.h"
#include "core/analysis/engine/IncludeResolver.h"
#include "core/analysis/engine/LineTotals.h"
#include "core/analysis/parse/FileRecord.h"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

class Merger {
  public:
    // `paths`: of all records that will come, sorted; in this order they come.
    Merger(std::string root, std::vector<std::string> paths, std::map<std::string, std::string> goModules);

    void add(FileRecord record);
    // Sum of the cyclomatic complexity of its functions.
    const std::map<std::string, std::int64_t>& complexity() const { return m_complexity; }
    // What other parts found; call before finish().
    api::AnalysisReport& report() { return m_result->m_report; }
    // Cancelled when told so.
    Result<std::shared_ptr<const AnalysisResult>> finish(const std::atomic<bool>* cancelled);

  private:
    std::uint32_t idOf(std::string_view name);
    void addUses(std::uint32_t file, const std::vector<NameUse>& names);
    void addCalls(const FileRecord& record);
    void addIncludes(std::uint32_t file, FileRecord& record);
    void count(const FileRecord& record);
    void sealNames();
    bool linkCalls(const std::atomic<bool>* cancelled);
    void findCycles();

    const std::vector<std::string> m_paths;
    IncludeResolver m_includes;
    CallResolver m_calls;
    std::shared_ptr<AnalysisResult> m_result = std::make_shared<AnalysisResult>();
    std::vector<std::vector<FunctionRecord>> m_functions; // by file
    std::vector<std::vector<OpenCall>> m_open;            // by file
    std::vector<std::vector<std::uint32_t>> m_edges;      // includes by file
    std::deque<std::string> m_names;                      // views into it stay valid
    std::unordered_map<std::string_view, std::uint32_t> m_nameIds;
    std::vector<std::string> m_uses;       // by name, as the result keeps them
    std::vector<std::uint32_t> m_lastFile; // by name: the last file in its uses
    LineTotals m_lines;
    std::map<std::string, std::int64_t> m_complexity;
};

} // namespace exo::analysis
