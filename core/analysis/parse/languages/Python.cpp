#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_python();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizard[] = {"if",      "elif", "for", "while", "except",
                                         "finally", "and",  "or",  "case"};
constexpr std::string_view k_nameFields[] = {"name", "attribute", "function", "left"};

constexpr NodeRule k_named[] = {
    {"comment", Comment},
    {"identifier", flag::Identifier},
    {"integer", Literal},
    {"float", Literal},
    {"string_content", Literal},
    {"string_start", Literal},
    {"string_end", Literal},
    {"function_definition", Function},
    {"lambda", Function | Anonymous},
    {"parameters", Parameters},
    {"lambda_parameters", Parameters},
    {"class_definition", Scope | ClassLike, "class"},
    {"if_statement", Decision | Nests | If},
    {"elif_clause", Decision | ElseIf},
    {"else_clause", ElseClause},
    {"for_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"for_in_clause", Decision},
    {"if_clause", Decision},
    {"except_clause", Decision | Nests},
    {"conditional_expression", Decision | Nests | Ternary},
    {"match_statement", Nests},
    {"case_clause", Case},
    {"boolean_operator", Logical},
    {"parenthesized_expression", Parens},
    {"call", Call},
    {"argument_list", Arguments},
    {"import_statement", Import},
    {"import_from_statement", Import},
    {"future_import_statement", Import},
    {"assignment", Hook},
};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"and", And}, {"or", Or}};

// Names bound at the top of a module or class.
void assigned(Walk& walk, TSNode node, TSSymbol) {
    if (walk.inFunction()) return;
    const TSNode left = ts_node_child_by_field_name(node, "left", 4);
    if (ts_node_is_null(left) || std::string_view(ts_node_type(left)) != "identifier") return;
    walk.addSymbol(std::string(walk.text(left)), walk.inClass() ? "field" : "variable", node, false);
}

void imported(Walk& walk, TSNode node) {
    const bool from = std::string_view(ts_node_type(node)) != "import_statement";
    IncludeRecord include;
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    const TSNode module = ts_node_child_by_field_name(node, "module_name", 11);
    if (from) include.text = ts_node_is_null(module) ? "__future__" : std::string(walk.text(module));
    const TSLanguage* language = walk.grammar().language();
    const TSFieldId name = ts_language_field_id_for_name(language, "name", 4);
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        const TSNode child = ts_tree_cursor_current_node(&cursor);
        if (std::string_view(ts_node_type(child)) == "wildcard_import") include.names.push_back("*");
        if (ts_tree_cursor_current_field_id(&cursor) != name) continue;
        const TSNode original = ts_node_child_by_field_name(child, "name", 4);
        const TSNode alias = ts_node_child_by_field_name(child, "alias", 5);
        const std::string what(walk.text(ts_node_is_null(original) ? child : original));
        if (from) {
            include.names.push_back(what);
            continue;
        }
        IncludeRecord single = include;
        single.text = what;
        if (!ts_node_is_null(alias)) single.alias = walk.text(alias);
        walk.record().includes.push_back(std::move(single));
    }
    ts_tree_cursor_delete(&cursor);
    if (from) walk.record().includes.push_back(std::move(include));
}

// By convention: a leading underscore is private.
bool isExported(const Walk&, TSNode, std::string_view name) {
    return !name.starts_with('_') || (name.starts_with("__") && name.ends_with("__"));
}

} // namespace

const LanguageTable k_tablePython{Language::Python, tree_sitter_python, ".",          k_named,
                                  k_tokens,         k_lizard,           k_nameFields, false,
                                  assigned,         imported,           nullptr,      isExported};

} // namespace exo::analysis
