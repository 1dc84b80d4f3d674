#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include <string>

extern "C" const TSLanguage* tree_sitter_go();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr std::string_view k_lizard[] = {"if", "for", "&&", "||", "case"};
constexpr std::string_view k_nameFields[] = {"name", "field", "function", "type"};
constexpr NodeRule k_named[] = {
    {"comment", Comment},
    {"identifier", flag::Identifier},
    {"field_identifier", flag::Identifier},
    {"type_identifier", flag::Identifier},
    {"package_identifier", flag::Identifier},
    {"label_name", flag::Identifier},
    {"int_literal", Literal},
    {"float_literal", Literal},
    {"imaginary_literal", Literal},
    {"rune_literal", Literal},
    {"interpreted_string_literal_content", Literal},
    {"raw_string_literal_content", Literal},
    {"function_declaration", Function},
    {"method_declaration", Function},
    {"func_literal", Folded},
    {"parameter_list", Parameters},
    {"if_statement", Decision | Nests | If},
    {"for_statement", Decision | Nests},
    {"expression_switch_statement", Nests},
    {"type_switch_statement", Nests},
    {"select_statement", Nests},
    {"expression_case", Decision},
    {"type_case", Decision},
    {"communication_case", Decision},
    {"goto_statement", Jump},
    {"break_statement", Jump | Labelled},
    {"continue_statement", Jump | Labelled},
    {"binary_expression", Binary},
    {"parenthesized_expression", Parens},
    {"call_expression", Call},
    {"argument_list", Arguments},
    {"import_spec", Import},
    {"type_spec", Symbol | Outer | Hook},
    {"type_alias", Symbol | Outer, "type"},
    {"const_spec", Symbol | Outer, "constant"},
    {"var_spec", Symbol | Outer, "variable"},
    {"field_declaration", Symbol | Outer, "field"},
    {"method_elem", Symbol | Outer | Forward, "method"},
};
constexpr NodeRule k_tokens[] = {{"else", ElseWord}, {"&&", And}, {"||", Or}};

void imported(Walk& walk, TSNode node) {
    const TSNode path = ts_node_child_by_field_name(node, "path", 4);
    if (ts_node_is_null(path)) return;
    IncludeRecord include;
    const std::string_view quoted = walk.text(path);
    if (quoted.size() < 2) return;
    include.text = quoted.substr(1, quoted.size() - 2);
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    const TSNode alias = walk.field(node, walk.grammar().name);
    if (!ts_node_is_null(alias)) include.alias = walk.text(alias);
    walk.record().includes.push_back(std::move(include));
}

// func (r *T[K]) f(): T
std::string ownerOf(const Walk& walk, TSNode node) {
    const TSNode receiver = ts_node_child_by_field_name(node, "receiver", 8);
    if (ts_node_is_null(receiver)) return {};
    std::string_view text = walk.text(receiver);
    text = text.substr(0, text.find('['));
    while (!text.empty() && (text.back() == ')' || text.back() == ' '))
        text.remove_suffix(1);
    const std::size_t start = text.find_last_of(" *(");
    return std::string(start == std::string_view::npos ? text : text.substr(start + 1));
}

// A type is named by what it is.
void typed(Walk& walk, TSNode node, TSSymbol) {
    const TSNode type = walk.field(node, walk.grammar().type);
    auto& symbols = walk.record().symbols;
    if (ts_node_is_null(type) || symbols.empty() || walk.inFunction()) return;
    const std::string_view what = ts_node_type(type);
    symbols.back().kind = what == "struct_type" ? "struct" : what == "interface_type" ? "interface" : "type";
}

bool isExported(const Walk&, TSNode, std::string_view name) {
    return !name.empty() && ((name[0] >= 'A' && name[0] <= 'Z') || (name[0] & 0x80));
}

} // namespace

const LanguageTable k_tableGo{Language::Go, tree_sitter_go, ".",   k_named,  k_tokens, k_lizard,
                              k_nameFields, false,          typed, imported, ownerOf,  isExported};

} // namespace exo::analysis
