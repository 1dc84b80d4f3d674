#pragma once
// What the walk needs to know of a language, as data: node-type names with flags. Made into an array symbol
// id → flags once at start (Grammar), which fails loudly when a grammar no longer has a name. Constant data.

#include "core/analysis/parse/Language.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tree_sitter/api.h>

namespace exo::analysis {

class Walk;

namespace flag {
inline constexpr std::uint64_t Comment = 1ull << 0;
inline constexpr std::uint64_t Literal = 1ull << 1;    // a leaf by class in the token stream
inline constexpr std::uint64_t Identifier = 1ull << 2; // a leaf that names something
inline constexpr std::uint64_t Function = 1ull << 3;   // opens a function of its own
inline constexpr std::uint64_t Anonymous = 1ull << 4;  // with Function: has no name of its own
inline constexpr std::uint64_t Folded = 1ull << 5;     // lambda counted in its function: only nests
inline constexpr std::uint64_t Scope = 1ull << 6;      // class, namespace: qualifies what lies in it
inline constexpr std::uint64_t ClassLike = 1ull << 7;  // with Scope: functions in it are methods
inline constexpr std::uint64_t Symbol = 1ull << 8;     // a definition for the outline
inline constexpr std::uint64_t Outer = 1ull << 9;      // with Symbol: only outside of functions
inline constexpr std::uint64_t Forward = 1ull << 10;   // with Symbol: a declaration unless it has a body
inline constexpr std::uint64_t Decision = 1ull << 11;  // ccn + 1
inline constexpr std::uint64_t Case = 1ull << 12;      // ccn + 1 unless it is the default
inline constexpr std::uint64_t Nests = 1ull << 13;     // cognitive + 1 + nesting, and deeper inside
inline constexpr std::uint64_t If = 1ull << 14;        // its else is flat, its else-if deepens nothing
inline constexpr std::uint64_t ElseIf = 1ull << 15;    // elif, elsif as a node: cognitive + 1, flat
inline constexpr std::uint64_t ElseClause = 1ull << 16;
inline constexpr std::uint64_t ElseWord = 1ull << 17;
inline constexpr std::uint64_t Ternary = 1ull << 18;  // with Nests: no level of the nesting metric
inline constexpr std::uint64_t Jump = 1ull << 19;     // goto: cognitive + 1
inline constexpr std::uint64_t Labelled = 1ull << 20; // with Jump: only when it names a label
inline constexpr std::uint64_t Binary = 1ull << 21;   // may be logical: its operator decides
inline constexpr std::uint64_t Logical = 1ull << 22;  // always logical
inline constexpr std::uint64_t Parens = 1ull << 23;   // parentheses, looked through
inline constexpr std::uint64_t And = 1ull << 24;      // operator tokens
inline constexpr std::uint64_t Or = 1ull << 25;
inline constexpr std::uint64_t Call = 1ull << 26;
inline constexpr std::uint64_t New = 1ull << 27; // with Call: what is made is the callee
inline constexpr std::uint64_t Arguments = 1ull << 28;
inline constexpr std::uint64_t Parameters = 1ull << 29;
inline constexpr std::uint64_t Import = 1ull << 30;
inline constexpr std::uint64_t Hook = 1ull << 31;      // the language's own code looks at it
inline constexpr std::uint64_t Opaque = 1ull << 32;    // not descended into
inline constexpr std::uint64_t Lizard = 1ull << 33;    // ccnLizard + 1; set from LanguageTable::lizard
inline constexpr std::uint64_t LastName = 1ull << 34;  // without fields: its last named child is the name
inline constexpr std::uint64_t Directive = 1ull << 35; // #if: its condition is no code
inline constexpr std::uint64_t Parameter = 1ull << 36; // of a function that has no list of them as a node
} // namespace flag

struct NodeRule {
    std::string_view name;
    std::uint64_t flags = 0;
    std::string_view kind{}; // of the symbol
};

struct LanguageTable {
    Language language = Language::Unknown;
    const TSLanguage* (*grammar)() = nullptr;
    std::string_view separator; // "::" or "."
    std::span<const NodeRule> named;
    std::span<const NodeRule> tokens;             // anonymous ones
    std::span<const std::string_view> lizard;     // anonymous tokens lizard counts
    std::span<const std::string_view> nameFields; // tried in this order on the way down to a name
    bool needsBody = false;                       // a function without field "body" is a declaration
    void (*hook)(Walk&, TSNode, TSSymbol) = nullptr;
    void (*import)(Walk&, TSNode) = nullptr;
    std::string (*owner)(const Walk&, TSNode) = nullptr; // of a function outside of its type (Go)
    bool (*exported)(const Walk&, TSNode, std::string_view name) = nullptr;
    std::string (*functionName)(const Walk&, TSNode nameNode) = nullptr; // null: as it is written
};

// All of them; those of one language without a grammar of their own share one (JavaScript, TypeScript, TSX).
std::span<const LanguageTable* const> languageTables();

} // namespace exo::analysis
