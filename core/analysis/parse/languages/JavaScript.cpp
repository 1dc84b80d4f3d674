// JavaScript, TypeScript and TSX: one table, and what the typed ones add.
#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_javascript();
extern "C" const TSLanguage* tree_sitter_typescript();
extern "C" const TSLanguage* tree_sitter_tsx();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizard[] = {"if", "for", "while", "catch", "&&", "||", "case", "?"};
constexpr std::string_view k_nameFields[] = {"name", "property", "key", "function", "constructor"};
constexpr std::string_view k_nameFieldsTs[] = {"name",     "property",    "key",
                                               "function", "constructor", "pattern"};

#define EXO_JS_NODES                                                                                         \
    {"comment", Comment}, {"html_comment", Comment}, {"hash_bang_line", Comment},                            \
        {"identifier", flag::Identifier}, {"property_identifier", flag::Identifier},                         \
        {"private_property_identifier", flag::Identifier},                                                   \
        {"shorthand_property_identifier", flag::Identifier},                                                 \
        {"shorthand_property_identifier_pattern", flag::Identifier},                                         \
        {"statement_identifier", flag::Identifier}, {"super", flag::Identifier}, {"number", Literal},        \
        {"string_fragment", Literal}, {"escape_sequence", Literal}, {"regex_pattern", Literal},              \
        {"regex_flags", Literal}, {"function_declaration", Function},                                        \
        {"generator_function_declaration", Function}, {"function_expression", Function | Anonymous},         \
        {"generator_function", Function | Anonymous}, {"arrow_function", Function | Anonymous},              \
        {"method_definition", Function}, {"formal_parameters", Parameters},                                  \
        {"class_declaration", Scope | ClassLike, "class"}, {"class", Scope | ClassLike, "class"},            \
        {"if_statement", Decision | Nests | If}, {"else_clause", ElseClause},                                \
        {"for_statement", Decision | Nests}, {"for_in_statement", Decision | Nests},                         \
        {"while_statement", Decision | Nests}, {"do_statement", Decision | Nests},                           \
        {"switch_statement", Nests}, {"switch_case", Decision}, {"catch_clause", Decision | Nests},          \
        {"ternary_expression", Decision | Nests | Ternary}, {"break_statement", Jump | Labelled},            \
        {"continue_statement", Jump | Labelled}, {"binary_expression", Binary},                              \
        {"parenthesized_expression", Parens}, {"call_expression", Call}, {"new_expression", Call | New},     \
        {"arguments", Arguments}, {"import_statement", Import}, {"export_statement", Import}, {              \
        "variable_declarator", Hook                                                                          \
    }

constexpr NodeRule k_js[] = {EXO_JS_NODES, {"jsx_text", Literal}, {"field_definition", Symbol, "field"}};
constexpr NodeRule k_ts[] = {EXO_JS_NODES,
                             {"type_identifier", flag::Identifier},
                             {"public_field_definition", Symbol, "field"},
                             {"abstract_class_declaration", Scope | ClassLike, "class"},
                             {"interface_declaration", Scope | ClassLike, "interface"},
                             {"enum_declaration", Symbol, "enum"},
                             {"enum_assignment", Symbol, "enumerator"},
                             {"type_alias_declaration", Symbol | Outer, "type"},
                             {"internal_module", Scope, "namespace"},
                             {"module", Scope, "namespace"},
                             {"function_signature", Symbol | Forward, "function"},
                             {"method_signature", Symbol | Forward, "method"},
                             {"abstract_method_signature", Symbol | Forward, "method"},
                             {"property_signature", Symbol, "property"}};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};

std::string unquoted(std::string_view text) {
    if (text.size() >= 2) text = text.substr(1, text.size() - 2);
    return std::string(text);
}

// import a, { b as c } from "m"; export { d } from "m": the leaves' own names.
void namesOf(Walk& walk, TSNode node, IncludeRecord& include) {
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    bool down = true;
    for (std::size_t depth = 0;;) {
        const TSNode at = ts_tree_cursor_current_node(&cursor);
        const std::string_view type = ts_node_type(at);
        if (down && (type == "import_specifier" || type == "export_specifier")) {
            const TSNode name = ts_node_child_by_field_name(at, "name", 4);
            if (!ts_node_is_null(name)) include.names.push_back(std::string(walk.text(name)));
            down = false;
        } else if (down && (type == "namespace_import" || type == "namespace_export")) {
            include.names.push_back("*");
            const std::uint32_t count = ts_node_named_child_count(at);
            if (count > 0) include.alias = walk.text(ts_node_named_child(at, count - 1));
            down = false;
        } else if (down && type == "identifier" && depth > 0) {
            include.names.push_back("default");
            include.alias = walk.text(at);
        }
        if (down && ts_tree_cursor_goto_first_child(&cursor)) {
            ++depth;
            continue;
        }
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            if (depth == 0 || !ts_tree_cursor_goto_parent(&cursor)) {
                ts_tree_cursor_delete(&cursor);
                return;
            }
            --depth;
        }
        down = true;
    }
}

void imported(Walk& walk, TSNode node) {
    const TSNode source = ts_node_child_by_field_name(node, "source", 6);
    if (ts_node_is_null(source)) return;
    IncludeRecord include;
    include.text = unquoted(walk.text(source));
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        const TSNode child = ts_tree_cursor_current_node(&cursor);
        const std::string_view type = ts_node_type(child);
        if (type == "import_clause" || type == "export_clause" || type == "namespace_export")
            namesOf(walk, child, include);
        if (type == "*") include.names.push_back("*");
    }
    ts_tree_cursor_delete(&cursor);
    walk.record().includes.push_back(std::move(include));
}

// const x = …, at the top; x = require("m") and import("m") anywhere.
void declared(Walk& walk, TSNode node, TSSymbol) {
    const TSNode name = walk.field(node, walk.grammar().name);
    const TSNode value = walk.field(node, walk.grammar().value);
    const std::string_view type = ts_node_is_null(value) ? "" : ts_node_type(value);
    if (type == "call_expression") {
        const std::string_view text = walk.text(value);
        const TSNode list = walk.field(value, walk.grammar().arguments);
        if (text.starts_with("require(") && ts_node_named_child_count(list) == 1) {
            const TSNode what = ts_node_named_child(list, 0);
            if (std::string_view(ts_node_type(what)) == "string") {
                IncludeRecord include;
                include.text = unquoted(walk.text(what));
                include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
                if (std::string_view(ts_node_type(name)) == "identifier") include.alias = walk.text(name);
                walk.record().includes.push_back(std::move(include));
            }
        }
    }
    const bool isFunction =
        type == "arrow_function" || type == "function_expression" || type == "generator_function";
    if (walk.inFunction() || isFunction || ts_node_is_null(name)) return;
    if (std::string_view(ts_node_type(name)) != "identifier") return;
    walk.addSymbol(std::string(walk.text(name)), "variable", node, false);
}

bool isExported(const Walk& walk, TSNode node, std::string_view name) {
    const std::string_view head = walk.text(node).substr(0, 16);
    return !name.starts_with('#') && !head.starts_with("private ") && !head.starts_with("protected ");
}

} // namespace

const LanguageTable k_tableJavaScript{Language::JavaScript,
                                      tree_sitter_javascript,
                                      ".",
                                      k_js,
                                      k_tokens,
                                      k_lizard,
                                      k_nameFields,
                                      false,
                                      declared,
                                      imported,
                                      nullptr,
                                      isExported};
const LanguageTable k_tableTypeScript{Language::TypeScript,
                                      tree_sitter_typescript,
                                      ".",
                                      k_ts,
                                      k_tokens,
                                      k_lizard,
                                      k_nameFieldsTs,
                                      false,
                                      declared,
                                      imported,
                                      nullptr,
                                      isExported};
const LanguageTable k_tableTsx{Language::Tsx,  tree_sitter_tsx, ".",      k_ts,     k_tokens, k_lizard,
                               k_nameFieldsTs, false,           declared, imported, nullptr,  isExported};

} // namespace exo::analysis
