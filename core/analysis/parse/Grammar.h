#pragma once
// A language ready for work: its table resolved to an array symbol id → flags. Immutable after making; any
// thread.

#include "core/analysis/parse/LanguageTable.h"
#include "core/base/Result.h"

#include <vector>

namespace exo::analysis {

class Grammar {
  public:
    // Fails with Internal when the grammar's ABI is not this library's or a name of the table is unknown to
    // it; the detail names all that are missing.
    static Result<Grammar> make(const LanguageTable& table);
    // Made at the first call, once for the process; aborts with the message when the build's grammars do not
    // fit its tables. Null for a language without a grammar.
    static const Grammar* of(Language language);

    const LanguageTable& table() const { return *m_table; }
    const TSLanguage* language() const { return m_language; }
    std::uint64_t flags(TSSymbol symbol) const { return symbol < m_flags.size() ? m_flags[symbol] : 0; }
    std::string_view kind(TSSymbol symbol) const { return m_kinds[symbol]; }
    bool isHead(TSFieldId field) const { return m_heads[field]; } // condition and the like: not nested
    std::span<const TSFieldId> nameFields() const { return m_nameFields; }
    // Down the name fields to the leaf that names; null when there is none, or none within k_deepestName
    // steps.
    TSNode nameNode(TSNode node) const;

    static constexpr int k_deepestName = 24; // a declarator nested deeper has no name worth finding

    TSFieldId body = 0, name = 0, value = 0, op = 0, declarator = 0, parameters = 0, parameter = 0,
              arguments = 0, function = 0, type = 0;

  private:
    Grammar() = default;
    void resolve(std::span<const NodeRule> rules, bool named, std::string& missing);

    const LanguageTable* m_table = nullptr;
    const TSLanguage* m_language = nullptr;
    std::vector<std::uint64_t> m_flags;
    std::vector<std::string_view> m_kinds;
    std::vector<char> m_heads;
    std::vector<TSFieldId> m_nameFields;
};

} // namespace exo::analysis
