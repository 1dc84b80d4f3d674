#include "core/analysis/engine/SymbolNames.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <unordered_map>

namespace exo::analysis {

namespace {

int rankOf(std::string_view name, std::string_view lower, std::string_view query,
           std::string_view lowerQuery) {
    if (name == query) return 0;
    if (name.starts_with(query)) return 1;
    if (lower == lowerQuery) return 3;
    if (name.find(query) != std::string_view::npos) return 2;
    return lower.starts_with(lowerQuery) ? 4 : 5;
}

} // namespace

void SymbolNames::make(const std::vector<FileSymbols>& files) {
    std::vector<std::uint32_t> all(files.size());
    std::iota(all.begin(), all.end(), 0U);
    make(files, all);
}

void SymbolNames::make(const std::vector<FileSymbols>& files, const std::vector<std::uint32_t>& which) {
    *this = SymbolNames();
    std::unordered_map<std::string_view, std::uint32_t> ids;
    std::vector<std::uint32_t> counts, all;
    for (const std::uint32_t f : which)
        for (std::size_t s = 0; s < files[f].size(); ++s) {
            const std::string_view name = files[f][s].name;
            const auto [it, isNew] = ids.try_emplace(name, static_cast<std::uint32_t>(counts.size()));
            if (isNew) {
                counts.push_back(0);
                m_starts.push_back(static_cast<std::uint32_t>(m_text.size()));
                m_text += name;
                m_text += '\n';
            }
            ++counts[it->second];
            all.push_back(it->second);
        }
    m_starts.push_back(static_cast<std::uint32_t>(m_text.size()));
    m_lower = toLowerAscii(m_text);
    m_first.assign(counts.size() + 1, 0);
    std::partial_sum(counts.begin(), counts.end(), m_first.begin() + 1);
    std::vector<std::uint32_t> next = m_first;
    m_places.resize(all.size());
    std::size_t at = 0;
    for (const std::uint32_t f : which)
        for (std::uint32_t s = 0; s < files[f].size(); ++s)
            m_places[next[all[at++]]++] = {f, s};
    m_sorted.resize(counts.size());
    std::iota(m_sorted.begin(), m_sorted.end(), 0U);
    std::sort(m_sorted.begin(), m_sorted.end(),
              [this](std::uint32_t a, std::uint32_t b) { return textOf(a) < textOf(b); });
}

std::string_view SymbolNames::textOf(std::size_t name) const {
    return std::string_view(m_text).substr(m_starts[name], m_starts[name + 1] - m_starts[name] - 1);
}

std::span<const SymbolPlace> SymbolNames::placesOf(std::size_t name) const {
    return std::span(m_places).subspan(m_first[name], m_first[name + 1] - m_first[name]);
}

std::vector<SymbolNames::Match> SymbolNames::find(std::string_view query) const {
    std::vector<Match> found;
    const std::string lowerQuery = toLowerAscii(query);
    const std::string_view lower = m_lower;
    if (m_first.size() < 2 || query.find('\n') != std::string_view::npos) return found;
    for (std::size_t at = lower.find(lowerQuery); at < lower.size(); at = lower.find(lowerQuery, at)) {
        const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), static_cast<std::uint32_t>(at));
        const auto name = static_cast<std::size_t>(after - m_starts.begin()) - 1;
        const std::string_view text = textOf(name);
        const int rank =
            query.empty() ? 0 : rankOf(text, lower.substr(m_starts[name], text.size()), query, lowerQuery);
        found.push_back({rank, placesOf(name)});
        at = *after;
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Match& a, const Match& b) { return a.rank < b.rank; });
    return found;
}

std::span<const SymbolPlace> SymbolNames::named(std::string_view name) const {
    const auto at = std::lower_bound(m_sorted.begin(), m_sorted.end(), name,
                                     [this](std::uint32_t a, std::string_view b) { return textOf(a) < b; });
    if (at == m_sorted.end() || textOf(*at) != name) return {};
    return placesOf(*at);
}

std::vector<SymbolNames::Near> SymbolNames::similar(std::string_view name) const {
    constexpr int k_edits = 2;
    const std::string wanted = toLowerAscii(name);
    std::vector<Near> near;
    for (std::uint32_t i = 0; i + 1 < m_first.size(); ++i) {
        const std::string_view lower = std::string_view(m_lower).substr(m_starts[i], textOf(i).size());
        const auto difference =
            std::abs(static_cast<std::int64_t>(lower.size()) - static_cast<std::int64_t>(wanted.size()));
        if (difference > k_edits || lower.empty() || wanted.empty() || lower[0] != wanted[0]) continue;
        const auto edits = static_cast<int>(editDistance(wanted, lower));
        if (edits <= k_edits) near.push_back({edits, placesOf(i)});
    }
    return near;
}

} // namespace exo::analysis
