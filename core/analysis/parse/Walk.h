#pragma once
// The one walk over a tree: functions with their measures, symbols, calls, uses of names, tokens.
// Iterative, with a stack of its own; lives for one file on one thread.

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/parse/Grammar.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

class Walk {
  public:
    Walk(const Grammar& grammar, std::string_view source, const AnalyseOptions& options, FileRecord& record);
    // False: cancelled or out of time.
    bool run(TSNode root, std::chrono::steady_clock::time_point deadline);

    // For the languages' hooks.
    const Grammar& grammar() const { return m_grammar; }
    FileRecord& record() { return m_record; }
    std::string_view text(TSNode node) const;
    std::string_view text(std::uint32_t start, std::uint32_t end) const;
    bool inFunction() const { return !m_functions.empty(); }
    std::size_t levels() const { return m_frames.size(); }
    bool inClass() const { return !m_scopes.empty() && m_scopes.back().classLike; }
    std::string scopeName() const { return m_scopes.empty() ? std::string() : m_scopes.back().name; }
    void addSymbol(std::string name, std::string_view kind, TSNode node, bool isDeclaration);
    // Down the name fields to the leaf that names; null when there is none.
    // The declarator below one, also where the grammar gives it no field: `&f()`, `(f)()`.
    TSNode innerDeclarator(TSNode node) const;
    TSNode nameNode(TSNode node) const { return m_grammar.nameNode(node); }
    TSNode field(TSNode node, TSFieldId id) const;
    std::string joined(std::string_view scope, std::string_view name) const;

  private:
    struct Frame {
        std::uint64_t flags = 0;
        std::int32_t logicRoot = -1; // frame that holds the sequence this operand belongs to
        std::uint64_t lastOperator = 0;
        std::int32_t ownNesting = 0, childNesting = 0; // cognitive
        std::int32_t ownDepth = 0, childDepth = 0;     // structures only
        std::int32_t call = -1;                        // of Arguments
        std::int32_t madeCall = -1;                    // of a call expression, for its Arguments
        bool opensFunction = false, opensScope = false, elseSeen = false, logical = false;
    };
    struct Scope {
        std::string name;
        bool classLike = false;
    };
    struct OpenFunction {
        std::int32_t index = 0;
        std::uint32_t nameStart = 0; // lizard counts from the name on
        std::string_view simpleName;
        bool recursive = false;
    };

    bool enter(TSNode node, TSFieldId field); // true: go into its children
    void leave();
    void leaf(TSNode node, std::uint64_t flags, std::uint32_t start, std::uint32_t end);
    void enterDamage(TSNode node);
    void openFunction(TSNode node, TSSymbol symbol, Frame& frame);
    void nameFunction(TSNode node, std::uint64_t flags, FunctionRecord& function, TSNode nameAt);
    TSNode assignedName(TSNode node) const;
    void addFunctionSymbol(const FunctionRecord& function, TSNode node);
    void openScope(TSNode node, TSSymbol symbol, Frame& frame);
    void measure(TSNode node, TSFieldId field, Frame& frame);
    void countStructure(TSNode node, Frame& frame, bool flatIf);
    void enterLogical(TSNode node, Frame& frame);
    void operatorToken(std::uint64_t flags);
    void elseWord();
    void addCall(TSNode node, Frame& frame);
    bool isDefaultCase(TSNode node) const;
    std::int32_t countParameters(TSNode list) const;
    FunctionRecord* current();
    void use(std::string_view name, std::int32_t line);
    bool stopped();

    const Grammar& m_grammar;
    std::string_view m_source;
    const AnalyseOptions& m_options;
    FileRecord& m_record;
    std::vector<Frame> m_frames;
    std::vector<Scope> m_scopes;
    std::vector<OpenFunction> m_functions;
    std::vector<TSNode> m_ancestors; // nodes of m_frames, for names by assignment
    std::unordered_map<std::string_view, std::uint32_t> m_names;
    std::chrono::steady_clock::time_point m_deadline;
    std::uint32_t m_steps = 0;
    std::uint32_t m_damageEnd = 0;
    std::int32_t m_damageLine = 0; // last line counted as damaged
};

} // namespace exo::analysis
