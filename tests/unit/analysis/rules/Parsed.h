#pragma once
// Parses a text for tests of what works on trees.

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/parse/Grammar.h"

#include <tree_sitter/api.h>

#include <string>
#include <utility>

namespace exo::test {

class Parsed {
  public:
    Parsed(std::string text, analysis::Language language)
        : m_text(std::move(text)) {
        TSParser* parser = ts_parser_new();
        ts_parser_set_language(parser, analysis::Grammar::of(language)->language());
        m_tree =
            ts_parser_parse_string(parser, nullptr, m_text.data(), static_cast<std::uint32_t>(m_text.size()));
        ts_parser_delete(parser);
        file.path = "src/file";
        file.source = file.masked = m_text;
        file.language = language;
        file.tree = m_tree;
    }
    Parsed(const Parsed&) = delete;
    Parsed& operator=(const Parsed&) = delete;
    ~Parsed() { ts_tree_delete(m_tree); }

    analysis::ParsedFile file;

  private:
    std::string m_text;
    TSTree* m_tree = nullptr;
};

} // namespace exo::test
