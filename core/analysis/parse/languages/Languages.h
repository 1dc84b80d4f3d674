#pragma once
// The tables of all languages; each lies in the source of its own name.

#include "core/analysis/parse/LanguageTable.h"

namespace exo::analysis {

extern const LanguageTable k_tableC, k_tableCpp, k_tablePython, k_tableJavaScript, k_tableTypeScript,
    k_tableTsx;

} // namespace exo::analysis
