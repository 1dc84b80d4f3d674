// Java and C#.
#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include "core/base/Text.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_java();
extern "C" const TSLanguage* tree_sitter_c_sharp();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizard[] = {"if", "for", "while", "catch", "&&", "||", "case", "?"};
constexpr std::string_view k_lizardCs[] = {"if", "for", "foreach", "while", "catch",
                                           "&&", "||",  "case",    "?",     "??"};
constexpr std::string_view k_javaFields[] = {"name", "field", "declarator", "type"};
constexpr std::string_view k_csFields[] = {"name", "function", "type"};

constexpr NodeRule k_java[] = {
    {"line_comment", Comment},
    {"block_comment", Comment},
    {"identifier", flag::Identifier},
    {"type_identifier", flag::Identifier},
    {"this", flag::Identifier},
    {"super", flag::Identifier},
    {"decimal_integer_literal", Literal},
    {"hex_integer_literal", Literal},
    {"octal_integer_literal", Literal},
    {"decimal_floating_point_literal", Literal},
    {"character_literal", Literal},
    {"string_fragment", Literal},
    {"multiline_string_fragment", Literal},
    {"method_declaration", Function},
    {"constructor_declaration", Function},
    {"compact_constructor_declaration", Function},
    {"lambda_expression", Folded},
    {"formal_parameters", Parameters},
    {"class_declaration", Scope | ClassLike, "class"},
    {"interface_declaration", Scope | ClassLike, "interface"},
    {"annotation_type_declaration", Scope | ClassLike, "interface"},
    {"enum_declaration", Scope | ClassLike, "enum"},
    {"record_declaration", Scope | ClassLike, "class"},
    {"enum_constant", Symbol, "enumerator"},
    {"field_declaration", Symbol, "field"},
    {"constant_declaration", Symbol, "constant"},
    {"if_statement", Decision | Nests | If},
    {"for_statement", Decision | Nests},
    {"enhanced_for_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"do_statement", Decision | Nests},
    {"switch_expression", Nests},
    {"switch_label", Case},
    {"catch_clause", Decision | Nests},
    {"ternary_expression", Decision | Nests | Ternary},
    {"break_statement", Jump | Labelled},
    {"continue_statement", Jump | Labelled},
    {"binary_expression", Binary},
    {"parenthesized_expression", Parens},
    {"method_invocation", Call},
    {"object_creation_expression", Call | New},
    {"explicit_constructor_invocation", Call},
    {"argument_list", Arguments},
    {"import_declaration", Import},
    {"package_declaration", Import},
};
constexpr NodeRule k_cs[] = {
    {"comment", Comment},
    {"identifier", flag::Identifier},
    {"integer_literal", Literal},
    {"real_literal", Literal},
    {"character_literal_content", Literal},
    {"string_literal_content", Literal},
    {"string_content", Literal},
    {"verbatim_string_literal", Literal},
    {"raw_string_content", Literal},
    {"method_declaration", Function},
    {"constructor_declaration", Function},
    {"destructor_declaration", Function},
    {"local_function_statement", Function},
    {"lambda_expression", Folded},
    {"anonymous_method_expression", Folded},
    {"parameter_list", Parameters},
    {"class_declaration", Scope | ClassLike, "class"},
    {"struct_declaration", Scope | ClassLike, "struct"},
    {"record_declaration", Scope | ClassLike, "class"},
    {"interface_declaration", Scope | ClassLike, "interface"},
    {"enum_declaration", Scope, "enum"},
    {"enum_member_declaration", Symbol, "enumerator"},
    {"namespace_declaration", Scope, "namespace"},
    {"delegate_declaration", Symbol, "type"},
    {"property_declaration", Symbol, "property"},
    {"field_declaration", Hook},
    {"if_statement", Decision | Nests | If},
    {"for_statement", Decision | Nests},
    {"foreach_statement", Decision | Nests},
    {"while_statement", Decision | Nests},
    {"do_statement", Decision | Nests},
    {"switch_statement", Nests},
    {"switch_expression", Nests},
    {"switch_section", Case},
    {"switch_expression_arm", Case},
    {"catch_clause", Decision | Nests},
    {"conditional_expression", Decision | Nests | Ternary},
    {"goto_statement", Jump},
    {"binary_expression", Binary},
    {"parenthesized_expression", Parens},
    {"invocation_expression", Call},
    {"object_creation_expression", Call | New},
    {"argument_list", Arguments},
    {"using_directive", Import},
    {"qualified_name", LastName},
};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};

// `import static a.b.C.d;`, `using A = B.C;`: without the words around it.
void imported(Walk& walk, TSNode node) {
    std::string_view text = walk.text(node);
    const bool package = text.starts_with("package");
    text = trim(text.substr(std::min(text.find_first_of(" \t\n"), text.size())));
    while (!text.empty() && (text.back() == ';' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.starts_with("static ")) text = trim(text.substr(7));
    IncludeRecord include;
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    if (const std::size_t equals = text.find('='); equals != std::string_view::npos) {
        include.alias = trim(text.substr(0, equals));
        text = trim(text.substr(equals + 1));
    }
    if (text.ends_with(".*")) {
        include.names.emplace_back("*");
        text.remove_suffix(2);
    }
    include.text = text;
    if (package) {
        walk.addSymbol(include.text, "module", node, false);
        return;
    }
    walk.record().includes.push_back(std::move(include));
}

// public int A, B;
void fields(Walk& walk, TSNode node, TSSymbol) {
    const std::uint32_t parts = ts_node_named_child_count(node);
    for (std::uint32_t i = 0; i < parts && i < 8; ++i) {
        const TSNode list = ts_node_named_child(node, i);
        if (std::string_view(ts_node_type(list)) != "variable_declaration") continue;
        TSTreeCursor cursor = ts_tree_cursor_new(list);
        for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
             more = ts_tree_cursor_goto_next_sibling(&cursor)) {
            const TSNode one = ts_tree_cursor_current_node(&cursor);
            if (std::string_view(ts_node_type(one)) != "variable_declarator") continue;
            const TSNode name = walk.nameNode(one);
            if (!ts_node_is_null(name)) walk.addSymbol(std::string(walk.text(name)), "field", node, false);
        }
        ts_tree_cursor_delete(&cursor);
    }
}

bool isExported(const Walk& walk, TSNode node, std::string_view name) {
    std::string_view head = walk.text(node).substr(0, 400);
    head = head.substr(0, head.find(name));
    return head.find("private ") == std::string_view::npos;
}

} // namespace

const LanguageTable k_tableJava{Language::Java, tree_sitter_java, ".",          k_java,
                                k_tokens,       k_lizard,         k_javaFields, true,
                                nullptr,        imported,         nullptr,      isExported};
const LanguageTable k_tableCSharp{Language::CSharp, tree_sitter_c_sharp, ".",  k_cs,   k_tokens,
                                  k_lizardCs,       k_csFields,          true, fields, imported,
                                  nullptr,          isExported};

} // namespace exo::analysis
