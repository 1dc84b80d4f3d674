#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_rust();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizard[] = {"if", "for", "while", "match", "where", "&&", "||", "?"};
constexpr std::string_view k_nameFields[] = {"name", "field", "function", "type", "macro", "pattern"};
constexpr NodeRule k_named[] = {
    {"line_comment", Comment},
    {"block_comment", Comment},
    {"identifier", flag::Identifier},
    {"field_identifier", flag::Identifier},
    {"type_identifier", flag::Identifier},
    {"shorthand_field_identifier", flag::Identifier},
    {"integer_literal", Literal},
    {"float_literal", Literal},
    {"char_literal", Literal},
    {"string_content", Literal},
    {"escape_sequence", Literal},
    {"boolean_literal", Literal},
    {"function_item", Function},
    {"function_signature_item", Symbol | Forward, "function"},
    {"closure_expression", Folded},
    {"parameters", Parameters},
    {"if_expression", Decision | Nests | If},
    {"else_clause", ElseClause},
    {"for_expression", Decision | Nests},
    {"while_expression", Decision | Nests},
    {"loop_expression", Nests},
    {"match_expression", Nests},
    {"match_arm", Case},
    {"break_expression", 0},
    {"binary_expression", Binary},
    {"let_chain", Logical},
    {"parenthesized_expression", Parens},
    {"call_expression", Call},
    {"macro_invocation", Call},
    {"arguments", Arguments},
    {"use_declaration", Import},
    {"extern_crate_declaration", Import},
    {"mod_item", Scope | Hook, "module"},
    {"impl_item", Scope | ClassLike},
    {"trait_item", Scope | ClassLike, "trait"},
    {"struct_item", Symbol, "struct"},
    {"union_item", Symbol, "union"},
    {"enum_item", Symbol, "enum"},
    {"enum_variant", Symbol, "enumerator"},
    {"field_declaration", Symbol, "field"},
    {"const_item", Symbol | Outer, "constant"},
    {"static_item", Symbol | Outer, "variable"},
    {"type_item", Symbol | Outer, "type"},
    {"macro_definition", Symbol, "macro"},
};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};

// use a::b::{c, d as e}: the path and what is taken of it.
void imported(Walk& walk, TSNode node) {
    IncludeRecord include;
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    TSNode argument = ts_node_child_by_field_name(node, "argument", 8);
    if (ts_node_is_null(argument)) argument = walk.field(node, walk.grammar().name);
    if (ts_node_is_null(argument)) return;
    const std::string_view type = ts_node_type(argument);
    if (type == "use_as_clause") {
        const TSNode alias = ts_node_child_by_field_name(argument, "alias", 5);
        if (!ts_node_is_null(alias)) include.alias = walk.text(alias);
        argument = ts_node_child_by_field_name(argument, "path", 4);
        if (ts_node_is_null(argument)) return;
    }
    const TSNode list = ts_node_child_by_field_name(argument, "list", 4);
    if (!ts_node_is_null(list)) {
        const TSNode path = ts_node_child_by_field_name(argument, "path", 4);
        if (!ts_node_is_null(path)) include.text = walk.text(path);
        TSTreeCursor cursor = ts_tree_cursor_new(list);
        for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
             more = ts_tree_cursor_goto_next_sibling(&cursor)) {
            const TSNode child = ts_tree_cursor_current_node(&cursor);
            if (ts_node_is_named(child)) include.names.emplace_back(walk.text(child));
        }
        ts_tree_cursor_delete(&cursor);
    } else {
        include.text = walk.text(argument);
    }
    walk.record().includes.push_back(std::move(include));
}

// `mod net;` includes a file.
void module(Walk& walk, TSNode node, TSSymbol) {
    if (!ts_node_is_null(walk.field(node, walk.grammar().body))) return;
    IncludeRecord include;
    include.text = "self::" + std::string(walk.text(walk.field(node, walk.grammar().name)));
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    walk.record().includes.push_back(std::move(include));
}

bool isExported(const Walk& walk, TSNode node, std::string_view) {
    return walk.text(node).starts_with("pub") || walk.inClass();
}

} // namespace

const LanguageTable k_tableRust{Language::Rust, tree_sitter_rust, "::",         k_named,
                                k_tokens,       k_lizard,         k_nameFields, false,
                                module,         imported,         nullptr,      isExported};

} // namespace exo::analysis
