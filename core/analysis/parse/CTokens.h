#pragma once
// Tokens of C and C++ for the masking pass: a directive with its continuation lines is one token. Not a
// compiler's tokens: what is wrong in the source stays a token. Pure function.

#include "core/analysis/parse/FileRecord.h"

#include <string_view>
#include <vector>

namespace exo::analysis {

struct CToken {
    enum class Kind : std::uint8_t { Word, Number, String, Punct, Directive, End };
    enum class Directive : std::uint8_t { None, If, Elif, Else, Endif, Other };
    Kind kind = Kind::End;
    Directive directive = Directive::None;
    char punct = 0;           // its first character
    bool firstOnLine = false; // no other token stands before it on its line
    bool isCaps = false;      // a word that ends in capitals: taken for a macro where nothing else fits
    bool isKeyword = false;   // of the language
    std::uint32_t start = 0, end = 0;
};

struct CTokens {
    std::vector<CToken> tokens; // closed by one of kind End
    std::vector<IncludeRecord> includes;
    std::vector<SymbolRecord> macros;
};

CTokens readCTokens(std::string_view source);

} // namespace exo::analysis
