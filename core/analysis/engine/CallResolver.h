#pragma once
// Which function a call means, by what can be seen without types: scope, receiver, imports, includes. Each
// answer says how sure it is. Filled file by file, then asked; one thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/parse/FileRecord.h"
#include "core/api/Analysis.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace exo::analysis {

// A call still to be resolved; names are ids of the merger's table.
struct OpenCall {
    std::uint32_t callee = 0, receiver = 0;
    std::int32_t function = -1;
    std::int32_t line = 0, arguments = 0;
};

struct ResolvedInclude {
    std::int32_t file = -1;
    std::vector<std::string> names;
    std::string alias, text;
};

class CallResolver {
  public:
    struct File {
        Language language = Language::Unknown;
        std::string_view path;
        const std::vector<api::AnalysisFunction>* functions = nullptr; // outlive the resolver
        std::vector<ResolvedInclude> includes;
    };
    struct Target {
        std::int32_t file = -1, function = -1;
        CallConfidence confidence = CallConfidence::Unresolved;
    };

    // In order of their index. `hidden`: names only this file can see.
    void add(File file, const std::unordered_set<std::string_view>& hidden);
    // After the last add().
    Target resolve(std::uint32_t file, std::string_view callee, std::string_view receiver,
                   const OpenCall& call);

  private:
    struct Candidate {
        std::uint32_t file = 0;
        std::uint32_t function : 31 = 0;
        std::uint32_t hidden : 1 = 0; // only its file can see it
    };
    struct Question;
    using Candidates = std::vector<Candidate>;

    const api::AnalysisFunction& record(const Candidate& candidate) const;
    std::string_view scopeOf(const Candidate& candidate) const;
    Candidates visible(const Question& question) const;
    Target answer(const Question& question, const Candidates& from, CallConfidence confidence) const;
    Target inOwnScope(const Question& question, const Candidates& all) const;
    Target byReceiverType(const Question& question, const Candidates& all) const;
    Target throughImport(const Question& question, const Candidates& all) const;
    Target plainCall(const Question& question, const Candidates& all);
    Target unknownReceiver(const Question& question, const Candidates& all) const;
    bool leadsTo(std::int32_t target, const Candidate& candidate) const;
    const std::unordered_set<std::uint32_t>& includedBy(std::uint32_t file);

    std::vector<File> m_files;
    std::unordered_map<std::string_view, Candidates> m_byName;
    std::unordered_set<std::uint32_t> m_included; // all that m_includedOf includes, directly or not
    std::int64_t m_includedOf = -1;
};

} // namespace exo::analysis
