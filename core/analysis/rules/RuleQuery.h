#pragma once
// A tree-sitter query made of the queries of several rules, with the predicates of each pattern ready to be
// evaluated: #eq? #match? #any-of? with not- forms, and ours: #inside? #not-inside? (a node type among the
// ancestors).

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/rules/RuleSet.h"

#include <re2/re2.h>
#include <tree_sitter/api.h>

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace exo::analysis {

class RuleQuery {
  public:
    // `rules` outlive the query. Errors: InvalidRequest.
    static Result<RuleQuery> compile(const TSLanguage* language, std::vector<const Rule*> rules);

    const TSQuery* query() const { return m_query.get(); }
    // The rule whose pattern matched, if its predicates hold for this match; else null.
    const Rule* accepts(const TSQueryMatch& match, const ParsedFile& file) const;
    // What @find captured; false when nothing.
    bool focus(const TSQueryMatch& match, TSNode& node) const;
    std::string fill(std::string_view message, const TSQueryMatch& match, const ParsedFile& file) const;

    static std::string_view textOf(TSNode node, const ParsedFile& file);

  private:
    enum class Test : std::uint8_t { Equal, Match, AnyOf, Inside };
    struct Predicate {
        Test test = Test::Equal;
        bool negated = false;
        std::uint32_t capture = 0;
        std::uint32_t other = UINT32_MAX; // capture, for #eq? @a @b
        std::unordered_set<std::string> words;
        std::shared_ptr<const re2::RE2> pattern;
    };
    struct Free {
        void operator()(TSQuery* query) const { ts_query_delete(query); }
    };

    Result<void> readPredicates();
    Result<void> readPredicate(std::size_t pattern, const TSQueryPredicateStep* steps, std::size_t count);
    std::string stringAt(std::uint32_t id) const;
    std::string captureAt(std::uint32_t id) const;
    bool holds(const Predicate& predicate, const TSQueryMatch& match, const ParsedFile& file) const;

    std::unique_ptr<TSQuery, Free> m_query;
    std::vector<const Rule*> m_ruleOfPattern;
    std::vector<std::vector<Predicate>> m_predicates; // by pattern
    std::uint32_t m_find = UINT32_MAX;
};

} // namespace exo::analysis
