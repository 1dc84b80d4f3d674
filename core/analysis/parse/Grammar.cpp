#include "core/analysis/parse/Grammar.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace exo::analysis {

namespace {

constexpr std::string_view k_heads[] = {
    "condition", "initializer", "initialize",  "init",   "update", "increment",  "left", "right",     "value",
    "subject",   "pattern",     "enumerators", "clause", "expr",   "collection", "item", "parameters"};

TSFieldId fieldId(const TSLanguage* language, std::string_view name) {
    return ts_language_field_id_for_name(language, name.data(), static_cast<std::uint32_t>(name.size()));
}

constexpr auto k_count = static_cast<std::size_t>(Language::Count);

std::unique_ptr<const Grammar> makeOrAbort(std::size_t index) {
    for (const LanguageTable* table : languageTables()) {
        if (static_cast<std::size_t>(table->language) != index) continue;
        auto made = Grammar::make(*table);
        if (made.ok()) return std::make_unique<const Grammar>(std::move(made).value());
        std::fprintf(stderr, "exobrain: %s\n", made.error().detail.c_str());
        std::abort();
    }
    return nullptr;
}

} // namespace

void Grammar::resolve(std::span<const NodeRule> rules, bool named, std::string& missing) {
    for (const NodeRule& rule : rules) {
        bool found = false;
        // A name may stand for several ids (aliases).
        for (std::uint32_t id = 0; id < m_flags.size(); ++id) {
            const auto symbol = static_cast<TSSymbol>(id);
            const TSSymbolType type = ts_language_symbol_type(m_language, symbol);
            if ((type == TSSymbolTypeAnonymous) == named) continue;
            if (rule.name != ts_language_symbol_name(m_language, symbol)) continue;
            found = true;
            m_flags[id] |= rule.flags;
            if (!rule.kind.empty()) m_kinds[id] = rule.kind;
        }
        if (!found) missing.append(missing.empty() ? "" : ", ").append(rule.name);
    }
}

Result<Grammar> Grammar::make(const LanguageTable& table) {
    Grammar grammar;
    grammar.m_table = &table;
    grammar.m_language = table.grammar();
    const std::string name(nameOf(table.language));
    const std::uint32_t abi = ts_language_abi_version(grammar.m_language);
    if (abi < TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION || abi > TREE_SITTER_LANGUAGE_VERSION) {
        return fail(ErrorCode::Internal, "the grammar of " + name + " has ABI " + std::to_string(abi) +
                                             ", this library reads " +
                                             std::to_string(TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION) +
                                             " to " + std::to_string(TREE_SITTER_LANGUAGE_VERSION));
    }
    const std::uint32_t count = ts_language_symbol_count(grammar.m_language);
    grammar.m_flags.assign(count, 0);
    grammar.m_kinds.assign(count, {});
    std::string missing;
    grammar.resolve(table.named, true, missing);
    grammar.resolve(table.tokens, false, missing);
    for (std::string_view token : table.lizard) {
        const NodeRule rule{token, flag::Lizard};
        grammar.resolve({&rule, 1}, false, missing);
    }
    if (!missing.empty()) {
        return fail(ErrorCode::Internal, "the grammar of " + name + " has no node named " + missing);
    }
    grammar.m_heads.assign(ts_language_field_count(grammar.m_language) + 1, 0);
    for (std::string_view head : k_heads) {
        if (const TSFieldId id = fieldId(grammar.m_language, head)) grammar.m_heads[id] = 1;
    }
    for (std::string_view field : table.nameFields) {
        const TSFieldId id = fieldId(grammar.m_language, field);
        if (id == 0)
            return fail(ErrorCode::Internal,
                        "the grammar of " + name + " has no field " + std::string(field));
        grammar.m_nameFields.push_back(id);
    }
    grammar.body = fieldId(grammar.m_language, "body");
    grammar.name = fieldId(grammar.m_language, "name");
    grammar.value = fieldId(grammar.m_language, "value");
    grammar.op = fieldId(grammar.m_language, "operator");
    grammar.declarator = fieldId(grammar.m_language, "declarator");
    grammar.parameters = fieldId(grammar.m_language, "parameters");
    grammar.parameter = fieldId(grammar.m_language, "parameter");
    grammar.arguments = fieldId(grammar.m_language, "arguments");
    grammar.function = fieldId(grammar.m_language, "function");
    grammar.type = fieldId(grammar.m_language, "type");
    return grammar;
}

TSNode Grammar::nameNode(TSNode node) const {
    for (int depth = 0; depth < k_deepestName && !ts_node_is_null(node); ++depth) {
        const std::uint64_t found = flags(ts_node_symbol(node));
        if (found & flag::Identifier) return node;
        TSNode next{};
        for (const TSFieldId id : m_nameFields) {
            next = ts_node_child_by_field_id(node, id);
            if (!ts_node_is_null(next)) break;
        }
        if (ts_node_is_null(next) && (found & flag::LastName)) {
            const std::uint32_t count = ts_node_named_child_count(node);
            if (count > 0) next = ts_node_named_child(node, count - 1);
        }
        node = next;
    }
    return {};
}

const Grammar* Grammar::of(Language language) {
    static std::array<std::once_flag, k_count> once;
    static std::array<std::unique_ptr<const Grammar>, k_count> made;
    const auto index = static_cast<std::size_t>(language);
    if (index >= k_count) return nullptr;
    std::call_once(once[index], [index] { made[index] = makeOrAbort(index); });
    return made[index].get();
}

} // namespace exo::analysis
