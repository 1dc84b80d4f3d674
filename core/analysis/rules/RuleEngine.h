#pragma once
// Runs the queries of a rule set over a parsed file: one compiled query a language for our own rules, one for
// the project's, whose work is bounded more narrowly. Predicates are evaluated here, in linear time (RE2).
// Compiles on first use; one thread at a time.

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/rules/RuleSet.h"

#include <memory>

namespace exo::analysis {

class RuleEngine {
  public:
    explicit RuleEngine(std::shared_ptr<const RuleSet> rules);
    ~RuleEngine();
    RuleEngine(RuleEngine&&) noexcept;
    RuleEngine& operator=(RuleEngine&&) noexcept;

    void run(const ParsedFile& file, FileRecord& record);

    // Whether the query compiles for each language of the rule; InvalidRequest says where it does not.
    static Result<void> check(const Rule& rule);

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace exo::analysis
