#include "core/analysis/parse/languages/Languages.h"

#include <array>

namespace exo::analysis {

std::span<const LanguageTable* const> languageTables() {
    static constexpr std::array k_all{&k_tableC,          &k_tableCpp,        &k_tablePython,
                                      &k_tableJavaScript, &k_tableTypeScript, &k_tableTsx};
    return k_all;
}

} // namespace exo::analysis
