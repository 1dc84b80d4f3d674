// C and C++: tables and what their declarators need.
#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include <algorithm>
#include <string>

extern "C" const TSLanguage* tree_sitter_c();
extern "C" const TSLanguage* tree_sitter_cpp();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizard[] = {"if",   "for", "while", "&&",     "||",
                                         "case", "?",   "#if",   "#ifdef", "#elif"};
constexpr std::string_view k_lizardCpp[] = {"if",   "for", "while", "catch",  "&&",   "||",
                                            "case", "?",   "#if",   "#ifdef", "#elif"};
constexpr std::string_view k_nameFields[] = {"name", "field", "declarator"};

#define EXO_C_NODES                                                                                          \
    {"comment", Comment}, {"identifier", flag::Identifier}, {"field_identifier", flag::Identifier},          \
        {"type_identifier", flag::Identifier}, {"statement_identifier", flag::Identifier},                   \
        {"number_literal", Literal}, {"character", Literal}, {"string_content", Literal},                    \
        {"escape_sequence", Literal}, {"system_lib_string", Literal}, {"preproc_arg", Literal},              \
        {"function_definition", Function}, {"parameter_list", Parameters},                                   \
        {"if_statement", Decision | Nests | If}, {"else_clause", ElseClause},                                \
        {"for_statement", Decision | Nests}, {"while_statement", Decision | Nests},                          \
        {"do_statement", Decision | Nests}, {"switch_statement", Nests}, {"case_statement", Case},           \
        {"conditional_expression", Decision | Nests | Ternary}, {"goto_statement", Jump},                    \
        {"binary_expression", Binary}, {"parenthesized_expression", Parens}, {"call_expression", Call},      \
        {"argument_list", Arguments}, {"parenthesized_declarator", LastName},                                \
        {"struct_specifier", Scope | ClassLike | Forward, "struct"},                                         \
        {"union_specifier", Scope | ClassLike | Forward, "union"},                                           \
        {"enum_specifier", Symbol | Forward, "enum"}, {"enumerator", Symbol, "enumerator"},                  \
        {"type_definition", Hook}, {"declaration", Hook}, {"field_declaration", Hook},                       \
        {"preproc_if", flag::Directive}, {"preproc_elif", flag::Directive}, {                                \
        "seh_except_clause", Decision | Nests                                                                \
    }

constexpr NodeRule k_c[] = {EXO_C_NODES};
constexpr NodeRule k_cpp[] = {EXO_C_NODES,
                              {"class_specifier", Scope | ClassLike | Forward, "class"},
                              {"namespace_definition", Scope, "namespace"},
                              {"namespace_identifier", flag::Identifier},
                              {"destructor_name", flag::Identifier},
                              {"operator_name", flag::Identifier},
                              {"operator_cast", flag::Identifier},
                              {"reference_declarator", LastName},
                              {"literal_suffix", Literal},
                              {"raw_string_content", Literal},
                              {"for_range_loop", Decision | Nests},
                              {"catch_clause", Decision | Nests},
                              {"lambda_expression", Folded},
                              {"new_expression", Call | New},
                              {"alias_declaration", Symbol | Outer, "type"},
                              {"concept_definition", Symbol, "type"},
                              {"this", 0}};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};
constexpr NodeRule k_tokensCpp[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}, {"and", And}, {"or", Or}};

std::string_view before(const Walk& walk, TSNode node, std::string_view name) {
    const std::string_view whole = walk.text(node).substr(0, 400);
    return whole.substr(0, whole.find(name));
}

// Of a conversion `operator T *() const` the type is its name, what follows it is not; of all, without double
// spaces.
std::string functionNameOf(const Walk& walk, TSNode node) {
    std::uint32_t end = ts_node_end_byte(node);
    if (std::string_view(ts_node_type(node)) == "operator_cast") {
        TSNode at = walk.field(node, walk.grammar().declarator);
        for (int depth = 0; depth < 16 && !ts_node_is_null(at); ++depth) {
            const TSNode parameters = walk.field(at, walk.grammar().parameters);
            if (!ts_node_is_null(parameters)) {
                end = ts_node_start_byte(parameters);
                break;
            }
            at = walk.innerDeclarator(at);
        }
    }
    std::string name;
    for (const char c : walk.text(ts_node_start_byte(node), end)) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!space)
            name += c;
        else if (!name.empty() && name.back() != ' ')
            name += ' ';
    }
    while (name.ends_with(' '))
        name.pop_back();
    return name;
}

bool isExported(const Walk& walk, TSNode node, std::string_view name) {
    const std::string_view head = before(walk, node, name);
    for (std::size_t at = head.find("static"); at != std::string_view::npos;
         at = head.find("static", at + 1)) {
        const bool starts = at == 0 || head[at - 1] == ' ' || head[at - 1] == '\n' || head[at - 1] == '\t';
        if (starts && (at + 6 == head.size() || head[at + 6] == ' ' || head[at + 6] == '\n'))
            return walk.inClass();
    }
    return true;
}

bool isFunctionDeclarator(const Walk& walk, TSNode declarator) {
    for (int depth = 0; depth < 16 && !ts_node_is_null(declarator); ++depth) {
        const std::string_view type = ts_node_type(declarator);
        if (type == "function_declarator") {
            // (*f)(int) declares a variable.
            const TSNode inner = walk.field(declarator, walk.grammar().declarator);
            return ts_node_is_null(inner) ||
                   std::string_view(ts_node_type(inner)) != "parenthesized_declarator";
        }
        if (type == "init_declarator") return false;
        declarator = walk.innerDeclarator(declarator);
    }
    return false;
}

// Names declared by `int a, *b, f(void);`, by a member line or a typedef.
void declared(Walk& walk, TSNode node, TSSymbol) {
    if (walk.inFunction()) return;
    const std::string_view type = ts_node_type(node);
    const bool isType = type == "type_definition";
    const bool isField = type == "field_declaration";
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        if (ts_tree_cursor_current_field_id(&cursor) != walk.grammar().declarator) continue;
        const TSNode declarator = ts_tree_cursor_current_node(&cursor);
        const TSNode name = walk.nameNode(declarator);
        if (ts_node_is_null(name)) continue;
        const bool isFunction = !isType && isFunctionDeclarator(walk, declarator);
        const bool isExtern = walk.text(node).starts_with("extern");
        walk.addSymbol(functionNameOf(walk, name),
                       isType       ? "type"
                       : isFunction ? (walk.inClass() ? "method" : "function")
                       : isField    ? "field"
                                    : "variable",
                       node, isFunction || (isExtern && !isType));
    }
    ts_tree_cursor_delete(&cursor);
}

// `void N::C::f()`: what stands before the name.
std::string ownerOf(const Walk& walk, TSNode node) {
    TSNode at = walk.field(node, walk.grammar().declarator);
    for (int depth = 0; depth < 16 && !ts_node_is_null(at); ++depth) {
        if (std::string_view(ts_node_type(at)) == "qualified_identifier") {
            const TSNode name = walk.nameNode(at);
            if (ts_node_is_null(name)) return {};
            std::string owner;
            for (const char c : walk.text(ts_node_start_byte(at), ts_node_start_byte(name)))
                if (c != ' ' && c != '\n' && c != '\t' && c != '\r') owner += c;
            while (owner.ends_with(':'))
                owner.pop_back();
            return owner.starts_with("::") ? owner.substr(2) : owner;
        }
        at = walk.innerDeclarator(at);
    }
    return {};
}

} // namespace

// Includes and macros come from the masking pass, which sees every line.
const LanguageTable k_tableC{Language::C,  tree_sitter_c, "::",     k_c,     k_tokens, k_lizard,
                             k_nameFields, true,          declared, nullptr, nullptr,  isExported};
const LanguageTable k_tableCpp{Language::Cpp, tree_sitter_cpp, "::",          k_cpp,    k_tokensCpp,
                               k_lizardCpp,   k_nameFields,    true,          declared, nullptr,
                               ownerOf,       isExported,      functionNameOf};

} // namespace exo::analysis
