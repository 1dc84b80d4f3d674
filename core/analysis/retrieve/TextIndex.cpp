#include "core/analysis/retrieve/TextIndex.h"

#include <map>
#include <numeric>

namespace exo::analysis {

std::size_t TextIndex::bytes() const {
    return std::accumulate(m_segments.begin(), m_segments.end(), std::size_t{0},
                           [](std::size_t sum, const auto& segment) { return sum + segment->bytes(); });
}

std::vector<bool> TextIndex::candidates(const Wanted& wanted) const {
    std::vector<bool> out(m_places.size(), true);
    if (wanted.atoms.empty()) return out;
    std::vector<std::vector<TextBits>> found; // by segment and atom
    for (const auto& segment : m_segments) {
        auto& ofSegment = found.emplace_back();
        for (const auto& pieces : wanted.atoms) {
            TextBits& texts = ofSegment.emplace_back(segment->texts(), true);
            for (const std::string& piece : pieces)
                segment->narrow(texts, piece);
        }
    }
    std::map<std::vector<int>, bool> known;
    std::vector<int> present;
    for (std::size_t file = 0; file < m_places.size(); ++file) {
        const Place& place = m_places[file];
        if (place.segment < 0) continue;
        present.clear();
        const auto& ofSegment = found[static_cast<std::size_t>(place.segment)];
        for (std::size_t atom = 0; atom < ofSegment.size(); ++atom)
            if (ofSegment[atom][place.text]) present.push_back(static_cast<int>(atom));
        const auto [it, isNew] = known.try_emplace(present, false);
        if (isNew) it->second = wanted.passes(present);
        out[file] = it->second;
    }
    return out;
}

} // namespace exo::analysis
