#pragma once
// The tables of all languages; each lies in the source of its own name.

#include "core/analysis/parse/LanguageTable.h"

namespace exo::analysis {

extern const LanguageTable k_tableC, k_tableCpp, k_tablePython, k_tableJavaScript, k_tableTypeScript,
    k_tableTsx, k_tableGo, k_tableRust, k_tableJava, k_tableCSharp, k_tableRuby, k_tablePhp, k_tableBash,
    k_tableJson, k_tableKotlin, k_tableSwift, k_tableScala, k_tableLua, k_tableCss, k_tableHtml, k_tableYaml,
    k_tableToml, k_tableMarkdown, k_tableSql;

} // namespace exo::analysis
