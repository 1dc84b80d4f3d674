#pragma once
// Which function a call means, by what can be seen without types: scope, receiver, imports, includes. Each
// answer says how sure it is. Told of files and functions, then asked; one thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/parse/FileRecord.h"
#include "core/api/Analysis.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace exo::analysis {

bool isCFamily(Language language);

// A call as a record has it; names are ids.
struct OpenCall {
    std::uint32_t callee = 0, receiver = 0;
    std::int32_t function = -1;
    std::int32_t line = 0, arguments = 0;
};

PackedCall packed(std::uint32_t file, const OpenCall& call);

class CallResolver {
  public:
    struct File {
        Language language = Language::Unknown;
        std::string_view path;
        // All of it outlives the resolver.
        const std::vector<api::AnalysisFunction>* functions = nullptr;
        const std::vector<std::uint32_t>* includes = nullptr; // files
        const std::vector<ResolvedInclude>* imports = nullptr;
    };
    void add(const File& file) { m_files.push_back(file); } // in order of their index
    // A function that a call of `name`, which outlives the resolver, may mean; in order of file and function.
    void define(std::string_view name, const FunctionPlace& function) {
        m_byName[name].all.push_back({function});
    }
    // After the last add(), and the last define() of the callee.
    void resolve(std::string_view callee, std::string_view receiver, PackedCall& call);

  private:
    struct Candidate : FunctionPlace {
        std::uint32_t scope = 0;     // what it is a member of; 0: nothing
        std::uint32_t lastScope = 0; // the last name of that
        std::int8_t family = 0;      // of languages
        bool method = false;
    };
    using Candidates = std::vector<Candidate>;
    struct Named {
        Candidates all;     // by family, once known
        bool known = false; // what lies beside the place
    };
    struct Question;
    struct Target {
        std::int32_t file = -1, function = -1;
        CallConfidence confidence = CallConfidence::Unresolved;
    };
    using Seen = std::span<const Candidate>; // those a question may mean

    const api::AnalysisFunction& record(const FunctionPlace& function) const;
    std::string_view scopeOf(const FunctionPlace& function) const;
    std::uint32_t numberOf(std::string_view scope);
    void learn(Named& name);
    Seen visible(const Question& question);
    const std::vector<std::uint32_t>& scopesAround(const Question& question);
    Target answer(const Question& question, Seen from, CallConfidence confidence) const;
    Target inOwnScope(const Question& question, Seen all);
    Target byReceiverType(const Question& question, Seen all) const;
    Target throughImport(const Question& question, Seen all) const;
    Target plainCall(const Question& question, Seen all);
    Target unknownReceiver(const Question& question, Seen all) const;
    Target find(const Question& question, Seen all);
    bool leadsTo(std::int32_t target, const Candidate& candidate) const;
    const std::unordered_set<std::uint32_t>& includedBy(std::uint32_t file);

    std::vector<File> m_files;
    std::unordered_map<std::string_view, Named> m_byName;
    std::unordered_map<std::string_view, std::uint32_t> m_scopes;
    std::vector<std::uint32_t> m_around;          // the scopes around a function, from the innermost on
    std::uint64_t m_aroundOf = 0;                 // which
    std::unordered_set<std::uint32_t> m_included; // all that m_includedOf includes, directly or not
    std::int64_t m_includedOf = -1;
};

} // namespace exo::analysis
