#include "core/analysis/parse/SyntaxClass.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

namespace exo::analysis {

namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view k_keywords[] = {"primitive_type",
                                           "predefined_type",
                                           "void_type",
                                           "boolean_type",
                                           "integral_type",
                                           "floating_point_type",
                                           "true",
                                           "false",
                                           "null",
                                           "nil",
                                           "none",
                                           "undefined",
                                           "this",
                                           "self",
                                           "super",
                                           "null_literal",
                                           "boolean_literal",
                                           "boolean_scalar",
                                           "null_scalar",
                                           "boolean",
                                           "auto",
                                           "preproc_directive",
                                           "php_tag",
                                           "atx_heading",
                                           "setext_heading",
                                           "important",
                                           "iota"};
constexpr std::string_view k_strings[] = {
    "string",       "character",      "string_content",  "string_fragment", "string_start",
    "string_end",   "regex",          "heredoc_body",    "nowdoc_body",     "heredoc_content",
    "block_scalar", "template_chars", "raw_string",      "attribute_value", "code_span",
    "string_value", "shebang",        "escape_sequence", "regex_pattern"};
constexpr std::string_view k_names[] = {"property_name", "attribute_name", "bare_key", "quoted_key",
                                        "feature_name"};
constexpr std::string_view k_marks[] = {"class_name", "id_name", "tag_name"}; // CSS, HTML
constexpr std::string_view k_blocks[] = {"block", "suite", "body_statement", "do_group"};
constexpr std::string_view k_sections[] = {"section", "fenced_code_block", "element", "block_mapping_pair",
                                           "table"};

bool isOneOf(std::string_view name, Names names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has(std::string_view name, std::string_view part) {
    return name.find(part) != std::string_view::npos;
}

bool namesInterpolation(std::string_view name) {
    return has(name, "interpolat") ? !has(name, "string") || name == "string_interpolation"
                                   : has(name, "substitution") || has(name, "expansion") ||
                                         name == "variable_name" || name == "format_expression";
}

bool isWord(std::string_view token) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (!token.empty() && (token.front() == '#' || token.front() == '@')) token.remove_prefix(1);
    return !token.empty() && letter(token.front()) && std::all_of(token.begin(), token.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '-';
    });
}

SyntaxClass classOfToken(std::string_view token) {
    if (isWord(token)) return SyntaxClass::Keyword;
    const bool quote =
        !token.empty() && token.size() <= 3 && token.find_first_not_of("\"'`") == std::string_view::npos;
    return quote || token == "f\"" || token == "$\"" || token == "@\"" ? SyntaxClass::String
                                                                       : SyntaxClass::Plain;
}

SyntaxClass classOfNode(std::string_view name, std::uint64_t flags) {
    if ((flags & flag::Comment) || has(name, "comment")) return SyntaxClass::Comment;
    if (namesInterpolation(name)) return SyntaxClass::Plain;
    if (isOneOf(name, k_keywords) || isOneOf(name, k_marks) || name.starts_with("keyword_"))
        return SyntaxClass::Keyword;
    if (isOneOf(name, k_names)) return SyntaxClass::Name;
    if (isOneOf(name, k_strings) || has(name, "string_literal") || has(name, "char_literal") ||
        has(name, "character_literal") || has(name, "rune_literal") || has(name, "quoted_attribute") ||
        has(name, "quote_scalar") || has(name, "regex_literal") || has(name, "string_expression") ||
        name == "template_string" || name == "encapsed_string" || name == "system_lib_string" ||
        name == "verbatim_string" || name.ends_with("_str_text") || name.ends_with("string_text"))
        return SyntaxClass::String;
    if (has(name, "type") || has(name, "pattern")) return SyntaxClass::Plain;
    if (has(name, "number") || has(name, "integer") || has(name, "float") || has(name, "numeric") ||
        name == "int_literal" || name == "real_literal" || name == "imaginary_literal" ||
        name == "hex_literal" || name == "bin_literal")
        return SyntaxClass::Number;
    return SyntaxClass::Plain;
}

} // namespace

SyntaxClasses::SyntaxClasses(const Grammar& grammar) {
    const TSLanguage* language = grammar.language();
    const std::uint32_t count = ts_language_symbol_count(language);
    const Language which = grammar.table().language;
    m_classes.assign(count, SyntaxClass::Plain);
    m_folds.assign(count, FoldForm::Brackets);
    m_interpolations.assign(count, 0);
    for (std::uint32_t id = 0; id < count; ++id) {
        const auto symbol = static_cast<TSSymbol>(id);
        const std::string_view name = ts_language_symbol_name(language, symbol);
        const TSSymbolType type = ts_language_symbol_type(language, symbol);
        if (type == TSSymbolTypeAnonymous) {
            m_classes[id] = classOfToken(name);
            continue;
        }
        if (type != TSSymbolTypeRegular) continue;
        m_classes[id] = classOfNode(name, grammar.flags(symbol));
        if (which == Language::Sql && name == "literal") m_classes[id] = SyntaxClass::Literal;
        m_interpolations[id] = namesInterpolation(name);
        if (isOneOf(name, k_sections)) m_folds[id] = FoldForm::Section;
        // Elsewhere a block has brackets.
        const bool bare = which == Language::Python || which == Language::Ruby || which == Language::Bash ||
                          which == Language::Lua;
        if (bare && isOneOf(name, k_blocks)) m_folds[id] = FoldForm::Block;
    }
    if (which == Language::Json || which == Language::Yaml)
        m_key = ts_language_field_id_for_name(language, "key", 3);
}

const SyntaxClasses& SyntaxClasses::of(const Grammar& grammar) {
    constexpr auto k_count = static_cast<std::size_t>(Language::Count);
    static std::array<std::once_flag, k_count> once;
    static std::array<std::unique_ptr<const SyntaxClasses>, k_count> made;
    const auto index = static_cast<std::size_t>(grammar.table().language);
    std::call_once(once[index], [&] { made[index].reset(new SyntaxClasses(grammar)); });
    return *made[index];
}

} // namespace exo::analysis
