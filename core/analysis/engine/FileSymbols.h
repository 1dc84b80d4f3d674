#pragma once
// The symbols of one file, packed: a large tree has hundreds of thousands, and as api::AnalysisSymbol each
// would take some 200 bytes. Immutable once made: any thread.

#include "core/analysis/parse/FileRecord.h"
#include "core/api/Analysis.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// Its texts lie in the FileSymbols it came from.
struct SymbolView {
    std::string_view name, kind, scope, signature; // as in SymbolRecord
    int line = 0, endLine = 0;
    bool hidden = false; // only its own file, or its own class, can name it

    api::AnalysisSymbol unfolded() const; // without a path
};

class FileSymbols {
  public:
    FileSymbols() = default;
    explicit FileSymbols(const std::vector<SymbolRecord>& records);

    std::size_t size() const { return m_symbols.size(); }
    bool empty() const { return m_symbols.empty(); }
    SymbolView operator[](std::size_t index) const;

  private:
    struct Packed { // places in m_text
        std::uint32_t name = 0, scope = 0, signature = 0;
        std::uint32_t kind : 31 = 0;
        std::uint32_t hidden : 1 = 0;
        std::int32_t line = 0, endLine = 0;
    };
    std::string_view textAt(std::uint32_t place) const;

    std::vector<Packed> m_symbols;
    std::string m_text; // counted strings, each once
};

} // namespace exo::analysis
