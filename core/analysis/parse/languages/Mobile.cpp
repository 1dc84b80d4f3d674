// Kotlin, Swift and Scala.
#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include "core/base/Text.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_kotlin();
extern "C" const TSLanguage* tree_sitter_swift();
extern "C" const TSLanguage* tree_sitter_scala();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizardKotlin[] = {"if", "for", "while", "catch", "&&", "||", "?:"};
constexpr std::string_view k_lizardSwift[] = {"if", "for", "while", "guard", "case", "&&", "||", "?"};
constexpr std::string_view k_lizardScala[] = {"if", "for", "while", "catch", "case"};
constexpr std::string_view k_kotlinFields[] = {"name"};
constexpr std::string_view k_swiftFields[] = {"name", "suffix"};
constexpr std::string_view k_scalaFields[] = {"name", "field", "function", "pattern"};

constexpr NodeRule k_kotlin[] = {
    {"line_comment", Comment},
    {"block_comment", Comment},
    {"identifier", flag::Identifier},
    {"number_literal", Literal},
    {"float_literal", Literal},
    {"string_content", Literal},
    {"character_literal", Literal},
    {"function_declaration", Function},
    {"anonymous_function", Folded},
    {"lambda_literal", Folded},
    {"function_value_parameters", Parameters},
    {"class_declaration", Scope | ClassLike, "class"},
    {"object_declaration", Scope | ClassLike, "class"},
    {"navigation_expression", LastName},
    {"if_expression", Decision | Nests | If},
    {"for_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"do_while_statement", Decision | Nests},
    {"when_expression", Nests},
    {"when_entry", Case},
    {"catch_block", Decision | Nests},
    {"binary_expression", Binary},
    {"parenthesized_expression", Parens},
    {"call_expression", Call},
    {"value_arguments", Arguments},
    {"import", Import},
};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};
constexpr NodeRule k_swift[] = {
    {"comment", Comment},
    {"multiline_comment", Comment},
    {"simple_identifier", flag::Identifier},
    {"type_identifier", flag::Identifier},
    {"integer_literal", Literal},
    {"real_literal", Literal},
    {"line_str_text", Literal},
    {"multi_line_str_text", Literal},
    {"function_declaration", Function},
    {"init_declaration", Function | Hook},
    {"lambda_literal", Folded},
    {"parameter", flag::Parameter},
    {"class_declaration", Scope | ClassLike, "class"},
    {"protocol_declaration", Scope | ClassLike, "interface"},
    {"enum_entry", Symbol, "enumerator"},
    {"navigation_expression", LastName},
    {"navigation_suffix", LastName},
    {"user_type", LastName},
    {"if_statement", Decision | Nests | If},
    {"guard_statement", Decision | Nests},
    {"for_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"repeat_while_statement", Decision | Nests},
    {"switch_statement", Nests},
    {"switch_entry", Case},
    {"catch_block", Decision | Nests},
    {"ternary_expression", Decision | Nests | Ternary},
    {"conjunction_expression", Logical},
    {"disjunction_expression", Logical},
    {"call_expression", Call},
    {"else", ElseWord},
    {"import_declaration", Import},
};
constexpr NodeRule k_swiftTokens[] = {{"&&", And}, {"||", Or}};
constexpr NodeRule k_scala[] = {
    {"comment", Comment},
    {"block_comment", Comment},
    {"identifier", flag::Identifier},
    {"type_identifier", flag::Identifier},
    {"integer_literal", Literal},
    {"floating_point_literal", Literal},
    {"string", Literal},
    {"function_definition", Function},
    {"lambda_expression", Folded},
    {"parameters", Parameters},
    {"class_definition", Scope | ClassLike, "class"},
    {"object_definition", Scope | ClassLike, "class"},
    {"trait_definition", Scope | ClassLike, "trait"},
    {"enum_definition", Scope | ClassLike, "enum"},
    {"val_definition", Symbol | Outer, "constant"},
    {"var_definition", Symbol | Outer, "variable"},
    {"type_definition", Symbol | Outer, "type"},
    {"if_expression", Decision | Nests | If},
    {"for_expression", Decision | Nests},
    {"while_expression", Decision | Nests},
    {"do_while_expression", Decision | Nests},
    {"match_expression", Nests},
    {"case_clause", Case},
    {"catch_clause", Nests},
    {"infix_expression", Binary},
    {"parenthesized_expression", Parens},
    {"call_expression", Call},
    {"instance_expression", 0},
    {"arguments", Arguments},
    {"import_declaration", Import},
    {"operator_identifier", Hook},
};
constexpr NodeRule k_scalaTokens[] = {{"else", ElseWord}};

void imported(Walk& walk, TSNode node) {
    std::string_view text = walk.text(node);
    const std::size_t word = text.find("import");
    if (word == std::string_view::npos) return;
    text = trim(text.substr(word + 6));
    IncludeRecord include;
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    if (const std::size_t as = text.find(" as "); as != std::string_view::npos) {
        include.alias = trim(text.substr(as + 4));
        text = trim(text.substr(0, as));
    }
    if (text.ends_with(".*") || text.ends_with("._")) {
        include.names.emplace_back("*");
        text.remove_suffix(2);
    }
    include.text = text;
    walk.record().includes.push_back(std::move(include));
}

} // namespace

const LanguageTable k_tableKotlin{
    Language::Kotlin, tree_sitter_kotlin, ".",     k_kotlin, k_tokens, k_lizardKotlin, k_kotlinFields, false,
    nullptr,          imported,           nullptr, nullptr};
const LanguageTable k_tableSwift{Language::Swift, tree_sitter_swift, ".",           k_swift,
                                 k_swiftTokens,   k_lizardSwift,     k_swiftFields, false,
                                 nullptr,         imported,          nullptr,       nullptr};
const LanguageTable k_tableScala{Language::Scala, tree_sitter_scala, ".",           k_scala,
                                 k_scalaTokens,   k_lizardScala,     k_scalaFields, false,
                                 nullptr,         imported,          nullptr,       nullptr};

} // namespace exo::analysis
