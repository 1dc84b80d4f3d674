#pragma once
// Puts the records of edited files into a result, so that it says what an analysis of everything would: but
// for duplicates and hotspots, which stay as they were and are said to be older. Costs what the files hold
// and how often the names are called that they define otherwise now. One thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/engine/CallResolver.h"
#include "core/analysis/engine/IncludeResolver.h"
#include "core/analysis/parse/FileRecord.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace exo::analysis {

class ResultEdit {
  public:
    // So many edited files beside what is packed; more are packed anew by a whole analysis.
    static constexpr std::size_t k_maxFiles = 64;

    // Whether it can be done: false when a file is not in the result or is of another language now, or when
    // too many were edited.
    static bool fits(const AnalysisResult& result, const std::vector<FileRecord>& records);

    // `result` itself is changed when nobody else holds it, else a copy is.
    ResultEdit(std::shared_ptr<const AnalysisResult> result, std::vector<FileRecord> records);
    std::shared_ptr<const AnalysisResult> run();

  private:
    struct Change { // of one file
        FileRecord record;
        std::vector<std::int32_t> moved; // functions, by their place before; −1: it is gone, or another
        bool includes = false;           // lead elsewhere now
    };

    void addNames(const FileRecord& record);
    void sortNewNames();
    void putFile(std::uint32_t file, Change& change);
    void putIncludes(std::uint32_t file, Change& change);
    std::vector<bool> hiddenBefore(std::uint32_t file) const;
    void compareFunctions(std::uint32_t file, Change& change);
    void putUses(AnalysisResult::Edited& edited, const std::vector<NameUse>& names) const;
    void linkCalls();
    void link(PackedCall& call, bool anew);
    void follow(PackedCall& call) const;
    void resolve(PackedCall& call);
    std::vector<bool> filesToLink() const;
    CallResolver& resolver();
    std::uint32_t nameOf(std::string_view text) const;

    std::shared_ptr<AnalysisResult> m_result;
    std::map<std::uint32_t, Change> m_changes; // by file
    std::unordered_set<std::string> m_met;
    std::vector<std::uint32_t> m_newNames;
    // By number: other functions have the name now; the resolver knows its functions.
    std::vector<bool> m_changedNames, m_definedNames;
    std::vector<std::uint32_t> m_concernedNames; // of calls that change; may be there twice
    std::optional<CallResolver> m_resolver;
};

} // namespace exo::analysis
