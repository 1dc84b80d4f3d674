// JSON, CSS, HTML, YAML, TOML, Markdown and SQL: no functions, but lines, names and an outline.
#include "core/analysis/parse/Walk.h"
#include "core/analysis/parse/languages/Languages.h"

#include "core/base/Text.h"

#include <algorithm>

#include <string>

extern "C" const TSLanguage* tree_sitter_json();
extern "C" const TSLanguage* tree_sitter_css();
extern "C" const TSLanguage* tree_sitter_html();
extern "C" const TSLanguage* tree_sitter_yaml();
extern "C" const TSLanguage* tree_sitter_toml();
extern "C" const TSLanguage* tree_sitter_markdown();
extern "C" const TSLanguage* tree_sitter_sql();

namespace exo::analysis {

namespace {

using namespace flag;

constexpr NodeRule k_json[] = {
    {"comment", Comment}, {"string_content", Literal}, {"number", Literal}, {"pair", Hook}};
constexpr NodeRule k_css[] = {{"comment", Comment},           {"class_name", flag::Identifier},
                              {"id_name", flag::Identifier},  {"property_name", flag::Identifier},
                              {"tag_name", flag::Identifier}, {"integer_value", Literal},
                              {"float_value", Literal},       {"string_content", Literal},
                              {"plain_value", Literal},       {"import_statement", Import}};
constexpr NodeRule k_html[] = {{"comment", Comment},
                               {"tag_name", flag::Identifier},
                               {"attribute_name", flag::Identifier},
                               {"attribute_value", Literal},
                               {"text", Literal},
                               {"raw_text", Literal}};
constexpr NodeRule k_yaml[] = {
    {"comment", Comment},        {"string_scalar", Literal},       {"integer_scalar", Literal},
    {"block_scalar", Literal},   {"double_quote_scalar", Literal}, {"single_quote_scalar", Literal},
    {"block_mapping_pair", Hook}};
constexpr NodeRule k_toml[] = {{"comment", Comment}, {"bare_key", flag::Identifier},
                               {"string", Literal},  {"integer", Literal},
                               {"table", Hook},      {"table_array_element", Hook}};
constexpr NodeRule k_markdown[] = {
    {"atx_heading", Hook}, {"setext_heading", Hook}, {"inline", Literal}, {"code_fence_content", Literal}};
constexpr NodeRule k_sql[] = {
    {"comment", Comment},      {"marginalia", Comment}, {"identifier", flag::Identifier},
    {"literal", Literal},      {"create_table", Hook},  {"create_view", Hook},
    {"create_function", Hook}, {"create_index", Hook}};

constexpr std::size_t k_longestKey = 120;

// Keys of the two outer levels: enough for an outline, not every leaf of a data file.
void key(Walk& walk, TSNode node, TSSymbol) {
    const TSNode name = ts_node_child_by_field_name(node, "key", 3);
    if (ts_node_is_null(name) || walk.levels() > 8) return;
    std::string_view text = walk.text(name);
    if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'')) text = text.substr(1, text.size() - 2);
    if (text.size() <= k_longestKey) walk.addSymbol(std::string(text), "key", node, false);
}

void table(Walk& walk, TSNode node, TSSymbol) {
    const TSNode name = ts_node_named_child(node, 0);
    if (!ts_node_is_null(name))
        walk.addSymbol(std::string(walk.text(name).substr(0, k_longestKey)), "key", node, false);
}

void heading(Walk& walk, TSNode node, TSSymbol) {
    const TSNode name = ts_node_child_by_field_name(node, "heading_content", 15);
    if (!ts_node_is_null(name))
        walk.addSymbol(std::string(utf8Prefix(trim(walk.text(name)), k_longestKey)), "heading", node, false);
}

void created(Walk& walk, TSNode node, TSSymbol) {
    const std::uint32_t count = std::min<std::uint32_t>(ts_node_named_child_count(node), 8);
    for (std::uint32_t i = 0; i < count; ++i) {
        const TSNode child = ts_node_named_child(node, i);
        const std::string_view type = ts_node_type(child);
        if (type != "object_reference" && type != "identifier") continue;
        const std::string_view what = ts_node_type(node);
        walk.addSymbol(std::string(walk.text(child)), what == "create_function" ? "function" : "type", node,
                       false);
        return;
    }
}

void imported(Walk& walk, TSNode node) {
    const std::string_view text = walk.text(node);
    const std::size_t open = text.find_first_of("\"'");
    if (open == std::string_view::npos) return;
    const std::size_t close = text.find(text[open], open + 1);
    if (close == std::string_view::npos) return;
    IncludeRecord include;
    include.text = text.substr(open + 1, close - open - 1);
    include.line = static_cast<std::int32_t>(ts_node_start_point(node).row) + 1;
    walk.record().includes.push_back(std::move(include));
}

constexpr LanguageTable data(Language language, const TSLanguage* (*grammar)(),
                             std::span<const NodeRule> named, void (*hook)(Walk&, TSNode, TSSymbol),
                             void (*import)(Walk&, TSNode)) {
    return {language, grammar, ".", named, {}, {}, {}, false, hook, import, nullptr, nullptr};
}

} // namespace

const LanguageTable k_tableJson = data(Language::Json, tree_sitter_json, k_json, key, nullptr);
const LanguageTable k_tableCss = data(Language::Css, tree_sitter_css, k_css, nullptr, imported);
const LanguageTable k_tableHtml = data(Language::Html, tree_sitter_html, k_html, nullptr, nullptr);
const LanguageTable k_tableYaml = data(Language::Yaml, tree_sitter_yaml, k_yaml, key, nullptr);
const LanguageTable k_tableToml = data(Language::Toml, tree_sitter_toml, k_toml, table, nullptr);
const LanguageTable k_tableMarkdown =
    data(Language::Markdown, tree_sitter_markdown, k_markdown, heading, nullptr);
const LanguageTable k_tableSql = data(Language::Sql, tree_sitter_sql, k_sql, created, nullptr);

} // namespace exo::analysis
