// Ruby, PHP, Bash and Lua.
#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include "core/base/Text.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_ruby();
extern "C" const TSLanguage* tree_sitter_php();
extern "C" const TSLanguage* tree_sitter_bash();
extern "C" const TSLanguage* tree_sitter_lua();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizardRuby[] = {"if",   "elsif", "until", "for", "while", "rescue", "ensure",
                                             "when", "and",   "or",    "||",  "&&",    "?"};
constexpr std::string_view k_lizardPhp[] = {"if",    "elseif", "for", "foreach", "while", "catch",
                                            "match", "&&",     "||",  "case",    "?"};
constexpr std::string_view k_lizardBash[] = {"if", "elif", "for", "while", "&&", "||"};
constexpr std::string_view k_lizardLua[] = {"if", "elseif", "for", "while", "repeat", "and", "or"};
constexpr std::string_view k_rubyFields[] = {"name", "method", "left"};
constexpr std::string_view k_phpFields[] = {"name", "function"};
constexpr std::string_view k_bashFields[] = {"name"};
constexpr std::string_view k_luaFields[] = {"name", "field", "method"};

constexpr NodeRule k_ruby[] = {
    {"comment", Comment},
    {"identifier", flag::Identifier},
    {"constant", flag::Identifier},
    {"instance_variable", flag::Identifier},
    {"class_variable", flag::Identifier},
    {"global_variable", flag::Identifier},
    {"setter", flag::Identifier},
    {"operator", flag::Identifier},
    {"integer", Literal},
    {"float", Literal},
    {"string_content", Literal},
    {"heredoc_content", Literal},
    {"simple_symbol", Literal},
    {"method", Function},
    {"singleton_method", Function},
    {"lambda", Folded},
    {"block", Folded},
    {"do_block", Folded},
    {"method_parameters", Parameters},
    {"class", Scope | ClassLike, "class"},
    {"module", Scope | ClassLike, "module"},
    {"assignment", Hook},
    {"if", Decision | Nests | If},
    {"elsif", Decision | ElseIf},
    {"else", ElseClause},
    {"unless", Decision | Nests | If},
    {"if_modifier", Decision | Nests},
    {"unless_modifier", Decision | Nests},
    {"while", Decision | Nests},
    {"until", Decision | Nests},
    {"while_modifier", Decision | Nests},
    {"until_modifier", Decision | Nests},
    {"for", Decision | Nests},
    {"case", Nests},
    {"case_match", Nests},
    {"when", Decision},
    {"in_clause", Decision},
    {"rescue", Decision | Nests},
    {"rescue_modifier", Decision | Nests},
    {"conditional", Decision | Nests | Ternary},
    {"binary", Binary},
    {"parenthesized_statements", Parens},
    {"call", Call | Import},
    {"argument_list", Arguments},
};
constexpr NodeRule k_rubyTokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}, {"and", And}, {"or", Or}};
constexpr NodeRule k_php[] = {
    {"comment", Comment},
    {"name", flag::Identifier},
    {"integer", Literal},
    {"float", Literal},
    {"boolean", Literal},
    {"string_content", Literal},
    {"nowdoc_string", Literal},
    {"text", Literal},
    {"variable_name", LastName},
    {"qualified_name", LastName},
    {"function_definition", Function},
    {"method_declaration", Function},
    {"anonymous_function", Function | Anonymous},
    {"arrow_function", Function | Anonymous},
    {"formal_parameters", Parameters},
    {"class_declaration", Scope | ClassLike, "class"},
    {"interface_declaration", Scope | ClassLike, "interface"},
    {"trait_declaration", Scope | ClassLike, "trait"},
    {"enum_declaration", Scope | ClassLike, "enum"},
    {"enum_case", Symbol, "enumerator"},
    {"const_element", LastName | Hook},
    {"property_element", Symbol, "property"},
    {"if_statement", Decision | Nests | If},
    {"else_if_clause", Decision | ElseIf},
    {"else_clause", ElseClause},
    {"for_statement", Decision | Nests},
    {"foreach_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"do_statement", Decision | Nests},
    {"switch_statement", Nests},
    {"match_expression", Nests},
    {"case_statement", Decision},
    {"match_conditional_expression", Decision},
    {"catch_clause", Decision | Nests},
    {"conditional_expression", Decision | Nests | Ternary},
    {"goto_statement", Jump},
    {"binary_expression", Binary},
    {"parenthesized_expression", Parens},
    {"function_call_expression", Call},
    {"member_call_expression", Call},
    {"nullsafe_member_call_expression", Call},
    {"scoped_call_expression", Call},
    {"object_creation_expression", Call | New},
    {"arguments", Arguments},
    {"namespace_use_clause", Import},
    {"include_expression", Import},
    {"include_once_expression", Import},
    {"require_expression", Import},
    {"require_once_expression", Import},
};
constexpr NodeRule k_bash[] = {
    {"comment", Comment},
    {"word", flag::Identifier},
    {"variable_name", flag::Identifier},
    {"number", Literal},
    {"string_content", Literal},
    {"raw_string", Literal},
    {"heredoc_content", Literal},
    {"heredoc_body", Literal},
    {"command_name", LastName},
    {"function_definition", Function},
    {"if_statement", Decision | Nests | If},
    {"elif_clause", Decision | ElseIf},
    {"else_clause", ElseClause},
    {"for_statement", Decision | Nests},
    {"c_style_for_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"case_statement", Nests},
    {"case_item", Case},
    {"ternary_expression", Decision | Nests | Ternary},
    {"list", Logical},
    {"binary_expression", Binary},
    {"command", Call | Import},
    {"variable_assignment", Symbol | Outer, "variable"},
};
constexpr NodeRule k_bashTokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};
constexpr NodeRule k_lua[] = {
    {"comment", Comment},
    {"identifier", flag::Identifier},
    {"number", Literal},
    {"string_content", Literal},
    {"function_declaration", Function},
    {"function_definition", Function | Anonymous},
    {"parameters", Parameters},
    {"if_statement", Decision | Nests | If},
    {"elseif_statement", Decision | ElseIf},
    {"else_statement", ElseClause},
    {"for_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"repeat_statement", Decision | Nests},
    {"goto_statement", Jump},
    {"binary_expression", Binary},
    {"parenthesized_expression", Parens},
    {"function_call", Call | Import},
    {"arguments", Arguments},
};
constexpr NodeRule k_luaTokens[] = {{"else", ElseWord}, {"and", And}, {"or", Or}};

std::string_view unquoted(std::string_view text) {
    text = trim(text);
    while (!text.empty() && (text.front() == '(' || text.front() == ' '))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ')' || text.back() == ';'))
        text.remove_suffix(1);
    if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0])
        return text.substr(1, text.size() - 2);
    return {};
}

// require "x", require_once 'x.php', source x, . x: only of what is written out.
void included(Walk& walk, TSNode node) {
    const std::string_view text = walk.text(node);
    IncludeRecord include;
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    if (walk.grammar().table().language == Language::Php &&
        std::string_view(ts_node_type(node)) == "namespace_use_clause") {
        const std::size_t as = text.find(" as ");
        include.text = trim(text.substr(0, as));
        if (as != std::string_view::npos) include.alias = trim(text.substr(as + 4));
        walk.record().includes.push_back(std::move(include));
        return;
    }
    for (const std::string_view word :
         {"require_relative", "require_once", "require", "include_once", "include", "load", "source", "."}) {
        if (!text.starts_with(word) || text.size() == word.size()) continue;
        const std::string_view rest = text.substr(word.size());
        if (rest[0] != ' ' && rest[0] != '(') continue;
        const bool bash = walk.grammar().table().language == Language::Bash;
        if (bash != (word == "source" || word == ".")) return;
        std::string_view what = unquoted(rest);
        if (bash && what.empty()) what = trim(rest);
        if (what.empty() || what.size() > 300) return;
        include.text = (word == "require_relative" ? "./" : "") + std::string(what);
        walk.record().includes.push_back(std::move(include));
        return;
    }
}

void rubyConstant(Walk& walk, TSNode node, TSSymbol) {
    const TSNode left = ts_node_child_by_field_name(node, "left", 4);
    if (walk.inFunction() || ts_node_is_null(left)) return;
    if (std::string_view(ts_node_type(left)) == "constant")
        walk.addSymbol(std::string(walk.text(left)), "constant", node, false);
}

void phpConstant(Walk& walk, TSNode node, TSSymbol) {
    const TSNode name = ts_node_named_child(node, 0);
    if (!ts_node_is_null(name)) walk.addSymbol(std::string(walk.text(name)), "constant", node, false);
}

bool isPhpExported(const Walk& walk, TSNode node, std::string_view) {
    return !walk.text(node).starts_with("private");
}

// function M.f() and function M:f()
std::string luaOwner(const Walk& walk, TSNode node) {
    const TSNode name = walk.field(node, walk.grammar().name);
    const TSNode leaf = walk.nameNode(node);
    if (ts_node_is_null(name) || ts_node_is_null(leaf)) return {};
    std::string_view owner = walk.text(ts_node_start_byte(name), ts_node_start_byte(leaf));
    while (!owner.empty() && (owner.back() == '.' || owner.back() == ':'))
        owner.remove_suffix(1);
    return std::string(owner);
}

} // namespace

const LanguageTable k_tableRuby{Language::Ruby, tree_sitter_ruby, ".",          k_ruby,
                                k_rubyTokens,   k_lizardRuby,     k_rubyFields, false,
                                rubyConstant,   included,         nullptr,      nullptr};
const LanguageTable k_tablePhp{Language::Php, tree_sitter_php, ".",         k_php,
                               k_bashTokens,  k_lizardPhp,     k_phpFields, true,
                               phpConstant,   included,        nullptr,     isPhpExported};
const LanguageTable k_tableBash{Language::Bash, tree_sitter_bash, ".",          k_bash,
                                k_bashTokens,   k_lizardBash,     k_bashFields, false,
                                nullptr,        included,         nullptr,      nullptr};
const LanguageTable k_tableLua{Language::Lua, tree_sitter_lua, ".",     k_lua,    k_luaTokens, k_lizardLua,
                               k_luaFields,   false,           nullptr, included, luaOwner,    nullptr};

} // namespace exo::analysis
