#pragma once
// The rules that are data: those of resources/rules and those of a project's `.exobrain/rules`. Immutable
// once loaded: any thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/rules/RuleInfo.h"
#include "core/base/Result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::analysis {

enum class RuleOrigin : std::uint8_t { BuiltIn, Project };

struct Rule {
    RuleInfo info;
    std::vector<Language> languages;
    std::string query;                       // tree-sitter; what it captures as @find is where the finding is
    std::string messageEn, messageZh;        // {name} stands for the text of a capture
    std::vector<std::string> match, noMatch; // examples
    // Of our own: what stands in every match, so that a file without it needs no query. Names (or keywords),
    // a pattern, or the pattern of what begins with such a name, or "repeated-operand"; when none is given,
    // names are taken from the query.
    std::vector<std::string> words;
    std::string near;
    RuleOrigin origin = RuleOrigin::BuiltIn;
};

struct RuleLimits {
    std::size_t maxFiles = 50;
    std::size_t maxFileBytes = 256 << 10;
    std::size_t maxRules = 200;
    std::size_t maxQueryBytes = 8 << 10;
};

struct RuleProblem {
    std::string file;
    std::string what; // with the rule, where one is known
};

// Of the files of `.exobrain/rules` as addProjectRules() would read them; empty when there are none.
std::string projectRulesHash(const SafeRoot& root, const RuleLimits& limits = {});

// What RuleSet::addProjectRules() would leave out, told by problems().
std::vector<RuleProblem> projectRuleProblems(const SafeRoot& root);

class RuleSet {
  public:
    // Internal when a resource is wrong, which the tests exclude.
    static Result<RuleSet> builtIn();

    // `.exobrain/rules/*.json` below the root. Nobody has vouched for them: what is too large, too many or
    // wrong is left out and reported in problems(); the others are used.
    void addProjectRules(const SafeRoot& root, const RuleLimits& limits = {});
    // One such file.
    void addProjectFile(std::string_view name, std::string_view json, const RuleLimits& limits = {});

    const std::vector<Rule>& rules() const { return m_rules; }
    const std::vector<RuleProblem>& problems() const { return m_problems; }
    std::vector<RuleInfo> catalogue() const; // also of the coded rules, by id

  private:
    bool add(Rule rule, std::string_view file, const RuleLimits& limits);
    void problem(std::string_view file, std::string_view rule, std::string what);

    std::vector<Rule> m_rules;
    std::vector<RuleProblem> m_problems;
};

} // namespace exo::analysis
