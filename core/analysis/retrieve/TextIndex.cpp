#include "core/analysis/retrieve/TextIndex.h"

#include <map>
#include <numeric>

namespace exo::analysis {

namespace {

// Whether a text can match, asked once for each set of atoms that texts hold.
class Verdicts {
  public:
    explicit Verdicts(const TextIndex::Wanted& wanted)
        : m_wanted(wanted)
        , m_few(wanted.atoms.size() <= k_few ? std::size_t{1} << wanted.atoms.size() : 0, Verdict::Unknown) {}

    bool of(const std::vector<TextBits>& atoms, std::size_t text) {
        if (m_few.empty()) return ofMany(atoms, text);
        std::size_t set = 0;
        for (std::size_t atom = 0; atom < atoms.size(); ++atom)
            set |= static_cast<std::size_t>(atoms[atom][text]) << atom;
        Verdict& verdict = m_few[set];
        if (verdict == Verdict::Unknown)
            verdict = m_wanted.passes(present(atoms, text)) ? Verdict::Yes : Verdict::No;
        return verdict == Verdict::Yes;
    }

  private:
    enum class Verdict : std::uint8_t { Unknown, Yes, No };
    static constexpr std::size_t k_few = 10;

    static std::vector<int> present(const std::vector<TextBits>& atoms, std::size_t text) {
        std::vector<int> out;
        for (std::size_t atom = 0; atom < atoms.size(); ++atom)
            if (atoms[atom][text]) out.push_back(static_cast<int>(atom));
        return out;
    }
    bool ofMany(const std::vector<TextBits>& atoms, std::size_t text) {
        const auto [it, isNew] = m_many.try_emplace(present(atoms, text), false);
        if (isNew) it->second = m_wanted.passes(it->first);
        return it->second;
    }

    const TextIndex::Wanted& m_wanted;
    std::vector<Verdict> m_few;
    std::map<std::vector<int>, bool> m_many;
};

} // namespace

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
    Verdicts verdicts(wanted);
    for (std::size_t file = 0; file < m_places.size(); ++file) {
        const Place& place = m_places[file];
        if (place.segment >= 0)
            out[file] = verdicts.of(found[static_cast<std::size_t>(place.segment)], place.text);
    }
    return out;
}

} // namespace exo::analysis
