#include "core/analysis/parse/languages/Languages.h"

#include <array>

namespace exo::analysis {

std::span<const LanguageTable* const> languageTables() {
    static constexpr std::array k_all{
        &k_tableC,    &k_tableCpp,  &k_tablePython, &k_tableJavaScript, &k_tableTypeScript, &k_tableTsx,
        &k_tableGo,   &k_tableRust, &k_tableJava,   &k_tableCSharp,     &k_tableRuby,       &k_tablePhp,
        &k_tableBash, &k_tableJson, &k_tableKotlin, &k_tableSwift,      &k_tableScala,      &k_tableLua,
        &k_tableCss,  &k_tableHtml, &k_tableYaml,   &k_tableToml,       &k_tableMarkdown,   &k_tableSql};
    return k_all;
}

} // namespace exo::analysis
