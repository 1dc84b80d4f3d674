#include "core/analysis/engine/FileSymbols.h"

#include "core/analysis/engine/Bytes.h"

#include <unordered_map>

namespace exo::analysis {

namespace {

class Texts {
  public:
    std::uint32_t placeOf(std::string_view text) {
        const auto [known, isNew] = m_places.try_emplace(text, static_cast<std::uint32_t>(m_bytes.size()));
        if (isNew) m_bytes.text(text);
        return known->second;
    }
    const std::string& bytes() const { return m_bytes.bytes(); }

  private:
    ByteWriter m_bytes;
    std::unordered_map<std::string_view, std::uint32_t> m_places;
};

} // namespace

api::AnalysisSymbol SymbolView::unfolded() const {
    return {std::string(name), std::string(kind), std::string(scope), std::string(signature), line,
            endLine,           std::string()};
}

FileSymbols::FileSymbols(const std::vector<SymbolRecord>& records) {
    m_symbols.reserve(records.size());
    Texts texts;
    for (const SymbolRecord& record : records) {
        Packed packed;
        packed.name = texts.placeOf(record.name);
        packed.scope = texts.placeOf(record.scope);
        packed.signature = texts.placeOf(record.signature);
        packed.kind = texts.placeOf(record.kind) & 0x7FFF'FFFF; // a record is smaller than 2^31 bytes
        packed.hidden = !record.isExported;
        packed.line = record.line;
        packed.endLine = record.endLine;
        m_symbols.push_back(packed);
    }
    m_text = std::string(texts.bytes()); // no more room than it needs
}

std::string_view FileSymbols::textAt(std::uint32_t place) const {
    ByteReader in(std::string_view(m_text).substr(place));
    return in.text(m_text.size());
}

SymbolView FileSymbols::operator[](std::size_t index) const {
    const Packed& packed = m_symbols[index];
    return {textAt(packed.name), textAt(packed.kind), textAt(packed.scope), textAt(packed.signature),
            packed.line,         packed.endLine,      packed.hidden != 0};
}

} // namespace exo::analysis
